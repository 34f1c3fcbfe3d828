"""The reference says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rsi_cli.suite.cases import CASE
from rsi_cli.suite.document import SUITE
from rsi_cli.suite.load import parse_suite

REFERENCE = (Path(__file__).parents[2] / "docs" / "suite.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)
NATIVE, BARE, ASSERTIONS, CONSTRAINTS, SETTINGS = BLOCKS


@pytest.mark.parametrize(
    "text",
    [
        NATIVE,
        BARE,
        "- id: a\n  input: x\n" + re.sub("^", "  ", ASSERTIONS, flags=re.MULTILINE),
        CONSTRAINTS,
        NATIVE + SETTINGS,
    ],
    ids=["native", "bare", "assertions", "constraints", "settings"],
)
def test_its_examples_load(text: str) -> None:
    assert parse_suite(text, file="suite.md", name="s").cases


def test_its_settings_are_spelled_as_the_defaults_are() -> None:
    gate = parse_suite(BARE, file="s", name="s").gate
    assert parse_suite(NATIVE + SETTINGS, file="s", name="s").gate == gate


@pytest.mark.parametrize("key", [field.name for shape in (SUITE, CASE) for field in shape.fields])
def test_every_key_has_its_row(key: str) -> None:
    assert re.search(rf"^\| (`\w+`, )*`{re.escape(key)}`", REFERENCE, re.MULTILINE)
