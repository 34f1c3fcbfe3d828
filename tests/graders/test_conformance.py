"""What every grader of the menu owes, whatever its family. A new one is tested by being on the menu."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rsi_cli.graders.grade import Graded, grade
from rsi_cli.graders.menu import GRADERS
from rsi_cli.nouns import Blame, Failed, Json, Measured
from rsi_cli.suite.assertion_types import ASSERTION_TYPES
from rsi_cli.suite.model import Assertion
from tests.fakes.grading import case_of, finish

VALUES: dict[str, tuple[Json, ...]] = {
    "equals": ("spam", {"a": 1}, 12, None),
    "contains-any": (["a", "b"], "a, b"),
    "contains-all": (["a", "b"], "a, b"),
    "icontains-any": (["a", "B"],),
    "icontains-all": (["a", "B"],),
    "regex": ("[a-c]+$", "^$"),
    "is-json": (None, {"type": "object", "required": ["a"]}),
    "contains-json": (None, {"type": "array"}),
    "word-count": (2, {"min": 1, "max": 3}),
}
ANY_TEXT: tuple[Json, ...] = ("a", "Dear {{ input }}")
PASS, FAIL = (
    json.dumps({"evidence": "x", "verdict": word, "score": score})
    for word, score in (("pass", 0.75), ("fail", 0.25))
)
SOME = settings(deadline=None, max_examples=25)
OUTPUTS = (
    st.text()
    | st.sampled_from(
        ["", "a", "b a", "spam", "12", "null", '{"a": 1}', "[]", "say [1] {", '{"a": {"a": ' * 999]
    )
    | st.recursive(
        st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    ).map(json.dumps)
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


def outcome_of(assertion: Assertion, output: str, reply: str = PASS) -> Graded:
    replies = (reply,) if assertion.type == "llm-rubric" else ()
    return finish(grade(case_of(assertion), output, "judge"), *replies)[0]


def test_the_menu_holds_exactly_the_types_that_a_suite_may_name() -> None:
    assert GRADERS.keys() | {"assert-set"} == ASSERTION_TYPES.keys()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in GRADERS for value in VALUES.get(name, ANY_TEXT)]
)
class TestEveryGrader:
    @SOME
    @given(output=OUTPUTS)
    def test_measures_any_answer(self, name: str, value: Json, output: str) -> None:
        outcome = outcome_of(Assertion(type=name, value=value), output)
        assert isinstance(outcome.result, Measured)
        assert 0 <= outcome.result.score <= 1
        assert outcome.result.why.startswith(f"{name}: ")
        assert len(outcome.result.why) > len(f"{name}: ")
        assert len(outcome.result.why.splitlines()) == 1

    @SOME
    @given(output=OUTPUTS, reply=st.sampled_from([PASS, FAIL]))
    def test_its_not_form_is_the_complement(self, name: str, value: Json, output: str, reply: str) -> None:
        plain = outcome_of(Assertion(type=name, value=value), output, reply)
        negated = outcome_of(Assertion(type=name, value=value, negated=True), output, reply)
        assert isinstance(plain.result, Measured)
        assert isinstance(negated.result, Measured)
        assert negated.passed is not plain.passed
        assert negated.result.score == 1 - plain.result.score
        assert negated.result.why.startswith(f"not-{name}: ")

    @SOME
    @given(output=OUTPUTS)
    def test_the_same_answer_gets_the_same_grade(self, name: str, value: Json, output: str) -> None:
        assertion = Assertion(type=name, value=value)
        assert outcome_of(assertion, output) == outcome_of(assertion, output)


@pytest.mark.parametrize("name", sorted(GRADERS))
class TestEveryGraderWithAnyValue:
    @SOME
    @given(value=JSON_VALUES, output=OUTPUTS)
    def test_measures_or_blames_the_grader_and_never_raises(
        self, name: str, value: Json, output: str
    ) -> None:
        talk = grade(case_of(Assertion(type=name, value=value)), output, "judge")
        asks = name == "llm-rubric" and isinstance(value, str) and value.strip() and "{{" not in value
        result = finish(talk, *((PASS,) if asks else ()))[0].result
        if isinstance(result, Failed):
            assert result.blame is Blame.GRADER
            assert result.message
        else:
            assert 0 <= result.score <= 1
