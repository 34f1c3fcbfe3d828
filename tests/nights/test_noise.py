"""A night on labels that follow from nothing: whatever is learned on train cases, nothing may be promoted."""

from __future__ import annotations

import pytest

from tests.fakes.workshop import Workshop

NIGHTS_OF_NOISE = 20


@pytest.mark.timeout(600)
def test_twenty_nights_on_pure_noise_promote_nothing(shop: Workshop) -> None:
    promoted, gains, looks = [], [], 0
    for seed in range(NIGHTS_OF_NOISE):
        skill = shop.mail(noise=True, seed=seed)
        outcome = shop.rsi("evolve", skill, "--seed", str(seed), "--max-calls", "700", "--no-cache", "--json")
        assert outcome.code == 0, outcome.err
        night = outcome.document
        assert night["candidates"] > 0
        looks += night["gate_looks"]
        promoted.extend(night["promotions"])
        gains.append(night["gain"]["estimate"])
    assert looks > NIGHTS_OF_NOISE / 4, "the gate was hardly ever asked, so this shows nothing"
    assert promoted == []
    assert set(gains) == {0.0}
