"""What a grader is handed, and what it hands back. Families of graders know this module, not each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rsi_cli.nouns import Result, Talk
from rsi_cli.suite.model import Assertion, Case

SHOWN_LENGTH = 80

Mark: TypeAlias = Callable[[Case, str], Talk[Result]]
"""Grades an answer to some case by all demands of that case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """One demand on one answer. assertion: its value is rendered. judge_skill: the judge's own words.

    mark: for a grader that has others answer other cases.
    """

    assertion: Assertion
    output: str
    case: Case
    judge_skill: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a grader found, before `not-` is applied. score: 0…1. why: one line, without the type's name."""

    score: float
    passed: bool
    why: str

    def negated(self) -> Opinion:
        """Return the opinion of the `not-` form."""
        return Opinion(1 - self.score, not self.passed, self.why)


class Unmeasurable(Exception):
    """The value is unusable, or the judge gave no verdict. Never the answer's fault."""


Grader: TypeAlias = Callable[[Exam], Talk[Opinion]]
"""Grades by yielding prompts to a judge, or without any. Raises Unmeasurable, and nothing else."""


def deterministic(check: Callable[[Exam], Opinion]) -> Grader:
    """Make a grader of a function that needs no model."""

    def talk(exam: Exam) -> Talk[Opinion]:
        yield from ()
        return check(exam)

    return talk


def binary(*, passed: bool, why: str) -> Opinion:
    """Return an opinion that knows only right and wrong."""
    return Opinion(float(passed), passed, why)


def shown(text: str) -> str:
    """Quote a text for a message: one line, cut where it is long."""
    return repr(text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…")
