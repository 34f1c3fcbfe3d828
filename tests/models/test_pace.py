from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.errors import InputError
from rsi_cli.models.call import Kind, Refused
from rsi_cli.models.pace import Pace

PACE = Pace(retries=3, backoff_s=1.0, longest_backoff_s=4.0, longest_wait_s=60.0, rng=random.Random(0))


def _refused(kind: Kind = "retry", retry_after_s: float | None = None) -> Refused:
    return Refused(kind=kind, status=500, message="no", retry_after_s=retry_after_s)


@pytest.mark.parametrize(("failures", "longest"), [(1, 1.0), (2, 2.0), (3, 4.0)])
def test_waits_are_random_below_a_bound_that_doubles(failures: int, longest: float) -> None:
    waits = [PACE.wait_s(_refused(), failures) or 0.0 for _ in range(300)]
    assert 0.9 * longest < max(waits) <= longest
    assert min(waits) < 0.1 * longest


def test_the_bound_stops_growing() -> None:
    patient = replace(PACE, retries=10**6)
    assert max(patient.wait_s(_refused(), 10**6) or 0.0 for _ in range(300)) <= 4.0


def test_after_the_last_retry_it_gives_up() -> None:
    assert PACE.wait_s(_refused(), 3) is not None
    assert PACE.wait_s(_refused(), 4) is None


@pytest.mark.parametrize("kind", ["fatal", "useless", "budget"])
def test_what_asking_again_cannot_help_is_not_asked_again(kind: Kind) -> None:
    assert PACE.wait_s(_refused(kind), 1) is None


@given(told=st.floats(0, 60))
def test_it_never_comes_back_before_it_was_told_to(told: float) -> None:
    wait_s = PACE.wait_s(_refused("wait", told), 1)
    assert wait_s is not None
    assert told <= wait_s <= told + 1.0


def test_a_rest_that_is_too_long_is_not_waited_for() -> None:
    assert PACE.wait_s(_refused("wait", 61.0), 1) is None


def test_one_who_waits_for_limits_does_so_however_long_and_often() -> None:
    waiting = replace(PACE, on_limit="wait")
    assert (waiting.wait_s(_refused("wait", 7200.0), 99) or 0.0) >= 7200.0
    assert waiting.wait_s(_refused("wait"), 99) is not None
    assert waiting.wait_s(_refused("retry"), 4) is None


@pytest.mark.parametrize("odd", [{"concurrency": 0}, {"retries": -1}])
def test_a_pace_at_which_nobody_is_asked_is_refused(odd: dict[str, int]) -> None:
    with pytest.raises(InputError, match="never ask anybody"):
        replace(PACE, **odd)  # type: ignore[arg-type]
