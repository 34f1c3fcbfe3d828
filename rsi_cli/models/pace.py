"""How hard and how patiently a gateway asks."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from rsi_cli.errors import InputError
from rsi_cli.models.call import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Concurrency, retries and waits. All times in seconds.

    concurrency: requests in flight at once. retries: further attempts after the first.
    backoff_s: the first wait is random below it, each further one below its double, up to longest_backoff_s.
    longest_wait_s: a `Retry-After` above it is not waited for, unless on_limit is "wait".
    on_limit: "wait" = rate limits use up no retries and are waited for however long; "stop" = they count.
    clock: monotonic. now: seconds since 1970.
    """

    concurrency: int = 8
    retries: int = 4
    backoff_s: float = 1.0
    longest_backoff_s: float = 30.0
    longest_wait_s: float = 120.0
    on_limit: Literal["wait", "stop"] = "stop"
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    rng: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        if self.concurrency < 1 or self.retries < 0:
            raise InputError(
                f"concurrency {self.concurrency} and retries {self.retries} would never ask anybody",
                hint="use --concurrency 1 or more, and 0 or more retries",
            )

    def wait_s(self, refusal: Refused, failures: int) -> float | None:
        """How long to wait before the next attempt; None = give up.

        failures: attempts of this call that were refused so far, this one included.
        """
        if refusal.kind not in ("retry", "wait"):
            return None
        patient = refusal.kind == "wait" and self.on_limit == "wait"
        if failures > self.retries and not patient:
            return None
        told = refusal.retry_after_s
        if told is None:
            # Full jitter: a herd that was refused together must not come back together.
            return self.rng.uniform(
                0.0, min(self.longest_backoff_s, self.backoff_s * 2.0 ** min(failures - 1, 30))
            )
        if not self.waits(told):
            return None
        return told + self.rng.uniform(0.0, self.backoff_s)

    def waits(self, wait_s: float) -> bool:
        """Whether a provider's wish for that much rest is waited for."""
        return self.on_limit == "wait" or wait_s <= self.longest_wait_s
