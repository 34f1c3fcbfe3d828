"""The parts that a night works with. `cli.wiring` picks the real ones; nothing here decides anything."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol, TypeVar

from rsi_cli.evaluation.executor import Ask, Bench
from rsi_cli.evaluation.run import evaluate
from rsi_cli.evolution.breeder import Breeder
from rsi_cli.evolution.plan import Costs, calls_left
from rsi_cli.evolution.tally import Tally
from rsi_cli.ledger.events import Event, RunStarted
from rsi_cli.ledger.facts import Facts
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.steps import step as once
from rsi_cli.models.budget import Budget
from rsi_cli.nouns import CaseResult, Split
from rsi_cli.skill.sidecar import Sidecar
from rsi_cli.suite.model import Case, GateRule, Suite
from rsi_cli.trust.leaks import Watch

E = TypeVar("E", bound=Event)


class Watcher(Protocol):
    """Whoever looks on: told of every fact and every measured case, never asked anything."""

    def fact(self, event: Event) -> None:
        """Told of a fact; on resume also of those that were recorded before."""

    def measured(self, result: CaseResult) -> None:
        """Told of a graded answer, in no fixed order."""

    def warned(self, message: str) -> None:
        """Told of something that went wrong and stops nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillFiles:
    """The two files that a promotion may touch, relative to the repository's root."""

    skill: Path
    sidecar: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a night is laid out. size: places in the population, >= 2. generations: None = while paid for."""

    size: int = 8
    generations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One run's parts.

    rule: how much evidence a promotion needs. leaks: knows the closed cases, by fingerprint alone. improve:
    the way to the improver. raw: the skill's bytes at the start. inherited: what earlier nights left in the
    sidecar. watcher: for the screen. tally: answers that the steps so far took. repeats_stated: the owner
    said how often the gate draws a case, so the noise does not choose it. stop_when_slow: the owner asked for
    the night to end where it would search in another way.
    """

    started: RunStarted
    raw: bytes
    suite: Suite
    rule: GateRule
    bench: Bench
    improve: Ask
    breeder: Breeder
    inherited: Sidecar
    leaks: Watch
    costs: Costs
    shape: Shape
    budget: Budget
    facts: Facts
    repo: Repo
    files: SkillFiles
    watcher: Watcher = field(repr=False)
    tally: Tally
    repeats_stated: bool = False
    stop_when_slow: bool = False

    @property
    def draws(self) -> bool:
        """Whether a repeat is a fresh draw; False at temperature 0."""
        return self.started.fresh_draws

    @property
    def accounts_afresh(self) -> bool:
        """Whether a promotion is reported on draws of its own; else on the gate's, less their luck."""
        return self.draws and self.costs.fresh > 0

    @property
    def left(self) -> float:
        """Calls that may still be planned with: by the tally, or by the bill where that leaves less."""
        limits = self.budget.limits
        by_tally = math.inf if limits.max_calls is None else max(0.0, limits.max_calls - self.tally.calls)
        return min(by_tally, calls_left(limits, self.budget.spent, self.budget.elapsed_s()))

    async def measure(
        self, text: str, cases: Sequence[Case], repeats: Iterable[int]
    ) -> tuple[CaseResult, ...]:
        """Measure a version; the watcher sees every result as it arrives."""
        return await evaluate(text, cases, repeats, self.bench, self.watcher.measured)

    async def step(
        self, key: str, kind: type[E] | tuple[type[E], ...], make: Callable[[], Awaitable[E]]
    ) -> E:
        """Do a step of the night once: a fact in the journal is taken as it is, else made and recorded."""
        event = await once(self.facts, kind, key, make)
        self.tally.add(event)
        self.watcher.fact(event)
        return event

    def cases(self, split: Split) -> tuple[Case, ...]:
        """The cases of one split that this night works with, in file order.

        Of many train cases a small budget takes some, the same ones for the same seed; another night others.
        """
        cases, most = self.suite.cases_of(split), self.started.train_cases
        if split is not Split.TRAIN or not 0 < most < len(cases):
            return cases
        taken = set(Random(f"{self.started.seed}/train").sample(sorted(case.id for case in cases), most))
        return tuple(case for case in cases if case.id in taken)
