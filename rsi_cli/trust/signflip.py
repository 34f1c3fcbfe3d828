"""The exact sign-flip test: it says how often noise alone would have looked this good."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

UNITS_PER_POINT = 1000  # scores count in thousandths; a gain is rounded down, a loss away from zero


def sign_flip_p(differences: Sequence[float], clusters: Sequence[str] | None = None) -> float:
    """Give the one-sided p-value of "the candidate is better" when every sign could as well be the other.

    differences: candidate minus incumbent, one per case, any scale (sums over repeats of -1.0 … 1.0).
    clusters: the cluster of each case, in the same order; their cases flip together. None: no clusters.

    Exact by counting all sign patterns, not by sampling (Fisher 1935, "The Design of Experiments",
    section 21). For -1, 0 and 1 it is the exact McNemar test. Differences are rounded down to
    thousandths: a lower difference never lowers p, so rounding never makes it look better. Returns 1.0
    where nothing differs.
    """
    weights = _in_units(differences, clusters)
    total = sum(abs(weight) for weight in weights)
    losses = -sum(weight for weight in weights if weight < 0)
    if total == 0:
        return 1.0
    magnitudes = sorted(abs(weight) for weight in weights if weight)
    patterns: int = 1 << len(magnitudes)
    mirrored = total - losses - 1
    if losses > mirrored:  # by symmetry the smaller tail is counted
        return float((patterns - _patterns_up_to(magnitudes, mirrored)) / patterns)
    return float(_patterns_up_to(magnitudes, losses) / patterns)


def _in_units(differences: Sequence[float], clusters: Sequence[str] | None) -> list[int]:
    """Sum by cluster, round down to the grid, and divide by the common divisor."""
    sums: defaultdict[str | int, list[float]] = defaultdict(list)
    for i, difference in enumerate(differences):
        sums[i if clusters is None else clusters[i]].append(difference)
    units = [math.floor(math.fsum(terms) * UNITS_PER_POINT + 1e-6) for terms in sums.values()]
    divisor = math.gcd(*units) or 1
    return [unit // divisor for unit in units]


def _patterns_up_to(magnitudes: Sequence[int], limit: int) -> int:
    """Count the subsets of magnitudes whose sum is at most `limit`.

    The polynomial product of (1 + x^m) in one big integer, `width` bits a coefficient: a shift and an
    addition for each case, so that a thousand graded cases take no numpy and no patience.
    """
    if limit < 0:
        return 0
    width = len(magnitudes) + 1
    keep = (1 << (width * (limit + 1))) - 1
    counts = 1
    for magnitude in magnitudes:
        if magnitude <= limit:
            counts += (counts << (width * magnitude)) & keep
    return counts % ((1 << width) - 1)  # the sum of the digits in base 2^width
