"""Graders that read the answer as JSON: is-json, contains-json, each with an optional schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rsi_cli.graders.exam import Exam, Grader, Opinion, Unmeasurable, binary, deterministic, shown
from rsi_cli.graders.javascript import NotJson, first_json, parse_json
from rsi_cli.graders.schema import faults
from rsi_cli.nouns import Json

_MOST_IN_VAIN = 2_000_000  # characters; some 0.1 s


def is_json(exam: Exam) -> Opinion:
    """Read the whole answer as JSON and hold it against the schema."""
    schema = _schema(exam.assertion.value)
    try:
        answer = parse_json(exam.output)
    except NotJson as error:
        _check(schema)
        return binary(passed=False, why=_no_json(exam.output, error))
    wrong = faults(schema, answer)
    return binary(passed=not wrong, why="; ".join(wrong) or "the answer is JSON as asked for")


def contains_json(exam: Exam) -> Opinion:
    """Look for JSON objects anywhere in the answer, and for one that fits the schema."""
    schema = _schema(exam.assertion.value)
    _check(schema)
    reasons: list[str] = []
    for value in _values(exam.output, "{[" if _asks_for_list(schema) else "{"):
        wrong = faults(schema, value)
        if not wrong:
            return binary(passed=True, why="the answer holds JSON as asked for")
        reasons.append("; ".join(wrong))
    return binary(passed=False, why=reasons[-1] if reasons else "there is no JSON in the answer")


DATA_GRADERS: Mapping[str, Grader] = {
    "is-json": deterministic(is_json),
    "contains-json": deterministic(contains_json),
}


def _schema(value: Json) -> Mapping[str, Json]:
    """Return the schema: none asks for nothing, a text is JSON."""
    if isinstance(value, str):
        try:
            value = parse_json(value) if value.strip() else None
        except NotJson as error:
            raise Unmeasurable(f"the schema {shown(str(value))} is no JSON: {error}") from error
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Unmeasurable("the schema must be a mapping")
    return value


def _check(schema: Mapping[str, Json]) -> None:
    """Raise Unmeasurable if the schema is wrong, even where no answer comes as far as to meet it."""
    faults(schema, None)


def _asks_for_list(schema: Mapping[str, Json]) -> bool:
    asked = schema.get("type")
    return asked == "array" or (isinstance(asked, list) and "array" in asked)


def _values(text: str, openings: str) -> Iterator[Json]:
    """Find the JSON values that begin with one of these signs, outermost ones only.

    A heap of things that begin like JSON and never end would take quadratic time; it is given up on.
    """
    at, in_vain = 0, 0
    opening = re.compile(f"[{re.escape(openings)}]")
    while in_vain < _MOST_IN_VAIN and (found := opening.search(text, at)):
        match first_json(text, found.start()):
            case (value, end):
                at = end
                yield value
            case int(cost):
                at = found.end()
                in_vain += cost


def _no_json(output: str, error: NotJson) -> str:
    if not output.strip():
        return "the answer is empty"
    if output.lstrip().startswith("```"):
        return "the answer is in a code fence; JSON alone is asked for"
    return f"the answer {shown(output)} is no JSON: {error}"
