"""Parents: those best at something, everybody else now and then, and no lineage alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from math import exp
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rsi_cli.evolution.archive import (
    Archive,
    estimates,
    front,
    lineages,
    niched,
    pick_mate,
    pick_parent,
    weights,
)
from rsi_cli.evolution.selection import Scores
from rsi_cli.nouns import CandidateId, CaseId


def ids(of: dict[str, str]) -> dict[CandidateId, CandidateId]:
    return {CandidateId(one): CandidateId(other) for one, other in of.items()}


def scores(**of: str) -> Scores:
    """One mark a case: "x" is right, "-" is wrong, "." was not measured, a digit is tenths."""
    marks = {"x": 1.0, "-": 0.0, **{str(tenth): tenth / 10 for tenth in range(10)}}
    return {
        CandidateId(name): {CaseId(f"{at:02}"): marks[mark] for at, mark in enumerate(line) if mark != "."}
        for name, line in of.items()
    }


LINES = st.lists(st.text("x-5", min_size=6, max_size=6), min_size=1, max_size=6)
PARTIAL = st.lists(st.text("x-5.", min_size=6, max_size=6), min_size=1, max_size=6)


def plain(of: Mapping[CandidateId, float]) -> dict[str, float]:
    return {str(version): value for version, value in of.items()}


def named(lines: list[str]) -> Scores:
    return scores(**{f"v{number}": line for number, line in enumerate(lines)})


def test_the_front_counts_the_cases_that_each_wins() -> None:
    known = scores(good="xxxx---", special="----x--", middling="555----", half="xx-----")
    assert front(known) == {"good": 4, "special": 1}


def test_a_case_that_nobody_gets_right_is_won_by_nobody() -> None:
    assert front(scores(a="---", b="---")) == {}
    assert front(scores(a="x--", b="---")) == {"a": 1}


def test_a_tie_counts_for_both_where_each_is_needed() -> None:
    assert front(scores(a="xx-", b="x-x")) == {"a": 2, "b": 2}


def test_who_wins_nothing_of_its_own_is_dropped_the_weakest_first() -> None:
    """c is covered by a and b together; a and b are needed for the first and the last case."""
    assert front(scores(a="xx--", b="--xx", c="-xx-")) == {"a": 2, "b": 2}
    assert front(scores(twin="xx", other="xx")) == {"twin": 2}


def test_a_version_that_was_stopped_early_wins_no_case() -> None:
    known = scores(whole="x---", stopped=".x..", other="x-x-")
    assert front(known) == {"other": 2}
    assert front(known, least=0.25) == {"stopped": 1, "other": 2}


def test_a_case_that_one_version_alone_answered_is_no_win() -> None:
    assert front(scores(a="x-x-", b="-x.-")) == {"a": 1, "b": 1}
    assert front(scores(alone="x-x-")) == {"alone": 2}


@given(LINES)
@example(["xx-", "-xx", "x-x"])
def test_the_front_covers_every_case_and_nobody_in_it_could_go(lines: list[str]) -> None:
    known = named(lines)
    found = front(known)
    best = {case: max(of[case] for of in known.values()) for case in next(iter(known.values()))}
    won = {
        version: {case for case, top in best.items() if top > 0 and known[version][case] == top}
        for version in known
    }
    assert {version: len(won[version]) for version in found} == found
    assert set().union(*(won[version] for version in found)) == {
        case for case, top in best.items() if top > 0
    }
    for version in found:
        others = set().union(*(won[other] for other in found if other != version))
        assert won[version] - others, "who is covered by others is dominated"


@given(PARTIAL)
def test_on_the_front_everybody_answered_enough_and_is_best_at_something(lines: list[str]) -> None:
    known = named(lines)
    cases = {case for answered in known.values() for case in answered}
    entrants = [answered for answered in known.values() if len(answered) >= len(cases) / 2]
    for version in front(known):
        mine = known[version]
        assert len(mine) >= len(cases) / 2
        assert any(score == max(of[case] for of in entrants if case in of) for case, score in mine.items())


def test_an_estimate_allows_for_hard_cases_and_few_of_them() -> None:
    known = scores(whole="-----xxxxx", stopped="xx--......", poor="-----x-x--")
    found = plain(estimates(known))
    assert found["stopped"] > found["whole"] > found["poor"], "it was better on the cases that both answered"
    wide = plain(estimates(scores(a="x" * 10 + "-" * 10, b="-" * 20)))
    narrow = plain(estimates(scores(a="xx--", b="----")))
    assert wide["a"] - wide["b"] > narrow["a"] - narrow["b"] > 0, "few answers are shrunk further"


@given(LINES)
def test_where_all_answered_all_the_estimates_keep_the_order_of_the_means(lines: list[str]) -> None:
    known = named(lines)
    found = estimates(known)
    total = {version: sum(answered.values()) for version, answered in known.items()}
    for one, other in combinations(known, 2):
        assert (found[one] - found[other]) * 11 == pytest.approx(total[one] - total[other])


@given(PARTIAL)
def test_an_estimate_goes_no_further_than_the_answers_do(lines: list[str]) -> None:
    known = named(lines)
    for version, estimate in estimates(known).items():
        assert -0.5 < estimate < 1.5
        if not known[version]:
            everybody = estimates({**known, CandidateId("another"): {}})
            assert estimate == everybody[CandidateId("another")], "who answered nothing is middling"


def test_weights_follow_the_formula_of_the_paper() -> None:
    known = scores(a="xxxxx-----", b="x---------")
    archive = Archive(scores=known, children={CandidateId("a"): 3})
    found, estimate = plain(weights(archive, midpoint=0.5)), plain(estimates(known))
    assert found["a"] == pytest.approx(1 / (1 + exp(-10 * (estimate["a"] - 0.5))) / 4)
    assert found["b"] == pytest.approx(1 / (1 + exp(-10 * (estimate["b"] - 0.5))))


def test_a_version_with_children_is_left_to_others_by_and_by() -> None:
    known = scores(a="xx", b="xx", c="--")
    childless = plain(weights(Archive(scores=known)))
    crowded = plain(weights(Archive(scores=known, children={CandidateId("a"): 1})))
    assert childless["a"] == childless["b"] > childless["c"] > 0
    assert crowded["a"] == pytest.approx(childless["a"] / 2)
    assert crowded["b"] == childless["b"]


def test_the_midpoint_moves_along_with_the_best() -> None:
    known = scores(a="9" * 40, b="8" * 40, c="8" * 40, d="7" * 40)
    archive = Archive(scores=known)
    usual, fixed = plain(weights(archive)), plain(weights(archive, midpoint=0.5))
    assert usual["a"] / usual["d"] > 2
    assert fixed["a"] / fixed["d"] < 1.2


@given(PARTIAL, st.lists(st.integers(0, 50), min_size=6, max_size=6))
def test_everybody_stays_selectable(lines: list[str], children: list[int]) -> None:
    known = named(lines)
    archive = Archive(scores=known, children=dict(zip(known, children, strict=False)))
    assert weights(archive).keys() == known.keys()
    assert min(weights(archive).values()) > 0
    assert min(niched(weights(archive), {}).values()) > 0


def test_no_niche_has_more_than_half() -> None:
    given_weights = {CandidateId(name): weight for name, weight in {"a": 6, "b": 2, "c": 1, "d": 1}.items()}
    shared = niched(given_weights, ids({"a": "left", "b": "left", "c": "right", "d": "far"}))
    assert shared == pytest.approx({"a": 3.75, "b": 1.25, "c": 2.5, "d": 2.5})


def test_a_single_niche_is_left_alone() -> None:
    given_weights = {CandidateId("a"): 3.0, CandidateId("b"): 1.0}
    assert niched(given_weights, ids({"a": "x", "b": "x"})) == given_weights
    assert niched({}, {}) == {}


@given(
    st.lists(st.tuples(st.floats(1e-3, 1e3), st.integers(0, 4)), min_size=1, max_size=20),
    st.floats(0.05, 1.0),
)
def test_niches_share_whatever_the_weights(drawn: list[tuple[float, int]], most: float) -> None:
    before = {CandidateId(f"v{at}"): weight for at, (weight, _) in enumerate(drawn)}
    niches = {CandidateId(f"v{at}"): CandidateId(f"n{niche}") for at, (_, niche) in enumerate(drawn)}
    after = niched(before, niches, most)
    whole = sum(before.values())
    totals: Counter[CandidateId] = Counter()
    for version, weight in after.items():
        totals[niches[version]] += weight  # type: ignore[assignment]
    assert sum(after.values()) == pytest.approx(whole)
    assert max(totals.values()) <= whole * max(most, 1 / len(totals)) * (1 + 1e-9)
    for one, other in combinations(before, 2):
        if niches[one] == niches[other]:
            assert after[one] / after[other] == pytest.approx(before[one] / before[other])


def test_parents_come_from_the_front_by_cases_won_and_from_the_archive() -> None:
    known = scores(good="xxx--", special="---x-", weak="x----")
    drawn = Counter(pick_parent(Archive(scores=known), Random(seed), from_archive=0.0) for seed in range(800))
    assert drawn.keys() == {"good", "special"}
    assert drawn[CandidateId("good")] / 800 == pytest.approx(3 / 4, abs=0.06)
    drawn = Counter(pick_parent(Archive(scores=known), Random(seed), from_archive=1.0) for seed in range(800))
    expected = weights(Archive(scores=known))
    for version, weight in niched(expected, {}).items():
        assert drawn[version] / 800 == pytest.approx(weight / sum(expected.values()), abs=0.06)
    mixed = Counter(pick_parent(Archive(scores=known), Random(seed)) for seed in range(800))
    assert 0 < mixed[CandidateId("weak")] < drawn[CandidateId("weak")]


def test_where_nobody_wins_the_archive_gives_a_parent() -> None:
    known = scores(a="--", b="--")
    drawn = {pick_parent(Archive(scores=known), Random(seed), from_archive=0.0) for seed in range(50)}
    assert drawn == {"a", "b"}


def test_a_crowded_lineage_leaves_room_for_the_others() -> None:
    known = scores(**{f"child{number}": "xxxx" for number in range(9)}, loner="x---")
    niches = {version: CandidateId("left" if version != "loner" else "right") for version in known}
    archive = Archive(scores=known, niches=niches)
    drawn = Counter(pick_parent(archive, Random(seed), from_archive=1.0) for seed in range(600))
    assert drawn[CandidateId("loner")] / 600 == pytest.approx(0.5, abs=0.07)


@given(PARTIAL, st.integers())
def test_the_same_numbers_draw_the_same_parent(lines: list[str], seed: int) -> None:
    archive = Archive(scores=named(lines))
    assert pick_parent(archive, Random(seed)) == pick_parent(archive, Random(seed))
    assert pick_parent(archive, Random(seed)) in archive.scores


def test_the_mate_wins_most_of_what_the_parent_loses() -> None:
    known = scores(parent="xx---", near="xxx--", far="--xx-", stopped="..x..")
    assert pick_mate(CandidateId("parent"), known) == "far"
    assert pick_mate(CandidateId("far"), known) == "near"


def test_of_two_mates_the_one_that_loses_less_is_taken() -> None:
    known = scores(parent="xx-", clumsy="--x", handy="x-x", stranger="...")
    assert pick_mate(CandidateId("parent"), known) == "handy"


def test_there_is_no_mate_where_nobody_does_better_anywhere() -> None:
    assert pick_mate(CandidateId("a"), scores(a="xx", b="x-")) is None
    assert pick_mate(CandidateId("a"), scores(a="xx")) is None
    assert pick_mate(CandidateId("new"), scores(a="xx")) is None, "it was not measured yet"
    assert pick_mate(CandidateId("a"), scores(a="x.", b=".x")) is None, "they share no case"


def test_a_niche_is_the_child_of_a_root_that_one_descends_from() -> None:
    tree = {"seed": (), "a": ("seed",), "b": ("seed",), "a1": ("a",), "ab": ("b", "a1"), "a2": ("a1",)}
    parents = {
        CandidateId(one): tuple(CandidateId(parent) for parent in of)
        for one, of in (tree | {"c": ("a1",)}).items()
    }
    before = {"seed": "seed", "a": "a", "b": "b", "a1": "a", "ab": "b", "a2": "a", "c": "a"}
    assert lineages(parents, {CandidateId("seed")}) == before
    after = lineages(parents, {CandidateId("seed"), CandidateId("a1")})
    assert after == {**before, "a1": "a1", "a2": "a2", "c": "c"}, (
        "a1 was promoted: its children are new lineages"
    )
