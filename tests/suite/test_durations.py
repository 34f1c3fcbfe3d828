from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.suite.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8h", 28800),
        ("90m", 5400),
        ("1h30m", 5400),
        ("45s", 45),
        ("1.5h", 5400),
        ("1d", 86400),
        ("1H 30M", 5400),
        (" 2h ", 7200),
    ],
)
def test_lengths_of_time_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "8", "h", "0h", "30m1h", "1h1h", "-1h", "8 hours", "1:30", "1e3s", "٣h", "1h30"]
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(0, 99), st.integers(0, 59), st.integers(1, 59))
def test_the_parts_add_up(hours: int, minutes: int, seconds: int) -> None:
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds
