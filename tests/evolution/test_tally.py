"""What a night plans with does not depend on who was asked before."""

from __future__ import annotations

from pathlib import Path

from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.tally import Tally
from rsi_cli.ledger.events import Bred, GenerationPlanned, Measurement, RunStopped
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
