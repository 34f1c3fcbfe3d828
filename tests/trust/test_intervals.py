"""Intervals cover what they say, with few cases too."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.trust.intervals import Gain, by_cluster, mean_interval, paired_gain, weighted_mean

DIFFERENCES = st.lists(st.floats(-1, 1), max_size=30)


@given(differences=DIFFERENCES)
def test_a_gain_lies_within_its_bounds_and_they_are_no_point(differences: list[float]) -> None:
    gain = paired_gain(differences)
    assert -1 <= gain.low <= gain.estimate <= gain.high <= 1
    assert gain.high - gain.low > 0.01


@given(scores=st.lists(st.floats(0, 1), max_size=30))
def test_a_mean_lies_within_its_bounds_and_they_are_no_point(scores: list[float]) -> None:
    low, high = mean_interval(scores)
    mean = sum(scores) / len(scores) if scores else 0.5
    assert -1e-9 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1 + 1e-9
    assert high - low > 0.001


def test_without_cases_everything_is_possible() -> None:
    assert paired_gain([]) == Gain(0.0, -1.0, 1.0)
    assert mean_interval([]) == (0.0, 1.0)


def test_passes_and_failures_have_wilsons_interval() -> None:
    assert mean_interval([1.0] * 8 + [0.0] * 2) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_equal_differences_leave_room_for_doubt_that_shrinks_with_cases() -> None:
    few, many = paired_gain([0.2] * 5), paired_gain([0.2] * 100)
    assert few.low < 0 < many.low < 0.2 < many.high < few.high


@given(differences=DIFFERENCES)
def test_a_loss_is_a_gain_seen_from_the_other_side(differences: list[float]) -> None:
    gain, loss = paired_gain(differences), paired_gain([-difference for difference in differences])
    assert (loss.low, loss.estimate, loss.high) == pytest.approx((-gain.high, -gain.estimate, -gain.low))


def coverage(
    draw: Callable[[random.Random], float], true_gain: float, cases: int, holdouts: int = 600
) -> float:
    rng = random.Random(20)
    gains = [paired_gain([draw(rng) for _ in range(cases)]) for _ in range(holdouts)]
    return sum(gain.low <= true_gain <= gain.high for gain in gains) / holdouts


def single_draws(rng: random.Random) -> float:
    """One draw of each: better in 30 %, worse in 5 %."""
    return rng.choices((1.0, -1.0, 0.0), (0.30, 0.05, 0.65))[0]


def two_draws(rng: random.Random) -> float:
    """Means of two draws of equals whose pass rates differ from case to case."""
    rate = rng.random()
    return sum((rng.random() < rate) - (rng.random() < rate) for _ in range(2)) / 2


def rare_catastrophe(rng: random.Random) -> float:
    """Small gains that a rare total loss makes good for nothing."""
    return -1.0 if rng.random() < 0.02 else 0.02


@pytest.mark.parametrize("cases", [10, 24, 60])
@pytest.mark.parametrize(
    ("draw", "true_gain"), [(single_draws, 0.25), (two_draws, 0.0), (rare_catastrophe, 0.02 * 0.98 - 0.02)]
)
def test_nominal_95_percent_cover_at_least_93(
    draw: Callable[[random.Random], float], true_gain: float, cases: int
) -> None:
    assert coverage(draw, true_gain, cases) >= 0.93


def test_the_interval_of_a_mean_covers_the_true_one() -> None:
    rng = random.Random(3)
    found = [mean_interval([rng.betavariate(5, 1) for _ in range(12)]) for _ in range(600)]
    assert sum(low <= 5 / 6 <= high for low, high in found) / 600 >= 0.93


def test_weights_count_as_their_effective_number_of_cases() -> None:
    scores = [1.0, 0.0, 0.5, 1.0]
    assert weighted_mean(scores, [3, 1, 0, 0]) == 0.75
    assert weighted_mean(scores, [0, 0, 0, 0]) is None
    assert mean_interval(scores, weights=[7, 7, 7, 7]) == mean_interval(scores)
    assert mean_interval(scores, weights=[1, 1, 0, 1]) == mean_interval([1.0, 0.0, 1.0])
    low, high = mean_interval(scores, weights=[1, 1, 1, 100])
    even_low, even_high = mean_interval(scores)
    assert high - low > even_high - even_low


def test_a_cluster_is_one_value_however_many_copies_it_holds() -> None:
    assert by_cluster([1.0] * 5, ["one"] * 5) == (1.0,)
    twins = by_cluster([0.5, 0.5, -0.5, -0.5, 0.0, 0.0], list("aabbcc"))
    assert twins == pytest.approx((0.5, -0.5, 0.0))
    assert paired_gain(twins) == paired_gain([0.5, -0.5, 0.0])
    assert by_cluster([0.3, 0.1], ["a", "b"]) == (0.3, 0.1)


def test_clusters_of_different_size_leave_the_mean_over_cases() -> None:
    values = by_cluster([1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"])
    assert sum(values) / 2 == pytest.approx(0.75)
