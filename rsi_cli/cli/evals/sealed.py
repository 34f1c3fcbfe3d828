"""`rsi eval SKILL --unseal`: score sealed cases once, on the owner's word, and remember that it was done.

Its use is written down before the first call is paid, so one that was interrupted counts too. It shows no
number before all are there: whoever could stop at a good one would have chosen it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from rsi_cli.cli import junit, wiring
from rsi_cli.cli.askable import require_usable
from rsi_cli.cli.evals import scoring
from rsi_cli.cli.evals.order import Order
from rsi_cli.cli.evals.sealed_cases import Job, prepare
from rsi_cli.cli.evals.sealed_view import SealedView
from rsi_cli.cli.evals.view import EvalView
from rsi_cli.cli.fault import Interrupted
from rsi_cli.cli.ground import survey
from rsi_cli.cli.screen import announce, console, print_json, say
from rsi_cli.cli.settings import Flags
from rsi_cli.errors import Inconclusive, InputError
from rsi_cli.evaluation.run import evaluate
from rsi_cli.ledger.runs import Runs
from rsi_cli.ledger.unsealed import remember
from rsi_cli.models.call import MemoryLog
from rsi_cli.nouns import CaseResult, Usage
from rsi_cli.report.terminal import NightScreen
from rsi_cli.report.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The draws of both versions. before: none without another version. usage: of this session."""

    now: tuple[CaseResult, ...]
    before: tuple[CaseResult, ...]
    usage: Usage


def run(skill: str, flags: Flags, wanted: scoring.Wanted, order: Order) -> None:
    """Unseal, show, and remember what came out.

    Raises InputError where nobody said yes, RepoError where the version is not committed or the cases were
    used before, Inconclusive where too little could be measured, CheckFailed under `--fail-under`.
    """
    ground = survey(skill, flags)
    repo = ground.need_repo()
    junit.require_writable(wanted.junit, ground.sources)
    with Runs(repo.state_dir).hold_skill(f"sealed cases of {ground.shown(ground.file.path)}", "an unsealing"):
        job = prepare(ground, order)
        require_usable(ground)
        announce(ground.settings)
        if job.resumed:
            say(f"going on with the unsealing of {job.record.began}")
        else:
            _confirm(job, yes=order.yes)
            remember(repo, job.record)
        with _way_on():
            done = asyncio.run(_measure(job))
        _require_enough(job, done)
        view = EvalView(ground=ground, results=done.now, usage=done.usage)
        sealed = SealedView.of(job, done.now, done.before)
        remember(repo, sealed.record)
    if wanted.junit:
        junit.write(wanted.junit, ground.suite.name, view.outcomes())
    if wanted.as_json:
        print_json({**view.as_json(), "sealed": sealed.as_json()})
    else:
        sealed.show(console(), done.usage)
    scoring.check(view, wanted.fail_under)


def _confirm(job: Job, *, yes: bool) -> None:
    """Ask whether it shall be done. Raises InputError where nobody can be asked, typer.Abort at a no."""
    if yes:
        return
    what = f"{counted(len(job.cases), 'sealed case')} of {job.skill}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InputError(
            f"nobody is there to confirm that the {what} shall be scored, which can be done once",
            hint="if that is what you want, add --yes",
        )
    once = "They were scored before, so this is no untouched number" if job.again else "This can be done once"
    if job.alone:
        say(f"note: {job.alone}")
    typer.confirm(
        f"Score the {what} at {job.now.commit[:12]}"
        + (f" and at {job.before.commit[:12]}" if job.before else "")
        + f", at most {counted(job.answers, 'answer')}? {once}, and it is recorded in git",
        abort=True,
        err=True,
    )


@contextmanager
def _way_on() -> Iterator[None]:
    """Say of an interruption that it counts, and how it is gone on with."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted(
            "the unsealing was interrupted; it counts as made",
            hint="no number was shown, and answers are kept: run the same command again to go on with it",
        ) from error


async def _measure(job: Job) -> Measured:
    """Measure both versions, draw by draw; an interrupted unsealing finds its answers in the cache."""
    settings = job.ground.settings
    salt = "" if settings.cache else f"unsealed-{job.record.id}"
    door = wiring.gateway(settings, MemoryLog(), salt=salt)
    bench = wiring.bench(job.ground, door)
    results: dict[str, list[CaseResult]] = {"now": [], "before": []}
    versions = {"now": job.now, "before": job.before}
    try:
        with NightScreen(console(stderr=True), lambda: counted(door.usage.calls, "call")) as screen:
            for repeat in range(max(job.draws_of(case) for case in job.cases)):
                due = [case for case in job.cases if repeat < job.draws_of(case)]
                for name, version in versions.items():
                    if version is not None:
                        results[name] += await evaluate(version.text, due, [repeat], bench, screen.measured)
        return Measured(now=tuple(results["now"]), before=tuple(results["before"]), usage=door.usage)
    finally:
        await door.aclose()


def _require_enough(job: Job, done: Measured) -> None:
    """Raise Inconclusive, without any number, where too many draws of a version could not be measured."""
    allowed = job.ground.settings.gate.max_unmeasured
    for results in filter(None, (done.now, done.before)):
        failed = [result for result in results if result.score is None]
        if len(failed) > allowed * len(results):
            raise Inconclusive(
                f"{len(failed)} of {len(results)} answers to sealed cases could not be measured: "
                f"{getattr(failed[0].result, 'message', '')}",
                hint="mend what failed, or raise the budget, and run the same command again: it goes on with "
                "this unsealing, and what was answered is cached; until then no number is shown",
            )
