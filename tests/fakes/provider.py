"""Parts to build a gateway from without a network: a scripted provider, a clock, a rig."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from rsi_cli.models.budget import Budget
from rsi_cli.models.cache import Cache, MemoryCache
from rsi_cli.models.call import AttemptLog, Call, Completion, MemoryLog, Provider, Refused
from rsi_cli.models.cast import Cast
from rsi_cli.models.gateway import Gateway, Parts
from rsi_cli.models.pace import Pace
from rsi_cli.nouns import Message, Prompt, Role, Usage
from rsi_cli.suite.model import Limits, ModelChoice

MODEL = ModelChoice(name="openai/x")


class FakeClock:
    """Time that passes only where somebody sleeps. slept: each wait, in order."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def completion(text: str = "hi", *, tokens: tuple[int, int] = (3, 2), usd: float | None = None) -> Completion:
    return Completion(
        text=text, finish_reason="stop", input_tokens=tokens[0], output_tokens=tokens[1], usd=usd, seconds=0.1
    )


@dataclass
class ScriptedProvider:
    """Answers from a function of the call; yields to the loop in between, as a network would.

    calls: all that came. arrived: set with the first. peak: most in flight at once.
    gate: an event that holds every answer back.
    """

    answer: Callable[[Call, int], Completion | Refused] = lambda call, _number: completion(
        call.messages[-1].content
    )
    price: tuple[float, float] | None = None
    gate: asyncio.Event | None = None
    calls: list[Call] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    peak: int = 0
    closed: bool = False

    async def complete(self, call: Call) -> Completion | Refused:
        self.calls.append(call)
        self.arrived.set()
        number = len(self.calls) - 1
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            await (asyncio.sleep(0) if self.gate is None else self.gate.wait())
            return self.answer(call, number)
        finally:
            self.in_flight -= 1

    def prices(self, choice: ModelChoice) -> tuple[float, float] | None:
        if choice.usd_per_million_input is not None and choice.usd_per_million_output is not None:
            return choice.usd_per_million_input, choice.usd_per_million_output
        return self.price

    async def aclose(self) -> None:
        self.closed = True


@dataclass(kw_only=True)
class Rig:
    """A gateway with its parts in reach. Replace what a test is about; the rest is harmless."""

    provider: Provider = field(default_factory=ScriptedProvider)
    model: ModelChoice = MODEL
    improvers: tuple[ModelChoice, ...] = (MODEL,)
    limits: Limits = field(default_factory=Limits)
    spent: Usage = field(default_factory=Usage)
    cache: Cache = field(default_factory=MemoryCache)
    log: AttemptLog = field(default_factory=MemoryLog)
    clock: FakeClock = field(default_factory=FakeClock)
    retries: int = 2
    concurrency: int = 8
    on_limit: str = "stop"
    seed: int = 7
    salt: str = ""
    budget: Budget = field(init=False)
    gateway: Gateway = field(init=False)

    def __post_init__(self) -> None:
        self.budget = Budget(self.limits, self.spent, self.clock)
        pace = Pace(
            concurrency=self.concurrency,
            retries=self.retries,
            on_limit="wait" if self.on_limit == "wait" else "stop",
            clock=self.clock,
            now=self.clock,
            sleep=self.clock.sleep,
            rng=random.Random(0),
        )
        cast = Cast(actor=self.model, improvers=self.improvers, judge=self.model)
        self.gateway = Gateway(
            Parts(
                cast=cast,
                provider=self.provider,
                cache=self.cache,
                budget=self.budget,
                log=self.log,
                seed=self.seed,
                pace=pace,
                salt=self.salt,
            )
        )


def ask_for(
    text: str = "hello", *, role: Role = Role.ACTOR, repeat: int = 0, template: str = "t@1"
) -> Prompt:
    return Prompt(role=role, messages=(Message("user", text),), template=template, repeat=repeat)
