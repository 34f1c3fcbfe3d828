"""A thousand candidates of pure noise in one night: great scores on train cases, and no promotion."""

from __future__ import annotations

from pathlib import Path

import pytest

from rsi_cli.evaluation.run import mean
from rsi_cli.evolution.loop import evolve
from rsi_cli.ledger.events import Bred, LookTaken, Raced
from rsi_cli.ledger.promotions import Promoted
from tests.fakes.letters import NoisyActor, Scene, ScriptedAsk, commit_skill, letters_suite
from tests.fakes.memory_journal import MemoryJournal

LETTERS = "cdefghijklmn"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("seed", "draws"), [(1, True), (2, True), (3, False)])
async def test_a_thousand_candidates_of_noise_bring_none(repo: Path, seed: int, *, draws: bool) -> None:
    commit_skill(repo)
    scene = Scene(
        root=repo,
        facts=MemoryJournal(),
        suite=letters_suite(train=LETTERS, holdout=LETTERS, known_good=""),
        ask=ScriptedAsk(actor=NoisyActor(seed)),
        seed=seed,
        size=16,
        generations=380,
        draws=draws,
    )
    await evolve(scene.night())
    assert sum(len(bred.births) for bred in scene.told(Bred)) >= 1000
    scores = [
        mean([result.score for result in lap.results if result.score is not None])
        for raced in scene.told(Raced)
        for lap in raced.laps
        if lap.finished
    ]
    assert max(score for score in scores if score is not None) >= 0.8, "selection alone looks like a gain"
    assert scene.told(LookTaken), "the gate was never asked, so this shows nothing"
    assert scene.told(Promoted) == []
