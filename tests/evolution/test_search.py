"""Who may be shown to the gate: a champion that is better on fresh draws and was not judged before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.breeder import seedling
from rsi_cli.evolution.candidate import Candidate
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
