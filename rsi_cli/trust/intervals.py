"""Intervals that stay honest with few cases: of a score, and of a gain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from rsi_cli.trust.beta import t_quantile


@dataclass(frozen=True, slots=True)
class Gain:
    """A difference of two scores with its 95 % interval; -1.0 … 1.0, low <= estimate <= high."""

    estimate: float
    low: float
    high: float


def paired_gain(differences: Sequence[float], *, confidence: float = 0.95) -> Gain:
    """Estimate a mean gain from one difference per case (candidate minus incumbent, -1.0 … 1.0).

    Two pseudo-cases, +1 and -1, are added for the interval, never for the estimate: with differences of
    -1, 0 and 1 that is Bonett & Price 2012, "Adjusted Wald confidence interval for a difference of
    binomial proportions based on paired data", here with Student's t. So equal differences never give a
    width of zero. Coverage of the nominal 95 %, 3,000 simulated holdouts each of 5 to 100 cases: 94 to
    100 % for single draws, means of 2 and 4 draws, and graded scores, among them small gains with a rare
    total loss. Without any case: 0.0 within -1.0 … 1.0.
    """
    n = len(differences)
    if n == 0:
        return Gain(0.0, -1.0, 1.0)
    estimate = math.fsum(differences) / n
    values = (*differences, 1.0, -1.0)
    centre = math.fsum(values) / (n + 2)
    variance = math.fsum((value - centre) ** 2 for value in values) / (n + 2)
    half = t_quantile((1 + confidence) / 2, n + 1) * math.sqrt(variance / (n + 2))
    low, high = max(-1.0, min(centre - half, estimate)), min(1.0, max(centre + half, estimate))
    return Gain(estimate, low, high)


def mean_interval(values: Sequence[float], *, confidence: float = 0.95) -> tuple[float, float]:
    """Bound the mean of scores in 0.0 … 1.0, one per case; without any case 0.0 … 1.0.

    Wilson's interval for passes and failures. Graded scores narrow it as far as their variance falls
    short of what passes and failures with that mean would have, with two cases' worth of doubt.
    Coverage of the nominal 95 %, simulated: 90 to 100 % for 5 to 100 cases.
    """
    n = len(values)
    if n == 0:
        return 0.0, 1.0
    mean = math.fsum(values) / n
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    spread = 1.0
    if any(value not in (0.0, 1.0) for value in values):
        z = t_quantile((1 + confidence) / 2, n + 1)
        spread = _spread(values, mean)
    return _wilson(mean, n / spread, z)


def _spread(values: Sequence[float], mean: float) -> float:
    """Variance as a part of what 0 and 1 alone would have at that mean, drawn towards 1 by two cases."""
    most = mean * (1.0 - mean)
    squares = math.fsum((value - mean) ** 2 for value in values)
    return (squares / most + 2.0) / (len(values) + 2.0) if most > 0 else 1.0


def _wilson(mean: float, n: float, z: float) -> tuple[float, float]:
    centre = (mean + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(mean * (1 - mean) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
