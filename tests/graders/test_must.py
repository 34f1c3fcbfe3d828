"""Hard constraints on answers: they count in no score, and no score makes up for them."""

from __future__ import annotations

import pytest

from rsi_cli.graders.grade import Graded, grade
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Json, Measured, Verdict
from rsi_cli.suite.model import Assertion, Case
from tests.fakes.grading import finish

HIT = Assertion(type="contains", value="a")
MISS = Assertion(type="contains", value="z")
NOT_A = Assertion(type="contains", value="a", negated=True)
BROKEN = Assertion(type="contains", value="")
RUBRIC = Assertion(type="llm-rubric", value="Is it kind?")
YES = '{"evidence": "it is", "verdict": "pass", "score": 1}'
NO = '{"evidence": "it is not", "verdict": "fail", "score": 0}'


def case_of(*asserts: Assertion, must: tuple[Assertion, ...], expected: Json = None) -> Case:
    return Case(id=CaseId("c1"), input="Say hello", asserts=asserts, must=must, expected=expected)


def graded(case: Case, *replies: str) -> tuple[Graded, int]:
    outcome, prompts = finish(grade(case, "a", "Judge."), *replies)
    return outcome, len(prompts)


def result_of(outcome: Graded) -> CaseResult:
    return CaseResult(
        case_id=CaseId("c1"),
        repeat=0,
        output="a",
        result=outcome.result,
        passed=outcome.passed,
        verdicts=outcome.verdicts,
    )


def test_one_that_holds_changes_no_score() -> None:
    outcome, _ = graded(case_of(HIT, MISS, must=(HIT, HIT)))
    assert outcome.result == Measured(0.5, "1 of 2 failed: contains: 'z' is missing")
    assert [verdict.must for verdict in outcome.verdicts] == [False, False, True, True]
    assert not result_of(outcome).broke_must


@pytest.mark.parametrize("threshold", [None, 0.0])
def test_one_that_is_broken_makes_the_answer_worth_nothing(threshold: float | None) -> None:
    case = Case(id=CaseId("c1"), input="x", asserts=(HIT,), must=(NOT_A,), threshold=threshold)
    outcome, _ = graded(case)
    assert outcome.result == Measured(0.0, "hard constraint broken: not-contains: 'a' is there")
    assert not outcome.passed
    assert result_of(outcome).broke_must
    assert [(verdict.type, verdict.passed) for verdict in outcome.verdicts] == [
        ("contains", True),
        ("not-contains", False),
    ]


def test_it_stands_beside_an_expected_answer() -> None:
    outcome, _ = graded(case_of(must=(HIT,), expected="a"))
    assert outcome.passed
    assert [verdict.type for verdict in outcome.verdicts] == ["equals", "contains"]


def test_one_that_cannot_be_measured_leaves_the_answer_unmeasured() -> None:
    outcome, _ = graded(case_of(HIT, must=(HIT, BROKEN)))
    assert isinstance(outcome.result, Failed)
    assert outcome.result.blame is Blame.GRADER
    assert not outcome.passed
    assert result_of(outcome).score is None
    assert not result_of(outcome).broke_must


def test_a_silent_judge_leaves_it_unmeasured_too() -> None:
    outcome, asked = graded(case_of(HIT, must=(RUBRIC,)), "Quite kind, I think.")
    assert isinstance(outcome.result, Failed)
    assert asked == 1


@pytest.mark.parametrize(("asserts", "must"), [((HIT,), (BROKEN, NOT_A)), ((BROKEN,), (NOT_A,))])
def test_one_known_to_be_broken_outweighs_what_is_not_known(
    asserts: tuple[Assertion, ...], must: tuple[Assertion, ...]
) -> None:
    outcome, _ = graded(case_of(*asserts, must=must))
    assert isinstance(outcome.result, Measured)
    assert outcome.result.score == 0.0
    assert result_of(outcome).broke_must


@pytest.mark.parametrize(("reply", "broke"), [(YES, False), (NO, True)])
def test_a_judge_may_be_asked(reply: str, *, broke: bool) -> None:
    outcome, asked = graded(case_of(HIT, must=(RUBRIC,)), reply)
    assert asked == 1
    assert result_of(outcome).broke_must is broke


def test_no_judge_is_paid_for_once_the_answer_is_worth_nothing() -> None:
    outcome, asked = graded(case_of(RUBRIC, HIT, must=(RUBRIC, NOT_A)))
    assert asked == 0
    assert [(verdict.type, verdict.must) for verdict in outcome.verdicts] == [
        ("contains", False),
        ("not-contains", True),
    ]
    assert result_of(outcome).broke_must


def test_a_set_is_one_constraint_and_may_hold_by_its_threshold() -> None:
    parts = (HIT, MISS)
    half, whole = (
        Assertion(type="assert-set", parts=parts, threshold=threshold) for threshold in (0.5, None)
    )
    assert not result_of(graded(case_of(HIT, must=(half,)))[0]).broke_must
    assert result_of(graded(case_of(HIT, must=(whole,)))[0]).broke_must


def test_alone_it_gives_no_score() -> None:
    outcome, _ = graded(case_of(must=(HIT,)))
    assert isinstance(outcome.result, Failed)


def test_an_ordinary_assertion_that_failed_breaks_nothing() -> None:
    assert not Verdict(type="contains", result=Measured(0.0, "no"), passed=False).broke_must
    assert not Verdict(type="contains", result=Failed(Blame.GRADER, "?"), passed=False, must=True).broke_must
