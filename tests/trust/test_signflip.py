"""The sign-flip test is exact, order-free, monotone, and never flattered by rounding."""

from __future__ import annotations

import itertools
import math
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.trust.signflip import sign_flip_p

SMALL = st.lists(st.integers(-4, 4).map(float), max_size=9)
GRADED = st.lists(st.floats(-1, 1), max_size=9)


def by_enumeration(differences: list[float]) -> float:
    """All sign patterns, one by one."""
    total = math.fsum(differences)
    patterns = list(itertools.product((-1, 1), repeat=len(differences)))
    as_good = sum(
        math.fsum(s * abs(d) for s, d in zip(p, differences, strict=True)) >= total - 1e-9 for p in patterns
    )
    return as_good / len(patterns)


@given(differences=SMALL)
def test_it_counts_every_sign_pattern(differences: list[float]) -> None:
    assert sign_flip_p(differences) == pytest.approx(by_enumeration(differences), abs=1e-12)


@given(differences=GRADED)
def test_rounding_never_makes_graded_scores_look_better(differences: list[float]) -> None:
    assert sign_flip_p(differences) >= by_enumeration(differences) - 1e-12


@pytest.mark.parametrize(("better", "worse"), [(5, 0), (14, 2), (9, 9), (0, 3), (60, 20)])
def test_wins_and_losses_give_the_exact_mcnemar_test(better: int, worse: int) -> None:
    n = better + worse
    mcnemar = sum(math.comb(n, k) for k in range(better, n + 1)) / 2**n
    assert sign_flip_p([1.0] * better + [-1.0] * worse + [0.0] * 7) == pytest.approx(mcnemar, rel=1e-12)


def test_where_nothing_differs_nothing_is_shown() -> None:
    assert sign_flip_p([]) == sign_flip_p([0.0, 0.0]) == 1.0


@given(differences=GRADED, seed=st.integers(0, 99))
def test_the_order_of_cases_does_not_matter(differences: list[float], seed: int) -> None:
    shuffled = list(differences)
    random.Random(seed).shuffle(shuffled)
    assert sign_flip_p(shuffled) == sign_flip_p(differences)


@given(differences=GRADED.filter(bool), where=st.integers(0, 99), more=st.floats(0, 2))
def test_a_better_case_never_raises_p(differences: list[float], where: int, more: float) -> None:
    improved = list(differences)
    improved[where % len(improved)] += more
    assert sign_flip_p(improved) <= sign_flip_p(differences) + 1e-12


def test_float_noise_makes_no_tie_into_a_loss() -> None:
    assert sign_flip_p([0.3 - 0.1, 0.1 - 0.3]) == sign_flip_p([0.2, -0.2]) == 0.75


def test_cases_of_a_cluster_flip_together() -> None:
    gains = [1.0] * 6
    assert sign_flip_p(gains) == 1 / 64
    assert sign_flip_p(gains, ["a", "a", "a", "b", "b", "b"]) == 1 / 4
    assert sign_flip_p([1.0, -1.0, 1.0], ["a", "a", "b"]) == 1 / 2


def test_two_hundred_graded_cases_take_a_moment() -> None:
    rng = random.Random(0)
    start = time.perf_counter()
    assert 0 < sign_flip_p([4 * rng.uniform(-1, 1) for _ in range(200)]) <= 1
    assert time.perf_counter() - start < 10  # 0.2 s on a quiet machine
