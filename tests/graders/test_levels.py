"""Whether a case can give half marks is known from its demands, before anything is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.graders.grade import grade
from rsi_cli.graders.levels import is_graded
from rsi_cli.graders.menu import GRADERS, RIGHT_OR_WRONG
from rsi_cli.nouns import CaseId, Json, Measured
from rsi_cli.suite.model import Assertion, Case
from tests.fakes.grading import finish

HAS, RUBRIC = Assertion(type="contains", value="a"), Assertion(type="llm-rubric", value="Is kind.")
FREE = replace(RUBRIC, weight=0.0)


def case(*asserts: Assertion, expected: str | None = None, threshold: float | None = None) -> Case:
    return Case(id=CaseId("c"), input="x", asserts=asserts, expected=expected, threshold=threshold)


@pytest.mark.parametrize(
    ("what", "graded"),
    [
        (case(expected="a"), False),
        (case(), False),
        (case(HAS), False),
        (case(replace(HAS, negated=True, weight=3.0)), False),
        (case(HAS, threshold=0.5), False),
        (case(HAS, FREE), False),
        (case(HAS, HAS), True),
        (case(HAS, replace(HAS, weight=0.1), threshold=1.0), True),
        (case(RUBRIC), True),
        (case(replace(RUBRIC, threshold=0.9)), True),
        (case(Assertion(type="assert-set", parts=(HAS,))), False),
        (case(Assertion(type="assert-set", parts=(HAS, FREE))), False),
        (case(Assertion(type="assert-set", parts=(HAS, HAS), threshold=0.5)), True),
        (case(Assertion(type="a-type-of-tomorrow")), True),
    ],
)
def test_half_marks_come_from_shared_scores_and_from_graders_that_give_them(what: Case, graded: bool) -> None:  # noqa: FBT001
    assert is_graded(what) is graded


def test_only_the_judge_and_imp_at_k_give_half_marks_by_themselves() -> None:
    assert GRADERS.keys() - RIGHT_OR_WRONG == {"llm-rubric", "imp-at-k"}


@pytest.mark.parametrize("output", ["", "a", "b", "{}", "[1]", "a b c"])
@pytest.mark.parametrize("name", sorted(RIGHT_OR_WRONG))
def test_a_type_that_is_said_to_know_no_half_marks_gives_none(name: str, output: str) -> None:
    values: dict[str, Json] = {"word-count": 1, "is-json": None, "contains-json": None}
    assertion = Assertion(type=name, value=values.get(name, "a"))
    result = finish(grade(case(assertion), output))[0].result
    assert isinstance(result, Measured)
    assert result.score in (0.0, 1.0)
