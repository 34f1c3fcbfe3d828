"""One request to one model, and the ways in which it can end.

`Provider.complete` turns a `Call` into a `Completion` or a `Refused`; it never raises for what they did.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, TypeAlias

from rsi_cli.nouns import Message, Role, Usage
from rsi_cli.suite.model import ModelChoice

Droppable: TypeAlias = Literal["seed", "temperature"]
"""Parameters that we would rather do without than go unanswered. Never `max_tokens`: budgets rest on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as it will be sent.

    seed: None = not sent. repeat: index of the independent draw. template: "name@hash" of the words' source.
    """

    role: Role
    choice: ModelChoice
    messages: tuple[Message, ...]
    seed: int | None
    repeat: int
    template: str

    def key(self, salt: str = "") -> str:
        """sha256 hex over all that can change the answer: what is sent, which draw it is, whose words.

        Timeouts, prices and the role are not sent and do not count. To be asked of a call that still has its
        seed, sent or not: without it, runs of different seeds would share draws. salt: a run's id where a
        run must not share answers with others; empty otherwise.
        """
        said = [[message.role, message.content] for message in self.messages]
        choice = self.choice
        sent = [choice.name, choice.api_base, choice.temperature, choice.max_tokens, self.seed, said]
        return hashlib.sha256(json.dumps([sent, self.repeat, self.template, salt]).encode()).hexdigest()

    def without(self, dropped: frozenset[Droppable]) -> Call:
        """The same call without these parameters."""
        choice = replace(self.choice, temperature=None) if "temperature" in dropped else self.choice
        return replace(self, choice=choice, seed=None if "seed" in dropped else self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A usable answer. usd: None where the price is unknown. seconds: duration of this one attempt."""

    text: str
    finish_reason: str
    input_tokens: int
    output_tokens: int
    usd: float | None
    seconds: float

    @property
    def usage(self) -> Usage:
        """What this one attempt cost."""
        return Usage(
            calls=1,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            usd=self.usd or 0.0,
            seconds=self.seconds,
        )


Kind: TypeAlias = Literal["retry", "wait", "fatal", "useless", "budget"]
"""What to do after a refusal.

retry: ask again soon. wait: ask again when the provider says. fatal: every further call would fail too.
useless: this call would fail again, others may not. budget: it was not sent, for want of budget.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No usable answer.

    status: HTTP status, 408 for a timeout, None where nothing left this machine.
    hint: the next step for a person, empty where unknown.
    usage: what the attempt cost, None where nobody can know (it may have been billed: charge the estimate).
    reached: False where nobody listened at the address.
    unsupported: parameters that this model does not take; ask again without them.
    """

    kind: Kind
    status: int | None
    message: str
    retry_after_s: float | None = None
    hint: str = ""
    usage: Usage | None = field(default_factory=lambda: Usage(calls=1))
    reached: bool = True
    unsupported: frozenset[Droppable] = frozenset()


class Provider(Protocol):
    """Whoever answers calls."""

    async def complete(self, call: Call) -> Completion | Refused:
        """Send the call once; no retries of its own. Honour `call.choice.timeout_s`."""
        ...

    def prices(self, choice: ModelChoice) -> tuple[float, float] | None:
        """Dollars per million tokens in and out; None where unknown."""
        ...

    async def aclose(self) -> None:
        """Close every connection; the provider is not used afterwards."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request that was sent, as a fact for the journal. The usages of all add up to `Budget.spent`.

    key: of the call, as in the cache. attempt: 1 for the first.
    outcome: "ok", "cancelled", "unsupported" (a parameter; sent anew without it) or a `Kind`.
    status: HTTP status, None where there was no answer. usage: what was charged, estimates included.
    started_at: seconds since 1970. message: why, unless ok; may quote the provider.
    """

    key: str
    role: Role
    model: str
    attempt: int
    outcome: str
    status: int | None
    usage: Usage
    started_at: float
    message: str = ""


class AttemptLog(Protocol):
    """Where attempts are written down, one fact each."""

    def add(self, attempt: Attempt) -> None:
        """Append the fact."""
        ...


class MemoryLog:
    """Attempts in a list; for tests and for commands that keep no journal."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []

    def add(self, attempt: Attempt) -> None:
        """Append the fact."""
        self.attempts.append(attempt)
