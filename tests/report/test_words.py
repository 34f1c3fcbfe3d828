"""Numbers as people read them."""

from __future__ import annotations

import pytest

from rsi_cli.nouns import Interval, Usage
from rsi_cli.report.words import budget_words, counted, duration, interval, percent, points, spent_words
from rsi_cli.suite.model import Limits


@pytest.mark.parametrize(("score", "said"), [(0.0, "0 %"), (0.666, "67 %"), (1.0, "100 %"), (None, "–")])
def test_a_score_that_was_not_measured_is_a_dash_and_no_zero(score: float | None, said: str) -> None:
    assert percent(score) == said


def test_gains_have_a_sign_and_a_unit() -> None:
    assert points(0.125) == "+12.5 points"
    assert points(-0.01) == "-1.0 points"
    gain = Interval(estimate=0.2, low=-0.05, high=0.45)
    assert interval(gain) == "+20.0 points (95 % interval -5.0 to +45.0)"


def test_one_is_singular() -> None:
    assert [counted(n, "child", "children") for n in (0, 1, 2)] == ["0 children", "1 child", "2 children"]
    assert [counted(n, "look") for n in (1, 2)] == ["1 look", "2 looks"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (45.4, "45 s"), (60, "1 min"), (3600, "1 h"), (5400, "1 h 30 min"), (28800, "8 h")],
)
def test_a_span_of_time_has_the_units_that_matter(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_budget_names_each_limit_that_there_is() -> None:
    assert budget_words(Limits()) == "no limit"
    assert budget_words(Limits(max_calls=2000, max_usd=5.0, max_seconds=28800)) == "2000 calls, 5 USD, 8 h"


def test_spending_stands_beside_its_limit() -> None:
    spent = Usage(calls=812, input_tokens=100, output_tokens=20, usd=0.414)
    assert spent_words(spent, Limits(), 60) == "812 calls, 0.41 USD"
    limits = Limits(max_calls=2000, max_tokens=1000, max_usd=5.0, max_seconds=3600)
    assert (
        spent_words(spent, limits, 60) == "812 of 2000 calls, 120 of 1000 tokens, 0.41 of 5 USD, 1 min of 1 h"
    )
