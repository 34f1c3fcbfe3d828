"""One night of one contestant becomes one row; rows are kept as JSON lines, so that a run can go on later."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.arena.contestant import Contestant, Desk, Meter, Outcome
from benchmarks.arena.edits import edits_in
from benchmarks.arena.landscape import LANDSCAPES
from benchmarks.arena.menu import CONTESTANTS
from benchmarks.arena.world import World

BETTER = 0.05  # a true gain that is worth shipping


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
    world = World.of(
        LANDSCAPES[pairing.landscape], pairing.seed, train=pairing.holdout, holdout=pairing.holdout
    )
    desk = Desk(world, Meter(pairing.budget))
    began = time.perf_counter()
    outcome = who.run(desk, pairing.seed)
    return _row(pairing, desk, outcome, time.perf_counter() - began)


def _row(pairing: Pairing, desk: Desk, outcome: Outcome, seconds: float) -> Row:
    world, text = desk.world, outcome.shipped_text
    return Row(
        **asdict(pairing),
        shipped=bool(edits_in(text)),
        claimed=outcome.claimed_gain,
        low=outcome.claimed_low,
        high=outcome.claimed_high,
        true_gain=world.true_gain(text),
        true_on_holdout=world.true_gain_on(text, desk.holdout),
        best_seen=max(map(world.true_gain, desk.measured), default=0.0),
        texts=len({edits_in(measured) for measured in desk.measured} - {()}),
        candidates=outcome.candidates,
        actor_calls=desk.meter.actor,
        improver_calls=desk.meter.improver,
        seconds=round(seconds, 3),
    )


def read_rows(file: Path) -> list[Row]:
    """The rows of earlier runs; a last line that was cut off is passed over."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [Row(**json.loads(line)) for line in lines[:-1] if line]


def go_on(pairings: Iterable[Pairing], file: Path, processes: int) -> list[Row]:
    """Run what the file does not hold yet and append each row as it arrives; returns all rows asked for."""
    wanted = list(dict.fromkeys(pairings))
    there = {row.pairing: row for row in read_rows(file)}
    missing = [pairing for pairing in wanted if pairing not in there]
    file.parent.mkdir(parents=True, exist_ok=True)
    _mend(file)
    with file.open("a", encoding="utf-8") as out, closing(_rows(missing, processes)) as rows:
        for row in rows:
            out.write(json.dumps(asdict(row)) + "\n")
            out.flush()
            there[row.pairing] = row
    return [there[pairing] for pairing in wanted]


def _rows(pairings: list[Pairing], processes: int) -> Generator[Row, None, None]:
    if processes <= 1:
        yield from map(run, pairings)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(run, pairings, chunksize=4)


def _mend(file: Path) -> None:
    """Cut off a last line that a killed run left unfinished."""
    if file.exists() and not (text := file.read_text(encoding="utf-8")).endswith("\n"):
        file.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
