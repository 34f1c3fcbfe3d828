"""A night that was killed anywhere is finished as if nothing had happened."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.merits import BREADTH, DEPTH
from rsi_cli.ledger.events import Event, LookTaken
from rsi_cli.ledger.journal import Journal
from rsi_cli.ledger.promotions import ChampionKept, Promoted, PromotionPlanned
from rsi_cli.nouns import Prompt, Sha
from rsi_cli.skill.sidecar import Kind, Lesson, Record, Sidecar
from rsi_cli.suite.model import Limits
from tests.fakes.letters import LetterActor, Scene, ScriptedAsk, git

LIMITS = Limits(max_calls=520)
BOTH_MODELS = {BREADTH: 1.0, DEPTH: 1.0}
INHERITED = Sidecar(
    operators={"merge": Record(tried=9.0, confirmed=2.0)},
    models={DEPTH: Record(tried=9.0, confirmed=2.0)},
    lessons=(Lesson(kind=Kind.NOTE, text="Capitals, please."),),
)
NAMELESS = Sha("")


@dataclass(frozen=True)
class Undisturbed:
    """A night that came to its end. asked: each prompt with the number of facts known when it was asked."""

    root: Path
    facts: tuple[Event, ...]
    asked: tuple[tuple[int, Prompt], ...]

    def kept(self, count: int) -> tuple[Event, ...]:
        """What a night killed after so many facts left behind."""
        return self.facts[:count]

    def head_after(self, count: int) -> str:
        """The commit that the branch was at then."""
        commits = [fact.commit for fact in self.kept(count) if isinstance(fact, Promoted)]
        return commits[-1] if commits else git(self.root, "log", "--format=%H", "--grep=Add the skill")


def nameless(facts: tuple[Event, ...]) -> list[Event]:
    """Facts without names of commits, which depend on the time of day."""
    plain: list[Event] = []
    for fact in facts:
        if isinstance(fact, Promoted):
            plain.append(replace(fact, commit=NAMELESS, parent_commit=NAMELESS))
        elif isinstance(fact, PromotionPlanned):
            plain.append(replace(fact, parent_commit=NAMELESS))
        elif isinstance(fact, ChampionKept):
            plain.append(replace(fact, commit=NAMELESS))
        else:
            plain.append(fact)
    return plain


def ask() -> ScriptedAsk:
    return ScriptedAsk(actor=LetterActor(slip=0.05))


@pytest.fixture
async def undisturbed(scene: Scene) -> Undisturbed:
    scene.ask, scene.limits, scene.generations = ask(), LIMITS, None
    scene.inherited, scene.models, scene.most_rounds = INHERITED, BOTH_MODELS, 2
    await evolve(scene.night())
    assert scene.told(Promoted), "a night without a promotion would leave the hardest part out"
    return Undisturbed(scene.root, scene.facts.events(), tuple(scene.ask.asked))


async def resume(
    before: Undisturbed, count: int, root: Path, *, head: str, billed_since: int = 0
) -> tuple[Scene, tuple[Event, ...]]:
    """Go on after the first `count` facts, in a copy of the repository whose branch is at `head`.

    billed_since: calls of the step that was cut off; their answers then come from the cache.
    """
    shutil.copytree(before.root, root)
    git(root, "reset", "-q", "--hard", head)
    journal = Journal.open(root / ".git/rsi/cut.sqlite")
    for fact in before.kept(count):
        journal.append(fact)
    paid = sum(known < count - 1 for known, _ in before.asked)  # the watcher is not told of the first fact
    scene = Scene(root=root, facts=journal, ask=ask(), limits=LIMITS, generations=None)
    scene.inherited, scene.models, scene.most_rounds = INHERITED, BOTH_MODELS, 2
    scene.spent, scene.ask.free = paid + billed_since, billed_since > 0
    try:
        await evolve(scene.night())
        return scene, journal.events()
    finally:
        journal.close()


def assert_same_end(before: Undisturbed, root: Path) -> None:
    assert git(root, "rev-parse", "HEAD^{tree}") == git(before.root, "rev-parse", "HEAD^{tree}")
    assert git(root, "rev-list", "--count", "HEAD") == git(before.root, "rev-list", "--count", "HEAD")
    assert git(root, "status", "--porcelain") == ""


async def test_a_night_cut_anywhere_ends_as_the_undisturbed_one_and_asks_nothing_again(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    total = len(undisturbed.facts)
    hard = [n for n, fact in enumerate(undisturbed.facts) if isinstance(fact, PromotionPlanned | Promoted)]
    cuts = sorted({*range(1, total + 1, 7), *(n + after for n in hard for after in (0, 1)), total})
    for count in cuts:
        root = tmp_path / f"cut-{count}"
        scene, facts = await resume(undisturbed, count, root, head=undisturbed.head_after(count))
        assert nameless(facts) == nameless(undisturbed.facts), f"cut after {count} facts"
        assert_same_end(undisturbed, root)
        still_open = Counter(prompt for known, prompt in undisturbed.asked if known >= count - 1)
        assert Counter(prompt for _, prompt in scene.ask.asked) == still_open, f"cut after {count} facts"
        shutil.rmtree(root)


async def test_a_commit_that_was_made_but_not_written_down_is_found_and_not_made_again(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    [at, *_] = [n for n, fact in enumerate(undisturbed.facts) if isinstance(fact, Promoted)]
    promoted = undisturbed.facts[at]
    assert isinstance(promoted, Promoted)
    root = tmp_path / "killed"
    _, facts = await resume(undisturbed, at, root, head=promoted.commit)
    again = facts[at]
    assert isinstance(again, Promoted)
    assert (again.commit, again.parent_commit) == (promoted.commit, promoted.parent_commit)
    assert_same_end(undisturbed, root)


async def test_a_night_that_ended_is_only_read_again(undisturbed: Undisturbed, tmp_path: Path) -> None:
    root = tmp_path / "ended"
    head = git(undisturbed.root, "rev-parse", "HEAD")
    scene, facts = await resume(undisturbed, len(undisturbed.facts), root, head=head)
    assert facts == undisturbed.facts
    assert scene.ask.asked == []
    assert git(root, "rev-parse", "HEAD") == head


async def test_a_night_killed_inside_a_look_makes_the_same_look_again(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    looks = [n for n, fact in enumerate(undisturbed.facts) if isinstance(fact, LookTaken)]
    for count in looks:
        look = undisturbed.facts[count]
        assert isinstance(look, LookTaken)
        for extra in (1, look.answers // 2, look.answers):
            root = tmp_path / f"look-{count}-{extra}"
            head = undisturbed.head_after(count)
            _, facts = await resume(undisturbed, count, root, head=head, billed_since=extra)
            assert nameless(facts) == nameless(undisturbed.facts), f"after {extra} answers of {look.key}"
            shutil.rmtree(root)
