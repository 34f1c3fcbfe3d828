"""What a promotion brings is neither too high nor too certain because the gate chose it by these cases."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.trust.carved import Accepted, Drawn, gain_after, total
from rsi_cli.trust.intervals import Gain, paired_gain
from rsi_cli.trust.signflip import sign_flip_p

LIMIT = 0.02


def cold(*differences: float) -> list[Drawn]:
    """Cases at temperature 0: one draw each, and none that is fresh."""
    return [Drawn(gate=(value,), fresh=(), cluster=str(n)) for n, value in enumerate(differences)]


def accepted(cases: list[Drawn], limit: float = LIMIT) -> Accepted:
    p = sign_flip_p([sum(case.gate) for case in cases])
    return Accepted(p=p, limit=limit, last_limit=limit, last_repeats=len(cases[0].gate))


def test_a_gain_far_beyond_the_threshold_is_reported_as_it_is() -> None:
    cases = cold(*[1.0] * 40, *[0.0] * 20)
    gain, plain = gain_after(cases, accepted(cases)), paired_gain([case.gate[0] for case in cases])
    assert gain.estimate == pytest.approx(plain.estimate, abs=0.002)
    assert (gain.low, gain.high) == pytest.approx((plain.low, plain.high), abs=0.005)


def test_a_gain_that_just_got_through_is_reported_lower_and_less_certain() -> None:
    cases = cold(*[1.0] * 6, *[0.0] * 20)  # p = 1/64, limit 1/50
    gain, plain = gain_after(cases, accepted(cases)), paired_gain([case.gate[0] for case in cases])
    assert gain.estimate < plain.estimate - 0.04
    assert gain.low < 0 < plain.low, "equals that get through look like this"
    assert gain.high == plain.high


def test_fresh_draws_that_do_not_confirm_the_gate_pull_the_gain_down() -> None:
    def with_fresh(value: float) -> Gain:
        gains = [Drawn(gate=(1.0,), fresh=(value, value), cluster=f"won-{n}") for n in range(8)]
        ties = [Drawn(gate=(0.0,), fresh=(0.0, 0.0), cluster=f"tie-{n}") for n in range(20)]
        return gain_after([*gains, *ties], accepted([*gains, *ties]))

    assert with_fresh(0.0).estimate < with_fresh(1.0).estimate - 0.2
    assert with_fresh(0.0).low < 0


def test_what_was_not_accepted_has_no_gain_after_acceptance() -> None:
    with pytest.raises(BugError, match="not accepted"):
        gain_after(cold(1.0), Accepted(p=0.5, limit=0.02, last_limit=0.02, last_repeats=1))


def test_without_a_case_it_could_be_anything() -> None:
    how = Accepted(p=0.01, limit=0.02, last_limit=0.02, last_repeats=1)
    assert gain_after([], how) == Gain(0.0, -1.0, 1.0)
    assert gain_after([Drawn(gate=(), fresh=(1.0,), cluster="a")], how) == Gain(0.0, -1.0, 1.0)


@given(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0]), min_size=8, max_size=40), st.randoms())
def test_the_order_of_cases_does_not_matter_and_the_estimate_lies_within(
    differences: list[float], rng: Random
) -> None:
    cases = cold(*differences)
    p = sign_flip_p(differences)
    if p > LIMIT:
        return
    gain = gain_after(cases, accepted(cases))
    shuffled = rng.sample(cases, len(cases))
    again = gain_after(shuffled, accepted(shuffled))
    assert (gain.estimate, gain.low, gain.high) == pytest.approx((again.estimate, again.low, again.high))
    assert -1.0 <= gain.low <= gain.estimate <= gain.high <= 1.0


def test_cases_of_one_cluster_count_as_one() -> None:
    apart = cold(*[1.0] * 12, *[0.0] * 12)
    together = [
        Drawn(gate=case.gate, fresh=(), cluster="c" if n < 6 else str(n)) for n, case in enumerate(apart)
    ]
    how = accepted(apart)
    one, other = gain_after(apart, how), gain_after(together, how)
    assert other.high - other.low > 1.1 * (one.high - one.low)


def test_gains_of_successive_promotions_add_up() -> None:
    whole = total([Gain(0.3, 0.1, 0.4), Gain(0.2, -0.2, 0.3)])
    assert whole.estimate == pytest.approx(0.5)
    assert whole.low == pytest.approx(0.5 - (0.2**2 + 0.4**2) ** 0.5)
    assert whole.high == pytest.approx(0.5 + (0.1**2 + 0.1**2) ** 0.5)
    assert total([Gain(0.8, 0.7, 0.9), Gain(0.8, 0.7, 0.9)]).high == 1.0
    alone = total([Gain(0.3, 0.1, 0.4)])
    assert (alone.estimate, alone.low, alone.high) == pytest.approx((0.3, 0.1, 0.4))


def test_equals_that_get_through_are_reported_with_an_interval_that_holds_zero() -> None:
    """Fixed seed. A fifth of the cases gets better and a fifth worse: the gain is 0, and luck promotes."""
    rng, held, plain_held, promoted = Random(4), 0, 0, 0
    while promoted < 40:
        differences = [rng.choice([1.0, -1.0, 0.0, 0.0, 0.0]) for _ in range(40)]
        if sign_flip_p(differences) > LIMIT:
            continue
        promoted += 1
        gain = gain_after(cold(*differences), accepted(cold(*differences)))
        held += gain.low <= 0.0 <= gain.high
        plain = paired_gain(differences)
        plain_held += plain.low <= 0.0 <= plain.high
    assert plain_held < 10, "the plain interval forgets that only lucky ones are reported"
    assert held >= 36
