"""All nights on the same held-out cases together stay within what one night was allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import CaseId, RunId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.beta import rate_bounds
from rsi_cli.trust.gate import Stage, stage_limits
from rsi_cli.trust.holdout import PastLook
from rsi_cli.trust.signflip import sign_flip_p
from rsi_cli.trust.wealth import tonight

RULE = GateRule()


def ids(count: int, first: int = 0) -> list[CaseId]:
    return [CaseId(f"case-{number}") for number in range(first, first + count)]


def night(number: int, alpha: float, cases: Sequence[CaseId], *, promoted: bool = False) -> list[PastLook]:
    """Two looks that spend a night's whole alpha; the second one promotes or not."""
    return [
        PastLook(
            run=RunId(f"2026-{number:04}"),
            number=look,
            alpha=alpha * share,
            case_ids=frozenset(cases),
            promoted=promoted and look == 1,
        )
        for look, share in enumerate(RULE.shares)
    ]


def test_the_first_night_may_spend_half_and_each_fruitless_one_halves_the_next() -> None:
    looks: list[PastLook] = []
    for number, part in enumerate((1 / 2, 1 / 4, 1 / 8, 1 / 16)):
        allowed = tonight(looks, ids(26), RULE)
        assert allowed.alpha == pytest.approx(part * RULE.alpha)
        looks += night(number, allowed.alpha, ids(26))


def test_a_look_that_was_not_taken_leaves_its_share() -> None:
    looks = night(0, 0.025, ids(26))
    assert tonight(looks[:1], ids(26), RULE).alpha == pytest.approx((0.05 - 0.005) / 2)


def test_a_promotion_opens_the_accounts_anew_and_a_rejection_does_not() -> None:
    spent = [*night(0, 0.025, ids(26)), *night(1, 0.0125, ids(26))]
    assert tonight(
        [*spent, *night(2, 0.00625, ids(26), promoted=True)], ids(26), RULE
    ).alpha == pytest.approx(0.025)
    assert tonight([*spent, *night(2, 0.00625, ids(26))], ids(26), RULE).alpha < 0.004


def test_a_promotion_by_the_first_look_leaves_the_second_look_of_that_night_on_the_bill() -> None:
    first, second = night(0, 0.025, ids(26))
    after = tonight([replace(first, promoted=True), second], ids(26), RULE)
    assert after.left == pytest.approx(0.05 - second.alpha)


def test_new_cases_refill_in_proportion_and_old_ones_that_leave_take_nothing_along() -> None:
    looks = night(0, 0.025, ids(20))
    assert tonight(looks, ids(20), RULE).alpha == pytest.approx(0.0125)
    half_new = tonight(looks, [*ids(10), *ids(10, first=50)], RULE)
    assert half_new.alpha == pytest.approx((0.0125 + 0.025) / 2)
    assert half_new.fresh == 10
    assert tonight(looks, ids(20, first=50), RULE).alpha == pytest.approx(0.025)
    assert tonight(looks, ids(5), RULE).alpha == pytest.approx(0.0125)


def test_an_unreadable_look_costs_every_case_a_night_but_not_the_holdout() -> None:
    lost = PastLook(run=RunId("?"), alpha=0.05, case_ids=frozenset(), promoted=False, everywhere=True)
    assert tonight([lost], ids(26), RULE).alpha == pytest.approx(0.0125)


def test_an_overdrawn_holdout_has_an_answer_that_is_no_zero() -> None:
    looks = [look for number in range(5) for look in night(number, 0.05, ids(26))]
    assert 0 < tonight(looks, ids(26), RULE).alpha < 1e-6
    assert tonight(looks, ids(26), RULE).left < 0


def test_the_same_look_told_twice_and_in_any_order_counts_once() -> None:
    looks = [*night(0, 0.025, ids(26)), *night(1, 0.0125, ids(26), promoted=True), *night(2, 0.025, ids(9))]
    mixed = [*looks, *looks]
    Random(1).shuffle(mixed)
    assert tonight(mixed, ids(26), RULE) == tonight(looks, list(reversed(ids(26))), RULE)


def test_a_promotion_that_was_rolled_back_refills_nothing() -> None:
    told = night(0, 0.025, ids(26), promoted=True)
    denied = [replace(look, promoted=False) for look in told]
    assert tonight([*told, *denied], ids(26), RULE).alpha == pytest.approx(0.0125)
    assert tonight([*denied, *told], ids(26), RULE).alpha == pytest.approx(0.0125)


@pytest.mark.parametrize(
    ("looks", "cases", "sentence"),
    [
        ([], 26, "Tonight may spend 2.5 % of error: no earlier look has used these 26 held-out cases."),
        (
            [*night(0, 0.025, ids(26)), *night(1, 0.012, ids(26))],
            26,
            (
                "Tonight may spend 0.6 % of error: 2 earlier nights looked at these 26 held-out cases "
                "without a promotion that stands; 1.3 % of 5 % is left for all nights to come."
            ),
        ),
        (
            night(0, 0.025, ids(26)),
            30,
            (
                "Tonight may spend 1.4 % of error: 1 earlier night looked at 26 of these 30 held-out cases "
                "without a promotion that stands; 4 are new; 2.8 % of 5 % is left for all nights to come."
            ),
        ),
        (
            [*night(0, 0.025, ids(26), promoted=True), *night(1, 0.012, ids(26))],
            26,
            (
                "Tonight may spend 1.9 % of error: 1 earlier night looked at these 26 held-out cases "
                "since the last promotion; 3.8 % of 5 % is left for all nights to come."
            ),
        ),
        (
            night(0, 0.025, ids(26), promoted=True),
            26,
            (
                "Tonight may spend 2.5 % of error: no look has used these 26 held-out cases "
                "since the last promotion."
            ),
        ),
    ],
)
def test_people_are_told_why(looks: list[PastLook], cases: int, sentence: str) -> None:
    assert tonight(looks, ids(cases), RULE).sentence == sentence


@given(
    holdouts=st.lists(st.sets(st.integers(0, 30), min_size=5, max_size=12), min_size=1, max_size=25),
    taken=st.lists(st.booleans(), min_size=50, max_size=50),
)
def test_whatever_is_rotated_all_nights_spend_at_most_alpha_for_every_whole_holdout_of_cases(
    holdouts: list[set[int]], taken: list[bool]
) -> None:
    looks: list[PastLook] = []
    for number, numbers in enumerate(holdouts):
        cases = [CaseId(f"case-{case}") for case in sorted(numbers)]
        both = night(number, tonight(looks, cases, RULE).alpha, cases)
        looks += [look for look in both if taken[2 * number + look.number]]
    used, smallest = len(set().union(*holdouts)), min(map(len, holdouts))
    assert sum(look.alpha for look in looks) <= RULE.alpha * used / smallest + 1e-6


@given(
    fates=st.lists(st.tuples(st.sampled_from(["no", "skip", "yes", "undone"]), st.booleans()), max_size=40),
)
def test_between_two_promotions_no_more_than_alpha_is_spent_whatever_is_rolled_back(
    fates: list[tuple[str, bool]],
) -> None:
    """Each night has two looks; each is refused, not taken, or promotes, perhaps for a while only."""
    looks: list[PastLook] = []
    promotions, spent = 0, 0.0
    for number in range(0, len(fates) - 1, 2):
        alpha = tonight(looks, ids(8), RULE).alpha
        for look, (fate, _) in zip(night(number, alpha, ids(8)), fates[number : number + 2], strict=True):
            if fate == "skip":
                continue
            looks.append(replace(look, promoted=fate in ("yes", "undone")))
            spent += look.alpha
            promotions += fate in ("yes", "undone")
        assert spent <= RULE.alpha * (1 + promotions) + 1e-6
        if fates[number][1]:  # the owner goes back: what was promoted for a while is denied from now on
            looks = [replace(look, promoted=look.promoted and not _undone(look, fates)) for look in looks]
    assert spent <= RULE.alpha * (1 + promotions) + 1e-6


def _undone(look: PastLook, fates: list[tuple[str, bool]]) -> bool:
    return fates[int(look.run.removeprefix("2026-")) + look.number][0] == "undone"


@given(
    spent=st.lists(st.tuples(st.floats(0, 0.05), st.booleans()), max_size=12),
    extra=st.floats(0.0, 0.05),
)
def test_one_fruitless_look_more_never_allows_more(spent: list[tuple[float, bool]], extra: float) -> None:
    looks = [look for i, (a, won) in enumerate(spent) for look in night(i, a, ids(8), promoted=won)]
    more = [*looks, *night(99, extra, ids(5))]
    assert tonight(more, ids(8), RULE).alpha <= tonight(looks, ids(8), RULE).alpha + 1e-12


def test_ten_nights_of_noise_together_rarely_promote_anything() -> None:
    """400 histories on one holdout each; a gate at its limit of .05 passes .08 with a chance below .005."""
    rng, looks, limits = Random(3), list[PastLook](), list[float]()
    for number in range(10):
        rule = replace(RULE, alpha=tonight(looks, ids(40), RULE).alpha)
        looks += night(number, rule.alpha, ids(40))
        limits += [stage_limits(rule, Stage(share=s, fresh_draws=False))[0] for s in rule.shares]
    fooled = sum(_promotes(rng, 40, limits) for _ in range(400))
    assert rate_bounds(fooled, 400 - fooled, tail=0.01)[0] <= RULE.alpha
    assert fooled / 400 < 0.08


def _promotes(rng: Random, cases: int, limits: Sequence[float]) -> bool:
    """Whether any look promotes: temperature 0, new candidates that mend as many cases as they break."""
    solved = [rng.random() < 0.5 for _ in range(cases)]
    for limit in limits:
        after = [rng.random() < 0.5 if rng.random() < 0.4 else case for case in solved]
        if sign_flip_p([float(b - a) for a, b in zip(solved, after, strict=True)]) <= limit:
            return True
    return False
