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


def by_cluster(differences: Sequence[float], clusters: Sequence[str]) -> tuple[float, ...]:
    """Turn one difference per case into one value per cluster, so that cases of a cluster count as one draw.

    clusters: the cluster of each case, in the same order; a case without one is its own. The values' mean is
    the mean over cases, and their spread is that of the clusters, weighted by size: the linearised ratio
    estimator (Cochran 1977, "Sampling Techniques", chapter 6). Clusters of one case each keep their
    differences; a value may lie outside -1.0 … 1.0 where clusters differ in size.
    """
    groups: dict[str, list[float]] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        groups.setdefault(cluster, []).append(difference)
    if len(groups) == len(differences):
        return tuple(differences)
    centre = math.fsum(differences) / len(differences)
    weight = len(groups) / len(differences)
    return tuple(
        centre + weight * math.fsum(value - centre for value in values) for values in groups.values()
    )


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float | None:
    """Σ value·weight / Σ weight; None where nothing weighs anything. weights: >= 0, one per value."""
    most = max(weights, default=0.0)
    if most <= 0:
        return None
    shares = [weight / most for weight in weights]  # no sum of them is too large for a float
    return math.fsum(v * s for v, s in zip(values, shares, strict=True)) / math.fsum(shares)


def mean_interval(
    values: Sequence[float], *, weights: Sequence[float] | None = None, confidence: float = 0.95
) -> tuple[float, float]:
    """Bound the mean of scores in 0.0 … 1.0, one per case; without any case 0.0 … 1.0.

    weights: >= 0, one per case; all alike if left out. They count as Kish's effective number of cases,
    (Σw)² / Σw² (Kish 1965, Survey Sampling): cases that weigh 0 are no cases.

    Wilson's interval for passes and failures. Graded scores narrow it as far as their variance falls
    short of what passes and failures with that mean would have, with two cases' worth of doubt.
    Coverage of the nominal 95 %, simulated: 90 to 100 % for 5 to 100 cases.
    """
    weights = [1.0] * len(values) if weights is None else weights
    mean = weighted_mean(values, weights)
    if mean is None:
        return 0.0, 1.0
    most = max(weights)
    pairs = [(value, weight / most) for value, weight in zip(values, weights, strict=True) if weight > 0]
    n = math.fsum(w for _, w in pairs) ** 2 / math.fsum(w * w for _, w in pairs)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    spread = 1.0
    if any(value not in (0.0, 1.0) for value, _ in pairs):
        z = t_quantile((1 + confidence) / 2, n + 1)
        spread = _spread(pairs, mean, n)
    return _wilson(mean, n / spread, z)


def _spread(pairs: Sequence[tuple[float, float]], mean: float, n: float) -> float:
    """Variance as a part of what 0 and 1 alone would have at that mean, drawn towards 1 by two cases."""
    most = mean * (1.0 - mean)
    weight = math.fsum(w for _, w in pairs)
    squares = math.fsum(w * (value - mean) ** 2 for value, w in pairs) * n / weight
    return (squares / most + 2.0) / (n + 2.0) if most > 0 else 1.0


def _wilson(mean: float, n: float, z: float) -> tuple[float, float]:
    centre = (mean + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(mean * (1 - mean) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
