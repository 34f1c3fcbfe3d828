"""A journal without a disk. It passes the contract of the real one, so it may be trusted in its place."""

from __future__ import annotations

from functools import reduce
from operator import add

from rsi_cli.errors import BugError
from rsi_cli.ledger.events import Event
from rsi_cli.ledger.facts import Attempt
from rsi_cli.nouns import Usage


class MemoryJournal:
    """Facts in a dict, attempts in a list."""

    def __init__(self) -> None:
        self.facts: dict[str, Event] = {}
        self.attempts: list[Attempt] = []

    def append(self, event: Event) -> None:
        known = self.facts.setdefault(event.key, event)
        if known != event or type(known) is not type(event):
            raise BugError(f"the journal already holds another fact under the key {event.key}")

    def find(self, key: str) -> Event | None:
        return self.facts.get(key)

    def get(self, kind: str, key: str) -> Event | None:
        found = self.find(key)
        return found if type(found).__name__ == kind else None

    def events(self) -> tuple[Event, ...]:
        return tuple(self.facts.values())

    def add(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    def spent(self) -> Usage:
        return reduce(add, (attempt.usage for attempt in self.attempts), Usage())
