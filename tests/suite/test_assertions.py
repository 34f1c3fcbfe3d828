from __future__ import annotations

from collections.abc import Callable

import pytest

from rsi_cli.suite.assertion_types import ASSERTION_TYPES
from rsi_cli.suite.model import Assertion, Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]


def suite_with(assertion: str, expected: str = "") -> str:
    return f"- id: a\n  input: x\n{expected}  assert:\n    - {assertion}\n"


@pytest.fixture
def asserted(read: Read) -> Callable[[str], Assertion]:
    return lambda assertion: read(suite_with(assertion)).cases[0].asserts[0]


@pytest.mark.parametrize(
    "written",
    [
        "{type: contains, value: refund, weight: 2}",
        "{contains: refund, weight: 2}",
        "contains: refund\n      weight: 2",
    ],
)
def test_long_and_short_form_say_the_same(asserted: Callable[[str], Assertion], written: str) -> None:
    assert asserted(written) == Assertion(type="contains", value="refund", weight=2.0)


def test_a_type_alone_stands_for_itself(asserted: Callable[[str], Assertion]) -> None:
    assert asserted("is-json") == Assertion(type="is-json")
    assert asserted("not-is-json") == Assertion(type="is-json", negated=True)


def test_not_before_a_type_negates_it(asserted: Callable[[str], Assertion]) -> None:
    one = asserted("not-contains: sorry")
    assert (one.type, one.negated, one.written) == ("contains", True, "not-contains")


def test_a_set_holds_its_parts(asserted: Callable[[str], Assertion]) -> None:
    parts = (Assertion(type="contains", value="a"), Assertion(type="regex", value="b+", weight=0.5))
    long = asserted("{type: assert-set, threshold: 0.5, assert: [contains: a, {regex: b+, weight: 0.5}]}")
    short = asserted("{assert-set: [contains: a, {regex: b+, weight: 0.5}], threshold: 0.5}")
    assert long == short == Assertion(type="assert-set", threshold=0.5, parts=parts)


@pytest.mark.parametrize("scalar", ["no", "012", "1:30", "42", "1.50", "true", "2026-11-20"])
def test_a_text_value_is_the_text_it_was_written_as(
    asserted: Callable[[str], Assertion], scalar: str
) -> None:
    assert asserted(f"contains: {scalar}").value == scalar
    assert asserted(f"contains-any: [{scalar}, b]").value == [scalar, "b"]
    assert asserted(f"equals: {scalar}").value in (scalar, 42, True)


def test_values_keep_the_shape_that_their_type_needs(asserted: Callable[[str], Assertion]) -> None:
    assert asserted("contains-all: 'a, b'").value == "a, b"
    assert asserted("word-count: 3").value == 3
    assert asserted("word-count: {max: 30}").value == {"max": 30}
    assert asserted("is-json: {type: object, required: [a]}").value == {"type": "object", "required": ["a"]}
    assert asserted("equals: {a: [1, b, null]}").value == {"a": [1, "b", None]}


def test_equals_without_a_value_means_the_expected_answer(read: Read) -> None:
    case = read("cases: [{id: a, input: x, expected: Y}]\ndefaults: {assert: [equals, word-count: 1]}").cases[
        0
    ]
    assert case.asserts == (Assertion(type="equals", value="Y"), Assertion(type="word-count", value=1))


def test_equals_can_demand_null(asserted: Callable[[str], Assertion]) -> None:
    assert asserted("equals: null") == Assertion(type="equals", value=None)
    assert asserted('equals: "null"') == Assertion(type="equals", value="null")


@pytest.mark.parametrize(
    ("assertion", "mistake"),
    [
        (
            "contans: x",
            "4:7  [0].assert[0].contans  `contans` is no assertion type; did you mean 'contains'?",
        ),
        (
            "{type: not-contans, value: x}",
            "4:14  [0].assert[0].type  `not-contans` is no assertion type; did you mean 'not-contains'?",
        ),
        ("{type: contains}", "4:14  [0].assert[0].value  `contains` needs a value"),
        ("contains:", "4:16  [0].assert[0].contains  `contains` needs a value"),
        ("contains: ''", "4:17  [0].assert[0].contains  must not be empty"),
        ("contains: [a]", "expected a text, found a list"),
        ("contains-any: []", "must not be an empty list"),
        ("contains-any: [a, '']", "4:25  [0].assert[0].contains-any[1]  must not be empty"),
        ("contains-any: {a: 1}", "expected a list, found a mapping"),
        ("regex: '('", "not a regular expression"),
        ("regex: 'a{99999999999}'", "not a regular expression"),
        ("is-json: text", "expected a JSON Schema (a mapping), found `text`"),
        (
            "is-json: {additionalProperties: no}",
            "4:39  [0].assert[0].is-json.additionalProperties  `no` is not read alike everywhere; quote it",
        ),
        ("word-count: few", "expected a whole number, found `few`"),
        ("word-count: 1.5", "expected a whole number"),
        ("word-count: {min: 5, max: 3}", "min 5 is more than max 3"),
        ("word-count: {}", "needs `min`, `max` or both"),
        ("word-count: {mni: 5}", "unknown key; did you mean 'min'?"),
        ("llm-rubric: '  '", "must not be empty"),
        ("{contains: a, weight: -1}", "-1 is out of range; expected a number of at least 0"),
        ("{contains: a, threshold: 1.5}", "1.5 is out of range; expected a number between 0 and 1"),
        ("{contains: a, threshold: 0,5}", "unknown key"),
        ("{contains: a, wieght: 2}", "4:21  [0].assert[0].wieght  unknown key; did you mean 'weight'?"),
        ("{contains: a, regex: b}", "found `contains` and `regex`; which type of assertion is it?"),
        ("{value: b}", "which type of assertion is it?"),
        ("{contains: a, value: b}", "4:28  [0].assert[0].value  given twice: here and beside `contains`"),
        ("{type: contains, value: a, assert: [is-json]}", "only an `assert-set` holds other assertions"),
        ("{type: assert-set}", "an assert-set needs `assert:`"),
        ("{type: assert-set, value: a, assert: [is-json]}", "an `assert-set` has no value"),
        ("{type: not-assert-set, assert: [is-json]}", "a set cannot be negated"),
        ("assert-set: [assert-set: [is-json]]", "4:20  [0].assert[0].assert[0].assert-set  sets do not nest"),
        ("[is-json]", "expected an assertion, found a list"),
        ("is-jsn", "`is-jsn` is no assertion type; did you mean 'is-json'?"),
        ("equals", "`equals` has no value here, and the case no `expected` to stand for it"),
        ("equals: ~", '`~` may be text or null; quote it ("~") or write null'),
    ],
)
def test_a_wrong_assertion_is_one_mistake_at_its_place(
    mistakes: Mistakes, assertion: str, mistake: str
) -> None:
    (found,) = mistakes(suite_with(assertion))
    assert mistake in found


def test_every_type_has_a_line_for_editors() -> None:
    assert all(one.about.endswith(".") and one.name == name for name, one in ASSERTION_TYPES.items())


@pytest.mark.parametrize(
    "asserts",
    [
        "[{contains: a, weight: 0}]",
        "[{contains: a, weight: 0}, {is-json: , weight: 0}]",
        "[{contains: a}, {assert-set: [{contains: b, weight: 0}]}]",
    ],
)
def test_assertions_that_weigh_nothing_together_are_a_mistake(mistakes: Mistakes, asserts: str) -> None:
    (mistake,) = mistakes(f"[{{id: a, input: x, assert: {asserts}}}]")
    assert "no assertion weighs anything" in mistake
