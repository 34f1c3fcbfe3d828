"""Known-good cases veto for sure where they are broken, and hardly ever by chance."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Result
from rsi_cli.trust.known_good import Clear, DrawAgain, Unclear, Veto, certify, veto

K1, K2 = CaseId("k1"), CaseId("k2")


def draws(case_id: CaseId, outcomes: str) -> list[CaseResult]:
    """+ passed, - failed, 0 the candidate's own failure, ? not measured."""
    kinds: dict[str, Result] = {
        "+": Measured(1.0, "ok"),
        "-": Measured(0.0, "wrong"),
        "0": Failed(Blame.CANDIDATE, "no file"),
        "?": Failed(Blame.MODEL, "rate limit"),
    }
    return [
        CaseResult(case_id=case_id, repeat=i, output=None, result=kinds[kind], passed=kind == "+")
        for i, kind in enumerate(outcomes)
    ]


@pytest.mark.parametrize(
    ("outcomes", "where", "needs"),
    [
        ("+++++", "certified", 0),
        ("+++", "open", 2),
        ("", "open", 5),
        ("++-", "flaky", 0),
        ("0", "flaky", 0),
        ("+?++", "open", 2),
        ("+?+?+?+", "unmeasured", 0),
        ("+?+?+++", "certified", 0),
    ],
)
def test_five_passes_of_five_certify(outcomes: str, where: str, needs: int) -> None:
    standing = certify(draws(K1, outcomes), [K1])
    assert (K1 in getattr(standing, where)) is True
    assert standing.open.get(K1, 0) == needs
    assert len(standing.certified) + len(standing.flaky) + len(standing.unmeasured) + len(standing.open) == 1


def test_one_pass_certifies_where_a_repeat_is_no_fresh_draw() -> None:
    assert certify(draws(K1, "+"), [K1], fresh_draws=False).certified == (K1,)
    assert certify(draws(K1, "-"), [K1], fresh_draws=False).flaky == (K1,)


def test_flaky_cases_are_named() -> None:
    standing = certify([*draws(K1, "+++++"), *draws(K2, "+-")], [K2, K1])
    assert standing.sentence == "1 of 2 known-good cases are certified; flaky, so without a veto: k2."


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("+", Clear()),
        ("-", DrawAgain({K1: 2})),
        ("-+", DrawAgain({K1: 1})),
        ("-++", Clear()),
        ("--", Veto((K1,))),
        ("-+-", Veto((K1,))),
        ("00", Veto((K1,))),
        ("", DrawAgain({K1: 1})),
        ("?", DrawAgain({K1: 1})),
        ("?+", Clear()),
        ("-?", DrawAgain({K1: 2})),
        ("-?-", Veto((K1,))),
        ("???", Unclear((K1,))),
        ("-???", Unclear((K1,))),
    ],
)
def test_two_failures_of_three_veto(outcomes: str, expected: Veto | Clear | Unclear | DrawAgain) -> None:
    assert veto(draws(K1, outcomes), [K1]) == expected


def test_any_failure_vetoes_where_a_repeat_is_no_fresh_draw() -> None:
    assert veto(draws(K1, "-"), [K1], fresh_draws=False) == Veto((K1,))
    assert veto(draws(K1, "+"), [K1], fresh_draws=False) == Clear()


def test_cases_without_a_certificate_have_no_veto() -> None:
    assert veto([*draws(K1, "+"), *draws(K2, "---")], [K1]) == Clear()


def test_a_case_broken_for_sure_needs_no_further_draws_of_others() -> None:
    assert veto([*draws(K1, "--"), *draws(K2, "-")], [K1, K2]) == Veto((K1,))


@given(first=st.text("+-?", max_size=4), second=st.text("+-?", max_size=4), seed=st.integers(0, 9))
def test_the_order_of_results_does_not_matter(first: str, second: str, seed: int) -> None:
    results = [*draws(K1, first), *draws(K2, second)]
    shuffled = list(results)
    random.Random(seed).shuffle(shuffled)
    assert veto(shuffled, [K2, K1]) == veto(results, [K1, K2])
    assert certify(shuffled, [K2, K1]) == certify(results, [K1, K2])


@given(rate=st.floats(0, 1), seed=st.integers(0, 999))
def test_asking_again_comes_to_an_end(rate: float, seed: int) -> None:
    rng = random.Random(seed)
    outcomes = ""
    while isinstance(asked := veto(draws(K1, outcomes), [K1]), DrawAgain):
        outcomes += "".join("+" if rng.random() < rate else rng.choice("-?") for _ in range(asked.needs[K1]))
    assert len(outcomes) <= 6
