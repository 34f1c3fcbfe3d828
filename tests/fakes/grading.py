"""Grade without a model: a script of replies answers whatever prompts a grader yields."""

from __future__ import annotations

from typing import TypeVar

from rsi_cli.graders.grade import Graded, grade
from rsi_cli.nouns import CaseId, Json, Measured, Prompt, Reply, Talk
from rsi_cli.suite.model import Assertion, Case

T = TypeVar("T")


def finish(talk: Talk[T], *replies: str) -> tuple[T, list[Prompt]]:
    """Answer a talk's prompts with these replies, in order; return its conclusion and the prompts."""
    prompts: list[Prompt] = []
    script = list(replies)
    try:
        prompt = next(talk)
        while True:
            prompts.append(prompt)
            prompt = talk.send(Reply(text=script.pop(0), model="scripted"))
    except StopIteration as conclusion:
        value: T = conclusion.value
        assert not script, f"never asked for: {script}"
        return value, prompts


def case_of(*asserts: Assertion, threshold: float | None = None, expected: Json = None) -> Case:
    """A case with these assertions."""
    return Case(id=CaseId("c1"), input="Say hello", asserts=asserts, threshold=threshold, expected=expected)


def graded(output: str, *asserts: Assertion, threshold: float | None = None) -> Graded:
    """Grade an answer by assertions that need no judge."""
    return finish(grade(case_of(*asserts, threshold=threshold), output))[0]


def verdict(written: str, value: Json, output: str) -> tuple[bool, str]:
    """Grade by one assertion, which can be measured; return whether it passed, and why."""
    negated = written.startswith("not-")
    assertion = Assertion(type=written.removeprefix("not-"), value=value, negated=negated)
    outcome = graded(output, assertion)
    assert isinstance(outcome.result, Measured), outcome.result
    assert outcome.result.score == float(outcome.passed)
    return outcome.passed, outcome.result.why
