"""Who meets which world, and the night that comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.arena.contestant import Contestant, Desk, Meter, Outcome
from benchmarks.arena.worlds import drawn


@dataclass(frozen=True, slots=True, order=True)
class Pairing:
    """Who runs where.

    holdout: held-out cases, and as many train cases. budget: calls. seed: of the world and of the method.
    """

    contestant: str
    landscape: str
    holdout: int
    budget: int
    seed: int


@dataclass(frozen=True, slots=True)
class Spent:
    """A night that is over. seconds: of this machine's time."""

    desk: Desk
    outcome: Outcome
    seconds: float


def spent(pairing: Pairing, who: Contestant) -> Spent:
    """Let one contestant spend one night in one world."""
    desk = Desk(drawn(pairing.landscape, pairing.seed, cases=pairing.holdout), Meter(pairing.budget))
    began = time.perf_counter()
    outcome = who.run(desk, pairing.seed)
    desk.ship(outcome.shipped_text)
    return Spent(desk, outcome, time.perf_counter() - began)
