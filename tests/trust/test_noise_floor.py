"""The A/A run says how much of a score is luck, and how often to draw."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.noise_floor import chosen, noise_floor, stages, stages_up_to

RULE = GateRule()


def drawn(rows: Sequence[Sequence[float | None]]) -> list[CaseResult]:
    return [
        CaseResult(
            case_id=CaseId(f"c{at:02}"),
            repeat=repeat,
            output=None,
            result=Failed(Blame.MODEL, "no answer") if score is None else Measured(score, "graded"),
            passed=score is not None and score >= 0.5,
        )
        for at, row in enumerate(rows)
        for repeat, score in enumerate(row)
    ]


def test_a_version_that_never_wavers_needs_one_draw() -> None:
    floor = noise_floor(drawn([[1.0, 1.0, 1.0]] * 6 + [[0.0, 0.0, 0.0]] * 6))
    assert floor.within == 0.0
    assert stages(floor, RULE, fresh_draws=True) == (1,)
    assert floor.sentence == (
        "Asked again, the committed version scored the same on all 12 train cases (noise at most 24 %)."
    )


def test_being_steady_where_it_fails_is_not_enough() -> None:
    """A better version will pass there, and how steadily is not known."""
    floor = noise_floor(drawn([[1.0, 1.0]] * 5 + [[0.0, 0.0]] * 19))
    assert (floor.within, floor.solid, floor.dark) == (0.0, 5, 19)
    assert stages(floor, RULE, fresh_draws=True) == RULE.repeats
    assert floor.expected == pytest.approx((19 * 0.18 + 2 * 0.36) / 26)
    one_more = noise_floor(drawn([[1.0, 1.0]] * 6 + [[0.0, 0.0]] * 18))
    assert stages(one_more, RULE, fresh_draws=True) == (1,)


@pytest.mark.parametrize(
    ("draws", "expected"),
    [
        (1, (1,)),
        (2, (1, 2)),
        (3, (1, 2, 3)),
        (4, (1, 2, 4)),
        (5, (1, 2, 5)),
        (8, (1, 3, 8)),
        (16, (1, 4, 16)),
    ],
)
def test_stages_grow_up_to_the_draws_that_are_wanted(draws: int, expected: tuple[int, ...]) -> None:
    assert stages_up_to(draws) == expected


def test_a_wavering_version_is_named_and_drawn_in_stages() -> None:
    floor = noise_floor(drawn([[1.0, 0.0, 1.0]] * 6 + [[1.0, 1.0, 1.0]] * 6))
    assert floor.within == pytest.approx(6 * (2 / 3) / 12)
    assert floor.flipped == tuple(f"c{at:02}" for at in range(6))
    assert stages(floor, RULE, fresh_draws=True) == RULE.repeats
    assert floor.sentence.startswith("Against itself the committed version differs on 33 % of draws (")


def test_at_temperature_0_one_draw_decides_whatever_was_seen() -> None:
    assert stages(noise_floor(drawn([[0.0, 1.0]] * 12)), RULE, fresh_draws=False) == (1,)


@pytest.mark.parametrize("rows", [[], [[1.0]] * 12, [[1.0, None]] * 12, [[1.0, 1.0]] * 3])
def test_too_little_seen_leaves_the_rule_as_it_is(rows: list[list[float | None]]) -> None:
    assert stages(noise_floor(drawn(rows)), RULE, fresh_draws=True) == RULE.repeats


def test_the_owners_word_counts_more_than_the_noise() -> None:
    quiet = noise_floor(drawn([[1.0, 1.0]] * 12))
    assert stages(quiet, GateRule(repeats=(3,)), fresh_draws=True, stated=True) == (3,)


def test_nothing_measured_is_said_and_the_usual_noise_is_planned_with() -> None:
    floor = noise_floor([])
    assert floor.within is None
    assert floor.expected == pytest.approx(0.36)
    assert floor.sentence == "The noise floor is not known: no train case was answered twice."


def test_graded_noise_counts_even_where_nothing_flips() -> None:
    floor = noise_floor(drawn([[0.6, 1.0]] * 12))
    assert floor.flipped == ()
    assert floor.within == pytest.approx(0.16)
    assert stages(floor, RULE, fresh_draws=True) == RULE.repeats


@given(
    rows=st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=4), min_size=1, max_size=20),
    seed=st.integers(),
)
def test_the_order_of_draws_says_nothing_and_the_interval_holds_the_estimate(
    rows: list[list[float]], seed: int
) -> None:
    results = drawn(rows)
    floor = noise_floor(results)
    mixed = Random(seed).sample(results, len(results))
    again = noise_floor(mixed)
    assert floor.within is not None
    assert again.within == pytest.approx(floor.within)
    assert again.flipped == floor.flipped
    assert 0.0 <= floor.low <= floor.within + 1e-9
    assert floor.within <= floor.high + 1e-9 <= 1.0 + 1e-9


def test_the_interval_covers_the_true_noise() -> None:
    """600 A/A runs of 12 cases: at a true coverage of 93 % fewer than 89 % has a chance below .001."""
    rng, covered = Random(5), 0
    for _ in range(600):
        rates = [rng.choice((0.0, 0.5, 0.8, 1.0)) for _ in range(12)]
        floor = noise_floor(drawn([[float(rng.random() < rate) for _ in range(3)] for rate in rates]))
        covered += floor.low <= 0.205 <= floor.high  # mean 2p(1 - p) of the four kinds
    assert covered / 600 > 0.89


def test_cases_are_chosen_by_the_seed_alone() -> None:
    ids = [CaseId(f"c{at}") for at in range(40)]
    assert chosen(ids, Random(1)) == chosen(list(reversed(ids)), Random(1))
    assert len(set(chosen(ids, Random(1)))) == 24
    assert set(chosen(ids, Random(1), 6)) < set(chosen(ids, Random(1), 7)), "less money asks nothing new"
    assert len(chosen(ids[:5], Random(1))) == 5
