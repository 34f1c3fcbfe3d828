"""The worlds that ask how fast: rules to find one by one (`triage.py`) or against the slope (`rugged.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from benchmarks.arena import guidance as guides
from benchmarks.arena.landscape import GUIDED
from benchmarks.arena.laws import Laws, rules_in
from benchmarks.arena.luck import chance, word
from benchmarks.arena.rugged import rugged
from benchmarks.arena.rule_writer import Writer
from benchmarks.arena.triage import triage
from benchmarks.arena.world import RIGHT, WRONG, Shown, Task, body

ODD = 0.04  # of the cases: no rule helps them
Damage = tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLandscape:
    """The laws of such worlds by their seed, and who writes. cold, guided: as in `landscape.Landscape`."""

    name: str
    laws: Callable[[int], Laws]
    writer: Writer = field(default_factory=Writer)
    cold: bool = False
    guided: float = 0.0

    @property
    def levels(self) -> tuple[float, float]:
        """Chance of a right answer to a case that is not helped and to one that is."""
        return (0.0, 1.0) if self.cold else (0.03, 0.97)


_TRIAGE = RuleLandscape(name="triage", laws=triage)
_ALL = (
    _TRIAGE,
    replace(_TRIAGE, name="triage-guided", guided=GUIDED),
    RuleLandscape(name="rugged", laws=rugged, writer=Writer(picks=1, right=0.13, blind=0.05, whole=0.2)),
)
RULED: Mapping[str, RuleLandscape] = {
    name: replace(each, name=name, cold=name.endswith("-cold"))
    for each in _ALL
    for name in (each.name, f"{each.name}-cold")
}


@dataclass(frozen=True, slots=True)
class RuleWorld:
    """A landscape with its luck. seed: of all luck. train, holdout: cases drawn from its population."""

    landscape: RuleLandscape
    seed: int
    laws: Laws
    train: tuple[Task, ...]
    holdout: tuple[Task, ...]
    _damage: dict[str, Damage] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, landscape: RuleLandscape, seed: int, *, train: int, holdout: int) -> RuleWorld:
        """Draw the cases of a world from its population."""
        laws = landscape.laws(seed)
        return cls(
            landscape, seed, laws, _drawn(laws, "train", 0, train), _drawn(laws, "holdout", 10_000, holdout)
        )

    @property
    def seed_text(self) -> str:
        """See `World`."""
        return body(self.laws.held)

    @property
    def cold(self) -> bool:
        """See `World`."""
        return self.landscape.cold

    @property
    def best_true_score(self) -> float:
        """The score of all lines that the laws know, and no other: see `tests/arena` for the proof."""
        return self.true_score(body(sorted(self.laws.known)))

    # ------------------------------------------------------------------------------------------ actor

    def answer(self, text: str, task: Task, draw: int) -> str:
        """See `World`."""
        lines = "\n".join(self.meaning(text))
        luck = chance(self.seed, lines, task.name, 0 if self.cold else draw, "answer")
        return RIGHT if luck < self.true_score_on(text, [task]) else WRONG

    def meaning(self, text: str) -> tuple[str, ...]:
        """The rules, in an order that says nothing."""
        return tuple(sorted(rules_in(text)))

    def true_score(self, text: str) -> float:
        """See `World`."""
        lines, helped = rules_in(text), 0.0
        for law in self.laws.laws:
            part = law.share * law.helped(lines)
            for _, kind, hurt in self._hurts(text):
                part *= 1 - hurt * (kind == law.kind)
            helped += part
        return self._level(helped * (1 - ODD))

    def true_score_on(self, text: str, tasks: Sequence[Task]) -> float:
        """Chance of a right answer, 0…1, over these cases."""
        return sum(self._level(self._helped(text, task)) for task in tasks) / len(tasks)

    def true_gain(self, text: str) -> float:
        """See `World`."""
        return self.true_score(text) - self.true_score(self.seed_text)

    def true_gain_on(self, text: str, tasks: Sequence[Task]) -> float:
        """See `World`."""
        return self.true_score_on(text, tasks) - self.true_score_on(self.seed_text, tasks)

    def _level(self, helped: float) -> float:
        low, high = self.landscape.levels
        return low + (high - low) * helped

    def _helped(self, text: str, task: Task) -> bool:
        part = self.laws.by_kind[task.kind].helped(rules_in(text))
        if chance(self.seed, task.name, "odd") < ODD or chance(self.seed, task.name, "helped") >= part:
            return False
        return not any(
            kind == task.kind and chance(self.seed, line, task.name, "hurt") < hurt
            for line, kind, hurt in self._hurts(text)
        )

    def _hurts(self, text: str) -> Damage:
        if text not in self._damage:
            self._damage[text] = self.laws.damage(rules_in(text))
        return self._damage[text]

    # --------------------------------------------------------------------------------------- improver

    def improve(self, parent: str, shown: Sequence[Shown], draw: int, guidance: str = "") -> str:
        """See `World`: rules for some of the classes of which failing cases are shown."""
        seen = " ".join(f"{each.task.name}{'+' if each.passed else '-'}" for each in shown)
        rng = Random(f"{self.seed}/{parent}/{seen}/{guidance}/{draw}")
        return self._edited(rules_in(parent), shown, rng, self.quality(guidance))

    def cross(self, mother: str, father: str, draw: int, shown: Sequence[Shown] = ()) -> str:
        """See `World`."""
        rng = Random(f"{self.seed}/{mother}/{father}/{draw}/cross")
        one, other = rules_in(mother), rules_in(father)
        mixed = [
            line
            for line in dict.fromkeys((*one, *other))
            if (line in one and line in other) or rng.random() < 0.5
        ]
        return self._edited(mixed, shown, rng, 1.0)

    def write(self, draw: int) -> str:
        """See `World`."""
        return self._edited(self.laws.held, (), Random(f"{self.seed}/{draw}/write"), 1.0)

    def think(self, draw: int, parent: str | None = None) -> str:
        """See `World`."""
        rng = Random(f"{self.seed}/{parent}/{draw}/think")
        return guides.changed(self.seed, parent, rng) if parent else guides.fresh(rng)

    def quality(self, guidance: str) -> float:
        """See `guidance.quality`; exactly 1 in landscapes that are not guided."""
        return guides.quality(self.seed, guidance, self.landscape.guided)

    def _edited(self, lines: Iterable[str], shown: Sequence[Shown], rng: Random, quality: float) -> str:
        return body(self.landscape.writer.edited(self.laws, tuple(lines), shown, (rng, quality)))


def _drawn(laws: Laws, split: str, first: int, count: int) -> tuple[Task, ...]:
    return tuple(Task(word(number), _kind(laws, number), split) for number in range(first, first + count))


def _kind(laws: Laws, number: int) -> str:
    """The class of a case, by the classes' shares."""
    left = chance(laws.seed, "kind", number)
    for law in laws.laws:
        left -= law.share
        if left < 0:
            return law.kind
    return laws.laws[-1].kind
