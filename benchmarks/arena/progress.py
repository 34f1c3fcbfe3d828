"""How fast do contestants reach what can be reached? Print the table, keep every night as a JSON line.

What was run before is not run again: the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.arena.asked import able, listed, needs_names
from benchmarks.arena.paces import go_on
from benchmarks.arena.pairing import Pairing
from benchmarks.arena.progress_table import summary
from benchmarks.arena.table import printed


def options() -> argparse.ArgumentParser:
    """The flags."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.arena.progress", description=__doc__)
    needs_names(parser, contestants="rsi,gepa,hill,ga", landscapes="mixed,triage,rugged")
    add = parser.add_argument
    add("--holdouts", type=listed, default="40", help="held-out cases, and as many train cases")
    add("--budgets", "--budget", type=listed, default="3000", help="calls, the actor's and the improver's")
    add("--seeds", type=int, default=20, help="nights for each line of the table")
    add("--processes", type=int, default=1, help="nights that run side by side")
    add("--json", type=Path, default=Path("progress.jsonl"), help="the nights; those there are not run again")
    return parser


def pairings(asked: argparse.Namespace) -> Iterator[Pairing]:
    """Every night that was asked for; all contestants meet the same worlds."""
    for landscape in asked.landscapes:
        for holdout in map(int, asked.holdouts):
            for budget in map(int, asked.budgets):
                for name in asked.contestants:
                    for seed in range(asked.seeds):
                        yield Pairing(name, landscape, holdout, budget, seed)


def main() -> None:
    """Run and print."""
    asked = able(options())
    print(printed(summary(go_on(pairings(asked), asked.json, asked.processes))))


if __name__ == "__main__":
    main()
