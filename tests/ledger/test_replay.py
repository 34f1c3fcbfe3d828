"""Facts in, state out."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.ledger.events import Event
from rsi_cli.ledger.journal import KINDS
from rsi_cli.ledger.replay import RunState, mean_score, replay, step
from tests.fakes.night import C1, GAIN, HALF, LOST, NIGHT, STARTED, ZERO, look, result


def test_a_whole_night_is_told() -> None:
    state = replay(NIGHT)
    assert (state.run, state.skill, state.suite_hash, state.seed) == (STARTED.run, STARTED.skill, "abc", 7)
    assert (state.generations, state.born, state.refused) == (1, 3, 1)
    assert (state.measured, state.unmeasured) == (2, 1)
    assert state.champions == (C1,)
    assert [kept.ref for kept in state.kept] == ["refs/rsi/champions/x/1"]
    assert (len(state.looks), state.rejected, state.undecided, len(state.skipped)) == (2, 1, 0, 1)
    (promotion,) = state.promotions
    assert (promotion.candidate, promotion.gain, promotion.holdout_score) == (C1, GAIN, 0.7)
    assert (state.gain, state.stopped_because, state.finished) == (GAIN, "generations", True)
    assert state.planned is None


def test_an_undecided_look_is_no_rejection() -> None:
    state = replay([STARTED, look(0, C1, "undecided"), look(1, C1, "reject"), look(2, C1, "undecided")])
    assert (len(state.looks), state.rejected, state.undecided) == (3, 1, 2)


def test_a_night_killed_before_its_commit_has_a_planned_promotion() -> None:
    state = replay(NIGHT[:12])
    assert state.planned is not None
    assert state.planned.candidate == C1
    assert (state.promotions, state.finished, state.stopped_because) == ((), False, None)
    assert state.baseline == {"holdout": pytest.approx(0.375)}


def test_a_score_is_a_mean_over_cases_of_what_was_measured() -> None:
    assert mean_score([result("a", HALF), result("a", ZERO, 1), result("b", HALF)]) == pytest.approx(0.375)
    assert mean_score([result("a", HALF), result("b", LOST)]) == 0.5
    assert math.isnan(mean_score([result("a", LOST)]))


def test_no_facts_no_run() -> None:
    state = replay(())
    assert state == RunState.empty()
    assert (state.run, state.skill, state.suite_hash, state.seed, state.finished) == (
        None,
        None,
        None,
        None,
        False,
    )


@given(st.integers(0, len(NIGHT)))
def test_any_cut_of_a_journal_replays_to_a_state_that_goes_on_to_the_same_end(cut: int) -> None:
    state = replay(NIGHT[:cut])
    for event in NIGHT[cut:]:
        state = step(state, event)
    assert state == replay(NIGHT)


def test_every_kind_of_fact_is_known_and_in_the_example() -> None:
    assert set(KINDS.values()) == set(get_args(Event)) == {type(event) for event in NIGHT}


def test_an_unknown_fact_changes_nothing() -> None:
    state = replay(NIGHT)
    assert step(state, "a fact of a newer version") is state  # type: ignore[arg-type]
