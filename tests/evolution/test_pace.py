"""One generation's step: only what was crowned is a gain, and it counts by how sure it is."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean, stdev

import pytest

from rsi_cli.evolution.pace import paced
from rsi_cli.evolution.search import Search
from rsi_cli.ledger.events import Confirmed, Lap, Raced
from rsi_cli.nouns import CandidateId, CaseResult
from tests.evolution.searches import answered, beginning, results

NEW, OTHER = CandidateId("new"), CandidateId("other")
LAPS = (
    Lap(candidate=NEW, results=results(3), finished=True),
    Lap(candidate=OTHER, results=results(0, asked=4), finished=False),
)
RACED = Raced(generation=1, laps=LAPS)


def after(
    measured: tuple[CaseResult, ...], difference: float, *, crowned: bool = True, fresh: bool = True
) -> Confirmed:
    return Confirmed(
        generation=1, candidate=NEW, results=measured, difference=difference, crowned=crowned, fresh=fresh
    )


def search(before: tuple[CaseResult, ...]) -> Search:
    start = beginning(2)
    return replace(start, train={start.champion.id: before})


def test_a_generation_without_a_finalist_is_a_dry_one_that_took_its_calls() -> None:
    pace = paced(search(results(0)), RACED, None, 10.0)
    assert (pace.generations, pace.dry, pace.gain, pace.calls) == (1, 1, 0.0, 10.0)


def test_a_finalist_that_did_not_hold_up_is_no_gain() -> None:
    pace = paced(search(results(0)), RACED, after(results(0, 1), 0.0, crowned=False), 16.0)
    assert (pace.dry, pace.gain, pace.confirmed) == (1, 0.0, 0)
    assert pace.calls == 16.0, "they were paid for all the same"


def test_what_was_crowned_is_the_gain() -> None:
    pace = paced(search(results(0)), RACED, after(results(4, 1), 4 / 6), 16.0)
    assert (pace.dry, pace.gain, pace.confirmed, pace.calls) == (0, 4 / 6, 1, 16.0)


@pytest.mark.parametrize(
    ("won", "lost", "counts"), [(3, 0, True), (2, 0, True), (3, 2, False), (1, 0, False)]
)
def test_a_gain_counts_from_1_28_standard_errors_of_paired_cases(
    won: int,
    lost: int,
    counts: bool,  # noqa: FBT001 - the last column of the table
) -> None:
    """Of six cases so many are won and lost against the champion before, which had solved half of them."""
    before = {n: float(n < 3) for n in range(6)}
    then = {**before, **dict.fromkeys(range(3, 3 + won), 1.0), **dict.fromkeys(range(lost), 0.0)}
    steps = [then[n] - before[n] for n in range(6)]
    z = fmean(steps) / (stdev(steps) / math.sqrt(6))
    assert (z >= 1.28) is counts, "the table is right"
    pace = paced(search(answered(before)), RACED, after(answered(then, 1), fmean(steps)), 10.0)
    assert pace.confirmed == int(counts)


def test_a_case_that_one_of_them_could_not_answer_is_left_out() -> None:
    before = answered({0: 0.0, 1: 0.0, 2: 0.0, 3: None, 4: 1.0})
    then = answered({0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0, 4: None}, 1)
    assert paced(search(before), RACED, after(then, 1.0), 10.0).confirmed == 1, "all three pairs say the same"


@pytest.mark.parametrize("then", [{0: 1.0}, {0: 1.0, 1: None}, {5: 1.0}])
def test_one_pair_says_nothing_of_how_sure_it_is(then: dict[int, float | None]) -> None:
    pace = paced(search(answered({0: 0.0, 1: 0.0})), RACED, after(answered(then, 1), 1.0), 10.0)
    assert (pace.confirmed, pace.dry) == (0, 1)
