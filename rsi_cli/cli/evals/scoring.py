"""Score a skill on its suite and show the result: as a table, as JSON, as JUnit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rsi_cli.cli import junit, wiring
from rsi_cli.cli.evals.view import EvalView, splits_of
from rsi_cli.cli.ground import survey
from rsi_cli.cli.screen import announce, console, print_json
from rsi_cli.errors import CheckFailed, Inconclusive, InputError
from rsi_cli.evaluation.run import evaluate
from rsi_cli.models.call import MemoryLog
from rsi_cli.nouns import CaseResult, Split, Usage
from rsi_cli.report.terminal import NightScreen
from rsi_cli.report.words import counted

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround
    from rsi_cli.cli.settings import Flags
    from rsi_cli.suite.model import Case

OPEN_SPLITS = (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD)
_ONE_OF = "one of: train, holdout, known-good, all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to measure and how to show it. fail_under: 0…1."""

    split: str = "all"
    fail_under: float | None = None
    junit: Path | None = None
    as_json: bool = False


def run(skill: str, flags: Flags, wanted: Wanted) -> None:
    """Measure, show, and raise CheckFailed or Inconclusive if it comes to that."""
    ground = survey(skill, flags)
    cases = ground.suite.cases_of(*_splits(wanted.split))
    if not cases:
        raise InputError(f"the suite has no {wanted.split} case", hint="choose another --split, or add cases")
    junit.require_writable(wanted.junit, ground.sources)
    announce(ground.settings)
    results, usage = asyncio.run(measure(ground, cases))
    view = EvalView(ground=ground, results=results, usage=usage)
    if wanted.junit:
        junit.write(wanted.junit, ground.suite.name, view.outcomes())
    if wanted.as_json:
        print_json(view.as_json())
    else:
        view.show(console())
    check(view, wanted.fail_under)


async def measure(ground: SkillGround, cases: Sequence[Case]) -> tuple[tuple[CaseResult, ...], Usage]:
    """Measure the skill as it stands on disk; each case as many times as it asks for."""
    salt = "" if ground.settings.cache else f"eval-{wiring.draw_seed()}"
    door = wiring.gateway(ground.settings, MemoryLog(), salt=salt)
    bench = wiring.bench(ground, door)
    text = ground.skill.text_for_models
    try:
        results: list[CaseResult] = []
        most = max(case.epochs or ground.settings.epochs for case in cases)
        with NightScreen(console(stderr=True), lambda: counted(door.usage.calls, "call")) as screen:
            for repeat in range(most):
                due = [case for case in cases if repeat < (case.epochs or ground.settings.epochs)]
                results.extend(await evaluate(text, due, [repeat], bench, screen.measured))
        return tuple(results), door.usage
    finally:
        await door.aclose()


def _splits(name: str) -> tuple[Split, ...]:
    if name == "all":
        return OPEN_SPLITS
    try:
        split = Split(name)
    except ValueError:
        raise InputError(f"--split {name!r} cannot be measured", hint=_ONE_OF) from None
    if split is Split.SEALED:
        hint = f"{_ONE_OF}; sealed cases are scored once, when you say so: add --unseal"
        raise InputError(f"--split {name!r} cannot be measured: sealed cases are kept for the end", hint=hint)
    return (split,)


def check(view: EvalView, fail_under: float | None) -> None:
    """Raise Inconclusive where nothing was measured, CheckFailed where a split is under the limit, 0…1."""
    splits = splits_of(view)
    measured = sum(split.measured for split in splits.values())
    if measured == 0:
        failed = next(result for result in view.results if result.score is None)
        raise Inconclusive(
            f"none of {len(view.results)} measurements succeeded: {getattr(failed.result, 'message', '')}",
            hint="mend what failed, or raise the budget, and run it again: what succeeded is cached",
            shown=True,
        )
    if fail_under is None:
        return
    _require_enough(view)
    low = [
        f"{name} {split.score:.3f}"
        for name, split in splits.items()
        if split.score is not None and split.score < fail_under
    ]
    if low:
        raise CheckFailed(
            f"under {fail_under:g}: {', '.join(low)}",
            hint="see which cases failed above, or with --json",
            shown=True,
        )


def _require_enough(view: EvalView) -> None:
    """Raise Inconclusive where a split has too few measured cases to be held against a limit."""
    allowed = view.ground.settings.gate.max_unmeasured
    thin = [
        f"{name} {split.cases - split.measured} of {split.cases}"
        for name, split in splits_of(view).items()
        if split.measured == 0 or split.cases - split.measured > allowed * split.cases
    ]
    if thin:
        raise Inconclusive(
            f"too many cases could not be measured: {', '.join(thin)}",
            hint="mend what failed, or raise the budget, and run it again: what succeeded is cached",
            shown=True,
        )
