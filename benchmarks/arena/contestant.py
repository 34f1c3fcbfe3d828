"""What every contestant is given, and what it has to give back.

A contestant gets a `Desk`: the only way to the actor and to the improver. The desk counts every call of
everybody on one meter, and writes down which texts were measured. Nobody but the arena reads the truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.arena.world import RIGHT, Shown, Task, World


class BudgetSpent(Exception):
    """The budget leaves no room for another call: a contestant stops and says what it would ship."""


@dataclass(slots=True)
class Meter:
    """Counts calls, the actor's and the improver's alike; asked again is paid again. limit: never passed."""

    limit: int
    actor: int = 0
    improver: int = 0

    @property
    def calls(self) -> int:
        """All calls so far."""
        return self.actor + self.improver

    @property
    def left(self) -> int:
        """How many more calls there are; 0 = the next one raises."""
        return self.limit - self.calls

    def pay(self, *, improver: bool) -> None:
        """Count one call. Raises BudgetSpent, and counts nothing, where none is left."""
        if self.left <= 0:
            raise BudgetSpent(f"all {self.limit} calls are spent")
        if improver:
            self.improver += 1
        else:
            self.actor += 1


@dataclass(slots=True)
class Desk:
    """One contestant's access to one world. What costs a call raises BudgetSpent where none is left.

    measured: each text that was answered with, and how many answers it gave. draws_from: added to the number
    of each draw, so that another night of the same world has other luck. shipped: what a user of the
    contestant would run, and from how many paid calls on. guided: the mutation prompt of each rewrite that
    had one, and how many calls were paid with it.
    """

    world: World
    meter: Meter
    draws_from: int = 0
    measured: Counter[str] = field(default_factory=Counter)
    shipped: list[tuple[int, str]] = field(default_factory=list)
    guided: list[tuple[int, str]] = field(default_factory=list)
    _draws: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def seed_text(self) -> str:
        """The version that everybody begins with."""
        return self.world.seed_text

    @property
    def train(self) -> tuple[Task, ...]:
        """Cases that the improver may be shown."""
        return self.world.train

    @property
    def holdout(self) -> tuple[Task, ...]:
        """Cases to choose by (a peer's validation set); never to be shown to the improver."""
        return self.world.holdout

    def passes(self, text: str, task: Task, draw: int | None = None) -> bool:
        """Let the actor answer and the grader judge; one call.

        draw: the number of an independent repeat; None = one that was not asked before, as without a cache.
        """
        self.meter.pay(improver=False)
        self.measured[text] += 1
        if draw is None:
            draw = self._draws[text, task.name]
            self._draws[text, task.name] += 1
        return self.world.answer(text, task, self.draws_from + draw) == RIGHT

    def improve(self, parent: str, shown: Sequence[Shown] = (), guidance: str = "") -> str:
        """One rewrite of the parent by the improver, shown how it did on train cases; one call.

        Raises ValueError where a held-out case is shown.
        """
        _only_train(shown)
        self.meter.pay(improver=True)
        if guidance:
            self.guided.append((self.meter.calls, guidance))
        return self.world.improve(parent, shown, self.meter.improver, guidance)

    def cross(self, mother: str, father: str, shown: Sequence[Shown] = ()) -> str:
        """One child of two parents by the improver, for contestants that cross texts; one call."""
        _only_train(shown)
        self.meter.pay(improver=True)
        return self.world.cross(mother, father, self.meter.improver, shown)

    def write(self) -> str:
        """A text from the task's description alone, for those that begin with a population; one call."""
        self.meter.pay(improver=True)
        return self.world.write(self.meter.improver)

    def think(self, parent: str | None = None) -> str:
        """A new mutation prompt by the improver, for contestants that evolve how they ask; one call.

        parent: the mutation prompt that it is to improve; None = one out of nothing.
        """
        self.meter.pay(improver=True)
        return self.world.think(self.meter.improver, parent)

    def ship(self, text: str) -> None:
        """Note that from now on a user of the contestant would run this text; no call, and no answer."""
        if text != (self.shipped[-1][1] if self.shipped else self.seed_text):
            self.shipped.append((self.meter.calls, text))


def _only_train(shown: Sequence[Shown]) -> None:
    closed = [each.task.name for each in shown if each.task.split != "train"]
    if closed:
        raise ValueError(f"the improver was shown held-out cases: {', '.join(closed)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a contestant ships and claims at the end of its night.

    shipped_text: what a user of it would run from now on; the seed text if nothing was accepted.
    claimed_gain: what it tells its user that this is better by, -1…1; None if it gives no such number.
    claimed_low, claimed_high: its 95 % interval, None if it gives none. candidates: that it measured on any
    case, the seed not counted.
    """

    shipped_text: str
    claimed_gain: float | None = None
    claimed_low: float | None = None
    claimed_high: float | None = None
    candidates: int = 0


class Contestant(Protocol):
    """A method that improves a text."""

    @property
    def name(self) -> str:
        """What it is called in the table."""

    def run(self, desk: Desk, seed: int) -> Outcome:
        """Spend at most the desk's budget; return also when it is spent. seed: of the method's own luck."""
