from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from rsi_cli.nouns import Json
from rsi_cli.suite.assertion_types import ASSERTION_TYPES
from rsi_cli.suite.json_schema import suite_schema, written_out
from rsi_cli.suite.load import parse_suite

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "suite.schema.json"
EXAMPLES = sorted((ROOT / "evals").glob("*.yaml"))


def faults(text: str) -> list[str]:
    document = yaml.load(text, Loader=yaml.SafeLoader)
    validator = Draft202012Validator(suite_schema())
    return [fault.message for fault in validator.iter_errors(document)]


def descriptions_missing(schema: Json, path: str = "$") -> list[str]:
    missing = []
    if isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            if isinstance(part, dict) and "description" not in part and "if" not in path:
                missing.append(f"{path}.{name}")
            missing += descriptions_missing(part, f"{path}.{name}")
        for name in ("anyOf", "items", "$defs"):
            inner = schema.get(name, {})
            parts = enumerate(inner) if isinstance(inner, list) else inner.items()
            for key, part in parts:
                missing += descriptions_missing(part, f"{path}.{name}.{key}")
    return missing


def test_the_published_schema_is_what_the_code_says() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == written_out(), (
        "write it anew: python -m rsi_cli.suite.json_schema > docs/suite.schema.json"
    )


def test_it_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(suite_schema())
    assert json.loads(written_out()) == suite_schema()


def test_every_key_is_described() -> None:
    assert not descriptions_missing(suite_schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_bundled_suites_fit_the_schema_and_load(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not faults(text)
    assert parse_suite(text, file=path.name, name=path.stem).cases


@pytest.mark.parametrize(
    "text",
    [
        "- {id: a, input: x, expected: 1}",
        "# yaml-language-server: $schema=../docs/suite.schema.json\ncases: [{input: 42, assert: [is-json]}]",
        "cases: [{input: x, assert: [{contains: a, weight: 2}, {type: not-regex, value: b}]}]",
        "cases: [{input: x, assert: [{assert-set: [equals: {a: 1}], threshold: 0.5}]}]",
        "cases: [{input: x, assert: [{type: word-count, value: {max: 3}}, {llm-rubric: polite}]}]",
        "{cases: [{input: x, expected: y}], models: {actor: m, improver: [a, {name: b}]}, budget: {for: 8h}}",
    ],
)
def test_what_loads_fits_the_schema(text: str) -> None:
    assert parse_suite(text, file="s", name="s").cases
    assert not faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "name: x",
        "cases: [{input: x, expceted: 1}]",
        "cases: [{input: x, expected: y, split: trian}]",
        "cases: [{input: x, assert: [contans: y]}]",
        "cases: [{input: x, assert: [{type: contains}]}]",
        "cases: [{input: x, assert: [{type: word-count, value: few}]}]",
        "cases: [{input: x, assert: [{assert-set: [assert-set: [is-json]]}]}]",
        "{cases: [{input: x, expected: y}], gate: {alpha: 2}}",
        "{cases: [{input: x, expected: y}], models: {actor: {temperature: 1}}}",
        "{cases: [{input: x, expected: y}], gold: [{case: a}]}",
    ],
)
def test_what_the_schema_can_see_is_refused_by_both(text: str) -> None:
    assert faults(text)
    with pytest.raises(Exception, match="mistake"):
        parse_suite(text, file="s", name="s")


def test_every_assertion_type_has_both_forms() -> None:
    text = written_out()
    assert all(f'"{name}": {{' in text for name in ASSERTION_TYPES)
