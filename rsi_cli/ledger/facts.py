"""What the rest of the program may ask of a journal: append a fact, find it again, read all in order."""

from __future__ import annotations

from typing import Protocol

from rsi_cli.ledger.events import Event
from rsi_cli.nouns import Usage


class Facts(Protocol):
    """Facts of one run, in the order in which they were written. `Journal` is the real one."""

    def append(self, event: Event) -> None:
        """Write a fact for good. The same fact again is no-op; another under the same key raises BugError."""

    def find(self, key: str) -> Event | None:
        """The fact of that key; None where it has not happened."""

    def events(self) -> tuple[Event, ...]:
        """All facts that this version of rsi knows, in order."""


class Attempt(Protocol):
    """One request that was sent to a model, as `models.call.Attempt` has it.

    key: of the call, as in the cache; the same for every try of it. attempt: 1 for the first.
    outcome: "ok", or why not. status: HTTP status, None where there was no answer. usage: what was charged.
    started_at: seconds since 1970. message: why, unless ok.
    """

    @property
    def key(self) -> str:
        """See the class, as for the others."""
        ...

    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def model(self) -> str: ...  # noqa: D102
    @property
    def attempt(self) -> int: ...  # noqa: D102
    @property
    def outcome(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> int | None: ...  # noqa: D102
    @property
    def usage(self) -> Usage: ...  # noqa: D102
    @property
    def started_at(self) -> float: ...  # noqa: D102
    @property
    def message(self) -> str: ...  # noqa: D102
