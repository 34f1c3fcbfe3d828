"""The one door to every model: cache → reserve → call → settle."""

from __future__ import annotations

import asyncio
import hashlib
import weakref
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from rsi_cli.errors import ModelError
from rsi_cli.models.budget import Budget
from rsi_cli.models.cache import Cache
from rsi_cli.models.call import Attempt, AttemptLog, Call, Completion, Droppable, Provider, Refused
from rsi_cli.models.cast import Cast
from rsi_cli.models.estimate import Estimator
from rsi_cli.models.pace import Pace
from rsi_cli.nouns import Blame, Failed, Prompt, Reply, Usage
from rsi_cli.suite.model import ModelChoice

_Door: TypeAlias = tuple[str, str | None]
"""A model's name and address: who limits, refuses and dislikes parameters, whatever role is played."""


def draw_seed(run_seed: int, repeat: int) -> int:
    """The seed of one independent draw, 0 … 2**31 - 1: the largest range that every provider takes."""
    digest = hashlib.sha256(f"{run_seed}/{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a gateway is made of.

    seed: what draws follow from; each repeat draws its own. Other seeds are other draws, and other answers in
    the cache, also of models that take no seed.
    salt: for `Call.key`; empty unless answers must not be shared with other runs.
    """

    cast: Cast
    provider: Provider
    cache: Cache
    budget: Budget
    log: AttemptLog
    seed: int
    pace: Pace = field(default_factory=Pace)
    salt: str = ""


class Gateway:
    """Asks models on behalf of everyone; to be used and closed inside one event loop.

    Equal calls in flight at once are paid once. An answer is in the cache, durably, before it is returned.
    Raises InputError where `max_usd` is limited and a model's price is unknown.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._slots = asyncio.Semaphore(parts.pace.concurrency)
        self._estimator = Estimator(parts.provider, priced=parts.budget.limits.max_usd is not None)
        self._estimator.refuse_unknown_prices(parts.cast)
        self._flights: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._dropped: dict[_Door, frozenset[Droppable]] = {}
        self._not_before: dict[_Door, float] = {}
        self._lost: dict[_Door, Refused] = {}
        self._answered: set[_Door] = set()
        self._nobody: dict[_Door, Refused] = {}  # the last refusal, of those who never were there

    @property
    def usage(self) -> Usage:
        """All that was spent through this gateway and before it, cached answers counted apart."""
        return self._parts.budget.spent

    @property
    def dropped(self) -> dict[str, frozenset[Droppable]]:
        """By model name: the parameters that it would not take and that are no longer sent."""
        return {name: names for (name, _), names in self._dropped.items()}

    async def ask(self, prompt: Prompt) -> Reply | Failed:
        """The model's reply, or why there is none: blame MODEL or BUDGET.

        A reply cut off at the token limit has finish_reason "length". Raises ModelError where every further
        call would fail too.
        """
        choice = self._parts.cast.choice(prompt.role, depth=prompt.depth)
        while True:
            call = self._call(prompt, choice)
            key = self._key(call)
            async with self._flights.setdefault(key, asyncio.Lock()):
                answer = self._kept(key) or await self._asked(call, choice, key)
            if answer is not None:
                return answer

    async def aclose(self) -> None:
        """Close the provider's connections and the cache."""
        await self._parts.provider.aclose()
        self._parts.cache.close()

    def _call(self, prompt: Prompt, choice: ModelChoice) -> Call:
        whole = Call(
            role=prompt.role,
            choice=choice,
            messages=prompt.messages,
            seed=draw_seed(self._parts.seed, prompt.repeat),
            repeat=prompt.repeat,
            template=prompt.template,
        )
        return whole.without(self._dropped.get(_door(choice), frozenset()))

    def _key(self, call: Call) -> str:
        """The call's name in the cache. A seed that is not sent still says which draw it is."""
        return replace(call, seed=draw_seed(self._parts.seed, call.repeat)).key(self._parts.salt)

    def _kept(self, key: str) -> Reply | None:
        kept = self._parts.cache.get(key)
        if kept is None:
            return None
        self._parts.budget.count_cached()
        return replace(kept, cached=True, usage=Usage(cached_calls=1))

    async def _asked(self, call: Call, choice: ModelChoice, key: str) -> Reply | Failed | None:
        """Ask until there is an answer or no hope; None = ask anew, without a parameter that was unwanted."""
        pace, spent, failures = self._parts.pace, Usage(), 0
        while True:
            outcome, charged = await self._attempted(call, choice, key, failures + 1)
            spent += charged
            if isinstance(outcome, Completion):
                return _reply(call, outcome, spent)
            if outcome.unsupported:
                self._dropped[_door(choice)] = (
                    self._dropped.get(_door(choice), frozenset()) | outcome.unsupported
                )
                return None
            if outcome.kind == "budget":
                self._give_up_on_nobody(choice)
                return Failed(Blame.BUDGET, outcome.message)
            if outcome.kind == "fatal":
                raise self._lose(choice, outcome)
            failures += 1
            wait_s = pace.wait_s(outcome, failures)
            if wait_s is None:
                self._give_up_on_nobody(choice)
                return Failed(Blame.MODEL, f"{choice.name}: {outcome.message} (asked {_times(failures)})")
            if (left_s := self._parts.budget.left_seconds()) is not None and wait_s >= left_s:
                self._give_up_on_nobody(choice)
                return Failed(Blame.BUDGET, f"the time ends before {choice.name} may be asked again")
            await pace.sleep(wait_s)

    def _note_silence(self, door: _Door, outcome: Completion | Refused) -> None:
        """Remember whether anybody has ever answered there, and whether anybody was there just now."""
        self._nobody.pop(door, None)
        if isinstance(outcome, Completion):
            self._answered.add(door)
        elif not outcome.reached and door not in self._answered:
            self._nobody[door] = outcome

    def _give_up_on_nobody(self, choice: ModelChoice) -> None:
        """Raise ModelError where a call ends unanswered because nobody is at the address, and never was.

        Else a dead server would pass for a spent budget.
        """
        if (nobody := self._nobody.get(_door(choice))) is not None:
            raise self._lose(choice, nobody)

    def _lose(self, choice: ModelChoice, refusal: Refused) -> ModelError:
        """Remember that this model is not to be asked again, and say why."""
        self._lost[_door(choice)] = refusal
        return _lost(choice, refusal)

    async def _attempted(
        self, call: Call, choice: ModelChoice, key: str, number: int
    ) -> tuple[Completion | Refused, Usage]:
        """Send the call once, as soon as there is a free slot and the provider wishes to be asked at all."""
        pace, waited_for = self._parts.pace, 0.0
        while True:
            async with self._slots:
                if (lost := self._lost.get(_door(choice))) is not None:
                    raise _lost(choice, lost)
                if call != call.without(known := self._dropped.get(_door(choice), frozenset())):
                    # Somebody learned this while we waited for our turn: no need to be refused as well.
                    return Refused(kind="retry", status=None, message="", unsupported=known), Usage()
                not_before = self._not_before.get(_door(choice), 0.0)
                wait_s = not_before - pace.clock()
                if wait_s <= 0.0 or not_before <= waited_for:
                    return await self._sent(call, choice, key, number)
            if not pace.waits(wait_s):
                message = f"wants to be left alone for {wait_s:.0f} s more"
                return Refused(kind="wait", status=None, message=message, retry_after_s=wait_s), Usage()
            if (left_s := self._parts.budget.left_seconds()) is not None and wait_s >= left_s:
                return _spent(choice), Usage()
            await pace.sleep(wait_s + pace.rng.uniform(0.0, pace.backoff_s))
            waited_for = not_before

    async def _sent(
        self, call: Call, choice: ModelChoice, key: str, number: int
    ) -> tuple[Completion | Refused, Usage]:
        """Reserve, call, keep, settle. Where this is cancelled the reservation ends and a fact is left."""
        estimate = self._estimator.of(call)
        held = await self._parts.budget.claim(estimate)
        if held is None:
            return _spent(choice), Usage()
        pace = self._parts.pace
        started_at, began = pace.now(), pace.clock()
        outcome: Completion | Refused | None = None
        try:
            outcome = await self._parts.provider.complete(call)
            self._note_silence(_door(choice), outcome)
            if isinstance(outcome, Completion):
                self._estimator.learn(call, outcome.output_tokens)
                self._parts.cache.put(key, _reply(call, outcome, outcome.usage))
            elif outcome.retry_after_s is not None:
                self._not_before[_door(choice)] = pace.clock() + outcome.retry_after_s
        finally:
            charged = _charge(outcome, estimate, pace.clock() - began)
            self._parts.budget.settle(held, charged)
            self._parts.log.add(_fact(call, (key, number), outcome, charged, started_at))
        return outcome, charged


def _reply(call: Call, completion: Completion, usage: Usage) -> Reply:
    return Reply(
        text=completion.text, model=call.choice.name, finish_reason=completion.finish_reason, usage=usage
    )


def _charge(outcome: Completion | Refused | None, estimate: Usage, seconds: float) -> Usage:
    """What an attempt costs. A timeout or a cancelled call may be billed: then the estimate counts."""
    if outcome is None or outcome.usage is None:
        return replace(estimate, seconds=seconds)
    return replace(outcome.usage, seconds=seconds)


def _fact(
    call: Call, name: tuple[str, int], outcome: Completion | Refused | None, charged: Usage, started_at: float
) -> Attempt:
    if outcome is None:
        word, message, status = "cancelled", "nobody waited for the answer any more", None
    elif isinstance(outcome, Completion):
        word, message, status = "ok", "", 200
    else:
        word = "unsupported" if outcome.unsupported else outcome.kind
        message, status = outcome.message, outcome.status
    return Attempt(
        key=name[0],
        role=call.role,
        model=call.choice.name,
        attempt=name[1],
        outcome=word,
        status=status,
        usage=charged,
        started_at=started_at,
        message=message,
    )


def _spent(choice: ModelChoice) -> Refused:
    return Refused(
        kind="budget", status=None, message=f"the budget leaves no room for another call to {choice.name}"
    )


def _lost(choice: ModelChoice, refusal: Refused) -> ModelError:
    status = f" ({refusal.status})" if refusal.status else ""
    return ModelError(
        f"{choice.name} refused{status}: {refusal.message}",
        hint=refusal.hint or "check the model's name, your key and your quota with the provider",
        provider=choice.name.partition("/")[0],
        model=choice.name,
    )


def _door(choice: ModelChoice) -> _Door:
    return choice.name, choice.api_base


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
