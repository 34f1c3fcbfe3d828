"""One case: ask the actor, grade the answer. Every failure comes back as a value with a blame."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from rsi_cli.evaluation.rewriting import rewritten
from rsi_cli.graders.grade import Graded, grade
from rsi_cli.models.converse import converse
from rsi_cli.nouns import CaseResult, Failed, Message, Prompt, Reply, Role, Talk
from rsi_cli.suite.model import Case, Suite
from rsi_cli.suite.templates import task_text

__all__ = ("Ask", "Bench", "actor_prompt", "attempt", "regrade", "task_text")

APART = 10_000  # between the draws that the replies to one case are: more repeats than a night ever makes

Ask: TypeAlias = Callable[[Prompt], Awaitable[Reply | Failed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What stays the same while skills come and go: the suite, the models' door, the judge's words."""

    suite: Suite
    ask: Ask
    judge_skill: str


def actor_prompt(skill: str, case: Case, suite: Suite, repeat: int) -> Prompt:
    """Build what the actor is sent: the skill as system message, the rendered case as user message."""
    return Prompt(
        role=Role.ACTOR,
        messages=(Message("system", skill), Message("user", task_text(case, suite.prompt))),
        template="actor",
        repeat=repeat,
    )


async def attempt(skill: str, case: Case, repeat: int, bench: Bench) -> CaseResult:
    """Answer one case once and grade the answer.

    skill: the text that models see (front matter cut off). repeat: index of the independent draw.
    """

    async def ask(prompt: Prompt) -> Reply | Failed:
        return await bench.ask(replace(prompt, repeat=repeat + APART * prompt.repeat))

    output = await converse(_answered(skill, case, bench.suite), ask)
    if isinstance(output, Failed):
        return CaseResult(case_id=case.id, repeat=repeat, output=None, result=output, passed=False)
    return await regrade(case, output, repeat, bench)


def _answered(skill: str, case: Case, suite: Suite) -> Talk[str]:
    """One answer of the actor; of an improver, to whom a case shows a pair, its rewrites."""
    if case.pair is not None:
        return (yield from rewritten(skill, case.pair))
    return (yield actor_prompt(skill, case, suite, 0)).text


async def regrade(case: Case, output: str, repeat: int, bench: Bench) -> CaseResult:
    """Grade a stored answer, so that only the evaluator can vary.

    repeat: index of the independent draw, of the judge too: else an answer that two draws share would have
    one cached verdict, and the luck of that verdict would pass for a fresh measurement.
    """

    async def ask(prompt: Prompt) -> Reply | Failed:
        return await bench.ask(replace(prompt, repeat=repeat))

    graded = await converse(grade(case, output, bench.judge_skill), ask)
    if isinstance(graded, Failed):
        return CaseResult(case_id=case.id, repeat=repeat, output=output, result=graded, passed=False)
    return _result(case, output, repeat, graded)


def _result(case: Case, output: str, repeat: int, graded: Graded) -> CaseResult:
    return CaseResult(
        case_id=case.id,
        repeat=repeat,
        output=output,
        result=graded.result,
        passed=graded.passed,
        verdicts=graded.verdicts,
    )
