"""Beta and Student distributions from the standard library alone."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_TINY = 1e-300
_ENOUGH = 1e-15
_MOST_TERMS = 10_000


def beta_cdf(x: float, a: float, b: float) -> float:
    """Give P(X <= x) of Beta(a, b): the regularised incomplete beta function; a, b > 0.

    By its continued fraction (Abramowitz & Stegun 26.5.8) with Lentz's method; error below 1e-12.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):  # there the fraction converges slowly; the mirrored one does not
        return 1.0 - beta_cdf(1.0 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, evaluated forwards (modified Lentz)."""
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for numerator in (even, odd):
            d = 1.0 / _not_zero(1.0 + numerator * d)
            c = _not_zero(1.0 + numerator / c)
            value *= c * d
        if abs(c * d - 1.0) < _ENOUGH:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def beta_quantile(q: float, a: float, b: float) -> float:
    """Give the x with P(X <= x) = q of Beta(a, b), by halving; error below 1e-12."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < q:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def probability_worse(lost: int, won: int) -> float:
    """Give P(changes are losses rather than wins): the part of Beta(lost + 1/2, won + 1/2) beyond 1/2."""
    return 1.0 - beta_cdf(0.5, lost + 0.5, won + 0.5)


def rate_bounds(hits: int, misses: int, *, prior: float = 0.5, tail: float = 0.05) -> tuple[float, float]:
    """Give the lower and the upper bound of a rate, `tail` of the posterior beyond each.

    Beta(hits + prior, misses + prior); with prior 1/2 Jeffreys' interval.
    """
    a, b = hits + prior, misses + prior
    return beta_quantile(tail, a, b), beta_quantile(1.0 - tail, a, b)


@lru_cache(maxsize=1024)
def t_quantile(q: float, degrees: float) -> float:
    """Give Student's t with `degrees` > 0 of freedom below which lies the part q, 0 < q < 1."""
    if degrees > 1e6:
        return NormalDist().inv_cdf(q)
    x = beta_quantile(2 * min(q, 1.0 - q), degrees / 2, 0.5)
    return math.copysign(math.sqrt(degrees * (1.0 - x) / x), q - 0.5)
