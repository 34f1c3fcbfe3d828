from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.cli.durations import seconds_for, seconds_until
from rsi_cli.errors import InputError

EVENING = datetime(2026, 11, 20, 22, 30)  # noqa: DTZ001 - the clock on the wall


def test_for_is_a_length_of_time() -> None:
    assert seconds_for("1h30m", source="--for") == 5400


@pytest.mark.parametrize("text", ["8", "soon", "", "0h", "1:30"])
def test_a_wrong_length_names_its_source_and_the_form(text: str) -> None:
    with pytest.raises(InputError) as caught:
        seconds_for(text, source="RSI_FOR")
    assert caught.value.message.startswith("RSI_FOR: ")
    assert "8h" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "hours"), [("07:00", 8.5), ("7:00", 8.5), ("until 07:00", 8.5), ("23:00", 0.5), ("22:30", 24)]
)
def test_until_is_the_next_time_the_clock_shows_it(text: str, hours: float) -> None:
    assert seconds_until(text, EVENING, source="--until") == hours * 3600


@pytest.mark.parametrize("text", ["24:00", "07:60", "7", "7am", "", "-1:00", "٠٧:٠٠"])
def test_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a time of day"):
        seconds_until(text, EVENING, source="--until")


@given(st.integers(0, 23), st.integers(0, 59), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))  # noqa: DTZ001
def test_until_is_never_past_and_never_more_than_a_day_and_an_hour(
    hour: int, minute: int, now: datetime
) -> None:
    assert 0 < seconds_until(f"{hour}:{minute:02}", now, source="--until") <= 25 * 3600
