"""What a night plans with does not depend on who was asked before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.tally import FIRST_FRESH, Tally
from rsi_cli.ledger.events import (
    Bred,
    Confirmed,
    GenerationPlanned,
    Measurement,
    RunStopped,
    Stillbirth,
)
from rsi_cli.nouns import CandidateId, Split
from rsi_cli.suite.model import Limits
from tests.fakes.letters import Scene, git
from tests.fakes.memory_journal import MemoryJournal
from tests.fakes.night import HALF, birth, result


def test_every_answer_counts_with_its_graders_and_a_hypermutation_twice() -> None:
    tally = Tally(attempt=1.5)
    results = (result("a", HALF), result("b", HALF))
    tally.add(Measurement(purpose="baseline", version=CandidateId("x"), split=Split.TRAIN, results=results))
    assert tally.calls == 3.0
    plain = birth(CandidateId("c"), 0)
    tally.add(Bred(generation=1, births=(plain,)))
    assert tally.calls == 4.0


def confirmed(generation: int, *, fresh: bool) -> Confirmed:
    return Confirmed(
        generation=generation,
        candidate=CandidateId("c"),
        results=(result("a", HALF), result("b", HALF)),
        difference=0.5,
        crowned=True,
        fresh=fresh,
    )


def test_a_confirmation_counts_where_it_drew_anew() -> None:
    tally = Tally(attempt=1.5)
    tally.add(confirmed(1, fresh=False))
    assert tally.calls == 0.0, "the race's answers were counted with the race"
    tally.add(confirmed(2, fresh=True))
    assert tally.calls == 3.0
    cold = Tally(attempt=1.5, draws=False)
    cold.add(confirmed(1, fresh=True))
    assert cold.calls == 0.0


def test_an_account_counts_the_draws_that_were_made_for_it() -> None:
    tally = Tally(attempt=1.0)
    gates_own, fresh = result("a", HALF, 1), result("a", HALF, FIRST_FRESH)
    tally.add(
        Measurement(
            purpose="fresh",
            version=CandidateId("x"),
            split=Split.HOLDOUT,
            results=(gates_own, fresh, gates_own),
        )
    )
    assert tally.calls == 1.0


@pytest.mark.parametrize("rounds", [1, 4])
def test_a_child_counts_with_all_its_rounds_whether_it_was_born_or_not(rounds: int) -> None:
    tally = Tally(attempt=1.0)
    born = replace(birth(CandidateId("c"), 0), operator="hyper-zero-order", rounds=rounds)
    still = Stillbirth(operator="merge", reason="leak", detail="x", mutation_prompt="x", rounds=rounds)
    tally.add(Bred(generation=1, births=(born,), stillbirths=(still,)))
    assert tally.calls == (2 + rounds - 1) + (1 + rounds - 1)
    assert tally.dearest == tally.calls


async def test_a_night_whose_answers_cost_nothing_takes_the_same_turns(scene: Scene, tmp_path: Path) -> None:
    scene.limits, scene.generations = Limits(max_calls=700), None
    paid = await evolve(scene.night())
    turns = scene.told(GenerationPlanned)
    git(scene.root, "reset", "-q", "--hard", scene.night().started.base_commit + "^")

    scene.facts, scene.twin = MemoryJournal(), "b"
    scene.ask.free = True
    scene.ask.watcher.facts.clear()
    free = await evolve(scene.night())
    assert scene.ask.budget.spent.calls == 0
    assert scene.told(GenerationPlanned) == turns
    assert isinstance(paid, RunStopped)
    assert free == paid
