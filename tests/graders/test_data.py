from __future__ import annotations

import pytest

from rsi_cli.nouns import Blame, Failed, Json
from rsi_cli.suite.model import Assertion
from tests.fakes.grading import graded, verdict

ORDER: Json = {
    "type": "object",
    "required": ["id", "amount"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "amount": {"type": "number", "minimum": 0},
    },
}


@pytest.mark.parametrize(
    ("written", "value", "output", "passed"),
    [
        ("is-json", None, '{"a": 1}', True),
        ("is-json", None, ' [1, "x", null]\n', True),
        ("is-json", None, "12", True),
        ("is-json", None, "", False),
        ("is-json", None, "{'a': 1}", False),
        ("is-json", None, "NaN", False),
        ("is-json", None, "[1e999]", False),
        ("is-json", None, '```json\n{"a": 1}\n```', False),
        ("is-json", None, "[" * 100_000, False),
        ("is-json", None, '{"a": 1, "a": 2}', True),  # as JSON.parse has it
        ("is-json", ORDER, '{"id": "AB", "amount": 3}', True),
        ("is-json", ORDER, '{"id": "AB", "amount": "3"}', False),
        ("is-json", ORDER, '{"id": "AB", "amount": true}', False),
        ("is-json", '{"type": "array"}', "[]", True),
        ("is-json", '{"type": "array"}', "{}", False),
        ("is-json", "", "{}", True),
        ("not-is-json", ORDER, "no JSON", True),
        ("not-is-json", ORDER, '{"id": "AB", "amount": 3}', False),
        ("contains-json", None, 'Sure: {"a": 1}. Anything else?', True),
        ("contains-json", None, '```json\n{"a": 1}\n```', True),
        ("contains-json", None, "a set {a, b} of [1, 2]", False),
        ("contains-json", None, '{"a": 1', False),
        ("contains-json", ORDER, 'first {"x": 1}, then {"id": "AB", "amount": 3}', True),
        ("contains-json", ORDER, '{"wrapped": {"id": "AB", "amount": 3}}', False),
        ("contains-json", ORDER, 'broken {"x": {"id": "AB", "amount": 3}', True),
        ("contains-json", {"type": "array", "minItems": 2}, "here: [1, 2]", True),
        ("contains-json", {"type": ["array", "null"], "minItems": 2}, "here: [1]", False),
        ("contains-json", {}, "here: [1]", False),
        ("not-contains-json", ORDER, '{"id": "AB", "amount": 3} {"x": 1}', False),
        ("not-contains-json", ORDER, '{"x": 1}', True),
        ("contains-json", None, '{"a":' * 100_000, False),
    ],
)
def test_json_is_read_as_the_suite_asks(written: str, value: Json, output: str, *, passed: bool) -> None:
    assert verdict(written, value, output)[0] is passed


@pytest.mark.parametrize(
    ("value", "output", "why"),
    [
        (ORDER, '{"id": "AB", "amount": "12"}', "is-json: $.amount: '12' is not of type 'number'"),
        (ORDER, '{"id": "AB"}', "is-json: $: 'amount' is a required property"),
        (
            ORDER,
            '{"id": "abc", "amount": -1}',
            "is-json: $.id: 'abc' does not match '^[A-Z]{2}$'; $.amount: -1 is less than the minimum of 0",
        ),
        (None, "```json\n{}\n```", "is-json: the answer is in a code fence; JSON alone is asked for"),
        (None, " \n", "is-json: the answer is empty"),
        (None, "nope", "is-json: the answer 'nope' is no JSON: Expecting value at line 1 column 1"),
        (None, "{}", "is-json: the answer is JSON as asked for"),
    ],
)
def test_the_reason_names_the_place(value: Json, output: str, why: str) -> None:
    assert verdict("is-json", value, output)[1] == why


def test_where_no_object_fits_the_reason_is_about_the_last_one() -> None:
    why = verdict("contains-json", ORDER, '{"x": 1} and {"id": "AB"}')[1]
    assert why == "contains-json: $: 'amount' is a required property"


@pytest.mark.parametrize("kind", ["is-json", "contains-json"])
@pytest.mark.parametrize("output", ["no JSON", '{"a": "x"}'])
@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"requierd": ["a"]}, "wrong at $.requierd: this dialect of JSON Schema has no such keyword"),
        ({"properties": {"a": {"type": "strng"}}}, "wrong at $.properties.a.type"),
        (
            {"properties": {"a": {"format": "iri"}}},
            "wrong at $.properties.a.format: `iri` is no format that can",
        ),
        ({"properties": {"a": {"pattern": "("}}}, "wrong at $.properties.a.pattern: '(' is no valid pattern"),
        ({"prefixItems": [{}]}, "wrong at $.prefixItems: this dialect"),
        ({"allOf": [{}, {"minLen": 1}]}, "wrong at $.allOf[1].minLen: this dialect"),
        ({"$schema": "http://json-schema.org/draft-01/schema#"}, "wrong at $.$schema: expected one of"),
        ("not a schema", "is no JSON"),
        ("[1]", "must be a mapping"),
        (True, "must be a mapping"),
    ],
)
def test_a_schema_that_would_pass_everything_by_mistake_is_refused(
    kind: str, output: str, schema: Json, message: str
) -> None:
    outcome = graded(output, Assertion(type=kind, value=schema))
    assert isinstance(outcome.result, Failed)
    assert outcome.result.blame is Blame.GRADER
    assert message in outcome.result.message


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"$ref": "http://127.0.0.1:9/schema.json"}, "refers to"),
        ({"$ref": "#/definitions/missing"}, "refers to"),
        ({"$ref": "#"}, "nested too deeply"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused_and_nothing_is_fetched(schema: Json, message: str) -> None:
    result = graded("{}", Assertion(type="is-json", value=schema)).result
    assert isinstance(result, Failed)
    assert message in result.message


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"$ref": "#/definitions/n", "maximum": 3, "definitions": {"n": {"type": "number"}}}, "3", "4"),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "string"}}}, '"x"', "4"),
        (
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [{"type": "number"}]},
            "[1]",
            '["x"]',
        ),
        (
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "items": {"$ref": "#"},
                "format": "date",
            },
            '["2026-02-28", ["2026-01-01"]]',
            '["2026-02-28", ["2026-02-30"]]',
        ),
        ({"properties": {"when": {"format": "date-time"}}}, '{"when": 3}', '{"when": "3"}'),
        ({"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"minimum": 2}}, '"ab"', "1"),
        ({"enum": [1, "a"]}, "1.0", "true"),
        ({"type": "integer", "title": "n", "default": 1, "examples": [1]}, "1.0", "1.5"),
    ],
)
def test_schemas_of_the_usual_dialects_are_applied_in_full(schema: Json, good: str, bad: str) -> None:
    assert verdict("is-json", schema, good)[0]
    assert not verdict("is-json", schema, bad)[0]
