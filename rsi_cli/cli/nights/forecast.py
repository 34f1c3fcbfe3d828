"""What a night may cost and what it can show, said before the first call."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rsi_cli.cli.ground import SkillGround
from rsi_cli.cli.nights.epochs import unused
from rsi_cli.cli.nights.purse import Purse, purse_of
from rsi_cli.errors import InputError
from rsi_cli.evolution.night import Shape
from rsi_cli.evolution.plan import Costs, costs_of
from rsi_cli.evolution.reach import calls_needed, paid_stages
from rsi_cli.ledger.events import RunStarted
from rsi_cli.ledger.looks import alpha_of
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.nouns import CaseResult, Role, Split
from rsi_cli.report.words import counted
from rsi_cli.suite.model import GateRule, Limits
from rsi_cli.trust.gate import percent
from rsi_cli.trust.holdout import Outlook, before_spending
from rsi_cli.trust.must import warnings_of
from rsi_cli.trust.power import TYPICAL_WITHIN

DEFAULT_CALLS = 2000
NO_LOOK = "This budget pays for no look at the held-out cases, so no gain can be told from luck."


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A night that may be begun.

    limits: its budget. shape: how it is laid out. costs: its parts in calls. draws: False at temperature 0,
    where none is a fresh one. purse: what earlier nights left. settled: what the run may spend, if that was
    settled when it began.
    """

    ground: SkillGround
    limits: Limits
    shape: Shape
    costs: Costs
    draws: bool
    purse: Purse
    settled: float | None = None

    @property
    def rule(self) -> GateRule:
        """The gate's rule, with what tonight may spend in place of what the owner allows for all nights."""
        alpha = self.purse.allowance.alpha if self.settled is None else self.settled
        return replace(self.ground.settings.gate, alpha=alpha)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What can be shown and what may be spent, before the first call."""
        first, *rest = self.purse.sentences
        if self.settled is not None:
            first = f"This run may spend {percent(self.settled)} of error, as was settled when it began."
        return (self.outlook().sentence, first, *rest)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the owner should know before anything is paid."""
        constraints = warnings_of(self.ground.suite.must, self.ground.skill)
        unused_epochs = unused(self.ground, draws=self.draws)
        budget = (self.too_small,) if self.too_small else ()
        return (*budget, *self.outlook().warnings, *self.purse.warnings, *unused_epochs, *constraints)

    @property
    def too_small(self) -> str:
        """What to say of a budget that pays for no generation; '' of others, and without a limit of calls."""
        needed = self.calls_needed
        return f"This budget pays for no generation: about {needed} calls are needed." if needed else ""

    @property
    def calls_needed(self) -> int:
        """About how many calls pay for a generation and a look, where this budget pays for none; else 0."""
        if self.stages():
            return 0

        def price(calls: float) -> Costs:
            return _costs(self.ground, self.shape, calls, draws=self.draws)

        return calls_needed(price, self.rule)

    def stages(self, noise: NoiseFound | None = None) -> tuple[int, ...]:
        """Draws a case at each stage of the last look that the budget pays; empty if it pays none."""
        return paid_stages(self.costs, self._ruled(noise), _calls(self.limits), self.shape.generations)

    def outlook(
        self, baseline: tuple[CaseResult, ...] | None = None, noise: NoiseFound | None = None
    ) -> Outlook:
        """What the held-out cases can tell.

        By the last look that the budget pays. baseline: the committed version's results on them, once known.
        noise: what the A/A run found, then.
        """
        rule, stages = self._ruled(noise), self.stages(noise)
        cluster = {case.id: case.cluster or case.id for case in self.ground.suite.cases_of(Split.HOLDOUT)}
        failed = {cluster[result.case_id] for result in baseline or () if not result.passed}
        found = before_spending(
            replace(rule, repeats=stages or rule.repeats),
            len(set(cluster.values())),
            failing=None if baseline is None else len(failed),
            fresh_draws=self.draws,
            within=noise.expected if noise else TYPICAL_WITHIN,
        )
        if not stages:
            return replace(found, smallest_gain=1.0, sentence=NO_LOOK)
        if not self.draws or stages == rule.repeats:
            return found
        draws = f"{counted(stages[-1], 'draw')} a case, a larger one for up to {rule.repeats[-1]}"
        return replace(found, sentence=f"{found.sentence} This budget pays for {draws}.")

    def _ruled(self, noise: NoiseFound | None) -> GateRule:
        return replace(self.rule, repeats=noise.stages) if noise else self.rule

    @property
    def steps(self) -> Mapping[str, int]:
        """The parts of the night, and the most calls that each can take."""
        gate = self.ground.settings.gate
        return {
            "baseline": self.costs.baseline - self.costs.noise,
            "noise": self.costs.noise,
            "generation": self.costs.generation,
            "look": self.costs.look(gate.repeats[-1] if self.draws else 1),
            "promotion": self.costs.promotion,
        }


def require_cases(ground: SkillGround) -> None:
    """Raise InputError for a suite that a night cannot work with."""
    for split in (Split.TRAIN, Split.HOLDOUT):
        if not ground.suite.cases_of(split):
            raise InputError(
                f"{ground.shown(ground.suite_path)} has no {split} case",
                hint=f"add cases with `split: {split}`; without `split` a stable hash of the id divides them",
            )


def forecast(ground: SkillGround, shape: Shape) -> Forecast:
    """Look ahead. Raises InputError for a suite that a night cannot work with."""
    require_cases(ground)
    draws = ground.settings.models[Role.ACTOR].temperature != 0
    limits = limits_of(ground, shape)
    return Forecast(
        ground=ground,
        limits=limits,
        shape=shape,
        costs=_costs(ground, shape, _calls(limits), draws=draws),
        draws=draws,
        purse=purse_of(ground),
    )


def limits_of(ground: SkillGround, shape: Shape) -> Limits:
    """The budget; a night that was given no end gets one, so that nobody pays without having said so."""
    settings = ground.settings
    names = [choice.name for choice in (*settings.models.values(), *settings.improvers)]
    free = all(name.startswith("offline/") for name in names)  # a limit in dollars would never be reached
    binding = replace(settings.limits, max_usd=None) if free else settings.limits
    endless = shape.generations is None and binding == Limits()
    return replace(settings.limits, max_calls=DEFAULT_CALLS) if endless else settings.limits


def as_begun(ahead: Forecast, started: RunStarted) -> Forecast:
    """Go on with a run as it began: with the error that it may spend, and under its budget.

    Another budget may be given now. A resumed run must not forget that it was to stop at a dollar.
    """
    purse = purse_of(ahead.ground, but=started.run)
    ahead = replace(ahead, purse=purse, settled=alpha_of(started))
    if ahead.ground.settings.limits != Limits() or "limits" not in started.settings:
        return ahead
    limits = Limits(**json.loads(started.settings["limits"]))
    costs = _costs(ahead.ground, ahead.shape, _calls(limits), draws=ahead.draws)
    return replace(ahead, limits=limits, costs=costs)


def _costs(ground: SkillGround, shape: Shape, calls: float, *, draws: bool) -> Costs:
    """What the parts of a night of so many calls cost."""
    suite = ground.suite
    sizes = tuple(len(suite.cases_of(split)) for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD))
    return costs_of(
        suite,
        brood=shape.size // 2,
        draws=draws,
        cases=(sizes[0], sizes[1], sizes[2]),
        calls=calls,
    )


def _calls(limits: Limits) -> float:
    return math.inf if limits.max_calls is None else limits.max_calls
