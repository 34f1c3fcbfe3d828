"""Begin a night or go on with one, let it run, and give the account of it."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsi_cli.cli import wiring
from rsi_cli.cli.askable import require_usable
from rsi_cli.cli.carried import without_leaks
from rsi_cli.cli.fault import Interrupted
from rsi_cli.cli.ground import SkillGround, survey
from rsi_cli.cli.nights.beginning import Start, begin, read_start
from rsi_cli.cli.nights.forecast import Forecast, as_begun, forecast, require_cases
from rsi_cli.cli.nights.lookout import Lookout, Meter
from rsi_cli.cli.nights.twin import twin_of, twin_words
from rsi_cli.cli.screen import announce, command, console, print_json, tell
from rsi_cli.errors import Inconclusive, Overtaken, RsiError
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.memory import catch_up
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.tally import Tally
from rsi_cli.ledger.events import GenerationPlanned
from rsi_cli.ledger.replay import RunState, replay
from rsi_cli.ledger.runs import Runs
from rsi_cli.models.budget import Budget
from rsi_cli.nouns import RunId, Usage
from rsi_cli.report.terminal import NightScreen
from rsi_cli.report.view import night_json, night_lines
from rsi_cli.report.words import counted

if TYPE_CHECKING:
    from rsi_cli.cli.nights.wish import Wish
    from rsi_cli.ledger.events import RunStarted
    from rsi_cli.ledger.journal import Journal


def run(wish: Wish) -> RunState:
    """Evolve until it ends; show the facts on the way and the account at the end. Returns that end."""
    ground = survey(wish.skill, wish.flags)
    require_cases(ground)
    require_usable(ground, breeds=True)
    runs = Runs(ground.need_repo().state_dir)
    with runs.hold_skill(ground.shown(ground.file.path), "a night that begins"):
        ahead = forecast(ground, wish.shape)
        started = begin(ahead, wish, runs)
        if started.run in runs.ids():
            ahead = as_begun(ahead, started)
        start = read_start(ground, started)
        announce(ground.settings)
        with runs.hold_run(started.run), closing(runs.open(started.run)) as journal:
            if journal.find(started.key) is None:
                journal.append(started)
            with _way_on(command(*wish.words(ground.full)), started.run, journal):
                usage = asyncio.run(_evolve(Tonight(ahead, wish, started, start), journal))
            events = journal.events()
    state = replay(events)
    changes = sum(isinstance(event, GenerationPlanned) and bool(event.change) for event in events)
    show(state, usage, ground, changes=changes, as_json=wish.as_json)
    return state


@contextmanager
def _way_on(again: str, run_id: RunId, journal: Journal) -> Iterator[None]:
    """Say with every end that is not the run's own how it is gone on with. again: what began it."""
    resume = f"{again} --resume"
    try:
        yield
    except KeyboardInterrupt as error:
        made = len(replay(journal.events()).promotions)
        kept = f"; {counted(made, 'promotion')} so far" if made else ""
        message = f"run {run_id} was interrupted after {counted(journal.spent().calls, 'call')}{kept}"
        raise Interrupted(message, hint=f"nothing is lost; go on with: {resume}") from error
    except Overtaken as error:
        error.hint += f"; start anew from what is there now: {again} --fresh"
        raise
    except RsiError as error:
        if journal.answered() and not isinstance(error, Inconclusive):  # that one wants more budget first
            error.hint += f"; what was measured is kept, go on with: {resume}"
        raise


@dataclass(frozen=True, slots=True)
class Tonight:
    """All that is known before the first call."""

    ahead: Forecast
    wish: Wish
    started: RunStarted
    start: Start


async def _evolve(tonight: Tonight, journal: Journal) -> Usage:
    """Put the night together and let it run; every door is closed at the end. Returns what was spent."""
    ahead, started, start = tonight.ahead, tonight.started, tonight.start
    ground, settings = ahead.ground, ahead.ground.settings
    budget = Budget(ahead.limits, spent=journal.spent(), elapsed_s=journal.elapsed_s())
    salt = "" if settings.cache else started.run
    draws = wiring.night_seed(started.seed, start.skill)
    door = wiring.gateway(settings, journal, salt=salt, budget=budget, seed=draws)
    with NightScreen(console(stderr=True), Meter(budget)) as screen:
        lookout = Lookout(screen, ahead)
        lookout.begin(started)
        repo = ground.need_repo()
        for complaint in catch_up(repo, started.skill, ahead.purse.made, started.base_commit):
            lookout.warned(complaint)
        if twin := twin_of(started, Runs(repo.state_dir), repo, start.files):
            lookout.warned(twin_words(twin, started.seed))
        leaks = wiring.leaks(ground, start.skill)
        told, complaints = without_leaks(start.inherited, leaks, ground.suite.cases)
        for complaint in (*start.strange, *complaints):
            lookout.warned(complaint)
        night = Night(
            started=started,
            raw=start.raw,
            suite=ground.suite,
            rule=ahead.rule,
            repeats_stated=settings.repeats_stated,
            bench=wiring.bench(ground, door),
            improve=door.ask,
            breeder=wiring.breeder(ground, start.skill, started.seed, told.lessons, ahead.costs.rounds),
            inherited=told,
            leaks=leaks,
            costs=ahead.costs,
            tally=Tally(ahead.costs.attempt, draws=ahead.costs.draws),
            shape=tonight.wish.shape,
            budget=budget,
            facts=journal,
            repo=repo,
            files=start.files,
            watcher=lookout,
            stop_when_slow=settings.on_plateau == "stop",
        )
        try:
            await evolve(night)
        finally:
            await door.aclose()
    return door.usage


def show(state: RunState, usage: Usage, ground: SkillGround, *, changes: int, as_json: bool) -> None:
    """The account of the night, and how to take it back. changes: of the way of searching."""
    if as_json:
        print_json(night_json(state, usage))
        return
    out = console()
    for line in night_lines(state, usage, changes=changes):
        tell(out, line)
    for line in ("", *way_back(state, ground)):
        tell(out, line, exact=True)


def way_back(state: RunState, ground: SkillGround) -> list[str]:
    """The exact commands that undo the night, to be pasted from any folder."""
    if not state.promotions or state.started is None:
        return []
    repo, branch, skill = ground.need_repo(), state.started.branch, ground.full
    if repo.branch() != branch:
        merge = shlex.join(["git", "-C", str(repo.root), "merge", branch])
        return [
            f"The commits are on branch {branch}; what is checked out was not touched.",
            f"To take them over: {merge}",
        ]
    newest = ["To take the newest back, as a new commit:", f"  {command('rollback', skill)}"]
    if len(state.promotions) == 1:
        return ["To take it back, as a new commit:", newest[1]]
    first = state.promotions[0].parent_commit[:12]
    whole = f"To take all {len(state.promotions)} back, as one new commit:"
    return [whole, f"  {command('rollback', skill, '--to', first)}", *newest]
