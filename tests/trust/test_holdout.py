"""What the holdout may spend, has spent, and can show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import CaseId, RunId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.holdout import LookPlan, PastLook, before_spending, wear

PLAN = LookPlan.of(GateRule())
IDS = frozenset(map(CaseId, ("a", "b", "c")))


@pytest.mark.parametrize(
    ("budget_spent", "shares_spent", "due"),
    [
        (0.0, 0.0, 0.0),
        (0.49, 0.0, 0.0),
        (0.5, 0.0, 0.2),
        (0.7, 0.2, 0.0),
        (1.0, 0.2, 0.8),
        (1.0, 0.0, 1.0),  # the look at half was not taken: its share is not lost
        (1.0, 1.0, 0.0),
    ],
)
def test_a_look_is_due_at_half_and_at_the_end(budget_spent: float, shares_spent: float, due: float) -> None:
    assert PLAN.share_due(budget_spent, shares_spent) == pytest.approx(due)


@given(
    points=st.lists(st.floats(0, 1), max_size=20),
    shares=st.sampled_from([(1.0,), (0.2, 0.8), (0.1, 0.2, 0.7)]),
)
def test_however_often_it_is_asked_a_night_never_spends_more_than_all(
    points: list[float], shares: tuple[float, ...]
) -> None:
    plan, spent = LookPlan.of(GateRule(shares=shares)), 0.0
    for point in sorted(points):
        spent += plan.share_due(point, spent)
    assert spent <= 1.0 + 1e-9


def past(run: str, alpha: float, *ids: str) -> PastLook:
    return PastLook(run=RunId(run), alpha=alpha, case_ids=frozenset(map(CaseId, ids)), promoted=False)


def test_wear_counts_looks_at_each_case() -> None:
    assert wear([past("mon", 0.01, "a"), past("tue", 0.01, "a", "b", "z")], IDS) == {"a": 2, "b": 1, "c": 0}


def test_before_spending_it_says_what_can_be_told_from_luck() -> None:
    outlook = before_spending(GateRule(), 24, failing=12, fresh_draws=True)
    assert outlook.sentence == (
        "With 24 held-out cases, gains under 20 points cannot be told from luck; "
        "add about 65 cases to see 10 points."
    )
    assert outlook.smallest_gain == pytest.approx(0.198, abs=0.001)
    assert outlook.warnings == ()


def test_one_draw_sees_less_than_four() -> None:
    warm = before_spending(GateRule(), 60, failing=None, fresh_draws=True)
    cold = before_spending(GateRule(), 60, failing=None, fresh_draws=False)
    assert cold.smallest_gain > warm.smallest_gain + 0.05


@pytest.mark.parametrize(
    ("cases", "failing", "fresh_draws", "words"),
    [
        (4, None, True, "at least 5 held-out cases, there are 4"),
        (24, 4, False, "fails 4 held-out cases, and 5 have to get better"),
        (24, 4, True, "fewer than 5 leave hardly any room"),
    ],
)
def test_it_warns_where_nothing_can_be_promoted(
    cases: int, failing: int | None, words: str, *, fresh_draws: bool
) -> None:
    (warning,) = before_spending(GateRule(), cases, failing=failing, fresh_draws=fresh_draws).warnings
    assert words in warning


def test_five_failing_cases_are_enough_for_no_warning() -> None:
    assert before_spending(GateRule(), 24, failing=5, fresh_draws=False).warnings == ()
