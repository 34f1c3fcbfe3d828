"""One skill over many cases: results in the order in which they were asked for, whatever finished first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TypeVar

from rsi_cli.evaluation.executor import Bench, attempt
from rsi_cli.nouns import CaseId, CaseResult
from rsi_cli.suite.model import Case

T = TypeVar("T")


async def evaluate(
    skill: str,
    cases: Sequence[Case],
    repeats: Iterable[int],
    bench: Bench,
    seen: Callable[[CaseResult], None] = lambda _: None,
) -> tuple[CaseResult, ...]:
    """Measure a skill: every case once for every repeat.

    Returns len(cases) × len(repeats) results, all of one repeat before the next. `seen` is called
    with each result as it arrives, in no fixed order, for progress on screen only.
    How many run at once is the gateway's business.
    """

    async def one(case: Case, repeat: int) -> CaseResult:
        result = await attempt(skill, case, repeat, bench)
        seen(result)
        return result

    return await side_by_side(one(case, repeat) for repeat in repeats for case in cases)


async def side_by_side(jobs: Iterable[Coroutine[None, None, T]]) -> tuple[T, ...]:
    """Do jobs at the same time; their outcomes in the order given.

    The first job that raises ends the others, and its own exception comes out, so that an RsiError stays one.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in jobs]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return tuple(task.result() for task in tasks)


def mean_scores(results: Iterable[CaseResult]) -> dict[CaseId, float]:
    """Mean score of each case over its measured repeats; a case without any is left out."""
    collected: dict[CaseId, list[float]] = {}
    for result in results:
        if result.score is not None:
            collected.setdefault(result.case_id, []).append(result.score)
    return {case_id: sum(scores) / len(scores) for case_id, scores in collected.items()}


def mean(scores: Iterable[float]) -> float | None:
    """Arithmetic mean; None of nothing."""
    values = tuple(scores)
    return sum(values) / len(values) if values else None
