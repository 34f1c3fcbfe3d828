"""The world that asks who is fooled: lines of a text toss coins that make cases hard or easy (`edits.py`).

An answer is right with the chance of its case's level. Edits add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.arena import guidance as guides
from benchmarks.arena.edits import Edit, Rates, dealt_at_first, edits_in, written
from benchmarks.arena.landscape import KINDS, Landscape
from benchmarks.arena.luck import chance, word
from benchmarks.arena.world import HEAD, RIGHT, WRONG, Shown, Task, body

DROP = 0.15  # chance that an edit takes a line out instead of adding one
SECOND = 0.5  # chance that a rewrite makes two edits
FOCUS = (1.0, 2.0, 2.0, 3.0)  # how much likelier a mend is with 0, 1, 2, 3 or more failing cases of its class


@dataclass(frozen=True, slots=True)
class EditWorld:
    """A landscape with its luck. seed: of all luck. train, holdout: numbers of cases."""

    landscape: Landscape
    seed: int
    train: tuple[Task, ...]
    holdout: tuple[Task, ...]
    seed_text: str = HEAD
    _paths: dict[str, tuple[Rates, ...]] = field(default_factory=dict, repr=False, compare=False)
    _levels: dict[tuple[str, str], tuple[float, float]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, landscape: Landscape, seed: int, *, train: int, holdout: int) -> EditWorld:
        """Draw the cases of a world from its population."""
        return cls(landscape, seed, _drawn("train", 0, train, seed), _drawn("holdout", 10_000, holdout, seed))

    @property
    def cold(self) -> bool:
        """See `World`."""
        return self.landscape.cold

    @property
    def best_true_score(self) -> float:
        """The seed text's; where lines can mend, that of easy cases alone, which no text quite reaches."""
        return self.landscape.levels[1] if "mend" in self.landscape.edits else self.true_score(self.seed_text)

    # ------------------------------------------------------------------------------------------ actor

    def meaning(self, text: str) -> tuple[Edit, ...]:
        """The lines that do something, in order."""
        return edits_in(text)

    def answer(self, text: str, task: Task, draw: int) -> str:
        """What the actor answers: `RIGHT` if the grader will let it pass, else `WRONG`.

        draw: independent repeats have different numbers; a cold world does not look at it.
        """
        lines = "\n".join(edit.line for edit in edits_in(text))
        luck = chance(self.seed, lines, task.name, 0 if self.landscape.cold else draw, "answer")
        return RIGHT if luck < self._measured(text, task)[0] else WRONG

    def true_score(self, text: str) -> float:
        """Chance of a right answer, 0…1, over all cases there are: exact, no sample."""
        low, high = self.landscape.levels
        rates = self._path(text)[-1]
        return low + (high - low) * sum(rates.values()) / len(rates)

    def true_score_on(self, text: str, tasks: Sequence[Task]) -> float:
        """Chance of a right answer, 0…1, over these cases."""
        return sum(self._measured(text, task)[1] for task in tasks) / len(tasks)

    def true_gain(self, text: str) -> float:
        """How much better than the first version over all cases there are, -1…1; exactly 0.0 in "null"."""
        return self.true_score(text) - self.true_score(self.seed_text)

    def true_gain_on(self, text: str, tasks: Sequence[Task]) -> float:
        """How much better than the first version on these cases, -1…1."""
        return self.true_score_on(text, tasks) - self.true_score_on(self.seed_text, tasks)

    def _path(self, text: str) -> tuple[Rates, ...]:
        """The part of easy cases by class, before the first edit and after each."""
        if text not in self._paths:
            path: list[Rates] = [dealt_at_first(self.seed)]
            for edit in edits_in(text):
                path.append(edit.rates(path[-1], self.seed))
            self._paths[text] = tuple(path)
        return self._paths[text]

    def _measured(self, text: str, task: Task) -> tuple[float, float]:
        """Chance that the grader lets an answer pass, and chance that it is right."""
        key = (text, task.name)
        if key not in self._levels:
            self._levels[key] = self._walked(edits_in(text), self._path(text), task)
        return self._levels[key]

    def _walked(self, edits: Sequence[Edit], path: Sequence[Rates], task: Task) -> tuple[float, float]:
        case = (task.name, task.kind)
        easy = chance(self.seed, "first", task.name) < path[0][task.kind]
        fooled = False
        gullible = self._is_gullible(task)
        for edit, rates in zip(edits, path, strict=False):
            easy = edit.easy(case, (easy, rates[task.kind]), self.seed)
            fooled = fooled or (gullible and edit.fools(task.name, self.seed))
        levels = self.landscape.levels
        return levels[easy or fooled], levels[easy]

    def _is_gullible(self, task: Task) -> bool:
        land = self.landscape
        part = land.gullible_train if task.split == "train" else land.gullible
        return chance(self.seed, "gullible", task.name) < part

    # --------------------------------------------------------------------------------------- improver

    def improve(self, parent: str, shown: Sequence[Shown], draw: int, guidance: str = "") -> str:
        """THE improver: the parent with one or two edits, chosen at random among the landscape's kinds.

        A helpful edit is likelier for a class of which failing cases are shown. draw: another number,
        another rewrite. guidance: a mutation prompt, where there is one; counts in guided landscapes only.
        """
        seen = " ".join(f"{each.task.name}{'+' if each.passed else '-'}" for each in shown)
        return self._edited(parent, shown, Random(f"{self.seed}/{parent}/{seen}/{guidance}/{draw}"), guidance)

    def cross(self, mother: str, father: str, draw: int, shown: Sequence[Shown] = ()) -> str:
        """A crossover as a model writes it: about half of the lines of each parent, then an improvement."""
        if not self.landscape.edits:
            return mother
        rng = Random(f"{self.seed}/{mother}/{father}/{draw}/cross")
        theirs = dict.fromkeys(edit.line for text in (mother, father) for edit in edits_in(text))
        both = {e.line for e in edits_in(mother)} & {e.line for e in edits_in(father)}
        return self._edited(
            body(line for line in theirs if line in both or rng.random() < 0.5), shown, rng, ""
        )

    def write(self, draw: int) -> str:
        """A text written from nothing but the task's description: the first version with blind edits."""
        return self._edited(self.seed_text, (), Random(f"{self.seed}/{draw}/write"), "")

    def think(self, draw: int, parent: str | None = None) -> str:
        """A new mutation prompt; where they are all worth the same, one of a parent is like any other."""
        if not self.landscape.guided:
            return f"Look at the requests as {word(int(80**4 * chance(self.seed, draw, 'think')), 4)} would."
        rng = Random(f"{self.seed}/{parent}/{draw}/think")
        return guides.changed(self.seed, parent, rng) if parent else guides.fresh(rng)

    def quality(self, guidance: str) -> float:
        """See `guidance.quality`; exactly 1 in landscapes that are not guided."""
        return guides.quality(self.seed, guidance, self.landscape.guided)

    def _edited(self, parent: str, shown: Sequence[Shown], rng: Random, guidance: str) -> str:
        if not self.landscape.edits:
            return parent
        lines = [edit.line for edit in edits_in(parent)]
        for _ in range(1 + (rng.random() < SECOND)):
            if lines and rng.random() < DROP:
                lines.remove(rng.choice(lines))
            else:
                lines.append(self._line(shown, rng, guidance))
        return body(lines)

    def _line(self, shown: Sequence[Shown], rng: Random, guidance: str) -> str:
        failing = [each.task for each in shown if not each.passed]
        target = rng.choice(failing) if failing else None
        kind = target.kind if target else rng.choice(KINDS)
        alike = sum(task.kind == kind for task in failing)
        weights = dict(self.landscape.edits)
        if "mend" in weights:
            weights["mend"] *= FOCUS[min(alike, len(FOCUS) - 1)] * self.quality(guidance)
        if target is None and "recall" in weights:
            weights["recast"] = weights.get("recast", 0.0) + weights.pop("recall")
        verb = rng.choices(list(weights), list(weights.values()))[0]
        code = word(rng.randrange(80**4), 4)
        if verb == "recall" and target:
            return written(verb, target.name, code, f'Asked "{target.input}", know the answer.')
        return written(verb, kind if verb == "mend" else "", code)


def _drawn(split: str, first: int, count: int, seed: int) -> tuple[Task, ...]:
    numbers = range(first, first + count)
    kinds = [KINDS[int(chance(seed, "kind", number) * len(KINDS))] for number in numbers]
    return tuple(Task(word(number), kind, split) for number, kind in zip(numbers, kinds, strict=True))
