"""What a night's parts cost at most, and when it looks, goes on or stops."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rsi_cli.evolution.plan import (
    CLEARLY,
    CLEARLY_WHEN_DRY,
    DRY,
    Costs,
    Prospect,
    affordable_repeats,
    calls_left,
    costs_of,
    most_rounds,
    next_turn,
    noise_draws,
)
from rsi_cli.nouns import CaseId, Split, Usage
from rsi_cli.suite.model import Assertion, Case, GateRule, Limits, Suite

RULE = GateRule()
COSTS = Costs(attempt=1.0, train=24, holdout=24, known_good=8, brood=4, draws=True)
COLD = replace(COSTS, draws=False)
RUBRIC = Assertion(type="llm-rubric", value="Is it kind?")
BEGINNING = Prospect(
    generation=1,
    generations=None,
    left=math.inf,
    spent=56,
    solved=False,
    challenger=False,
    shares_spent=0.0,
)


def test_a_generation_costs_its_talks_its_race_and_its_confirmation() -> None:
    assert COSTS.baseline == 24 + 24 + 8
    assert COSTS.generation == 2 * 4 + (4 * 4 + 2 * 8 + 1 * 12) + 24
    assert COLD.generation == 2 * 4 + (4 * 4 + 2 * 8 + 1 * 12)


def test_a_look_costs_two_versions_and_the_known_good_cases_at_their_worst() -> None:
    assert COSTS.look(4) == 2 * 4 * 24 + 8 * (3 + 4)
    assert COLD.look(1) == 2 * 24 + 8
    assert (COSTS.promotion, COLD.promotion) == (2 * 2 * 24, 0)


def suite(*cases: tuple[Split, tuple[Assertion, ...]]) -> Suite:
    built = tuple(
        Case(id=CaseId(str(number)), input="x", split=split, asserts=asserts)
        for number, (split, asserts) in enumerate(cases)
    )
    return Suite(name="s", path="s", hash="h", cases=built)


@pytest.mark.parametrize(
    ("asserts", "calls"),
    [
        ((Assertion(type="equals", value="x"),), 1.0),
        ((RUBRIC,), 2.0),
        ((RUBRIC, replace(RUBRIC, negated=True)), 3.0),
        ((Assertion(type="assert-set", parts=(RUBRIC, RUBRIC, Assertion(type="equals"))),), 3.0),
    ],
)
def test_every_rubric_is_a_call_more(asserts: tuple[Assertion, ...], calls: float) -> None:
    costs = costs_of(suite((Split.TRAIN, asserts)), brood=4, draws=True, cases=(1, 0, 0))
    assert costs.attempt == calls


def test_the_split_with_most_rubrics_sets_the_price() -> None:
    mixed = suite(
        (Split.TRAIN, ()), (Split.TRAIN, ()), (Split.HOLDOUT, (RUBRIC,)), (Split.SEALED, (RUBRIC,) * 5)
    )
    assert costs_of(mixed, brood=4, draws=True, cases=(2, 1, 0)).attempt == 2.0


@pytest.mark.parametrize(
    ("limits", "spent", "elapsed_s", "left"),
    [
        (Limits(), Usage(calls=10), 5.0, math.inf),
        (Limits(max_calls=100), Usage(calls=10), 5.0, 90),
        (Limits(max_calls=100), Usage(calls=110), 5.0, 0),
        (Limits(max_tokens=1000), Usage(calls=10, input_tokens=150, output_tokens=50), 5.0, 40),
        (Limits(max_tokens=1000), Usage(calls=10, input_tokens=1500), 5.0, 0),
        (Limits(max_usd=1.0), Usage(calls=10, usd=0.5), 5.0, 10),
        (Limits(max_usd=1.0), Usage(calls=10), 5.0, math.inf),
        (Limits(max_usd=0.0), Usage(calls=10), 5.0, 0),
        (Limits(max_seconds=60), Usage(calls=10), 20.0, 20),
        (Limits(max_seconds=60), Usage(calls=10), 61.0, 0),
        (Limits(max_seconds=60), Usage(calls=0, cached_calls=500), 1.0, 29_500),
        (Limits(max_calls=100, max_seconds=60, max_usd=9.0), Usage(calls=10, usd=0.1), 20.0, 20),
        (Limits(max_calls=100), Usage(), 0.0, 100),
    ],
)
def test_the_tightest_limit_says_how_many_calls_are_left(
    limits: Limits, spent: Usage, elapsed_s: float, left: float
) -> None:
    assert calls_left(limits, spent, elapsed_s) == pytest.approx(left)


def test_a_look_gets_as_many_stages_as_can_be_paid_to_the_end() -> None:
    whole = COSTS.look(4) + COSTS.promotion
    assert affordable_repeats(RULE, COSTS, math.inf) == (1, 2, 4)
    assert affordable_repeats(RULE, COSTS, whole) == (1, 2, 4)
    assert affordable_repeats(RULE, COSTS, whole - 1) == (1, 2)
    assert affordable_repeats(RULE, COSTS, COSTS.look(2) + COSTS.promotion - 1) == (1,)
    assert affordable_repeats(RULE, COSTS, COSTS.look(1)) == (1,), "deciding goes before reporting"
    assert affordable_repeats(RULE, COSTS, COSTS.look(1) - 1) == ()


def test_without_fresh_draws_a_look_has_one_stage() -> None:
    assert affordable_repeats(RULE, COLD, math.inf) == (1,)
    assert affordable_repeats(replace(RULE, repeats=(2, 4)), COLD, math.inf) == (1,)
    assert affordable_repeats(RULE, COLD, COLD.look(1) - 1) == ()


@pytest.mark.parametrize(
    ("calls", "attempt", "train", "drawn"),
    [
        (math.inf, 1.0, 60, (24, 1)),
        (math.inf, 1.0, 12, (12, 2)),
        (math.inf, 1.0, 5, (5, 2)),
        (math.inf, 1.0, 3, (0, 0)),
        (2000, 1.0, 60, (24, 1)),
        (2000, 4.0, 60, (10, 1)),
        (800, 1.0, 60, (16, 1)),
        (800, 1.0, 8, (8, 2)),
        (200, 1.0, 60, (4, 1)),
        (199, 1.0, 60, (0, 0)),
        (0, 1.0, 60, (0, 0)),
    ],
)
def test_the_a_a_run_asks_many_cases_before_it_asks_them_often(
    calls: float, attempt: float, train: int, drawn: tuple[int, int]
) -> None:
    assert noise_draws(calls, attempt, train) == drawn


@given(st.integers(0, 10_000), st.floats(1, 5), st.integers(0, 200))
def test_the_a_a_run_takes_at_most_a_fiftieth_of_the_budget(calls: int, attempt: float, train: int) -> None:
    cases, times = noise_draws(calls, attempt, train)
    assert cases <= train
    assert attempt * cases * times <= 0.02 * calls + 1e-6
    assert cases == 0 or cases >= 4


def test_the_a_a_run_is_a_part_of_the_baseline_and_there_is_none_at_temperature_0() -> None:
    judged = suite(*((Split.TRAIN, (RUBRIC,)) for _ in range(30)))
    costs = costs_of(judged, brood=4, draws=True, cases=(30, 0, 0), calls=1000)
    assert (costs.again, costs.noise, costs.baseline) == (10, 20, 60 + 20)
    cold = costs_of(judged, brood=4, draws=False, cases=(30, 0, 0), calls=1000)
    assert (cold.noise, cold.baseline) == (0, 60)


def test_more_noise_than_usual_lets_a_look_wait_and_less_does_not_hurry_it() -> None:
    early = replace(BEGINNING, spent=300.0, left=10_000.0, challenger=True)
    clear = replace(early, lead=0.6)
    assert next_turn(replace(clear, within=0.36), COSTS, RULE).share == pytest.approx(0.25)
    assert next_turn(replace(clear, within=0.5), COSTS, RULE).share == 0.0
    assert next_turn(replace(early, lead=0.45, within=0.02), COSTS, RULE).share == 0.0


@given(
    left=st.integers(0, 3000), costs=st.sampled_from([COSTS, COLD, replace(COSTS, attempt=2.5, known_good=0)])
)
def test_stages_are_always_paid_for(left: int, costs: Costs) -> None:
    stages = affordable_repeats(RULE, costs, left)
    assert stages == RULE.repeats[: len(stages)]
    assert not stages or costs.look(stages[-1]) <= left


def test_a_night_without_limits_goes_on() -> None:
    turn = next_turn(BEGINNING, COSTS, RULE)
    assert (turn.stop, turn.share, turn.spent) == ("", 0.0, 0.0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"solved": True}, "no train case fails any more"),
        ({"generation": 4, "generations": 3}, "generations done"),
        ({"left": 100.0, "spent": 900.0}, "budget spent"),
        ({"left": 0.0, "spent": 0.0}, "budget spent"),
    ],
)
def test_a_night_ends_for_a_reason_and_looks_a_last_time(change: dict[str, float], why: str) -> None:
    turn = next_turn(replace(BEGINNING, **change), COSTS, RULE)  # type: ignore[arg-type]
    assert turn.stop == why
    assert turn.share == pytest.approx(1.0), "what no earlier look has used"


def test_a_challenger_that_solved_everything_is_looked_at_before_the_night_ends() -> None:
    turn = next_turn(replace(BEGINNING, solved=True, challenger=True), COSTS, RULE)
    assert turn.stop == ""
    assert turn.share == pytest.approx(0.5)
    turn = next_turn(replace(BEGINNING, solved=True, challenger=True, shares_spent=0.6), COSTS, RULE)
    assert turn.share == pytest.approx(0.2), "half of what is left is kept for another lineage"


def test_a_look_in_the_middle_comes_only_if_a_challenger_waits_whose_gain_it_can_hardly_miss() -> None:
    rule = replace(RULE, shares=(0.4, 0.6))
    middle = replace(BEGINNING, generation=4, generations=6, lead=1.0)
    assert next_turn(middle, COSTS, rule).share == 0.0
    assert next_turn(replace(middle, challenger=True), COSTS, rule).share == pytest.approx(0.4)
    assert next_turn(replace(middle, challenger=True, lead=0.1), COSTS, rule).share == 0.0, "luck would do it"
    assert next_turn(replace(middle, challenger=True, generation=3), COSTS, rule).share == pytest.approx(0.25)
    assert next_turn(replace(middle, challenger=True, shares_spent=0.9), COSTS, rule).share == 0.0


def test_the_last_look_gets_what_the_first_has_left() -> None:
    end = replace(BEGINNING, generation=7, generations=6)
    assert next_turn(replace(end, shares_spent=0.2), COSTS, RULE).share == pytest.approx(0.8)
    assert next_turn(end, COSTS, RULE).share == pytest.approx(1.0)
    assert next_turn(replace(end, shares_spent=1.0), COSTS, RULE).share == 0.0


def test_the_middle_is_found_by_calls_as_well_as_by_generations() -> None:
    rule = replace(RULE, shares=(0.4, 0.6))
    reserve = COSTS.look(4, drawn=1) + COSTS.promotion
    total = 2000 + reserve
    before = replace(BEGINNING, spent=999.0, left=total - 999.0, challenger=True, lead=1.0)
    assert next_turn(before, COSTS, rule).share == pytest.approx(0.25)
    after = replace(BEGINNING, spent=1000.0, left=total - 1000.0, challenger=True, lead=1.0)
    assert next_turn(after, COSTS, rule).share == pytest.approx(0.4)
    assert next_turn(after, COSTS, rule).spent == pytest.approx(0.5)


def test_the_last_look_keeps_as_many_draws_as_a_part_of_the_budget_pays() -> None:
    def stops(total: float, left: float) -> bool:
        return bool(next_turn(replace(BEGINNING, spent=total - left, left=left), COSTS, RULE).stop)

    rich, poor = 4000.0, 700.0
    four, one = (COSTS.look(draws, drawn=1) + COSTS.promotion for draws in (4, 1))
    assert stops(rich, four + COSTS.generation - 1)
    assert not stops(rich, four + COSTS.generation)
    assert stops(poor, one + COSTS.generation - 1)
    assert not stops(poor, one + COSTS.generation), "a poor night breeds rather than draws often"


def test_the_next_generation_is_expected_to_cost_what_the_dearest_did() -> None:
    cheap = replace(BEGINNING, spent=3000.0, left=COSTS.look(4, drawn=1) + COSTS.promotion + 60.0)
    assert next_turn(cheap, COSTS, RULE).stop == "budget spent"
    assert not next_turn(replace(cheap, dearest=48.0), COSTS, RULE).stop
    assert next_turn(replace(cheap, dearest=49.0), COSTS, RULE).stop == "budget spent"


def test_draws_that_are_there_are_not_paid_again() -> None:
    assert COSTS.look(2, drawn=1) == COSTS.look(2) - 24
    assert COSTS.look(1, drawn=4) == COSTS.look(1) - 24
    assert affordable_repeats(RULE, COSTS, COSTS.look(1) - 1, drawn=1) == (1,)


@pytest.mark.parametrize(
    ("calls", "train", "fresh"),
    [
        *[(math.inf, 200, 2), (2000, 80, 2), (1000, 40, 2), (800, 32, 2), (799, 31, 1)],
        *[(600, 24, 1), (240, 24, 1), (239, 24, 0), (100, 24, 0)],
    ],
)
def test_a_small_budget_breeds_by_fewer_train_cases_and_reports_by_fewer_draws(
    calls: float, train: int, fresh: int
) -> None:
    suited = suite((Split.TRAIN, ()), (Split.HOLDOUT, ()))
    costs = costs_of(suited, brood=4, draws=True, cases=(200, 30, 0), calls=calls)
    assert (costs.train, costs.fresh) == (train, fresh)
    assert costs.promotion == 2 * fresh * 30


@pytest.mark.parametrize(
    ("calls", "rounds"), [(math.inf, 8), (450, 8), (449, 4), (250, 4), (249, 2), (149, 1), (0, 1)]
)
def test_a_small_budget_writes_less(calls: float, rounds: int) -> None:
    """A brood of four with so many rounds takes 4 x (1 + rounds) calls, at most 8 % of the night's."""
    assert most_rounds(4, calls) == rounds
    assert costs_of(suite(), brood=4, draws=True, cases=(1, 0, 0), calls=calls).rounds == rounds


def test_a_search_at_rest_is_looked_at_for_less() -> None:
    waiting = replace(BEGINNING, spent=300.0, left=10_000.0, challenger=True)
    leads = [number / 100 for number in range(101)]

    def first_look(dry: int) -> float:
        return next(
            lead for lead in leads if next_turn(replace(waiting, lead=lead, dry=dry), COSTS, RULE).share
        )

    assert first_look(0) == first_look(DRY - 1)
    assert CLEARLY_WHEN_DRY < CLEARLY
    less = CLEARLY_WHEN_DRY / CLEARLY * first_look(0)
    assert first_look(DRY) == first_look(9) == pytest.approx(less, abs=0.01)


def test_the_gate_looks_early_at_what_it_can_hardly_miss() -> None:
    early = replace(BEGINNING, spent=300.0, left=10_000.0, challenger=True)
    assert next_turn(replace(early, lead=0.2), COSTS, RULE).share == 0.0
    assert next_turn(replace(early, lead=1.0), COSTS, RULE).share == pytest.approx(0.25)
    assert next_turn(replace(early, lead=1.0, shares_spent=0.6), COSTS, RULE).share == pytest.approx(0.1)


PROSPECTS = st.builds(
    Prospect,
    generation=st.integers(1, 40),
    generations=st.none() | st.integers(1, 40),
    left=st.floats(0, 20_000),
    spent=st.floats(0, 20_000),
    solved=st.booleans(),
    challenger=st.booleans(),
    shares_spent=st.sampled_from([0.0, 0.2, 0.8, 1.0]),
    lead=st.floats(0, 1),
    dry=st.integers(0, 9),
)
ANY_COSTS = st.builds(
    Costs,
    attempt=st.floats(1, 4),
    train=st.integers(1, 60),
    holdout=st.integers(1, 60),
    known_good=st.integers(0, 20),
    brood=st.integers(1, 12),
    draws=st.booleans(),
    fresh=st.integers(0, 2),
)


@given(PROSPECTS, ANY_COSTS)
def test_after_a_generation_the_last_look_is_still_paid_for(prospect: Prospect, costs: Costs) -> None:
    turn = next_turn(prospect, costs, RULE)
    assume(not turn.stop)
    after = prospect.left - costs.generation
    last = costs.look(4 if costs.draws else 1) + costs.promotion
    assert after >= min(last, (prospect.left + prospect.spent) / 2) - 1e-6


@given(PROSPECTS, ANY_COSTS)
def test_looks_never_spend_more_than_alpha(prospect: Prospect, costs: Costs) -> None:
    turn = next_turn(prospect, costs, RULE)
    assert turn.share >= 0.0
    assert turn.share + prospect.shares_spent <= 1.0 + 1e-9
    assert 0.0 <= turn.spent <= 1.0


@given(PROSPECTS, ANY_COSTS)
def test_a_look_in_the_middle_is_for_a_challenger(prospect: Prospect, costs: Costs) -> None:
    turn = next_turn(replace(prospect, challenger=False), costs, RULE)
    assert turn.stop or turn.share == 0.0
