"""Numbers as people read them."""

from __future__ import annotations

import pytest

from rsi_cli.nouns import Interval, Usage
from rsi_cli.report.words import budget_words, counted, duration, interval, percent, points, spent_words
from rsi_cli.suite.model import Limits


def test_scores_gains_and_counts_are_said_with_their_units() -> None:
    assert (percent(0.625), percent(None)) == ("62 %", "–")
    assert (points(0.125), points(-0.02)) == ("+12.5 points", "-2.0 points")
    gain = Interval(estimate=0.25, low=-0.05, high=0.5, basis="fresh draws")
    assert interval(gain) == "+25.0 points (95 % interval -5.0 to +50.0)"
    assert (counted(1, "child", "children"), counted(0, "case")) == ("1 child", "0 cases")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(), "no limit"),
        (Limits(max_calls=1), "1 call"),
        (Limits(max_calls=2000, max_usd=5.0, max_seconds=28800.0), "2000 calls, 5 USD, 8 h"),
        (Limits(max_tokens=100_000), "100000 tokens"),
    ],
)
def test_a_budget_is_said_in_full(limits: Limits, said: str) -> None:
    assert budget_words(limits) == said


def test_spending_is_said_beside_each_limit() -> None:
    spent = Usage(calls=12, input_tokens=300, output_tokens=40, usd=0.415)
    assert spent_words(spent, Limits(), 0.0) == "12 calls, 0.41 USD"
    everything = Limits(max_calls=100, max_tokens=1000, max_usd=5.0, max_seconds=3600.0)
    assert (
        spent_words(spent, everything, 90.0)
        == "12 of 100 calls, 340 of 1000 tokens, 0.41 of 5 USD, 2 min of 1 h"
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (5400, "1 h 30 min"), (7199, "2 h"), (86400, "24 h")],
)
def test_a_span_of_time_is_said_in_its_natural_unit(seconds: float, said: str) -> None:
    assert duration(seconds) == said
