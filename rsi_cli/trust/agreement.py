"""How well an evaluator agrees with people: rates and coefficients with what so few labels leave open.

All intervals are posterior ranges with 5 % beyond each bound, under a Dirichlet(1/2) prior on the 2 x 2
table of labels and verdicts; Wald and bootstrap intervals cover far too little at ten labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.trust.beta import rate_bounds

_DRAWS = 4000
_TAIL = 0.05


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its posterior range; value is None where the labels cannot give one."""

    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often people and evaluator said what.

    good_refused: outputs that people labelled good and the evaluator did not pass; the others likewise.
    """

    good_passed: int = 0
    good_refused: int = 0
    bad_passed: int = 0
    bad_refused: int = 0

    @classmethod
    def of(cls, pairs: Sequence[tuple[bool, bool]]) -> Confusion:
        """Count (label, verdict) pairs; True is good, and passed."""
        return cls(
            good_passed=pairs.count((True, True)),
            good_refused=pairs.count((True, False)),
            bad_passed=pairs.count((False, True)),
            bad_refused=pairs.count((False, False)),
        )

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """Good passed, good refused, bad passed, bad refused."""
        return self.good_passed, self.good_refused, self.bad_passed, self.bad_refused

    @property
    def labels(self) -> int:
        """How many pairs there are."""
        return sum(self.cells)


def agreement(table: Confusion, rng: Random) -> Mapping[str, Estimate]:
    """Give accuracy, sensitivity, specificity, Cohen's kappa and Gwet's AC1.

    sensitivity: part of the good outputs that pass; specificity: part of the bad ones that do not.
    """
    good_passed, good_refused, bad_passed, bad_refused = table.cells
    right, wrong = good_passed + bad_refused, good_refused + bad_passed
    return {
        "accuracy": _rate(right, wrong, prior=1.0),  # two of the four cells, 1/2 each
        "sensitivity": _rate(good_passed, good_refused),
        "specificity": _rate(bad_refused, bad_passed),
        "kappa": _sampled(kappa, table, rng),
        "ac1": _sampled(ac1, table, rng),
    }


def _rate(hits: int, misses: int, *, prior: float = 0.5) -> Estimate:
    low, high = rate_bounds(hits, misses, prior=prior, tail=_TAIL)
    return Estimate(hits / (hits + misses) if hits + misses else None, low, high)


def _sampled(
    coefficient: Callable[[Sequence[float]], float | None], table: Confusion, rng: Random
) -> Estimate:
    """The coefficient's range over tables drawn from the posterior."""
    values = []
    for _ in range(_DRAWS):
        cells = [rng.gammavariate(count + 0.5, 1.0) for count in table.cells]
        value = coefficient(cells)
        if value is not None:
            values.append(value)
    values.sort()
    return Estimate(
        coefficient(table.cells), values[int(_TAIL * len(values))], values[int((1 - _TAIL) * len(values))]
    )


def kappa(cells: Sequence[float]) -> float | None:
    """Cohen's kappa of a 2 x 2 table; None where chance alone agrees always (Cohen 1960)."""
    total, good, passes, agreed = _shares(cells)
    if not total:
        return None
    chance = good * passes + (1 - good) * (1 - passes)
    return None if chance >= 1.0 else (agreed - chance) / (1 - chance)


def ac1(cells: Sequence[float]) -> float | None:
    """Gwet's AC1 of a 2 x 2 table: like kappa, but steady where nearly all labels are alike (Gwet 2008)."""
    total, good, passes, agreed = _shares(cells)
    if not total:
        return None
    middle = (good + passes) / 2
    chance = 2 * middle * (1 - middle)
    return (agreed - chance) / (1 - chance)


def _shares(cells: Sequence[float]) -> tuple[float, float, float, float]:
    """Total, part labelled good, part passed, part agreed on."""
    good_passed, good_refused, bad_passed, bad_refused = cells
    total = sum(cells)
    if not total:
        return 0.0, 0.0, 0.0, 0.0
    good, passes = (good_passed + good_refused) / total, (good_passed + bad_passed) / total
    return total, good, passes, (good_passed + bad_refused) / total
