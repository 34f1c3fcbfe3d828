"""A sealed case is known again by what it says, and its mark tells nothing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.cli.evals.sealed_marks import content_mark
from rsi_cli.nouns import CaseId
from rsi_cli.suite.model import Case

CASE = Case(
    id=CaseId("a"), input="Where is my *Mail*?", vars={"tone": ["dry", {"of": "Night"}]}, expected="delivery"
)


def told(**changes: object) -> str:
    return content_mark(replace(CASE, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "b"},
        {"input": " where is\n my mail ?"},
        {"input": "WHERE IS MY \uff2dAIL?"},
        {"vars": {"tone": ["DRY", {"of": "ni ght"}]}},
        {"expected": "Delivery\n"},
        {"weight": 2.0, "description": "late", "epochs": 3},
    ],
)
def test_these_are_the_same_case(changes: dict[str, object]) -> None:
    assert told(**changes) == told()


@pytest.mark.parametrize(
    "changes",
    [
        {"input": "Where is my parcel?"},
        {"vars": {"tone": ["dry", {"of": "day"}]}},
        {"vars": {}},
        {"expected": "billing"},
        {"expected": None},
    ],
)
def test_these_are_other_cases(changes: dict[str, object]) -> None:
    assert told(**changes) != told()


def test_a_mark_is_twelve_hex_digits() -> None:
    assert len(told()) == 12
    assert int(told(), 16) >= 0
