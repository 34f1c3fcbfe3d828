"""What one night came to, for the table that asks who is fooled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.arena.contestant import Contestant
from benchmarks.arena.lines import Lines
from benchmarks.arena.menu import CONTESTANTS
from benchmarks.arena.pairing import Pairing, Spent, spent

BETTER = 0.05  # a true gain that is worth shipping


@dataclass(frozen=True, slots=True)
class Row:
    """What one night came to; gains are -1…1.

    shipped: whether another text than the first one. claimed, low, high: see `Outcome`. true_gain: over all
    cases there are. true_on_holdout: over the held-out cases of this night. best_seen: the largest true gain
    of any text that was measured. texts: other texts than the first that were measured. candidates: as the
    contestant counts them.
    """

    contestant: str
    landscape: str
    holdout: int
    budget: int
    seed: int
    shipped: bool
    claimed: float | None
    low: float | None
    high: float | None
    true_gain: float
    true_on_holdout: float
    best_seen: float
    texts: int
    candidates: int
    actor_calls: int
    improver_calls: int
    seconds: float

    @property
    def pairing(self) -> Pairing:
        """Who ran where."""
        return Pairing(self.contestant, self.landscape, self.holdout, self.budget, self.seed)

    @property
    def calls(self) -> int:
        """Calls that were paid."""
        return self.actor_calls + self.improver_calls


def run(pairing: Pairing) -> Row:
    """Let one contestant spend one night in one world."""
    return played(pairing, CONTESTANTS[pairing.contestant])


def played(pairing: Pairing, who: Contestant) -> Row:
    """As `run`, with a contestant that is made already."""
    return _row(pairing, spent(pairing, who))


def _row(pairing: Pairing, night: Spent) -> Row:
    desk, outcome, world = night.desk, night.outcome, night.desk.world
    text, first = outcome.shipped_text, world.meaning(world.seed_text)
    return Row(
        **asdict(pairing),
        shipped=world.meaning(text) != first,
        claimed=outcome.claimed_gain,
        low=outcome.claimed_low,
        high=outcome.claimed_high,
        true_gain=world.true_gain(text),
        true_on_holdout=world.true_gain_on(text, desk.holdout),
        best_seen=max(map(world.true_gain, desk.measured), default=0.0),
        texts=len({world.meaning(measured) for measured in desk.measured} - {first}),
        candidates=outcome.candidates,
        actor_calls=desk.meter.actor,
        improver_calls=desk.meter.improver,
        seconds=round(night.seconds, 3),
    )


def read_rows(file: Path) -> list[Row]:
    """The rows of earlier runs; a last line that was cut off is passed over."""
    return _kept(file).rows()


def go_on(pairings: Iterable[Pairing], file: Path, processes: int) -> list[Row]:
    """Run what the file does not hold yet and append each row as it arrives; returns all rows asked for."""
    return _kept(file).go_on(pairings, processes)


def _kept(file: Path) -> Lines[Row]:
    return Lines(file, lambda fields: Row(**fields), run)
