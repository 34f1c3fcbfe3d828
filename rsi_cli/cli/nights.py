"""Begin, resume and show a night."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rsi_cli.cli import wiring
from rsi_cli.cli.beginning import begin, read_start
from rsi_cli.cli.ground import SkillGround, survey
from rsi_cli.cli.screen import announce, console, print_json
from rsi_cli.errors import InputError
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.night import Night, Shape
from rsi_cli.evolution.plan import Costs, costs_of
from rsi_cli.ledger.replay import RunState, replay
from rsi_cli.ledger.runs import Runs
from rsi_cli.models.budget import Budget
from rsi_cli.nouns import Role, Split, Usage
from rsi_cli.report.terminal import NightScreen
from rsi_cli.report.view import night_json, night_lines
from rsi_cli.suite.model import Limits
from rsi_cli.trust.holdout import Outlook, before_spending

if TYPE_CHECKING:
    from rsi_cli.cli.settings import Flags
    from rsi_cli.ledger.events import RunStarted
    from rsi_cli.ledger.journal import Journal


DEFAULT_CALLS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the person asked `rsi evolve` for."""

    skill: str
    flags: Flags
    generations: int | None = None
    population: int = 8
    branch: str | None = None
    resume: bool = False
    fresh: bool = False
    as_json: bool = False
    yes: bool = False

    @property
    def shape(self) -> Shape:
        """How the night is laid out."""
        return Shape(size=self.population, generations=self.generations)


def run(wish: Wish) -> None:
    """Evolve until it ends; show the facts on the way and the account at the end."""
    ground = survey(wish.skill, wish.flags)
    require_cases(ground)
    runs = Runs(ground.need_repo().state_dir)
    announce(ground.settings)
    with runs.hold_skill(ground.shown(ground.file.path)):
        started = begin(ground, wish, runs)
        with runs.hold_run(started.run):
            journal = runs.open(started.run)
            try:
                journal.append(started)
                asyncio.run(_evolve(ground, wish, started, journal))
                show(replay(journal.events()), journal.spent(), skill=wish.skill, as_json=wish.as_json)
            finally:
                journal.close()


async def _evolve(ground: SkillGround, wish: Wish, started: RunStarted, journal: Journal) -> None:
    """Put the night together and let it run; every door is closed at the end."""
    settings = ground.settings
    budget = Budget(limits_of(ground, wish), spent=journal.spent())
    salt = "" if settings.cache else started.run
    door = wiring.gateway(settings, journal, salt=salt, budget=budget, seed=started.seed)
    start = read_start(ground, started)
    with NightScreen(console(stderr=True)) as screen:
        screen.fact(started)
        screen.say(prospects(ground, fresh_draws=started.fresh_draws).sentence)
        night = Night(
            started=started,
            raw=start.raw,
            suite=ground.suite,
            rule=settings.gate,
            bench=wiring.bench(ground, door),
            improve=door.ask,
            breeder=wiring.breeder(ground, start.skill, started.seed),
            inherited=start.inherited,
            costs=costs(ground, wish.shape, fresh_draws=started.fresh_draws),
            shape=wish.shape,
            budget=budget,
            facts=journal,
            repo=ground.need_repo(),
            files=start.files,
            watcher=screen,
        )
        try:
            await evolve(night)
        finally:
            await door.aclose()


def limits_of(ground: SkillGround, wish: Wish) -> Limits:
    """The budget; a night that was given no end at all gets one, so that nobody pays without having said so."""
    limits = ground.settings.limits
    endless = wish.generations is None and limits == Limits()
    return Limits(max_calls=DEFAULT_CALLS) if endless else limits


def prospects(ground: SkillGround, *, fresh_draws: bool) -> Outlook:
    """What the held-out cases of this suite can and cannot show."""
    cases = len(ground.suite.cases_of(Split.HOLDOUT))
    return before_spending(ground.settings.gate, cases, failing=None, fresh_draws=fresh_draws)


def require_cases(ground: SkillGround) -> None:
    """Refuse a suite that a night cannot work with, before anything is spent."""
    for split in (Split.TRAIN, Split.HOLDOUT):
        if not ground.suite.cases_of(split):
            raise InputError(
                f"{ground.shown(ground.suite_path)} has no {split} case",
                hint=f"add cases with `split: {split}`, or leave `split` out: then a stable hash divides them",
            )


def costs(ground: SkillGround, shape: Shape, *, fresh_draws: bool) -> Costs:
    """What the parts of this night cost in calls."""
    suite = ground.suite
    splits = (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD)
    sizes = {split: len(suite.cases_of(split)) for split in splits}
    return costs_of(
        suite,
        brood=shape.size // 2,
        draws=fresh_draws,
        cases=(sizes[Split.TRAIN], sizes[Split.HOLDOUT], sizes[Split.KNOWN_GOOD]),
    )


def show(state: RunState, usage: Usage, *, skill: str, as_json: bool) -> None:
    """The account of the night."""
    if as_json:
        print_json(night_json(state, usage))
        return
    out = console()
    for line in night_lines(state, usage, skill=skill):
        out.print(line, markup=False)


def show_plan(wish: Wish) -> None:
    """Say what a night would do and cost at most; make no call."""
    ground = survey(wish.skill, wish.flags)
    require_cases(ground)
    draws = ground.settings.models[Role.ACTOR].temperature != 0
    costed, limits = costs(ground, wish.shape, fresh_draws=draws), limits_of(ground, wish)
    outlook = prospects(ground, fresh_draws=draws)
    calls = {
        "baseline": costed.baseline,
        "generation": costed.generation,
        "look": costed.look(ground.settings.gate.repeats[-1] if draws else 1),
        "promotion": costed.promotion,
    }
    document = {
        "skill": ground.shown(ground.file.path),
        "suite": ground.shown(ground.suite_path),
        "models": {role.value: choice.name for role, choice in ground.settings.models.items()},
        "limits": asdict(limits),
        "calls_at_most": calls,
        "smallest_detectable_gain": outlook.smallest_gain,
        "outlook": outlook.sentence,
        "warnings": list(outlook.warnings),
    }
    if wish.as_json:
        print_json(document)
        return
    announce(ground.settings)
    out = console()
    for name, count in calls.items():
        out.print(f"{name:<12}{count:>6} calls at most", markup=False)
    out.print(f"limits: {limits}", markup=False)
    out.print(outlook.sentence, markup=False)
