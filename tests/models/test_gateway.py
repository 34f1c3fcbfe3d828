from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import reduce

import pytest

from rsi_cli.errors import InputError, ModelError
from rsi_cli.models.cache import MemoryCache
from rsi_cli.models.call import Call, Completion, MemoryLog, Refused
from rsi_cli.models.gateway import draw_seed
from rsi_cli.nouns import Blame, Failed, Reply, Role, Usage
from rsi_cli.suite.model import Limits, ModelChoice
from tests.fakes.provider import Rig, ScriptedProvider, ask_for, completion

TIMEOUT = Refused(kind="retry", status=408, message="no answer within 1 s", usage=None)
BROKEN = Refused(kind="retry", status=500, message="oops")
LIMITED = Refused(kind="wait", status=429, message="slow down")
WRONG_KEY = Refused(kind="fatal", status=401, message="bad key", hint="set OPENAI_API_KEY in the environment")


def _script(*outcomes: Completion | Refused) -> ScriptedProvider:
    """Answer with these in turn, and with the last one ever after."""
    return ScriptedProvider(lambda _call, number: outcomes[min(number, len(outcomes) - 1)])


def _sum(log: MemoryLog) -> Usage:
    return reduce(Usage.__add__, (attempt.usage for attempt in log.attempts), Usage())


async def test_a_reply_says_what_it_cost() -> None:
    rig = Rig(provider=_script(completion("yes", tokens=(30, 20), usd=0.25)))
    reply = await rig.gateway.ask(ask_for())
    assert isinstance(reply, Reply)
    assert (reply.text, reply.model, reply.cached) == ("yes", "openai/x", False)
    assert (reply.usage.calls, reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.usd) == (
        1,
        30,
        20,
        0.25,
    )
    assert rig.budget.spent == reply.usage
    assert rig.budget.in_flight == Usage()


async def test_the_second_time_it_comes_from_the_cache_and_costs_nothing() -> None:
    provider = ScriptedProvider()
    rig = Rig(provider=provider)
    first = await rig.gateway.ask(ask_for())
    second = await rig.gateway.ask(ask_for())
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert second.text == first.text
    assert second.cached
    assert second.usage == Usage(cached_calls=1)
    assert len(provider.calls) == 1
    assert (rig.gateway.usage.calls, rig.gateway.usage.cached_calls) == (1, 1)


async def test_repeats_are_independent_draws() -> None:
    provider = ScriptedProvider()
    rig = Rig(provider=provider)
    for repeat in (0, 1, 2, 0):
        await rig.gateway.ask(ask_for(repeat=repeat))
    assert [call.seed for call in provider.calls] == [draw_seed(7, repeat) for repeat in range(3)]
    assert len({call.seed for call in provider.calls}) == 3


async def test_another_run_seed_draws_anew_and_the_same_one_does_not() -> None:
    provider, cache = ScriptedProvider(), MemoryCache()
    for seed in (1, 1, 2):
        await Rig(provider=provider, cache=cache, seed=seed).gateway.ask(ask_for())
    assert len(provider.calls) == 2


async def test_another_run_seed_draws_anew_also_where_no_seed_is_taken() -> None:
    def answer(call: Call, _number: int) -> Completion | Refused:
        if call.seed is not None:
            return Refused(kind="retry", status=400, message="takes no seed", unsupported=frozenset({"seed"}))
        return completion()

    provider, cache = ScriptedProvider(answer), MemoryCache()
    for seed in (1, 1, 2):
        await Rig(provider=provider, cache=cache, seed=seed).gateway.ask(ask_for())
    assert [call.seed is None for call in provider.calls] == [False, True, False, True]


async def test_a_salted_run_shares_with_itself_alone() -> None:
    provider, cache = ScriptedProvider(), MemoryCache()
    for salt in ("", "run-1", "run-1", "run-2"):
        await Rig(provider=provider, cache=cache, salt=salt).gateway.ask(ask_for())
    assert len(provider.calls) == 3


async def test_equal_calls_in_flight_are_paid_once() -> None:
    provider = ScriptedProvider()
    rig = Rig(provider=provider)
    replies = await asyncio.gather(*(rig.gateway.ask(ask_for()) for _ in range(20)))
    assert len(provider.calls) == 1
    assert sum(reply.cached for reply in replies if isinstance(reply, Reply)) == 19


async def test_when_the_first_of_two_equal_calls_is_cancelled_the_second_still_gets_its_answer() -> None:
    provider = ScriptedProvider(gate=asyncio.Event())
    rig = Rig(provider=provider)
    first, second = (asyncio.create_task(rig.gateway.ask(ask_for())) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    assert provider.gate
    provider.gate.set()
    reply = await second
    assert isinstance(reply, Reply)
    assert first.cancelled()


async def test_no_more_calls_run_at_once_than_allowed() -> None:
    provider = ScriptedProvider()
    rig = Rig(provider=provider, concurrency=3)
    await asyncio.gather(*(rig.gateway.ask(ask_for(str(number))) for number in range(30)))
    assert provider.peak == 3


async def test_the_improver_for_depth_is_asked_for_depth() -> None:
    provider = ScriptedProvider()
    rig = Rig(provider=provider, improvers=(ModelChoice(name="openai/fast"), ModelChoice(name="openai/deep")))
    await rig.gateway.ask(ask_for(role=Role.IMPROVER))
    await rig.gateway.ask(replace(ask_for(role=Role.IMPROVER), depth=True))
    assert [call.choice.name for call in provider.calls] == ["openai/fast", "openai/deep"]


async def test_three_attempts_make_three_facts() -> None:
    log = MemoryLog()
    rig = Rig(provider=_script(BROKEN, LIMITED, completion()), log=log)
    reply = await rig.gateway.ask(ask_for())
    assert isinstance(reply, Reply)
    assert reply.usage.calls == 3
    assert [(each.attempt, each.outcome, each.status) for each in log.attempts] == [
        (1, "retry", 500),
        (2, "wait", 429),
        (3, "ok", 200),
    ]
    assert len({each.key for each in log.attempts}) == 1
    assert len(rig.clock.slept) == 2


async def test_after_the_last_retry_the_model_is_to_blame() -> None:
    log = MemoryLog()
    rig = Rig(provider=_script(BROKEN), log=log, retries=2)
    assert await rig.gateway.ask(ask_for()) == Failed(Blame.MODEL, "openai/x: oops (asked 3 times)")
    assert len(log.attempts) == 3
    assert rig.budget.in_flight == Usage()


async def test_a_failure_is_not_kept() -> None:
    rig = Rig(provider=_script(BROKEN, BROKEN, BROKEN, completion()))
    assert isinstance(await rig.gateway.ask(ask_for()), Failed)
    assert isinstance(await rig.gateway.ask(ask_for()), Reply)


async def test_facts_add_up_to_what_was_spent() -> None:
    useless = Refused(
        kind="useless", status=200, message="filtered", usage=Usage(calls=1, input_tokens=9, usd=0.5)
    )
    log = MemoryLog()
    rig = Rig(provider=_script(TIMEOUT, BROKEN, completion(usd=0.25), useless, completion()), log=log)
    for text in ("a", "b", "c", "a"):
        await rig.gateway.ask(ask_for(text))
    total = _sum(log)
    spent = rig.budget.spent
    assert (spent.calls, spent.cached_calls) == (5, 1)
    assert (total.calls, total.input_tokens, total.output_tokens, total.usd) == (
        spent.calls,
        spent.input_tokens,
        spent.output_tokens,
        spent.usd,
    )


async def test_a_timeout_is_charged_its_estimate_because_it_may_be_billed() -> None:
    rig = Rig(provider=_script(TIMEOUT), retries=0, model=ModelChoice(name="openai/x", max_tokens=100))
    failed = await rig.gateway.ask(ask_for())
    assert isinstance(failed, Failed)
    assert failed.blame is Blame.MODEL
    assert rig.budget.spent.output_tokens == 100


async def test_a_useless_answer_is_paid_and_not_asked_for_again() -> None:
    paid = Usage(calls=1, input_tokens=5, output_tokens=7)
    provider = _script(Refused(kind="useless", status=200, message="the filter", usage=paid))
    rig = Rig(provider=provider)
    assert await rig.gateway.ask(ask_for()) == Failed(Blame.MODEL, "openai/x: the filter (asked once)")
    assert len(provider.calls) == 1
    assert (rig.budget.spent.input_tokens, rig.budget.spent.output_tokens) == (5, 7)


async def test_a_refusal_for_good_stops_everyone_and_is_not_asked_again() -> None:
    provider = _script(WRONG_KEY)
    rig = Rig(provider=provider, concurrency=1)
    outcomes = await asyncio.gather(
        *(rig.gateway.ask(ask_for(str(number))) for number in range(5)), return_exceptions=True
    )
    assert all(isinstance(outcome, ModelError) for outcome in outcomes)
    assert len(provider.calls) == 1
    with pytest.raises(ModelError, match=r"openai/x refused \(401\): bad key") as caught:
        await rig.gateway.ask(ask_for("one more"))
    error = caught.value
    assert (error.provider, error.model, error.exit_code) == ("openai", "openai/x", 4)
    assert error.hint == "set OPENAI_API_KEY in the environment"


async def test_a_server_that_never_was_there_is_a_refusal_for_good() -> None:
    nobody = Refused(kind="retry", status=None, message="refused", reached=False, hint="start the server")
    provider = _script(nobody)
    rig = Rig(provider=provider, retries=1)
    with pytest.raises(ModelError) as caught:
        await rig.gateway.ask(ask_for())
    assert caught.value.hint == "start the server"
    assert len(provider.calls) == 2


@pytest.mark.parametrize("limits", [Limits(max_calls=3), Limits(max_seconds=1e-3)], ids=["calls", "time"])
async def test_a_small_budget_does_not_hide_that_nobody_answers(limits: Limits) -> None:
    nobody = Refused(kind="retry", status=None, message="refused", reached=False, hint="start the server")
    rig = Rig(provider=_script(nobody), retries=4, limits=limits, concurrency=2)
    outcomes = await asyncio.gather(
        *(rig.gateway.ask(ask_for(str(number))) for number in range(4)), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {ModelError}
    assert {outcome.hint for outcome in outcomes if isinstance(outcome, ModelError)} == {"start the server"}


async def test_a_budget_that_ends_after_an_answer_is_a_spent_budget() -> None:
    nobody = Refused(kind="retry", status=None, message="refused", reached=False)
    rig = Rig(provider=_script(completion(), nobody), retries=4, limits=Limits(max_calls=2))
    assert isinstance(await rig.gateway.ask(ask_for("a")), Reply)
    outcome = await rig.gateway.ask(ask_for("b"))
    assert isinstance(outcome, Failed)
    assert outcome.blame is Blame.BUDGET


async def test_a_server_that_went_away_is_a_failed_measurement() -> None:
    nobody = Refused(kind="retry", status=None, message="refused", reached=False)
    rig = Rig(provider=_script(completion(), nobody), retries=1)
    assert isinstance(await rig.gateway.ask(ask_for("a")), Reply)
    assert isinstance(await rig.gateway.ask(ask_for("b")), Failed)


async def test_when_one_is_told_to_wait_all_wait() -> None:
    told = Refused(kind="wait", status=429, message="slow down", retry_after_s=30.0)
    provider = _script(told, completion())
    rig = Rig(provider=provider, concurrency=1)
    began = rig.clock.now
    seen: list[float] = []

    def answer(_call: Call, number: int) -> Completion | Refused:
        seen.append(rig.clock.now - began)
        return told if number == 0 else completion()

    provider.answer = answer
    replies = await asyncio.gather(*(rig.gateway.ask(ask_for(str(number))) for number in range(5)))
    assert all(isinstance(reply, Reply) for reply in replies)
    assert seen[0] == 0.0
    assert min(seen[1:]) >= 30.0


async def test_a_rest_of_hours_is_a_failure_and_nobody_else_asks_meanwhile() -> None:
    provider = _script(Refused(kind="wait", status=429, message="slow down", retry_after_s=7200.0))
    rig = Rig(provider=provider)
    for text in ("a", "b"):
        failed = await rig.gateway.ask(ask_for(text))
        assert isinstance(failed, Failed)
        assert failed.blame is Blame.MODEL
    assert len(provider.calls) == 1
    assert rig.clock.slept == []


async def test_one_who_waits_for_limits_waits_hours() -> None:
    told = Refused(kind="wait", status=429, message="slow down", retry_after_s=7200.0)
    rig = Rig(provider=_script(told, told, told, told, completion()), retries=1, on_limit="wait")
    assert isinstance(await rig.gateway.ask(ask_for()), Reply)
    assert sum(rig.clock.slept) >= 4 * 7200.0


async def test_nobody_waits_past_the_end_of_the_night() -> None:
    told = Refused(kind="wait", status=429, message="slow down", retry_after_s=7200.0)
    rig = Rig(provider=_script(told), on_limit="wait", limits=Limits(max_seconds=3600.0))
    for text in ("a", "b"):
        failed = await rig.gateway.ask(ask_for(text))
        assert isinstance(failed, Failed)
        assert failed.blame is Blame.BUDGET
    assert rig.clock.slept == []


async def test_the_last_call_of_the_budget_is_made_and_no_further_one() -> None:
    provider = ScriptedProvider()
    rig = Rig(provider=provider, limits=Limits(max_calls=7), concurrency=50)
    outcomes = await asyncio.gather(*(rig.gateway.ask(ask_for(str(number))) for number in range(50)))
    assert len(provider.calls) == 7
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) == 7
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    assert {each.blame for each in failed} == {Blame.BUDGET}
    assert rig.budget.fraction() == 1.0


async def test_retries_count_as_calls() -> None:
    provider = _script(BROKEN)
    rig = Rig(provider=provider, limits=Limits(max_calls=2), retries=5)
    failed = await rig.gateway.ask(ask_for())
    assert isinstance(failed, Failed)
    assert failed.blame is Blame.BUDGET
    assert len(provider.calls) == 2


async def test_a_cached_answer_is_given_even_when_the_budget_is_spent() -> None:
    cache = MemoryCache()
    await Rig(cache=cache).gateway.ask(ask_for())
    rig = Rig(cache=cache, limits=Limits(max_calls=0))
    assert isinstance(await rig.gateway.ask(ask_for()), Reply)


@pytest.mark.parametrize("limits", [Limits(max_tokens=2000), Limits(max_usd=0.001)], ids=["tokens", "usd"])
async def test_fifty_at_once_do_not_pass_the_budget_and_use_nearly_all_of_it(limits: Limits) -> None:
    provider = ScriptedProvider(
        lambda _call, _number: completion(tokens=(5, 20), usd=25e-6), price=(1.0, 1.0)
    )
    model = ModelChoice(name="openai/x", max_tokens=100)
    rig = Rig(provider=provider, model=model, improvers=(model,), limits=limits, concurrency=50)
    outcomes = await asyncio.gather(*(rig.gateway.ask(ask_for(str(number))) for number in range(200)))
    spent = rig.budget.spent
    most = limits.max_tokens or 1000
    assert most - 150 <= spent.input_tokens + spent.output_tokens <= most
    assert provider.peak > 5
    assert any(isinstance(outcome, Failed) for outcome in outcomes)
    assert rig.budget.in_flight == Usage()


async def test_without_a_token_limit_the_longest_answer_so_far_is_the_guess() -> None:
    provider = ScriptedProvider(lambda _call, _number: completion(tokens=(1, 900)))
    rig = Rig(provider=provider, limits=Limits(max_tokens=1500))
    assert isinstance(await rig.gateway.ask(ask_for("a")), Reply)
    failed = await rig.gateway.ask(ask_for("b"))  # would fit if another guess than 900 were made
    assert isinstance(failed, Failed)
    assert failed.blame is Blame.BUDGET
    assert len(provider.calls) == 1


def test_dollars_cannot_be_limited_where_the_price_is_unknown() -> None:
    with pytest.raises(InputError, match="price of openai/x is unknown") as caught:
        Rig(limits=Limits(max_usd=1.0))
    assert "usd_per_million_input" in caught.value.hint


def test_a_price_of_the_users_own_is_enough() -> None:
    priced = ModelChoice(name="openai/x", usd_per_million_input=1.0, usd_per_million_output=2.0)
    Rig(limits=Limits(max_usd=1.0), model=priced, improvers=(priced,))


async def test_an_unwanted_parameter_is_dropped_and_that_is_remembered_and_written_down() -> None:
    def answer(call: Call, _number: int) -> Completion | Refused:
        for name, value in (("seed", call.seed), ("temperature", call.choice.temperature)):
            if value is not None:
                return Refused(
                    kind="retry",
                    status=400,
                    message=f"takes no {name}",
                    unsupported=frozenset({"seed" if name == "seed" else "temperature"}),
                )
        return completion()

    provider, log = ScriptedProvider(answer), MemoryLog()
    model = ModelChoice(name="openai/x", temperature=0.5)
    rig = Rig(provider=provider, model=model, log=log)
    assert isinstance(await rig.gateway.ask(ask_for("a")), Reply)
    assert isinstance(await rig.gateway.ask(ask_for("b")), Reply)
    assert [(call.seed is None, call.choice.temperature) for call in provider.calls] == [
        (False, 0.5),
        (True, 0.5),
        (True, None),
        (True, None),
    ]
    assert [each.outcome for each in log.attempts] == ["unsupported", "unsupported", "ok", "ok"]
    assert rig.gateway.dropped == {"openai/x": frozenset({"seed", "temperature"})}
    assert rig.clock.slept == []


async def test_those_who_wait_their_turn_learn_from_those_who_were_refused() -> None:
    def answer(call: Call, _number: int) -> Completion | Refused:
        if call.seed is not None:
            return Refused(kind="retry", status=400, message="takes no seed", unsupported=frozenset({"seed"}))
        return completion()

    provider = ScriptedProvider(answer)
    rig = Rig(provider=provider, concurrency=4)
    replies = await asyncio.gather(*(rig.gateway.ask(ask_for(str(number))) for number in range(50)))
    assert all(isinstance(reply, Reply) for reply in replies)
    assert len(provider.calls) <= 54


async def test_repeats_stay_apart_where_the_seed_is_not_taken() -> None:
    def answer(call: Call, number: int) -> Completion | Refused:
        if call.seed is not None:
            return Refused(kind="retry", status=400, message="takes no seed", unsupported=frozenset({"seed"}))
        return completion(f"draw {number}")

    rig = Rig(provider=ScriptedProvider(answer))
    texts = [
        reply.text
        for repeat in range(3)
        if isinstance(reply := await rig.gateway.ask(ask_for(repeat=repeat)), Reply)
    ]
    assert len(set(texts)) == 3


async def test_a_cancelled_call_gives_back_its_reservation_and_leaves_a_fact() -> None:
    provider, log = ScriptedProvider(gate=asyncio.Event()), MemoryLog()
    rig = Rig(provider=provider, log=log, limits=Limits(max_calls=2))
    task = asyncio.create_task(rig.gateway.ask(ask_for()))
    await provider.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert rig.budget.in_flight == Usage()
    assert [each.outcome for each in log.attempts] == ["cancelled"]
    assert rig.budget.spent.calls == 1
    assert provider.in_flight == 0


async def test_one_cancelled_while_it_waits_its_turn_costs_nothing() -> None:
    provider, log = ScriptedProvider(gate=asyncio.Event()), MemoryLog()
    rig = Rig(provider=provider, log=log, concurrency=1)
    first, second = (asyncio.create_task(rig.gateway.ask(ask_for(text))) for text in "ab")
    await provider.arrived.wait()
    second.cancel()
    assert provider.gate
    provider.gate.set()
    assert isinstance(await first, Reply)
    with pytest.raises(asyncio.CancelledError):
        await second
    assert len(log.attempts) == len(provider.calls) == 1


async def test_an_answer_is_in_the_cache_before_anyone_has_it() -> None:
    order: list[str] = []

    class Watched(MemoryCache):
        def put(self, key: str, reply: Reply) -> None:
            order.append("put")
            super().put(key, reply)

    rig = Rig(cache=Watched())
    await rig.gateway.ask(ask_for())
    order.append("answered")
    assert order == ["put", "answered"]


async def test_closing_closes_the_provider() -> None:
    provider = ScriptedProvider()
    await Rig(provider=provider).gateway.aclose()
    assert provider.closed


def test_draw_seeds_fit_every_provider_and_never_change() -> None:
    seeds = [draw_seed(run, repeat) for run in range(20) for repeat in range(20)]
    assert len(set(seeds)) == 400
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert draw_seed(0, 0) == 1427366890
