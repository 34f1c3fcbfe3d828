"""Has the improver run dry? Read off the recorded broods, so that a resumed run comes to the same end."""

from __future__ import annotations

from rsi_cli.evolution.breeder import NOT_ITS_FAULT
from rsi_cli.ledger.events import Bred
from rsi_cli.ledger.facts import Facts


def barren_generations(facts: Facts, before: int) -> int:
    """How many generations in a row, the last one being `before` - 1, brought no child to be measured.

    One that failed because of a model, the budget or a leak says nothing about what the improver can still
    think of: it ends the row.
    """
    count = 0
    while isinstance(bred := facts.find(f"bred/{before - 1 - count}"), Bred) and _is_barren(bred):
        count += 1
    return count


def _is_barren(bred: Bred) -> bool:
    reasons = [still.reason for still in bred.stillbirths]
    return not bred.births and bool(reasons) and not any(reason in NOT_ITS_FAULT for reason in reasons)
