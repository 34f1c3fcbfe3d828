"""How fast one night was: the true score of what would have been shipped, by calls paid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.arena.contestant import Contestant
from benchmarks.arena.lines import Lines
from benchmarks.arena.menu import CONTESTANTS
from benchmarks.arena.pairing import Pairing, spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One night. Scores are true ones, 0…1.

    best: that no text passes (`World.best_true_score`). trace: calls paid, and the score of what a user would
    run from then on; the seed text at 0 calls comes first. calls: paid in the whole night. quality_first,
    quality_last: mean hidden quality of the mutation prompts in the first and in the last quarter of the
    night's rewrites that had one; None where none had.
    """

    contestant: str
    landscape: str
    holdout: int
    budget: int
    seed: int
    best: float
    trace: tuple[tuple[int, float], ...]
    calls: int
    quality_first: float | None
    quality_last: float | None
    seconds: float

    @property
    def pairing(self) -> Pairing:
        """Who ran where."""
        return Pairing(self.contestant, self.landscape, self.holdout, self.budget, self.seed)

    @property
    def reachable(self) -> float:
        """The gain that there is to be had, 0…1."""
        return self.best - self.trace[0][1]

    def calls_to(self, part: float) -> float:
        """Calls until this part, 0…1, of the reachable gain was first shipped; infinite if it never was."""
        wanted = self.trace[0][1] + part * self.reachable
        return next((float(calls) for calls, score in self.trace if score >= wanted), math.inf)

    def score_at(self, calls: int) -> float:
        """The score of what a user would have run after so many calls."""
        return [score for paid, score in self.trace if paid <= calls][-1]


def run(pairing: Pairing) -> Pace:
    """Let one contestant spend one night in one world."""
    return paced(pairing, CONTESTANTS[pairing.contestant])


def paced(pairing: Pairing, who: Contestant) -> Pace:
    """As `run`, with a contestant that is made already."""
    night = spent(pairing, who)
    desk, world = night.desk, night.desk.world
    shipped = [(0, desk.seed_text), *desk.shipped]
    qualities = [world.quality(guidance) for _, guidance in desk.guided]
    quarter = math.ceil(len(qualities) / 4)
    return Pace(
        **asdict(pairing),
        best=world.best_true_score,
        trace=tuple((calls, world.true_score(text)) for calls, text in shipped),
        calls=desk.meter.calls,
        quality_first=fmean(qualities[:quarter]) if qualities else None,
        quality_last=fmean(qualities[-quarter:]) if qualities else None,
        seconds=round(night.seconds, 3),
    )


def go_on(pairings: Iterable[Pairing], file: Path, processes: int) -> list[Pace]:
    """Run what the file does not hold yet and append each row as it arrives; returns all rows asked for."""
    return Lines(file, _read, run).go_on(pairings, processes)


def _read(fields: dict[str, Any]) -> Pace:
    points: Sequence[Sequence[float]] = fields["trace"]
    return Pace(**{**fields, "trace": tuple((int(calls), score) for calls, score in points)})
