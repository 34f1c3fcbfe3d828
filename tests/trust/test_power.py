"""What a holdout can see is said as it was simulated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.trust.power import cases_to_see, fewest_cases, smallest_detectable_gain


@pytest.mark.parametrize(
    ("cases", "staged", "one_draw"), [(20, 22, 35), (30, 17, 29), (60, 12, 20), (120, 9, 14), (200, 7, 11)]
)
def test_the_formula_agrees_with_simulated_nights(cases: int, staged: int, one_draw: int) -> None:
    assert 100 * smallest_detectable_gain(cases, 4, alpha=0.032) == pytest.approx(staged, abs=3)
    assert 100 * smallest_detectable_gain(cases, 1, alpha=0.04) == pytest.approx(one_draw, abs=3)


@given(cases=st.integers(3, 400), repeats=st.integers(1, 4), within=st.floats(0, 0.5))
def test_more_cases_and_more_draws_see_smaller_gains(cases: int, repeats: int, within: float) -> None:
    gain = smallest_detectable_gain(cases, repeats, within, alpha=0.04)
    assert 0 < gain <= 1
    assert smallest_detectable_gain(cases + 1, repeats, within, alpha=0.04) <= gain
    assert smallest_detectable_gain(cases, repeats + 1, within, alpha=0.04) <= gain


@given(gain=st.floats(0.03, 0.5), repeats=st.integers(1, 4))
def test_the_cases_asked_for_are_enough_and_not_one_too_many(gain: float, repeats: int) -> None:
    cases = cases_to_see(gain, repeats, alpha=0.04)
    assert smallest_detectable_gain(cases, repeats, alpha=0.04) <= gain
    assert smallest_detectable_gain(cases - 1, repeats, alpha=0.04) > gain


@pytest.mark.parametrize(
    ("alpha", "cases"), [(0.5, 1), (0.05, 5), (0.04, 5), (1 / 32, 5), (0.03, 6), (0.01, 7)]
)
def test_luck_is_excluded_by_so_many_wins_without_a_loss(alpha: float, cases: int) -> None:
    assert fewest_cases(alpha) == cases
    assert 0.5**cases <= alpha < 0.5 ** (cases - 1)
