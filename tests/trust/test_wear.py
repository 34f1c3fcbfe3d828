"""A holdout that was asked too often says so, and names the cases that should go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from rsi_cli.nouns import CaseId, RunId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.holdout import PastLook
from rsi_cli.trust.wealth import tonight
from rsi_cli.trust.wear import worn

RULE = GateRule()
IDS = tuple(CaseId(f"c{at:02}") for at in range(20))


def history(
    nights: int, cases: Sequence[CaseId], *, promoted: bool = False, first: int = 0
) -> list[PastLook]:
    """One look a night that spends all it may."""
    looks: list[PastLook] = []
    for night in range(first, first + nights):
        alpha = tonight(looks, cases, RULE).alpha
        looks.append(
            PastLook(
                run=RunId(f"{night:04}"), number=0, alpha=alpha, case_ids=frozenset(cases), promoted=promoted
            )
        )
    return looks


def test_a_new_holdout_has_nothing_to_say() -> None:
    assert worn([], IDS, RULE).sentence == ""
    assert not worn([], IDS, RULE).worn_out


def test_two_fruitless_nights_do_not_wear_a_holdout_out() -> None:
    wear = worn(history(2, IDS), IDS, RULE)
    assert not wear.worn_out
    assert wear.sentence == "Held-out cases have been looked at up to 2 times; the holdout still serves."


def test_four_fruitless_nights_do_and_half_of_the_cases_should_go() -> None:
    wear = worn(history(4, IDS), IDS, RULE)
    assert wear.worn_out
    assert len(wear.rotate) == 10
    assert wear.sentence == (
        "Held-out cases have been looked at up to 4 times: the holdout is worn out. "
        "Move the 10 most used to train (c00, c01, c02, c03, c04 …) and write 10 new held-out ones."
    )


def test_what_is_proposed_brings_back_half_of_a_first_night() -> None:
    looks = history(6, IDS)
    wear = worn(looks, IDS, RULE)
    kept = [case for case in IDS if case not in wear.rotate]
    new = [CaseId(f"new-{at}") for at in range(len(wear.rotate))]
    assert tonight(looks, [*kept, *new], RULE).alpha >= 0.5 * tonight([], IDS, RULE).alpha


def test_many_promotions_wear_cases_out_though_they_refill_the_error() -> None:
    wear = worn(history(4, IDS, promoted=True), IDS, RULE)
    assert wear.worn_out
    assert set(wear.promotions.values()) == {4}


def test_a_case_that_stood_in_more_looks_goes_first() -> None:
    looks = [*history(3, IDS), *history(2, IDS[12:], first=3)]
    wear = worn(looks, IDS, RULE)
    assert wear.looks[IDS[0]] == 3
    assert wear.looks[IDS[19]] == 5
    assert wear.worn == IDS[12:]


def test_the_order_in_which_looks_are_told_does_not_matter() -> None:
    looks = [*history(3, IDS), *history(2, IDS[5:], promoted=True, first=3)]
    assert worn(Random(2).sample(looks, len(looks)), IDS[::-1], RULE) == worn(looks, IDS, RULE)


@pytest.mark.parametrize("promoted", [True, False])
def test_one_more_look_never_makes_a_holdout_look_less_used(*, promoted: bool) -> None:
    looks = history(3, IDS, promoted=promoted)
    extra = replace(looks[0], run=RunId("9999"), promoted=False)
    before, after = worn(looks, IDS, RULE), worn([*looks, extra], IDS, RULE)
    assert all(after.looks[case] == before.looks[case] + 1 for case in IDS)
    assert set(before.worn) <= set(after.worn)
