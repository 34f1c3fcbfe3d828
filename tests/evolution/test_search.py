"""Who may be shown to the gate: a champion that is better on fresh draws and was not judged before."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from rsi_cli.evolution.archive import pick_parent
from rsi_cli.evolution.breeder import seedling
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.material import archive_of
from rsi_cli.evolution.population import Population, Unit
from rsi_cli.evolution.search import Search, restarted
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured
from rsi_cli.skill.document import parse
from rsi_cli.skill.sidecar import MutationPrompt

SEED = seedling(parse(b"# Seed\n"))
BETTER = replace(seedling(parse(b"# Better\n")), parents=(SEED.id,), operator="first-order", generation=1)


def results(*scores: float | None) -> tuple[CaseResult, ...]:
    return tuple(
        CaseResult(
            case_id=CaseId(f"t{number}"),
            repeat=0,
            output="x",
            result=Failed(Blame.MODEL, "lost") if score is None else Measured(score, "why"),
            passed=score == 1.0,
        )
        for number, score in enumerate(scores)
    )


def search(
    seed: tuple[CaseResult, ...], better: tuple[CaseResult, ...], champion: Candidate = BETTER
) -> Search:
    return Search(
        origin=SEED,
        incumbent=SEED,
        champion=champion,
        population=Population(()),
        candidates={SEED.id: SEED, BETTER.id: BETTER},
        train={SEED.id: seed, BETTER.id: better},
    )


@pytest.mark.parametrize(
    ("seed", "better", "deserves"),
    [
        (results(0.0, 1.0), results(1.0, 1.0), True),
        (results(0.0, 1.0), results(1.0, 0.0), False),
        (results(0.0, 1.0), results(0.0, 0.0), False),
        (results(0.0, 1.0), results(None, None), False),
        (results(0.0, 0.5, None), results(0.5, 0.5, None), True),
    ],
)
def test_a_challenger_is_above_the_incumbent(
    seed: tuple[CaseResult, ...],
    better: tuple[CaseResult, ...],
    deserves: bool,  # noqa: FBT001 - the last column of the table
) -> None:
    assert search(seed, better).has_challenger == deserves


def test_a_champion_that_was_judged_is_no_challenger_again() -> None:
    state = search(results(0.0), results(1.0))
    assert not replace(state, judged=frozenset({BETTER.id})).has_challenger


def test_the_incumbent_challenges_nobody() -> None:
    assert not search(results(0.0), results(1.0), champion=SEED).has_challenger


def test_scores_are_of_measured_cases_alone() -> None:
    state = search(results(0.0, None, 1.0), ())
    assert state.scores(SEED.id) == {"t0": 0.0, "t2": 1.0}
    assert state.train_score(SEED.id) == 0.5
    assert state.train_score(BETTER.id) is None


def test_a_new_start_leaves_the_texts_and_keeps_the_ways_of_revising() -> None:
    units = tuple(
        Unit(candidate=BETTER.id, mutation_prompt=MutationPrompt(text=way, tried=3), thinking_style=way)
        for way in ("one", "two")
    )
    state = replace(search(results(0.0), results(1.0)), population=Population(units))
    again = restarted(state)
    assert again.champion == again.incumbent == SEED
    assert again.population == Population(tuple(replace(unit, candidate=SEED.id) for unit in units))
    assert again.candidates == state.candidates, "what was measured is not born again"


def test_a_lead_counts_until_the_gate_has_judged_the_line() -> None:
    """Its line is the champion and what it descends from: a second look so soon would see the same again."""
    later = replace(seedling(parse(b"# Later\n")), parents=(BETTER.id,), operator="merge", generation=2)
    state = search(results(0.0, 0.0), results(1.0, 0.0))
    state = replace(
        state,
        champion=later,
        candidates={**state.candidates, later.id: later},
        train={**state.train, later.id: results(1.0, 1.0)},
    )
    assert state.fresh_lead == 1.0
    assert replace(state, judged=frozenset({BETTER.id})).fresh_lead == 0.0
    assert replace(state, judged=frozenset({BETTER.id})).has_challenger, "it may be looked at, in the end"
    assert replace(state, champion=SEED).fresh_lead == 0.0
    assert replace(state, train={**state.train, later.id: results(0.0, None)}).fresh_lead == 0.0


# ------------------------------------------------------------------- what is committed, and what was left


def child(name: str, *parents: Candidate) -> Candidate:
    text = seedling(parse(f"# {name}\n".encode()))
    return replace(text, parents=tuple(parent.id for parent in parents), operator="first-order", generation=1)


FIRST = child("First promotion", SEED)
SECOND = child("Second promotion", FIRST)


def promoted_twice(*others: Candidate) -> Search:
    """First the seed, then FIRST, now SECOND is committed; the last of the others leads, and was judged."""
    known = (SEED, FIRST, SECOND, *others)
    return Search(
        origin=SEED,
        incumbent=SECOND,
        champion=others[-1],
        population=Population(()),
        candidates={each.id: each for each in known},
        train={each.id: results(float(at > 2), 1.0, float(at > 0)) for at, each in enumerate(known)},
        judged=frozenset({FIRST.id, SECOND.id, others[-1].id}),
        committed=frozenset({SEED.id, FIRST.id, SECOND.id}),
    )


@pytest.mark.parametrize("forebear", [SEED, FIRST, SECOND], ids=["origin", "former", "incumbent"])
def test_a_champions_line_ends_at_whatever_was_committed_once(forebear: Candidate) -> None:
    between = child("Between", forebear)
    vetoed = child("Vetoed", between)
    state = promoted_twice(between, vetoed)
    assert state.champions_line == (vetoed.id, between.id)
    after = restarted(state)
    assert after.left == {vetoed.id, between.id}
    assert after.champion == SECOND


@pytest.mark.parametrize("forebear", [SEED, FIRST, SECOND], ids=["origin", "former", "incumbent"])
def test_after_two_promotions_and_a_veto_all_that_was_committed_may_have_children(
    forebear: Candidate,
) -> None:
    vetoed = child("Vetoed", forebear)
    below, mixed = child("Below", vetoed), child("Mixed", SECOND, vetoed)
    beside = child("Beside", forebear)
    state = replace(
        promoted_twice(beside, below, mixed, vetoed),
        candidates={each.id: each for each in (SEED, FIRST, SECOND, beside, vetoed, below, mixed)},
    )
    after = restarted(state)
    assert set(after.heritable) == {SEED.id, FIRST.id, SECOND.id, beside.id}
    archive = archive_of(after)
    drawn = {pick_parent(archive, Random(seed), from_archive=1.0) for seed in range(300)}
    assert drawn == set(after.heritable)
    assert {pick_parent(archive, Random(seed)) for seed in range(50)} <= drawn


def test_a_second_veto_leaves_more_and_takes_nothing_back() -> None:
    one, other = child("One", FIRST), child("Other", SEED)
    once = restarted(promoted_twice(other, one))
    assert other.id in once.heritable
    twice = restarted(replace(once, champion=other))
    assert twice.left == {one.id, other.id}
    assert twice.heritable == (SEED.id, FIRST.id, SECOND.id)


def test_what_descends_from_a_left_lineage_and_was_committed_itself_goes_on() -> None:
    vetoed = child("Vetoed", FIRST)
    saved = child("Saved", vetoed)
    below = child("Below saved", saved)
    state = restarted(promoted_twice(saved, below, vetoed))
    state = replace(state, candidates={each.id: each for each in (SEED, FIRST, SECOND, vetoed, saved, below)})
    assert {saved.id, below.id}.isdisjoint(state.heritable)
    state = replace(state, committed=state.committed | {saved.id}, incumbent=saved)
    assert {saved.id, below.id} <= set(state.heritable)
    assert vetoed.id not in state.heritable
