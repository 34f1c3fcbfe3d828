"""The plain genetic algorithm: a population, tournaments, crossover or rewrite, and the best few survive."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from benchmarks.arena.contestant import BudgetSpent, Desk, Outcome
from benchmarks.arena.world import Shown, Task

SIZE = 10  # of the population
ELITE = 2  # members that go on unchanged into the next generation
TOURNAMENT = 3  # members of which the best becomes a parent
CROSSED = 0.5  # chance that a child has two parents; one alone is rewritten
MINIBATCH = 20  # train cases on which everybody is measured once


@dataclass(frozen=True, slots=True)
class Member:
    """A text with its results on the minibatch, in the order of its cases."""

    text: str
    shown: tuple[Shown, ...]

    @property
    def mean(self) -> float:
        """Part of the cases that passed."""
        return sum(each.passed for each in self.shown) / len(self.shown)


@dataclass(frozen=True, slots=True)
class GeneticAlgorithm:
    """Everybody answers the same train cases, once in its life; the best mean is shipped, and claimed."""

    name: str = "ga"

    def run(self, desk: Desk, seed: int) -> Outcome:
        """Breed until the budget is spent."""
        return _Run(desk, Random(seed)).outcome()


@dataclass(slots=True)
class _Run:
    desk: Desk
    rng: Random
    batch: tuple[Task, ...] = ()
    measured: list[Member] = field(default_factory=list)

    def outcome(self) -> Outcome:
        self.batch = tuple(self.rng.sample(self.desk.train, min(MINIBATCH, len(self.desk.train))))
        try:
            people = [self._measured(self.desk.seed_text)]
            people += [self._measured(self.desk.write()) for _ in range(SIZE - 1)]
            while True:
                elite = sorted(people, key=lambda each: each.mean, reverse=True)[:ELITE]
                people = [*elite, *(self._measured(self._child(people)) for _ in range(SIZE - ELITE))]
        except BudgetSpent:
            pass
        if not self.measured:
            return Outcome(shipped_text=self.desk.seed_text)
        best = self._best()
        gain = best.mean - self.measured[0].mean
        return Outcome(shipped_text=best.text, claimed_gain=gain, candidates=len(self.measured) - 1)

    def _measured(self, text: str) -> Member:
        member = Member(text, tuple(Shown(task, self.desk.passes(text, task)) for task in self.batch))
        self.measured.append(member)
        self.desk.ship(self._best().text)
        return member

    def _best(self) -> Member:
        """The first of those with the highest mean: no later equal replaces it."""
        return max(self.measured, key=lambda each: each.mean)

    def _child(self, people: list[Member]) -> str:
        mother = self._parent(people)
        if self.rng.random() < CROSSED:
            return self.desk.cross(mother.text, self._parent(people).text)
        return self.desk.improve(mother.text, mother.shown)

    def _parent(self, people: list[Member]) -> Member:
        return max(self.rng.sample(people, TOURNAMENT), key=lambda each: each.mean)
