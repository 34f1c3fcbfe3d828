"""Simulated looks with known truth, for the scripts beside this file.

A case is easy or hard. A candidate mends a part of all cases and breaks another; with equal parts its true
gain is exactly 0. Train and held-out cases are drawn alike, so choosing by train scores teaches nothing
about noise.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rsi_cli.suite.model import GateRule
from rsi_cli.trust.beta import rate_bounds
from rsi_cli.trust.gate import HOPELESS, Stage, stage_limits
from rsi_cli.trust.signflip import sign_flip_p

EASY, HARD = 0.9, 0.1


@dataclass(frozen=True)
class World:
    """How cases behave. cold: temperature 0, so that a case always passes or always fails."""

    cases: int
    cold: bool = False

    @property
    def _levels(self) -> tuple[float, float]:
        return (0.0, 1.0) if self.cold else (HARD, EASY)

    def incumbent(self, rng: Random) -> list[float]:
        """Pass rates of a version that solves half of the cases."""
        return [self._levels[rng.random() < 0.5] for _ in range(self.cases)]

    def candidate(self, before: Sequence[float], mends: float, breaks: float, rng: Random) -> list[float]:
        """Pass rates of a version that mends and breaks these parts of the cases."""
        low, high = self._levels
        after = []
        for rate in before:
            luck = rng.random()
            after.append(high if luck < mends else low if luck < mends + breaks else rate)
        return after

    def gain(self, mends: float, breaks: float) -> float:
        """True gain over an incumbent that solves half of the cases."""
        low, high = self._levels
        return (mends - breaks) * (high - low) / 2


def accepted(
    before: Sequence[float], after: Sequence[float], rule: GateRule, share: float, world: World, rng: Random
) -> bool:
    """One whole look, stage by stage, as `gate.decide` holds it; faster, for it needs no results."""
    stage = Stage(share=share, fresh_draws=not world.cold)
    limits = stage_limits(rule, stage)
    sums, drawn = [0] * len(before), 0
    for index, limit in enumerate(limits):
        repeats = rule.repeats[index]
        for _ in range(repeats - drawn):
            for i, (a, b) in enumerate(zip(before, after, strict=True)):
                sums[i] += (rng.random() < b) - (rng.random() < a)
        drawn = repeats
        p = sign_flip_p(sums)
        if p <= limit:
            return True
        if index < len(limits) - 1 and p > HOPELESS[min(index, 1)]:
            return False
    return False


def bounded(hits: int, trials: int) -> str:
    """A rate with its upper 95 % bound."""
    return f"{hits / trials:.4f} (< {rate_bounds(hits, trials - hits)[1]:.4f})"


def options(what: str, seeds: int) -> argparse.ArgumentParser:
    """The flags that all scripts share."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--seeds", type=int, default=seeds, help="simulated histories for each row")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    parser.add_argument("--json", type=Path, help="write the rows there")
    return parser


def show(rows: Sequence[dict[str, object]], file: Path | None) -> None:
    """Print rows as a table, and write them as JSON where that was asked for."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    widths = [max(len(column), *(len(str(row.get(column, ""))) for row in rows)) for column in columns]
    for line in (columns, *([str(row.get(column, "")) for column in columns] for row in rows)):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(rows, indent=2) + "\n")


def mean(values: Iterable[float]) -> float:
    """The mean; 0.0 of nothing."""
    there = list(values)
    return sum(there) / len(there) if there else 0.0
