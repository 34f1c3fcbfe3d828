"""What a budget pays for, said before anything is paid, is what the night then does."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.evolution.plan import Costs, Prospect, affordable_repeats, next_turn
from rsi_cli.evolution.reach import STEP, calls_needed, paid_stages
from rsi_cli.suite.model import GateRule

RULE = GateRule()
COSTS = Costs(attempt=1.0, train=24, holdout=24, known_good=1, brood=4, draws=True)
COLD = replace(COSTS, draws=False)


def bred(costs: Costs, calls: float) -> tuple[int, float]:
    """How many generations a night breeds if each costs what it may, and the calls that are left then."""
    spent, count = float(costs.baseline), 0
    while True:
        prospect = Prospect(
            generation=count + 1,
            generations=None,
            left=max(0.0, calls - spent),
            spent=spent,
            solved=False,
            challenger=False,
            shares_spent=0.0,
        )
        if next_turn(prospect, costs, RULE).stop:
            return count, calls - spent
        spent, count = spent + costs.generation, count + 1


@given(calls=st.integers(0, 4000), draws=st.booleans(), holdout=st.integers(3, 120))
def test_a_budget_pays_for_a_look_where_a_night_would_breed_and_then_for_those_stages(
    calls: int,
    draws: bool,  # noqa: FBT001 - hypothesis passes by name
    holdout: int,
) -> None:
    costs = replace(COSTS, draws=draws, holdout=holdout)
    stages = paid_stages(costs, RULE, calls)
    generations, left = bred(costs, calls)
    assert bool(stages) == (generations > 0)
    if stages:
        there = affordable_repeats(RULE, costs, left, 1)
        assert there[: len(stages)] == stages, "never promised more than there is in the end"


@pytest.mark.parametrize("costs", [COSTS, COLD, replace(COSTS, holdout=120), replace(COSTS, attempt=2.5)])
def test_the_calls_that_are_needed_pay_for_a_generation_and_ten_fewer_do_not(costs: Costs) -> None:
    needed = calls_needed(lambda _: costs, RULE)
    assert needed % STEP == 0
    assert bred(costs, needed)[0] >= 1
    assert bred(costs, needed - STEP)[0] == 0
    assert paid_stages(costs, RULE, needed) != ()


def test_what_is_needed_is_reckoned_with_what_a_night_of_that_many_calls_costs() -> None:
    def price(calls: float) -> Costs:
        return replace(COSTS, train=math.floor(min(200.0, calls / 5)))

    needed = calls_needed(price, RULE)
    assert bred(price(needed), needed)[0] >= 1
    assert needed > calls_needed(lambda _: COSTS, RULE)


def test_without_a_limit_of_calls_a_look_has_all_its_stages() -> None:
    assert paid_stages(COSTS, RULE, math.inf) == RULE.repeats
    assert paid_stages(COLD, RULE, math.inf) == (1,)


def test_few_generations_leave_more_for_the_look() -> None:
    needed = calls_needed(lambda _: COSTS, RULE)
    rich = next(calls for calls in range(needed, 9000, 10) if paid_stages(COSTS, RULE, calls) == RULE.repeats)
    assert paid_stages(COSTS, RULE, rich - 10) != RULE.repeats
    assert paid_stages(COSTS, RULE, rich - 10, generations=1) == RULE.repeats
