"""What a holdout of this size can see, so that it can be said before anything is paid for."""

from __future__ import annotations

import math

from rsi_cli.trust.beta import t_quantile

BETWEEN = 0.03  # variance of true gains between cases
TYPICAL_WITHIN = 0.36  # mean 2p(1 - p) of a case's draws, where nothing was measured yet
_MOST_CASES = 5000


def smallest_detectable_gain(
    cases: int, repeats: int, within: float = TYPICAL_WITHIN, *, alpha: float, power: float = 0.8
) -> float:
    """Give the true gain, 0…1, that the gate finds with probability `power`; 1.0 for fewer than 3 cases.

    repeats: draws a case at the last stage. within: mean over cases of 2p(1 - p), p being the incumbent's
    pass rate on the case. alpha: what the last stage may spend. Student's t in place of the normal
    quantile, for small holdouts. With one draw, enough cases must get better for p to reach alpha at all.
    """
    if cases < 3:
        return 1.0
    quantiles = t_quantile(1.0 - alpha, cases - 1) + t_quantile(power, cases - 1)
    gain = quantiles * math.sqrt((BETWEEN + within / repeats) / cases)
    floor = fewest_cases(alpha) / cases if repeats == 1 else 0.0
    return min(1.0, max(gain, floor))


def cases_to_see(gain: float, repeats: int, within: float = TYPICAL_WITHIN, *, alpha: float) -> int:
    """Give the number of held-out cases, at most 5000, with which a true gain of that size is found."""
    low, high = 3, _MOST_CASES
    while low < high:
        middle = (low + high) // 2
        if smallest_detectable_gain(middle, repeats, within, alpha=alpha) <= gain:
            high = middle
        else:
            low = middle + 1
    return low


def fewest_cases(alpha: float) -> int:
    """Give how many cases must get better, and none worse, before p can be at most `alpha`."""
    return math.ceil(-math.log2(alpha) - 1e-9)
