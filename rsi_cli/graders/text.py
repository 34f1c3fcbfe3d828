"""Graders that look at the answer's text: equals, contains and its kin, starts-with, regex."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from rsi_cli.graders.exam import (
    SHOWN_LENGTH,
    Exam,
    Grader,
    Opinion,
    Unmeasurable,
    binary,
    deterministic,
    shown,
)
from rsi_cli.graders.javascript import NotJson, as_text, parse_json, same_json
from rsi_cli.graders.pattern import found
from rsi_cli.nouns import Json

_ITEM = re.compile(r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.|"")*)"\s*|(?P<bare>[^",]*))(?:,|$)', re.DOTALL)
_QUOTE = re.compile(r'""|\\"')


def equals(exam: Exam) -> Opinion:
    """Compare with a text, outer white space aside, or with a JSON value, deeply."""
    expected = exam.assertion.value
    if isinstance(expected, (str, int, float)):
        return _equal_text(as_text(expected).strip(), exam.output.strip())
    try:
        answer = parse_json(exam.output)
    except NotJson as error:
        return binary(passed=False, why=f"the answer {shown(exam.output)} is no JSON: {error}")
    same = same_json(expected, answer)
    why = "the answer is the expected JSON value" if same else _json_difference("$", expected, answer)
    return binary(passed=same, why=why)


def starts_with(exam: Exam) -> Opinion:
    """Look at the beginning; upper and lower case matter."""
    wanted = exam.assertion.value
    if not isinstance(wanted, str) or not wanted:
        raise Unmeasurable("the value must be a text that is not empty")
    passed = exam.output.startswith(wanted)
    begins = shown(exam.output[: len(wanted) + 20])
    return binary(passed=passed, why=f"the answer begins with {shown(wanted) if passed else begins}")


def regex(exam: Exam) -> Opinion:
    """Search for a JavaScript pattern anywhere in the answer."""
    pattern = exam.assertion.value
    if not isinstance(pattern, str) or not pattern:
        raise Unmeasurable("the value must be a pattern that is not empty")
    passed = found(pattern, exam.output)
    return binary(passed=passed, why=f"{shown(pattern)} {'matches' if passed else 'matches nowhere'}")


def _contains(exam: Exam, *, fold: bool) -> Opinion:
    wanted = _searchable(exam.assertion.value)
    passed = _holds(exam.output, wanted, fold=fold)
    return binary(passed=passed, why=f"{shown(wanted)} is {'there' if passed else 'missing'}")


def _contains_any(exam: Exam, *, fold: bool) -> Opinion:
    wanted = _items(exam.assertion.value)
    there = [item for item in wanted if _holds(exam.output, item, fold=fold)]
    if there:
        return binary(passed=True, why=f"{shown(there[0])} is there")
    return binary(passed=False, why=f"none of {_list(wanted)} is there" if wanted else "the list is empty")


def _contains_all(exam: Exam, *, fold: bool) -> Opinion:
    wanted = _items(exam.assertion.value)
    missing = [item for item in wanted if not _holds(exam.output, item, fold=fold)]
    if missing:
        return binary(passed=False, why=f"{_list(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    return binary(passed=True, why=f"all of {_list(wanted)} are there" if wanted else "the list is empty")


def _grader(check: Callable[..., Opinion], *, fold: bool) -> Grader:
    return deterministic(lambda exam: check(exam, fold=fold))


TEXT_GRADERS: Mapping[str, Grader] = {
    "equals": deterministic(equals),
    "contains": _grader(_contains, fold=False),
    "icontains": _grader(_contains, fold=True),
    "contains-any": _grader(_contains_any, fold=False),
    "icontains-any": _grader(_contains_any, fold=True),
    "contains-all": _grader(_contains_all, fold=False),
    "icontains-all": _grader(_contains_all, fold=True),
    "starts-with": deterministic(starts_with),
    "regex": deterministic(regex),
}


def _holds(output: str, wanted: str, *, fold: bool) -> bool:
    return wanted.lower() in output.lower() if fold else wanted in output


def _searchable(value: Json) -> str:
    """Return what to search for. An empty text is in every answer, so searching for it measures nothing."""
    text = as_text(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    if not text:
        raise Unmeasurable("the value must be a text or a number, and not empty")
    return text


def _items(value: Json) -> tuple[str, ...]:
    """Return the texts of a list, or of a comma-separated text with "…" around items that hold commas."""
    if isinstance(value, str):
        return _split(value)
    if not isinstance(value, Sequence):
        raise Unmeasurable("the value must be a list, or a text with commas")
    return tuple(_searchable(as_text(item) if isinstance(item, bool) else item) for item in value)


def _split(text: str) -> tuple[str, ...]:
    items: list[str] = []
    at = 0
    while at < len(text):
        match = _ITEM.match(text, at)
        if match is None:
            raise Unmeasurable(f"the quotes in {shown(text)} do not match")
        quoted = match["quoted"]
        items.append(_QUOTE.sub('"', quoted) if quoted is not None else match["bare"].strip())
        at = match.end()
    kept = tuple(item for item in items if item)  # "a, b," would else search for "", which is everywhere
    if not kept:
        raise Unmeasurable("the value must not be empty")
    return kept


def _list(items: Sequence[str]) -> str:
    return ", ".join(map(shown, items))


def _equal_text(expected: str, answer: str) -> Opinion:
    if expected == answer:
        return binary(passed=True, why=f"the answer is {shown(expected)}")
    if expected.casefold() == answer.casefold():
        what = f"expected {shown(expected)}, got {shown(answer)}: only upper and lower case differ"
    elif expected and expected in answer:
        what = f"expected {shown(expected)} alone, but the answer says more: {shown(answer)}"
    else:
        what = _first_difference(expected.splitlines(), answer.splitlines())
    return binary(passed=False, why=what)


def _first_difference(expected: Sequence[str], answer: Sequence[str]) -> str:
    """Name the first line that differs, or the whole text where both are a single line."""
    if len(expected) <= 1 and len(answer) <= 1:
        return f"expected {shown(''.join(expected))}, got {shown(''.join(answer))}"
    for number, (wanted, got) in enumerate(zip(expected, answer, strict=False), start=1):
        if wanted != got:
            return f"line {number}: expected {shown(wanted)}, got {shown(got)}"
    return f"expected {len(expected)} lines, got {len(answer)}"


def _json_difference(path: str, expected: Json, answer: Json) -> str:
    """Name the first place where two JSON values differ."""
    if isinstance(expected, Mapping) and isinstance(answer, Mapping):
        if missing := [key for key in expected if key not in answer]:
            return f"{path}: key {shown(missing[0])} is missing"
        if extra := [key for key in answer if key not in expected]:
            return f"{path}: key {shown(extra[0])} is not expected"
        key = next(key for key in expected if not same_json(expected[key], answer[key]))
        return _json_difference(f"{path}.{key}", expected[key], answer[key])
    if isinstance(expected, (list, tuple)) and isinstance(answer, list) and len(expected) == len(answer):
        pairs = enumerate(zip(expected, answer, strict=True))
        number, (wanted, got) = next(pair for pair in pairs if not same_json(*pair[1]))
        return _json_difference(f"{path}[{number}]", wanted, got)
    return f"{path}: expected {_dumped(expected)}, got {_dumped(answer)}"


def _dumped(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
