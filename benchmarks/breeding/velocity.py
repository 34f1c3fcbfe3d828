"""How often velocity calls for a change in a night that goes well, and how late in one that ran dry.

wins: part of the generations that bring a confirmed gain (of 4 points on average). For each patience: false,
the part of the nights going well to their end that have a signal, and signals a night; dry, the part of the
nights whose wins end after a third that have one after that, and the generations until then (median); none,
likewise where there was never a win. A signal in the last generation changes nothing and does not count.
usual: 18 and 36 generations whatever the night. night: `Patience.for_night`. half: the same, but half of the
night for the first win. late: the same, but a third of the night before paces are compared.

Run it from the root: python -m benchmarks.breeding.velocity
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from statistics import median

from benchmarks.trust.nights import mean, options, show
from rsi_cli.evolution.velocity import Patience, Velocity

NIGHTS = (3, 6, 12, 24, 54, 100)
WINS = (0.1, 0.2, 0.4, 0.7)
GAIN, CALLS = 0.04, 80.0


def _half(generations: int) -> Patience:
    usual = Patience.for_night(generations)
    return replace(usual, first=max(usual.first, min(27, math.ceil(generations / 2))))


def _late(generations: int) -> Patience:
    usual = Patience.for_night(generations)
    third = min(18, math.ceil(generations / 3))
    return replace(usual, least=max(usual.least, third), half_life=max(usual.half_life, third))


PATIENCE: Mapping[str, Callable[[int], Patience]] = {
    "usual": lambda _: Patience(),
    "night": Patience.for_night,
    "half": _half,
    "late": _late,
}


def signals(generations: int, wins: float, patience: Patience, end: int, rng: Random) -> list[int]:
    """The generations after which a signal came; each is taken for a change. end: wins stop after it."""
    velocity, found = Velocity(patience=patience), []
    for generation in range(1, generations):
        won = generation <= end and rng.random() < wins
        velocity = velocity.after(rng.expovariate(1 / GAIN) if won else 0.0, 2.0, CALLS)
        if velocity.signal:
            found.append(generation)
            velocity = velocity.changed()
    return found


def cell(generations: int, wins: float, patience: Patience, seeds: range) -> dict[str, str]:
    """What one patience brings."""
    well = [signals(generations, wins, patience, generations, Random(f"well/{seed}")) for seed in seeds]
    false = f"{mean(bool(found) for found in well):.2f} ({mean(map(len, well)):.1f})"
    cells = {"false": false}
    for name, end in (("dry", max(1, generations // 3)), ("none", 0)):
        runs = [signals(generations, wins, patience, end, Random(f"dry/{seed}")) for seed in seeds]
        delays = [next(at - end for at in found if at > end) for found in runs if found and found[-1] > end]
        cells[name] = f"{len(delays) / len(runs):.2f}" + (f" at {median(delays):.0f}" if delays else "")
    return cells


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 1000).parse_args()
    seeds = range(asked.seed, asked.seed + asked.seeds)
    rows: list[dict[str, object]] = []
    for generations in NIGHTS:
        for wins in WINS:
            row: dict[str, object] = {"generations": generations, "wins": wins}
            for name, make in PATIENCE.items():
                found = cell(generations, wins, make(generations), seeds)
                row.update({f"{name}: {what}": value for what, value in found.items()})
            rows.append(row)
    show(rows, asked.json)


if __name__ == "__main__":
    main()
