"""The bundled examples, each over one offline night: the held-out gain is real, and its interval says so."""

from __future__ import annotations

import pytest

from tests.fakes.workshop import Workshop

EXAMPLES = {"booking-extract": 0.20, "commit-message": 0.20, "support-triage": 0.0}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_offline_night_raises_the_held_out_score(shop: Workshop, name: str) -> None:
    outcome = shop.rsi("evolve", shop.example(name), "--seed", "7", "--max-calls", "2000", "--json")
    assert outcome.code == 0, outcome.err
    night = outcome.document
    assert night["promotions"], outcome.err
    assert night["gain"]["low"] > 0
    assert night["gain"]["estimate"] >= EXAMPLES[name]
