from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from rsi_cli.errors import BugError
from rsi_cli.models.budget import Budget, Reservation
from rsi_cli.nouns import Usage
from rsi_cli.suite.model import Limits
from tests.fakes.provider import FakeClock

ONE = Usage(calls=1, input_tokens=10, output_tokens=10, usd=0.5)


def test_without_limits_everything_fits() -> None:
    budget = Budget(Limits())
    assert all(budget.reserve(ONE) for _ in range(100))
    assert budget.fraction() == 0.0
    assert budget.left_seconds() is None


@pytest.mark.parametrize(
    "limits",
    [Limits(max_calls=2), Limits(max_tokens=40), Limits(max_usd=1.0)],
    ids=["calls", "tokens", "usd"],
)
def test_what_is_in_flight_counts(limits: Limits) -> None:
    budget = Budget(limits)
    first, second = budget.reserve(ONE), budget.reserve(ONE)
    assert first
    assert second
    assert budget.reserve(ONE) is None
    budget.release(first)
    assert budget.reserve(ONE)


def test_settling_for_less_gives_back_the_rest() -> None:
    budget = Budget(Limits(max_tokens=40))
    held = budget.reserve(Usage(calls=1, input_tokens=10, output_tokens=30))
    assert held
    assert budget.reserve(ONE) is None
    budget.settle(held, Usage(calls=1, input_tokens=5, output_tokens=5))
    assert budget.reserve(ONE)
    assert budget.spent == Usage(calls=1, input_tokens=5, output_tokens=5)


def test_earlier_sessions_count() -> None:
    budget = Budget(Limits(max_calls=5), Usage(calls=4))
    assert budget.reserve(ONE)
    assert budget.reserve(ONE) is None


def test_time_runs_out() -> None:
    clock = FakeClock()
    budget = Budget(Limits(max_seconds=60.0), clock=clock, elapsed_s=20.0)
    assert budget.left_seconds() == 40.0
    clock.now += 10.0
    assert budget.fraction() == 0.5
    assert budget.reserve(ONE)
    clock.now += 30.0
    assert budget.reserve(ONE) is None
    assert budget.left_seconds() == 0.0
    assert budget.fraction() == 1.0


def test_the_fullest_limit_is_the_fraction() -> None:
    budget = Budget(
        Limits(max_calls=10, max_tokens=40, max_usd=100.0), Usage(calls=1, input_tokens=20, usd=1.0)
    )
    assert budget.fraction() == 0.5


def test_a_limit_of_nothing_is_spent_from_the_start() -> None:
    budget = Budget(Limits(max_calls=0))
    assert budget.fraction() == 1.0
    assert budget.reserve(ONE) is None


def test_a_cached_answer_is_counted_and_free() -> None:
    budget = Budget(Limits(max_calls=1))
    budget.count_cached()
    assert budget.spent == Usage(cached_calls=1)
    assert budget.reserve(ONE)


def test_a_reservation_ends_once() -> None:
    budget = Budget(Limits())
    held = budget.reserve(ONE)
    assert held
    budget.settle(held, ONE)
    with pytest.raises(BugError):
        budget.release(held)
    assert budget.spent == ONE


async def test_a_claim_waits_for_what_others_give_back() -> None:
    budget = Budget(Limits(max_tokens=30))
    held = budget.reserve(ONE)
    assert held
    waiting = asyncio.create_task(budget.claim(ONE))
    await asyncio.sleep(0)
    assert not waiting.done()
    budget.settle(held, Usage(calls=1, input_tokens=5))
    assert await waiting


async def test_a_claim_that_can_never_fit_does_not_wait() -> None:
    budget = Budget(Limits(max_tokens=30), Usage(input_tokens=15))
    assert budget.reserve(Usage(calls=1))
    assert await budget.claim(ONE) is None


async def test_a_claim_gives_up_when_the_others_used_all() -> None:
    budget = Budget(Limits(max_tokens=30))
    held = budget.reserve(ONE)
    assert held
    waiting = asyncio.create_task(budget.claim(ONE))
    await asyncio.sleep(0)
    budget.settle(held, ONE)
    assert await waiting is None


async def test_a_cancelled_claim_holds_nothing() -> None:
    budget = Budget(Limits(max_calls=1))
    held = budget.reserve(ONE)
    assert held
    waiting = asyncio.create_task(budget.claim(ONE))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    budget.release(held)
    assert budget.reserve(ONE)


class BudgetLaw(RuleBasedStateMachine):
    """Reserve, settle within the estimate, release: no limit is passed, nothing falls below zero."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.limits = Limits(max_calls=5, max_tokens=100, max_usd=1.0)
        self.budget = Budget(self.limits)

    @rule(target=held, given_=st.integers(0, 60), got=st.integers(0, 60), cents=st.integers(0, 60))
    def reserve(self, given_: int, got: int, cents: int) -> Reservation | None:
        return self.budget.reserve(Usage(calls=1, input_tokens=given_, output_tokens=got, usd=cents / 100))

    @rule(reservation=consumes(held), share=st.floats(0.0, 1.0))
    def settle(self, reservation: Reservation | None, share: float) -> None:
        if reservation is None:
            return
        told = reservation.estimate
        used = Usage(
            calls=1,
            input_tokens=int(told.input_tokens * share),
            output_tokens=int(told.output_tokens * share),
            usd=told.usd * share,
        )
        self.budget.settle(reservation, used)

    @rule(reservation=consumes(held))
    def release(self, reservation: Reservation | None) -> None:
        if reservation is not None:
            self.budget.release(reservation)

    @invariant()
    def no_limit_is_passed(self) -> None:
        total = self.budget.spent + self.budget.in_flight
        assert total.calls <= 5
        assert total.input_tokens + total.output_tokens <= 100
        assert total.usd <= 1.0 + 1e-9
        assert 0.0 <= self.budget.fraction() <= 1.0

    @invariant()
    def nothing_falls_below_zero(self) -> None:
        spent = self.budget.spent
        assert min(spent.calls, spent.input_tokens, spent.output_tokens, spent.usd) >= 0
        assert min(self.budget.in_flight.calls, self.budget.in_flight.input_tokens) >= 0


TestBudgetLaw = BudgetLaw.TestCase


@given(calls=st.integers(0, 10**6), limit=st.integers(0, 10**6))
def test_overspending_by_a_call_in_flight_never_shows_as_more_than_all(calls: int, limit: int) -> None:
    budget = Budget(Limits(max_calls=limit), Usage(calls=calls))
    assert (budget.reserve(Usage(calls=1)) is None) is (calls >= limit)
    assert 0.0 <= budget.fraction() <= 1.0
