"""How many answers the steps of a night took, counted from its facts.

A cached answer counts like a paid one here. So a night with the same seed takes the same turns whether its
answers are paid for, come from the cache, or were recorded before a crash; the bill is the budget's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.ledger.events import Bred, Confirmed, Event, LookTaken, Measurement, Raced
from rsi_cli.nouns import CaseResult


@dataclass(slots=True)
class Tally:
    """Counts up as the night goes on. attempt: calls to answer and grade one case once, >= 1."""

    attempt: float
    calls: float = 0.0
    counted: set[str] = field(default_factory=set)

    def add(self, event: Event) -> None:
        """Count what a step took, once however often the step is asked for its fact."""
        if event.key in self.counted:
            return
        self.counted.add(event.key)
        match event:
            case Bred():
                drafted = [*(b.operator for b in event.births), *(s.operator for s in event.stillbirths)]
                self.calls += sum(OPERATORS[operator].calls for operator in drafted)
            case Measurement() | Confirmed():
                self._answers(event.results)
            case Raced():
                for lap in event.laps:
                    self._answers(lap.results)
            case LookTaken():
                self.calls += self.attempt * event.answers
            case _:
                pass

    def _answers(self, results: Sequence[CaseResult]) -> None:
        self.calls += self.attempt * len(results)
