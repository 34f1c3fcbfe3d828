"""Distributions agree with closed forms and printed tables."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.trust.beta import beta_cdf, beta_quantile, probability_worse, rate_bounds, t_quantile

SHAPES = st.floats(0.1, 200)


@given(n=st.integers(1, 60), k=st.integers(1, 60), x=st.floats(0.01, 0.99))
def test_beta_is_the_tail_of_the_binomial(n: int, k: int, x: float) -> None:
    k = min(k, n)
    tail = math.fsum(math.comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(k, n + 1))
    assert beta_cdf(x, k, n - k + 1) == pytest.approx(tail, abs=1e-10)


@given(a=SHAPES, b=SHAPES, q=st.floats(0.001, 0.999))
def test_the_quantile_undoes_the_distribution(a: float, b: float, q: float) -> None:
    x = beta_quantile(q, a, b)
    if 1e-9 < x < 1 - 1e-9:  # beyond, x itself runs out of digits
        assert beta_cdf(x, a, b) == pytest.approx(q, abs=1e-6)


@given(a=SHAPES, b=SHAPES, x=st.floats(1e-6, 1 - 1e-6))  # nearer to the ends 1 - x loses its digits
def test_the_two_tails_add_up_to_one(a: float, b: float, x: float) -> None:
    assert beta_cdf(x, a, b) + beta_cdf(1 - x, b, a) == pytest.approx(1.0, abs=1e-9)


def test_nothing_lies_outside_of_zero_and_one() -> None:
    assert (beta_cdf(-1, 2, 3), beta_cdf(0, 2, 3), beta_cdf(1, 2, 3), beta_cdf(2, 2, 3)) == (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("q", "degrees", "expected"),
    [
        (0.975, 1, 12.706),
        (0.975, 5, 2.571),
        (0.95, 10, 1.812),
        (0.975, 30, 2.042),
        (0.975, 2e6, 1.960),
        (0.025, 5, -2.571),
        (0.5, 7, 0.0),
    ],
)
def test_students_t_is_the_printed_one(q: float, degrees: float, expected: float) -> None:
    assert t_quantile(q, degrees) == pytest.approx(expected, abs=5e-4)


def test_worse_is_a_question_of_losses_against_wins() -> None:
    assert probability_worse(0, 0) == pytest.approx(0.5)
    assert probability_worse(3, 3) == pytest.approx(0.5)
    assert probability_worse(1, 0) == pytest.approx(0.818, abs=1e-3)
    assert probability_worse(2, 0) < 0.95 < probability_worse(3, 0)
    assert probability_worse(4, 1) + probability_worse(1, 4) == pytest.approx(1.0)


def test_bounds_of_a_rate_hold_the_rate_and_are_never_points() -> None:
    low, high = rate_bounds(0, 20)
    assert 0 < low < high < 0.12
    assert rate_bounds(10, 10)[0] == pytest.approx(1 - rate_bounds(10, 10)[1])
