"""Velocity: a night that hardly improves any more says so, and is searched in another way."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.evolution.velocity import (
    Mechanism,
    Patience,
    Signal,
    Velocity,
    next_mechanism,
    reason,
)

POINT = 0.01
GAINS = st.lists(st.sampled_from([0.0, POINT, 5 * POINT]), min_size=1, max_size=60)


def night(*gains: float, patience: Patience | None = None, z: float = 2.0, calls: float = 50.0) -> Velocity:
    velocity = Velocity(patience=patience or Patience())
    for gain in gains:
        velocity = velocity.after(gain, z, calls)
    return velocity


def signals(*gains: float, patience: Patience | None = None) -> list[Signal | None]:
    """What each generation would have said, nothing ever being changed."""
    return [night(*gains[: at + 1], patience=patience).signal for at in range(len(gains))]


@given(GAINS)
def test_paces_are_means_lately_and_since_the_start(gains: list[float]) -> None:
    velocity = night(*gains, calls=20.0)
    fades = [0.5 ** ((len(gains) - 1 - at) / 8) for at in range(len(gains))]
    lately = sum(fade * gain for fade, gain in zip(fades, gains, strict=True)) / sum(fades)
    assert velocity.fast == pytest.approx(lately / 20)
    assert velocity.slow == pytest.approx(sum(gains) / len(gains) / 20)


def test_a_gain_that_took_more_calls_is_slower() -> None:
    cheap = night(POINT, calls=10.0)
    assert cheap.after(POINT, 2.0, 90.0).slow == pytest.approx(2 * POINT / 100)
    assert cheap.after(POINT, 2.0, 90.0).fast < cheap.after(POINT, 2.0, 10.0).fast


def test_cheap_generations_without_a_gain_do_not_look_like_a_standstill() -> None:
    """Broods that leave their race at once cost little: per call the night has hardly slowed down."""
    steady = night(*[POINT] * 9)
    dear, cheap = steady, steady
    for _ in range(28):
        dear, cheap = dear.after(0.0, 0.0, 50.0), cheap.after(0.0, 0.0, 4.0)
    assert dear.signal is Signal.SLOWER
    assert cheap.signal is None


def test_before_the_first_generation_there_is_no_pace() -> None:
    fresh = Velocity()
    assert (fresh.fast, fresh.slow) == (0, 0)
    assert fresh.signal is None
    assert reason(fresh) == ""


@pytest.mark.parametrize(
    ("gain", "z", "counts"),
    [(POINT, 1.28, True), (POINT, 1.27, False), (-POINT, 9.0, False), (0.0, 9.0, False)],
)
def test_a_gain_counts_when_it_is_hardly_noise(gain: float, z: float, *, counts: bool) -> None:
    velocity = night(gain, z=z)
    assert velocity.slow == (gain / 50 if counts else 0.0)
    assert velocity.dry == (0 if counts else 1)


def test_nothing_confirmed_in_the_first_eighteen() -> None:
    said = signals(*[0.0] * 20)
    assert said == [None] * 17 + [Signal.NOTHING_YET] * 3
    assert reason(night(*[0.0] * 18)) == "no gain stood out from noise in 18 generations"


def test_nothing_confirmed_for_thirty_six() -> None:
    """A half-life without end compares equal paces, so that the row alone can speak."""
    patience = Patience(half_life=1e9)
    said = signals(POINT, *[0.0] * 37, patience=patience)
    assert said == [None] * 36 + [Signal.NOTHING_LATELY] * 2
    dry = night(POINT, *[0.0] * 36, patience=patience)
    assert reason(dry) == "no gain stood out from noise for 36 generations"


def test_paces_are_compared_from_the_eighth_generation_on() -> None:
    patience = Patience(half_life=1.0)
    said = signals(POINT, *[0.0] * 9, patience=patience)
    assert said[:7] == [None] * 7
    assert said[7] is Signal.SLOWER


def test_a_quarter_of_the_usual_pace_is_slow() -> None:
    for length in range(9, 60):
        velocity = night(*[POINT] * 8, *[0.0] * (length - 8))
        slow = velocity.fast / velocity.slow < 0.25
        assert (velocity.signal is not None) == slow
    assert night(*[POINT] * 8, *[0.0] * 40).signal is not None


@pytest.mark.parametrize("z", [2.0, 0.5])
def test_a_night_that_keeps_its_pace_gives_no_signal(z: float) -> None:
    said = [night(*[POINT, 0.0, 0.0] * rows, z=z).signal for rows in range(1, 20)]
    assert all(signal is None for signal in said) == (z == 2.0)


def test_a_pace_is_told_in_words() -> None:
    """A half-life of gains, four without: (1/2^4 - 1/2^5) / (1 - 1/2^5) lately, 1/5 since the start."""
    velocity = night(*[POINT] * 8, *[0.0] * 32)
    assert velocity.signal is Signal.SLOWER
    assert reason(velocity) == "gains come at 16 % of the pace since the start"


def test_a_change_gets_time_to_show() -> None:
    velocity = night(*[0.0] * 18).changed()
    said = []
    for _ in range(9):
        said.append(velocity.signal)
        velocity = velocity.after(0.0, 0.0, 50.0)
    assert said == [None] * 8 + [Signal.NOTHING_YET]


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.integers(1, 200))
def test_while_it_changes_at_every_signal_signals_keep_their_distance(
    wins: list[bool], expected: int
) -> None:
    patience = Patience.for_night(expected)
    velocity, at = Velocity(patience=patience), []
    for generation, won in enumerate(wins, 1):
        velocity = velocity.after(POINT * won, 2.0, 50.0)
        if velocity.signal:
            at.append(generation)
            velocity = velocity.changed()
    assert all(later - earlier >= patience.least for earlier, later in pairwise(at))
    assert not at or at[0] >= min(patience.first, patience.least)


@pytest.mark.parametrize(
    ("expected", "patience"),
    [
        (0, Patience(first=3, later=4, least=3, half_life=2.0)),
        (3, Patience(first=3, later=4, least=3, half_life=2.0)),
        (12, Patience(first=4, later=8, least=3, half_life=2.0)),
        (27, Patience(first=9, later=18, least=4, half_life=4.0)),
        (54, Patience()),
        (1000, Patience()),
        (float("inf"), Patience()),
    ],
)
def test_a_short_night_has_less_patience(expected: float, patience: Patience) -> None:
    assert Patience.for_night(expected) == patience


@given(st.floats(0, 500), st.floats(0, 500))
def test_patience_grows_with_the_night_and_stays_in_order(one: float, other: float) -> None:
    short, long = Patience.for_night(min(one, other)), Patience.for_night(max(one, other))
    assert short.first <= long.first
    assert short.later <= long.later
    assert short.half_life <= long.half_life
    assert short.least <= short.first < short.later


def test_a_night_of_twelve_that_ran_dry_is_told_in_time() -> None:
    """The usual patience would say nothing before it is over."""
    gains = [POINT, POINT, 0.0, POINT, *[0.0] * 7]
    assert any(signals(*gains, patience=Patience.for_night(12)))
    assert not any(signals(*gains))


def test_false_alarms_are_as_rare_as_wins_are_not() -> None:
    def alarmed(wins: float, seed: int) -> bool:
        rng = Random(seed)
        return any(signals(*[POINT * (rng.random() < wins) for _ in range(40)]))

    rates = [sum(alarmed(wins, seed) for seed in range(60)) / 60 for wins in (0.1, 0.3, 0.7)]
    assert rates[0] > rates[1] >= rates[2]
    assert rates[2] == 0


def test_every_mechanism_has_a_sentence_of_its_own() -> None:
    sentences = [mechanism.words for mechanism in Mechanism]
    assert len(set(sentences)) == len(Mechanism)
    assert all(sentence.endswith(".") and sentence.count(".") == 1 for sentence in sentences)


def test_mechanisms_take_turns() -> None:
    history: list[Mechanism] = []
    for _ in range(2 * len(Mechanism)):
        chosen = next_mechanism(history)
        assert chosen is not None
        history.append(chosen)
    assert history == [*Mechanism, *Mechanism]


def test_what_is_not_possible_is_passed_over() -> None:
    possible = {Mechanism.STYLES, Mechanism.ARCHIVE}
    assert next_mechanism([], possible) is Mechanism.STYLES
    assert next_mechanism([Mechanism.STYLES], possible) is Mechanism.ARCHIVE
    assert (
        next_mechanism([Mechanism.STYLES, Mechanism.ARCHIVE, Mechanism.STYLES], possible) is Mechanism.ARCHIVE
    )
    assert next_mechanism([Mechanism.STYLES], set()) is None
