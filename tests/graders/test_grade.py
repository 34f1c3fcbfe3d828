from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.graders.grade import Graded, demands, grade
from rsi_cli.nouns import Blame, CaseId, Failed, Json, Measured
from rsi_cli.suite.model import Assertion, Case
from tests.fakes.grading import case_of, finish, graded

HIT = Assertion(type="contains", value="a")
MISS = Assertion(type="contains", value="z")
BROKEN = Assertion(type="contains", value="")
WEIGHTLESS_MISS = Assertion(type="contains", value="z", weight=0)
WEIGHTLESS_BROKEN = Assertion(type="contains", value="", weight=0)


def score_of(outcome: Graded) -> float:
    assert isinstance(outcome.result, Measured), outcome.result
    return outcome.result.score


def weighing(assertion: Assertion, weight: float) -> Assertion:
    return Assertion(type=assertion.type, value=assertion.value, weight=weight)


def set_of(*parts: Assertion, threshold: float | None = None, weight: float = 1.0) -> Assertion:
    return Assertion(type="assert-set", parts=parts, threshold=threshold, weight=weight)


@pytest.mark.parametrize(
    ("asserts", "threshold", "score", "passed"),
    [
        ((HIT,), None, 1.0, True),
        ((MISS,), None, 0.0, False),
        ((HIT, MISS), None, 0.5, False),
        ((HIT, MISS), 0.5, 0.5, True),
        ((HIT, MISS), 0.6, 0.5, False),
        ((MISS,), 0.0, 0.0, True),
        ((weighing(HIT, 3), MISS), None, 0.75, False),
        ((weighing(HIT, 3), MISS), 0.75, 0.75, True),
        ((HIT, WEIGHTLESS_MISS), None, 1.0, True),
        ((HIT, WEIGHTLESS_BROKEN), None, 1.0, True),
        ((HIT, set_of(HIT, MISS)), None, 0.75, False),
        ((HIT, set_of(HIT, MISS, threshold=0.5)), None, 0.75, True),
        ((HIT, set_of(HIT, MISS, weight=3)), None, 0.625, False),
        ((set_of(HIT, WEIGHTLESS_MISS),), None, 1.0, True),
        ((HIT, set_of(MISS, weight=0)), None, 1.0, False),  # a set that weighs nothing must still pass
        ((HIT, set_of()), None, 0.5, True),
    ],
)
def test_the_sum(
    asserts: tuple[Assertion, ...], threshold: float | None, score: float, *, passed: bool
) -> None:
    outcome = graded("a", *asserts, threshold=threshold)
    assert score_of(outcome) == pytest.approx(score)
    assert outcome.passed is passed


@pytest.mark.parametrize("threshold", [None, 0.0, 0.5])
@pytest.mark.parametrize(
    "asserts",
    [
        (BROKEN,),
        (HIT, BROKEN),
        (MISS, BROKEN),
        (HIT, set_of(HIT, BROKEN)),
        (HIT, set_of(HIT, BROKEN, threshold=0.1)),
        (HIT, set_of(BROKEN, weight=0)),
    ],
)
def test_what_could_not_be_measured_is_neither_a_zero_nor_a_pass(
    asserts: tuple[Assertion, ...], threshold: float | None
) -> None:
    outcome = graded("a", *asserts, threshold=threshold)
    assert isinstance(outcome.result, Failed)
    assert outcome.result.blame is Blame.GRADER
    assert not outcome.passed
    assert len(outcome.verdicts) == len(asserts)


@pytest.mark.parametrize(
    "asserts",
    [
        (WEIGHTLESS_MISS,),
        (weighing(HIT, 0),),
        (WEIGHTLESS_BROKEN,),
        (WEIGHTLESS_BROKEN, weighing(HIT, 0)),
        (HIT, set_of(WEIGHTLESS_BROKEN)),
        (set_of(HIT, weight=0),),
    ],
)
@pytest.mark.parametrize("threshold", [None, 0.0])
def test_where_nothing_weighs_anything_there_is_no_score(
    asserts: tuple[Assertion, ...], threshold: float | None
) -> None:
    outcome = graded("a", *asserts, threshold=threshold)
    assert isinstance(outcome.result, Failed)
    assert outcome.result.blame is Blame.GRADER
    assert "no assertion weighs anything" in outcome.result.message
    assert not outcome.passed


def test_verdicts_keep_their_type_weight_metric_and_parts() -> None:
    inner = Assertion(type="contains", value="z", negated=True, metric="tone")
    (one,) = graded("a", set_of(inner, weight=2)).verdicts
    assert (one.type, one.weight, one.passed) == ("assert-set", 2, True)
    (part,) = one.parts
    assert (part.type, part.metric, part.passed) == ("not-contains", "tone", True)
    assert part.result == Measured(1.0, "not-contains: 'z' is missing")


@pytest.mark.parametrize(
    ("asserts", "why"),
    [
        ((MISS,), "contains: 'z' is missing"),
        ((HIT,), "contains: 'a' is there"),
        ((HIT, HIT), "all 2 assertions passed"),
        ((HIT, MISS), "1 of 2 failed: contains: 'z' is missing"),
        ((MISS, set_of(MISS)), "2 of 2 failed: contains: 'z' is missing; contains: 'z' is missing"),
        ((MISS,) * 5, "5 of 5 failed: " + "; ".join(["contains: 'z' is missing"] * 3) + "; and 2 more"),
        ((HIT, WEIGHTLESS_MISS), "all 2 assertions passed"),
    ],
)
def test_the_reason_of_the_sum_names_what_failed(asserts: tuple[Assertion, ...], why: str) -> None:
    assert graded("a", *asserts).result == Measured(score_of(graded("a", *asserts)), why)


@pytest.mark.parametrize(
    ("expected", "output", "passed"),
    [
        ("spam", "spam\n", True),
        ("spam", "ham", False),
        ({"a": 1}, '{"a": 1}', True),
        (3, "3", True),
        ("", "", True),
    ],
)
def test_expected_stands_for_equals(expected: Json, output: str, *, passed: bool) -> None:
    assert finish(grade(case_of(expected=expected), output))[0].passed is passed


def test_with_assertions_expected_is_only_the_reference() -> None:
    assert demands(case_of(HIT, expected="spam")) == (HIT,)


def test_the_expected_answer_is_no_template() -> None:
    case = Case(id=CaseId("c"), input="", expected="Hello {{ name }}")
    assert finish(grade(case, "Hello {{ name }}"))[0].passed
    written_out = Case(
        id=CaseId("c"), input="", expected="{{ x", asserts=(Assertion(type="equals", value="{{ x"),)
    )
    assert finish(grade(written_out, "{{ x"))[0].passed


def test_a_case_without_any_demand_is_not_measured() -> None:
    outcome = graded("a")
    assert isinstance(outcome.result, Failed)
    assert not outcome.passed


@pytest.mark.parametrize(
    "value",
    ["{{ who }}", ["{{ who }}", "Bob"], "{% if loud %}ADA{% else %}Ada{% endif %}", "{{ input }}"],
)
def test_values_are_rendered_with_the_variables_of_the_case(value: Json) -> None:
    kind = "contains" if isinstance(value, str) else "contains-all"
    asserts = (Assertion(type=kind, value=value),)
    case = Case(id=CaseId("c"), input="Ada", vars={"who": "Ada", "loud": False}, asserts=asserts)
    assert finish(grade(case, "Ada and Bob"))[0].passed


def test_a_schema_is_not_rendered() -> None:
    schema: Json = {"enum": ["{{ nope }}"]}
    assert graded('"{{ nope }}"', Assertion(type="is-json", value=schema)).passed


@pytest.mark.parametrize("value", ["{{ nobody }}", "{{ unclosed", ["fine", "{{ nobody }}"]])
def test_a_template_that_cannot_be_rendered_is_not_measured(value: Json) -> None:
    outcome = graded("{{ unclosed", Assertion(type="contains-any", value=value))
    assert isinstance(outcome.result, Failed)
    assert outcome.result.blame is Blame.GRADER


def test_an_unknown_type_is_our_bug() -> None:
    with pytest.raises(BugError, match="no-such-type"):
        graded("a", Assertion(type="no-such-type"))


PLAIN = st.builds(
    lambda hit, weight: weighing(HIT if hit else MISS, weight), st.booleans(), st.floats(1e-6, 1e6)
)


@settings(deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=8), st.none() | st.floats(0, 1), st.randoms())
def test_the_score_stays_in_range_and_never_depends_on_the_order(
    asserts: list[Assertion], threshold: float | None, rng: object
) -> None:
    outcome = graded("a", *asserts, threshold=threshold)
    shuffled = list(asserts)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    again = graded("a", *shuffled, threshold=threshold)
    assert 0 <= score_of(outcome) <= 1
    assert (score_of(outcome), outcome.passed) == (score_of(again), again.passed)
