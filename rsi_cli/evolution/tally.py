"""How many answers the steps of a night took, counted from its facts.

A cached answer counts like a paid one here. So a night with the same seed takes the same turns whether its
answers are paid for, come from the cache, or were recorded before a crash; the bill is the budget's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.ledger.events import Birth, Bred, Confirmed, Event, LookTaken, Measurement, Raced, Stillbirth

FIRST_FRESH = 1000  # repeats from here on are for the account alone: no look is ever decided by them


@dataclass(slots=True)
class Tally:
    """Counts up as the night goes on.

    attempt: calls to answer and grade one case once, >= 1. draws: False at temperature 0, where the facts
    of a confirmation and of an account repeat answers that were counted before. generations: calls by number.
    """

    attempt: float
    draws: bool = True
    calls: float = 0.0
    generations: dict[int, float] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)

    def add(self, event: Event) -> None:
        """Count what a step took, once however often the step is asked for its fact."""
        if event.key in self.counted:
            return
        self.counted.add(event.key)
        calls = self._calls(event)
        self.calls += calls
        if isinstance(event, Bred | Raced | Confirmed):
            self.generations[event.generation] = self.generations.get(event.generation, 0.0) + calls

    @property
    def dearest(self) -> float | None:
        """Calls of the generation that took the most; None before the first."""
        return max(self.generations.values(), default=None)

    def _calls(self, event: Event) -> float:
        match event:
            case Bred():
                return sum(map(_written, event.births)) + sum(map(_written, event.stillbirths))
            case Confirmed() if not (self.draws and event.fresh):
                return 0.0
            case Measurement(purpose="fresh"):
                return self.attempt * sum(result.repeat >= FIRST_FRESH for result in event.results)
            case Measurement() | Confirmed():
                return self.attempt * len(event.results)
            case Raced():
                return self.attempt * sum(len(lap.results) for lap in event.laps)
            case LookTaken():
                return self.attempt * event.answers
            case _:
                return 0.0


def _written(child: Birth | Stillbirth) -> int:
    """Calls to write a child, at most."""
    return OPERATORS[child.operator].calls + child.rounds - 1
