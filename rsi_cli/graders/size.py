"""Graders that look at how long the answer is: word-count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from rsi_cli.graders.exam import Exam, Grader, Opinion, Unmeasurable, binary, deterministic
from rsi_cli.graders.javascript import WHITE_SPACE
from rsi_cli.nouns import Json

_WORD = re.compile(f"[^{WHITE_SPACE}]+")


def word_count(exam: Exam) -> Opinion:
    """Count the runs of characters between white space: exactly n, or at least `min` and at most `max`."""
    low, high = _bounds(exam.assertion.value)
    count = sum(1 for _ in _WORD.finditer(exam.output))
    passed = (low is None or count >= low) and (high is None or count <= high)
    return binary(passed=passed, why=f"{count} words, asked for {_range(low, high)}")


SIZE_GRADERS: Mapping[str, Grader] = {"word-count": deterministic(word_count)}


def _bounds(value: Json) -> tuple[float | None, float | None]:
    if not isinstance(value, Mapping):
        exact = _number(value)
        return exact, exact
    if not value or value.keys() - {"min", "max"}:
        raise Unmeasurable("the value must be a number of words, or hold min, max or both")
    low = _number(value["min"]) if "min" in value else None
    high = _number(value["max"]) if "max" in value else None
    if low is not None and high is not None and low > high:
        raise Unmeasurable(f"min {low:g} is more than max {high:g}")
    return low, high


def _number(value: Json) -> float:
    number = -1.0
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            number = float(value)
    if not 0 <= number < float("inf"):
        raise Unmeasurable(f"{value!r:.40} is no number of words")
    return number


def _range(low: float | None, high: float | None) -> str:
    if low == high:
        return f"exactly {low:g}"
    ends = ((low, "at least"), (high, "at most"))
    return " and ".join(f"{word} {end:g}" for end, word in ends if end is not None)
