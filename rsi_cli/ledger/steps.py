"""Durable execution: what has been concluded once is read, not concluded again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rsi_cli.errors import BugError
from rsi_cli.ledger.events import Event
from rsi_cli.ledger.facts import Facts

E = TypeVar("E", bound=Event)


async def step(
    facts: Facts, kind: type[E] | tuple[type[E], ...], key: str, make: Callable[[], Awaitable[E]]
) -> E:
    """Return the recorded fact of that key, else make it, write it down and return it.

    Killed while making, nothing is written and the next run makes it again: `make` must be repeatable.
    Raises BugError if the journal holds another kind of fact under the key, or `make` another key.
    """
    recorded = facts.find(key)
    if recorded is not None:
        if not isinstance(recorded, kind):
            raise BugError(f"fact {key} is a {type(recorded).__name__}, not what this step makes")
        return recorded
    made = await make()
    if made.key != key:
        raise BugError(f"the step {key} made the fact {made.key}")
    facts.append(made)
    return made
