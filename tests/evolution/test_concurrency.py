"""A night's facts are the same to the byte, however many calls are in flight and whoever answers first."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.merits import BREADTH, DEPTH
from rsi_cli.ledger.events import Bred, Confirmed
from rsi_cli.ledger.journal import Journal
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.models.call import Call, Completion
from rsi_cli.nouns import Prompt, Role
from rsi_cli.suite.model import Limits, ModelChoice
from tests.fakes.letters import LetterActor, LetterImprover, Scene, commit_skill, git, letters_suite
from tests.fakes.provider import Rig, ScriptedProvider, completion

LIMITS = Limits(max_calls=1500)
NAMES_OF_COMMITS = ("Promoted", "PromotionPlanned", "ChampionKept")  # a commit is named by its time as well
BOTH = (ModelChoice(name="openai/broad"), ModelChoice(name="openai/deep"))


@dataclass
class Crowd(ScriptedProvider):
    """Models in the world of letters; how long each takes for an answer is drawn at random.

    order: seed of that. answered: the draws in the order in which their answers came.
    """

    order: int = 0
    answered: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rng = Random(self.order)

    async def complete(self, call: Call) -> Completion:
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        for _ in range(self._rng.randrange(30)):
            await asyncio.sleep(0)
        self.in_flight -= 1
        self.answered.append(call.key())
        prompt = Prompt(role=call.role, messages=call.messages, template=call.template, repeat=call.repeat)
        most = 2 if call.choice == BOTH[0] else 4
        speaker = LetterImprover(most) if call.role is Role.IMPROVER else LetterActor(slip=0.1)
        text = speaker(prompt)
        assert isinstance(text, str)
        return completion(text)


@dataclass(frozen=True)
class Lived:
    """A night that came to its end. rows: kind, key and bytes of each recorded fact."""

    scene: Scene
    crowd: Crowd
    rows: list[tuple[str, str, str]]


async def lived(repo: Path, concurrency: int, order: int) -> Lived:
    """The same night in a copy of the repository, through a real gateway and into a real journal."""
    root = repo.parent / f"{concurrency}-{order}"
    shutil.copytree(repo, root)
    path = root / ".git/rsi/night.sqlite"
    with closing(Journal.open(path)) as journal:
        scene = Scene(root=root, facts=journal, suite=letters_suite("cdefghijklmnopqrst"), limits=LIMITS)
        scene.generations, scene.most_rounds, scene.models = 7, 2, {BREADTH: 1.0, DEPTH: 1.0}
        crowd = Crowd(order=order)
        rig = Rig(provider=crowd, improvers=BOTH, limits=LIMITS, log=journal, concurrency=concurrency)
        plain = scene.night()
        night = replace(
            plain,
            bench=replace(plain.bench, ask=rig.gateway.ask),
            improve=rig.gateway.ask,
            budget=rig.budget,
        )
        await evolve(night)
        await rig.gateway.aclose()
    with closing(sqlite3.connect(path)) as opened:
        rows = opened.execute("SELECT kind, key, payload FROM facts ORDER BY seq").fetchall()
    return Lived(scene, crowd, rows)


def timeless(rows: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The rows without what a commit's name tells of the time of day; all else to the byte."""
    return [(kind, key, "" if kind in NAMES_OF_COMMITS else payload) for kind, key, payload in rows]


async def test_facts_do_not_depend_on_how_many_calls_are_in_flight(repo: Path) -> None:
    commit_skill(repo)
    one = await lived(repo, concurrency=1, order=0)
    assert one.crowd.peak == 1
    told = one.scene.told
    assert told(Promoted), "the commit's message is part of what may differ"
    assert any(fact.crowned for fact in told(Confirmed))
    manners = {(birth.operator, birth.rounds, birth.depth) for bred in told(Bred) for birth in bred.births}
    assert len({operator for operator, _, _ in manners}) > 3
    assert {depth for *_, depth in manners} == {True, False}
    for concurrency, order in ((3, 1), (8, 2), (8, 3)):
        other = await lived(repo, concurrency, order)
        assert 1 < other.crowd.peak <= concurrency
        assert other.crowd.answered != one.crowd.answered, "answers came in another order"
        assert sorted(other.crowd.answered) == sorted(one.crowd.answered), "the same was asked"
        assert timeless(other.rows) == timeless(one.rows)
        for words in (("rev-parse", "HEAD^{tree}"), ("log", "-1", "--format=%B")):
            assert git(other.scene.root, *words) == git(one.scene.root, *words)
