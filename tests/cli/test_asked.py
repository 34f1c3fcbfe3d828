"""What records tell of how a model is asked, without its secrets."""

from __future__ import annotations

import pytest

from rsi_cli.cli.asked import change, manners
from rsi_cli.suite.model import ModelChoice


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://127.0.0.1:80/v1", "http://127.0.0.1:80/v1"),
        ("https://me:hush@models.example/v1?key=hush#hush", "https://models.example/v1"),
        ("https://me:hu@sh@models.example/v1", "https://models.example/v1"),
        ("https://models.example?to=a@b/c", "https://models.example"),
        (None, "default"),
    ],
)
def test_an_address_is_told_without_login_and_query(address: str | None, kept: str) -> None:
    told = manners("actor", ModelChoice(name="x", api_base=address, temperature=0.0))
    assert told == {"actor temperature": "0.0", "actor max_tokens": "default", "actor api_base": kept}


def test_a_difference_is_told_and_of_hashes_only_that_there_is_one() -> None:
    assert change("seed", "none", "7") == "seed (was none, is 7)"
    assert change("seed", None, "7") == "seed (was not set, is 7)"
    assert change("seed", "7", None) == "seed (was 7, is not set)"
    assert change("suite", "a" * 64, "b" * 64) == "suite"
