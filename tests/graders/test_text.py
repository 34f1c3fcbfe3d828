from __future__ import annotations

import pytest

from rsi_cli.nouns import Blame, Failed, Json
from rsi_cli.suite.model import Assertion
from tests.fakes.grading import graded, verdict


@pytest.mark.parametrize(
    ("written", "value", "output", "passed"),
    [
        ("equals", "spam", "spam", True),
        ("equals", "spam", "spam\n", True),
        ("equals", " spam\n", "spam", True),
        ("equals", "spam", "Spam", False),
        ("equals", "spam", "spam.", False),
        ("equals", "a  b", "a b", False),
        ("equals", "", "", True),
        ("equals", "", "x", False),
        ("equals", 12, "12\n", True),
        ("equals", 12.0, "12", True),
        ("equals", 0.5, "0.5", True),
        ("equals", 12, "12.0", False),
        ("equals", True, "true", True),
        ("equals", True, "True", False),
        ("equals", {"a": [1, 2]}, '{"a": [1.0, 2]}', True),
        ("equals", {"a": 1, "b": 2}, '{"b": 2, "a": 1}\n', True),
        ("equals", {"a": 1}, '{"a": true}', False),
        ("equals", {"a": 1}, '{"a": 1, "b": 2}', False),
        ("equals", {"a": 1}, "a = 1", False),
        ("equals", [1, 2], "[2, 1]", False),
        ("equals", [], "[]", True),
        ("equals", None, "null", True),
        ("equals", None, "", False),
        ("not-equals", {"a": 1}, "no JSON at all", True),
        ("contains", "refund", "No refund.", True),
        ("contains", "refund", "No Refund.", False),
        ("contains", 42, "it is 42", True),
        ("contains", "a.c", "abc", False),
        ("not-contains", "refund", "No luck", True),
        ("icontains", "REFUND", "no refund", True),
        ("icontains", "straße", "STRASSE", False),  # toLowerCase does not fold
        ("contains-any", ["a", "b"], "xxbxx", True),
        ("contains-any", ["a", "b"], "xxx", False),
        ("contains-any", [], "xxx", False),
        ("contains-any", "red, green , blue", "a green one", True),
        ("contains-any", "red,", "blue", False),
        ("contains-any", '"a, b",c', "a, b", True),
        ("contains-any", '"a, b",c', "a b", False),
        ("contains-any", '"say ""hi"""', 'they say "hi"', True),
        ("contains-any", r'"say \"hi\""', 'they say "hi"', True),
        ("contains-all", ["a", 1, True], "a 1 true", True),
        ("contains-all", ["a", "b"], "only a", False),
        ("contains-all", [], "xxx", True),
        ("not-contains-all", ["a", "b"], "only a", True),
        ("icontains-any", ["A"], "a", True),
        ("icontains-all", ["A", "B"], "ba", True),
        ("starts-with", "Dear", "Dear Ada", True),
        ("starts-with", "Dear", "dear Ada", False),
        ("starts-with", "Dear", " Dear Ada", False),
        ("regex", r"\d{3}", "call 112 now", True),
        ("regex", r"^\d{3}$", "call 112 now", False),
        ("not-regex", r"\d", "none", True),
    ],
)
def test_text_is_compared_as_the_suite_asks(written: str, value: Json, output: str, *, passed: bool) -> None:
    assert verdict(written, value, output)[0] is passed


@pytest.mark.parametrize(
    ("written", "value", "output", "why"),
    [
        ("equals", "spam", "ham", "equals: expected 'spam', got 'ham'"),
        ("equals", "spam", "Spam", "equals: expected 'spam', got 'Spam': only upper and lower case differ"),
        (
            "equals",
            "spam",
            "Label: spam",
            "equals: expected 'spam' alone, but the answer says more: 'Label: spam'",
        ),
        ("equals", "a\nb\nc", "a\nx\nc", "equals: line 2: expected 'b', got 'x'"),
        ("equals", "a\nb", "a", "equals: expected 2 lines, got 1"),
        ("equals", {"a": [1, {"b": 2}]}, '{"a": [1, {"b": 3}]}', "equals: $.a[1].b: expected 2, got 3"),
        ("equals", {"a": 1}, "{}", "equals: $: key 'a' is missing"),
        ("equals", {}, '{"a": 1}', "equals: $: key 'a' is not expected"),
        ("equals", [1], "[]", "equals: $: expected [1], got []"),
        (
            "equals",
            {},
            "sorry",
            "equals: the answer 'sorry' is no JSON: Expecting value at line 1 column 1",
        ),
        ("contains", "refund", "no", "contains: 'refund' is missing"),
        ("not-contains", "refund", "a refund", "not-contains: 'refund' is there"),
        ("contains-any", ["a", "b"], "x", "contains-any: none of 'a', 'b' is there"),
        ("contains-all", ["a", "b", "c"], "a", "contains-all: 'b', 'c' are missing"),
        ("starts-with", "Dear", "Hello\nyou", r"starts-with: the answer begins with 'Hello\nyou'"),
        ("regex", "[0-9]", "x", "regex: '[0-9]' matches nowhere"),
    ],
)
def test_the_reason_says_what_is_wrong_in_one_line(written: str, value: Json, output: str, why: str) -> None:
    assert verdict(written, value, output)[1] == why


@pytest.mark.parametrize("prefix", ["", "not-"])
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("contains", ""),
        ("contains", None),
        ("contains", True),
        ("contains", ["a"]),
        ("contains-any", ""),
        ("contains-any", ","),
        ("contains-any", 7),
        ("contains-any", ["a", ""]),
        ("contains-all", '"open, quote'),
        ("contains-all", {"a": 1}),
        ("starts-with", ""),
        ("starts-with", 7),
        ("regex", ""),
        ("regex", 7),
        ("regex", "(open"),
        ("regex", "(a|aa)+$"),
    ],
)
def test_a_value_that_measures_nothing_is_no_pass_and_no_zero(prefix: str, kind: str, value: Json) -> None:
    outcome = graded("a" * 60 + "b", Assertion(type=kind, value=value, negated=bool(prefix)))
    assert isinstance(outcome.result, Failed)
    assert outcome.result.blame is Blame.GRADER
    assert outcome.result.message.startswith(f"{prefix}{kind}: ")
    assert not outcome.passed
