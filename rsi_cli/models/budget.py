"""The meter: hard limits in calls, tokens, dollars and time that count what is in flight."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from rsi_cli.errors import BugError
from rsi_cli.nouns import Usage
from rsi_cli.suite.model import Limits


@dataclass(frozen=True, slots=True, eq=False)
class Reservation:
    """A claim on the budget, to be settled or released exactly once. Two are never equal."""

    estimate: Usage


class Budget:
    """What may be spent, what was, and what is promised to calls in flight.

    spent: by earlier sessions of the same run. clock: monotonic seconds; time counts from construction,
    plus elapsed_s of earlier sessions. One event loop, one thread.
    """

    def __init__(
        self,
        limits: Limits,
        spent: Usage | None = None,
        clock: Callable[[], float] = time.monotonic,
        elapsed_s: float = 0.0,
    ) -> None:
        self.limits = limits
        self._spent = spent or Usage()
        self._clock = clock
        self._began = clock() - elapsed_s
        self._open: set[Reservation] = set()
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def spent(self) -> Usage:
        """All that was settled, earlier sessions included."""
        return self._spent

    @property
    def in_flight(self) -> Usage:
        """The sum of the estimates that are neither settled nor released."""
        return sum((held.estimate for held in self._open), Usage())

    def reserve(self, estimate: Usage) -> Reservation | None:
        """Claim the estimate, or None where spent + in flight + estimate would pass a limit."""
        if not self._fits(self._spent + self.in_flight + estimate):
            return None
        held = Reservation(estimate)
        self._open.add(held)
        return held

    async def claim(self, estimate: Usage) -> Reservation | None:
        """Like reserve, but wait while calls in flight might yet give back what they do not use."""
        while (held := self.reserve(estimate)) is None:
            if not self._open or not self._fits(self._spent + estimate):
                return None
            room = asyncio.get_running_loop().create_future()
            self._waiting.append(room)
            await room
        return held

    def settle(self, reservation: Reservation, usage: Usage) -> None:
        """Replace the claim by what was really used. Raises BugError on a claim that is not open."""
        self._close(reservation)
        self._spent = self._spent + usage
        self._wake()

    def release(self, reservation: Reservation) -> None:
        """Give the claim back unused. Raises BugError on a claim that is not open."""
        self._close(reservation)
        self._wake()

    def count_cached(self) -> None:
        """Note one answer that cost nothing."""
        self._spent = replace(self._spent, cached_calls=self._spent.cached_calls + 1)

    def elapsed_s(self) -> float:
        """Wall time used so far, earlier sessions included."""
        return max(0.0, self._clock() - self._began)

    def left_seconds(self) -> float | None:
        """Wall time left; None = no limit. Never negative."""
        limit = self.limits.max_seconds
        return None if limit is None else max(0.0, limit - self.elapsed_s())

    def fraction(self) -> float:
        """The fullest of the limits, 0…1: settled spending over limit. 0 where there is no limit."""
        spent, limits = self._spent, self.limits
        pairs = (
            (spent.calls, limits.max_calls),
            (spent.input_tokens + spent.output_tokens, limits.max_tokens),
            (spent.usd, limits.max_usd),
            (self.elapsed_s(), limits.max_seconds),
        )
        shares = [used / limit if limit > 0 else 1.0 for used, limit in pairs if limit is not None]
        return min(1.0, max(shares, default=0.0))

    def _fits(self, total: Usage) -> bool:
        limits = self.limits
        if limits.max_seconds is not None and self.elapsed_s() >= limits.max_seconds:
            return False
        pairs = (
            (total.calls, limits.max_calls),
            (total.input_tokens + total.output_tokens, limits.max_tokens),
            (total.usd, limits.max_usd),
        )
        return all(limit is None or used <= limit for used, limit in pairs)

    def _close(self, reservation: Reservation) -> None:
        if reservation not in self._open:
            raise BugError("a budget reservation was settled or released twice")
        self._open.remove(reservation)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for room in waiting:
            if not room.done():
                room.set_result(None)
