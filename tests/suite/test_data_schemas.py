"""What is refused of a JSON Schema when a suite is read: what is wrong, and what would be ignored."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import SchemaError
from jsonschema.validators import validator_for

from rsi_cli.graders.formats import FORMATS as CHECKED
from rsi_cli.nouns import Json
from rsi_cli.suite.assertion_types import pattern_fault
from rsi_cli.suite.data_schemas import FORMATS, Fault, schema_faults
from rsi_cli.suite.model import Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]

D06 = "http://json-schema.org/draft-06/schema#"
D07 = "http://json-schema.org/draft-07/schema"
D19 = "https://json-schema.org/draft/2019-09/schema"
D20 = "https://json-schema.org/draft/2020-12/schema"
DRAFTS = (D06, D07, D19, D20)

PART: Json = {"type": "string"}
EVERYWHERE: dict[str, Json] = json.loads("""{
    "$id": "urn:a", "$comment": "c", "title": "t", "description": "d", "default": 1, "examples": [1],
    "readOnly": true, "contentEncoding": "base64", "$ref": "#", "$defs": {"a": {}}, "definitions": {"a": {}},
    "type": ["string", "null"], "enum": [1, "a"], "const": {"a": 1}, "format": "date", "pattern": "^a+$",
    "minLength": 0, "maxLength": 2.0, "minimum": -1, "maximum": 0.5, "exclusiveMinimum": 0,
    "exclusiveMaximum": 1, "multipleOf": 0.1, "required": ["a", "b"], "properties": {"requierd": {}},
    "patternProperties": {"^a": {}}, "additionalProperties": false, "propertyNames": {"format": "date"},
    "minProperties": 0, "maxProperties": 3, "items": {}, "minItems": 1, "maxItems": 2, "uniqueItems": true,
    "contains": {}, "allOf": [{}], "anyOf": [true], "oneOf": [{}], "not": {}
}""")
OLD: dict[str, Json] = {"additionalItems": PART, "dependencies": {"a": ["b"], "c": PART}}
IF: dict[str, Json] = {"if": PART, "then": PART, "else": False}
NEW: dict[str, Json] = json.loads("""{
    "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {}}, "unevaluatedItems": {},
    "unevaluatedProperties": false, "minContains": 0, "maxContains": 2
}""")
RIGHT: dict[str, dict[str, Json]] = {
    D06: {**EVERYWHERE, **OLD, "items": [PART]},
    D07: {**EVERYWHERE, **OLD, **IF, "items": [PART]},
    D19: {**EVERYWHERE, **IF, **NEW, "additionalItems": PART, "items": [PART]},
    D20: {**EVERYWHERE, **IF, **NEW, "prefixItems": [PART]},
}
"""What each draft takes, after its specification; keywords that only tell something are taken in all."""
KEYWORDS = tuple(dict.fromkeys(word for words in RIGHT.values() for word in words))
ONE = (
    *("not", "if", "then", "else", "contains", "propertyNames", "items", "additionalItems"),
    *("additionalProperties", "unevaluatedItems", "unevaluatedProperties"),
)
SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies")
VALUES: tuple[Json, ...] = (
    *("object", "foo", "date", "^a+$", "(", "", True, False, None, 0, 3, 2.0, -1, 0.5, [], ["a"]),
    *(["string", "null"], ["a", "a"], [{}], [{"type": "foo"}], [True], {}, {"a": {}}),
    *({"a": ["b"]}, {"a": ["b", "b"]}, {"a": True}, {"a": 3}, {"a": {"type": "foo"}}, {"type": "string"}),
    *({"type": "text"}, {"a": "b"}, {"(": {}}),
)


def faults(schema: dict[str, Json]) -> tuple[Fault, ...]:
    return schema_faults(schema, pattern_fault)


def library_refuses(schema: dict[str, Json]) -> bool:
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError:
        return True
    return False


@pytest.mark.parametrize("draft", DRAFTS)
def test_each_draft_takes_its_keywords_and_no_others(draft: str) -> None:
    assert faults({"$schema": draft, **RIGHT[draft]}) == ()
    for word in (*KEYWORDS, "requierd", "Type", "", "$schema"):
        inner = {word: RIGHT[draft].get(word)}
        found = faults({"$schema": draft, "not": inner})
        if word in RIGHT[draft]:
            assert found == (), word
        else:
            assert ("not", word) in {fault.path for fault in found if fault.of_key}, word


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("word", KEYWORDS)
def test_what_the_library_refuses_is_refused(draft: str, word: str) -> None:
    for value in VALUES:
        schema: dict[str, Json] = {"$schema": draft, word: value}
        assert faults(schema) or not library_refuses(schema), schema


SCHEMAS = st.recursive(
    st.sampled_from(VALUES),
    lambda inner: st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)


@given(st.sampled_from(DRAFTS), st.dictionaries(st.sampled_from(KEYWORDS), SCHEMAS, max_size=4))
def test_what_the_library_refuses_is_refused_at_any_depth(draft: str, parts: dict[str, Json]) -> None:
    schema: dict[str, Json] = {"$schema": draft, **parts}
    assert faults(schema) or not library_refuses(schema)


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize(
    ("part", "step", "of_key"),
    [
        ({"requierd": ["a"]}, "requierd", True),
        ({"format": "emial"}, "format", False),
        ({"pattern": "("}, "pattern", False),
    ],
)
def test_what_a_validator_would_ignore_is_found_wherever_a_schema_stands(
    draft: str, part: Json, step: str, *, of_key: bool
) -> None:
    for words, value, inside in ((ONE, part, ()), (SEVERAL, [{}, part], (1,)), (NAMED, {"a": part}, ("a",))):
        for word in set(words).intersection(RIGHT[draft]):
            found = faults({"$schema": draft, "not": {word: value}})
            assert [(one.path, one.of_key) for one in found] == [(("not", word, *inside, step), of_key)]


@pytest.mark.parametrize("draft", DRAFTS)
def test_mistakes_behind_alternatives_are_those_of_the_one_that_was_meant(draft: str) -> None:
    assert _places(draft, {"type": ["string", "foo"]}) == [("type", 1)]
    assert _places(draft, {"type": 3}) == [("type",)]
    assert _places(draft, {"propertyNames": 3}) == [("propertyNames",)]
    assert _places(draft, {"items": {"type": "foo", "required": "a"}}) == [
        ("items", "required"),
        ("items", "type"),
    ]
    if draft != D20:
        assert _places(draft, {"items": [{}, {"items": [{"type": "foo"}]}]}) == [
            ("items", 1, "items", 0, "type")
        ]
    if draft in (D06, D07):
        assert _places(draft, {"dependencies": {"a": ["b", "b"], "c": {"title": 3}}}) == [
            ("dependencies", "a"),
            ("dependencies", "c", "title"),
        ]


def _places(draft: str, parts: dict[str, Json]) -> list[tuple[str | int, ...]]:
    return sorted(fault.path for fault in faults({"$schema": draft, **parts}))


def test_each_place_is_told_once() -> None:
    (fault,) = faults({"$schema": D20, "properties": {"a": 3}})
    assert fault == Fault(("properties", "a"), "`3` is not of type 'object', 'boolean'")
    (fault,) = faults({"minLength": -1.5})
    assert fault.path == ("minLength",)


def test_a_long_value_leaves_room_for_what_is_wrong_with_it() -> None:
    (fault,) = faults({"properties": {"a": ["\n" * 500]}})
    assert fault.what.endswith("…` is not of type 'object', 'boolean'")
    assert len(fault.what) < 120
    assert fault.what.isprintable()


def test_a_schema_without_a_bottom_is_no_crash() -> None:
    schema: dict[str, Json] = {}
    for _ in range(3000):
        schema = {"not": schema}
    assert [fault.what for fault in faults(schema)] == ["nested too deeply"]


def test_the_formats_are_those_that_can_be_checked() -> None:
    assert frozenset(CHECKED) == FORMATS


@pytest.mark.parametrize("dialect", ["http://json-schema.org/draft-04/schema#", 7])
def test_an_unknown_dialect_is_refused(dialect: Json) -> None:
    (fault,) = faults({"$schema": dialect, "type": "object"})
    assert fault.path == ("$schema",)


@pytest.mark.parametrize(
    ("schema", "mistake"),
    [
        ("{type: foo}", "4:23  [0].assert[0].is-json.type  `foo` is no JSON type; these are: array"),
        ("{type: strng}", "`strng` is no JSON type; did you mean 'string'?"),
        (
            "{requierd: [a]}",
            "4:17  [0].assert[0].is-json.requierd  this dialect of JSON Schema has no such",
        ),
        (
            "{properties: {a: {minLength: -1}}}",
            "4:45  [0].assert[0].is-json.properties.a.minLength  `-1` is less than the minimum of 0",
        ),
        (
            "{items: [{}, {items: {items: 3}}]}",
            "4:45  [0].assert[0].is-json.items[1].items.items  `3` is not of type 'object', 'boolean' and",
        ),
        ("{patternProperties: {'(': {}}}", "4:37  [0].assert[0].is-json.patternProperties.(  not a regular"),
        ("{pattern: '('}", "not a regular expression"),
        ("{format: emial}", "`emial` is no format that can be checked; did you mean 'email'?"),
        ("{prefixItems: [{}]}", "no such keyword"),
        ("{required: a}", "required  `\"a\"` is not of type 'array'"),
        ("{type: []}", "type  `[]` should be non-empty"),
        (
            "{$schema: draft-07}",
            "4:26  [0].assert[0].is-json.$schema  expected one of http://json-schema.org",
        ),
    ],
)
def test_a_wrong_schema_is_a_mistake_at_its_place(mistakes: Mistakes, schema: str, mistake: str) -> None:
    (found,) = mistakes(f"- id: a\n  input: x\n  assert:\n    - is-json: {schema}\n")
    assert mistake in found


def test_every_fault_of_a_schema_is_told_at_once(mistakes: Mistakes) -> None:
    schema = "{type: foo, required: a, properties: {b: {format: c}}}"
    found = mistakes(f"- {{id: a, input: x, assert: [{{type: contains-json, value: {schema}}}]}}")
    assert [one.split()[1].rpartition("value.")[2] for one in found] == [
        "type",
        "required",
        "properties.b.format",
    ]


def test_a_schema_in_the_defaults_is_told_once(mistakes: Mistakes) -> None:
    cases = "cases: [{id: a, input: x}, {id: b, input: y}]"
    (found,) = mistakes(f"defaults: {{assert: [is-json: {{type: foo}}]}}\n{cases}\n")
    assert "1:" in found
    assert "defaults.assert[0].is-json.type" in found


def test_a_right_schema_is_kept_as_it_is_written(read: Read) -> None:
    written = "{type: [object, 'null'], properties: {a: {format: date}}, additionalProperties: false}"
    value = read(f"[{{id: a, input: x, assert: [is-json: {written}]}}]").cases[0].asserts[0].value
    assert value == {
        "type": ["object", "null"],
        "properties": {"a": {"format": "date"}},
        "additionalProperties": False,
    }
