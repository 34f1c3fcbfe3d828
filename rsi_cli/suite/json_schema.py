"""The suite format as JSON Schema, for editors. `docs/suite.schema.json` is this, written out."""

from __future__ import annotations

import json
import sys

from rsi_cli.nouns import Json
from rsi_cli.suite.assertions import AssertionKind
from rsi_cli.suite.cases import CASE
from rsi_cli.suite.document import SUITE

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def suite_schema() -> dict[str, Json]:
    """The schema of a suite file: a mapping with `cases:`, or a bare list of cases."""
    cases: dict[str, Json] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/case"}}
    suite: dict[str, Json] = {**SUITE.schema(), "required": ["cases"]}
    definitions: dict[str, Json] = {"suite": suite, "cases": cases, "case": CASE.schema()}
    for kind in (AssertionKind(), AssertionKind(inside_set=True)):
        definitions[kind.definition_name()] = kind.definition()
    return {
        "$schema": DRAFT,
        "title": "rsi suite",
        "description": "Cases that say what a skill is good for; see docs/suite.md.",
        "anyOf": [{"$ref": "#/$defs/suite"}, {"$ref": "#/$defs/cases"}],
        "$defs": definitions,
    }


def written_out() -> str:
    """The text of `docs/suite.schema.json`."""
    return json.dumps(suite_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written_out())
