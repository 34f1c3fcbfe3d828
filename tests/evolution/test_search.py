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
