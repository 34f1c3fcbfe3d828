"""Ten nights in a row on the same held-out cases: each has a tenth of the budget, and what error is left."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.arena.contestant import Desk, Outcome
from benchmarks.arena.rsi_night import Evening, RsiNight
from rsi_cli.trust.holdout import PastLook

DRAWS_A_NIGHT = 100_000  # no night uses as many numbers of draws


@dataclass(frozen=True, slots=True)
class TenNights:
    """rsi, started again every evening on what the morning before had committed."""

    name: str = "rsi-ten-nights"
    nights: int = 10

    def run(self, desk: Desk, seed: int) -> Outcome:
        """Shipped is what the last night leaves; claimed is what the nights' accounts add up to."""
        text, claimed, candidates = desk.seed_text, 0.0, 0
        past: tuple[PastLook, ...] = ()
        calls = desk.meter.left // self.nights
        for number in range(self.nights):
            desk.draws_from = number * DRAWS_A_NIGHT
            evening = Evening(number=number, text=text, calls=calls, past=past)
            morning = RsiNight().slept(desk, seed * self.nights + number, evening)
            text, past = morning.text, (*past, *morning.looks)
            claimed += morning.stopped.gain.estimate
            candidates += morning.candidates
        return Outcome(shipped_text=text, claimed_gain=claimed, candidates=candidates)
