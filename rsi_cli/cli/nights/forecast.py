"""What a night may cost and what it can show, said before the first call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rsi_cli.cli.ground import SkillGround
from rsi_cli.errors import InputError
from rsi_cli.evolution.night import Shape
from rsi_cli.evolution.plan import Costs, costs_of
from rsi_cli.ledger.events import LookTaken
from rsi_cli.ledger.replay import replay
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import CaseResult, Role, Split
from rsi_cli.suite.model import Limits
from rsi_cli.trust.holdout import Outlook, PastLook, before_spending, error_spent

DEFAULT_CALLS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A night that may be begun.

    limits: its budget. costs: its parts in calls. draws: False at temperature 0, where none is a fresh one.
    """

    ground: SkillGround
    limits: Limits
    costs: Costs
    draws: bool

    def outlook(self, baseline: tuple[CaseResult, ...] | None = None) -> Outlook:
        """What the held-out cases can tell. baseline: the committed version's results on them, once known."""
        cluster = {case.id: case.cluster or case.id for case in self.ground.suite.cases_of(Split.HOLDOUT)}
        failed = {cluster[result.case_id] for result in baseline or () if not result.passed}
        return before_spending(
            self.ground.settings.gate,
            len(set(cluster.values())),
            failing=None if baseline is None else len(failed),
            fresh_draws=self.draws,
        )

    @property
    def steps(self) -> Mapping[str, int]:
        """The parts of the night, and the most calls that each can take."""
        gate = self.ground.settings.gate
        return {
            "baseline": self.costs.baseline,
            "generation": self.costs.generation,
            "look": self.costs.look(gate.repeats[-1] if self.draws else 1),
            "promotion": self.costs.promotion,
        }


def forecast(ground: SkillGround, shape: Shape) -> Forecast:
    """Look ahead. Raises InputError for a suite that a night cannot work with."""
    for split in (Split.TRAIN, Split.HOLDOUT):
        if not ground.suite.cases_of(split):
            raise InputError(
                f"{ground.shown(ground.suite_path)} has no {split} case",
                hint=f"add cases with `split: {split}`; without `split` a stable hash of the id divides them",
            )
    draws = ground.settings.models[Role.ACTOR].temperature != 0
    return Forecast(
        ground=ground, limits=limits_of(ground, shape), costs=_costs(ground, shape, draws=draws), draws=draws
    )


def limits_of(ground: SkillGround, shape: Shape) -> Limits:
    """The budget; a night that was given no end gets one, so that nobody pays without having said so."""
    settings = ground.settings
    names = [choice.name for choice in (*settings.models.values(), *settings.improvers)]
    free = all(name.startswith("offline/") for name in names)  # a limit in dollars would never be reached
    binding = replace(settings.limits, max_usd=None) if free else settings.limits
    endless = shape.generations is None and binding == Limits()
    return replace(settings.limits, max_calls=DEFAULT_CALLS) if endless else settings.limits


def kept_limits(ahead: Forecast, recorded: Mapping[str, str]) -> Forecast:
    """Go on under the budget that the run began with, unless another one is given now.

    recorded: `RunStarted.settings`. A resumed run must not forget that it was to stop at a dollar.
    """
    if ahead.ground.settings.limits != Limits() or "limits" not in recorded:
        return ahead
    return replace(ahead, limits=Limits(**json.loads(recorded["limits"])))


def spent_before(ground: SkillGround, runs: Runs) -> str:
    """What earlier nights have spent on these held-out cases, as a sentence; '' before the first look."""
    holdout = [case.id for case in ground.suite.cases_of(Split.HOLDOUT)]
    return error_spent(_looks(runs, ground.shown(ground.suite_path)), holdout).sentence


def _looks(runs: Runs, suite: str) -> list[PastLook]:
    """Every look that was ever taken at cases of this suite file."""
    found: list[PastLook] = []
    for run in runs.ids():
        events = runs.events(run)
        started = replay(events[:1]).started
        if started is None or started.suite != suite:
            continue
        alpha = float(started.settings.get("gate.alpha", "0.05"))
        found.extend(
            PastLook(
                run=run,
                alpha=alpha * event.share,
                case_ids=frozenset(result.case_id for result in event.results),
                promoted=event.decision == "accept",
            )
            for event in events
            if isinstance(event, LookTaken)
        )
    return found


def _costs(ground: SkillGround, shape: Shape, *, draws: bool) -> Costs:
    """What the parts of this night cost in calls."""
    suite = ground.suite
    sizes = tuple(len(suite.cases_of(split)) for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD))
    return costs_of(suite, brood=shape.size // 2, draws=draws, cases=(sizes[0], sizes[1], sizes[2]))
