from __future__ import annotations

import pytest

from rsi_cli.nouns import Failed, Json
from rsi_cli.suite.model import Assertion
from tests.fakes.grading import graded, verdict


@pytest.mark.parametrize(
    ("value", "output", "passed"),
    [
        (2, "two words", True),
        ("2", " two\u00a0words \n", True),
        (2, "one", False),
        (0, "", True),
        (0, " \n", True),
        ({"min": 2}, "a b c", True),
        ({"min": 2}, "a", False),
        ({"max": 2}, "", True),
        ({"max": 2}, "a b c", False),
        ({"min": 1, "max": 2}, "a b", True),
        ({"min": 1, "max": "2"}, "a b c", False),
    ],
)
def test_words_stand_between_white_space(value: Json, output: str, *, passed: bool) -> None:
    assert verdict("word-count", value, output)[0] is passed
    assert verdict("not-word-count", value, output)[0] is not passed


def test_the_reason_tells_the_count_and_the_wish() -> None:
    assert verdict("word-count", {"min": 2, "max": 3}, "a")[1] == (
        "word-count: 1 words, asked for at least 2 and at most 3"
    )
    assert verdict("word-count", 2, "a")[1] == "word-count: 1 words, asked for exactly 2"


@pytest.mark.parametrize(
    "value",
    [None, True, "many", -1, {}, {"min": 3, "max": 1}, {"least": 1}, [1], float("inf"), "nan", "1e999"],
)
def test_a_wish_that_makes_no_sense_is_not_measured(value: Json) -> None:
    assert isinstance(graded("a b", Assertion(type="word-count", value=value)).result, Failed)
