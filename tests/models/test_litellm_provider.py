"""Real litellm over real HTTP, against a server that misbehaves on request."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from rsi_cli.models.call import Call, Completion, MemoryLog, Refused
from rsi_cli.models.litellm_provider import LitellmProvider
from rsi_cli.nouns import Blame, Failed, Message, Reply, Role, Usage
from rsi_cli.suite.model import Limits, ModelChoice
from tests.fakes.openai_server import Deed, Fail, Hang, OpenAIServer, Raw, Reset, Say
from tests.fakes.provider import Rig, ask_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def provider() -> AsyncIterator[LitellmProvider]:
    provider = LitellmProvider()
    yield provider
    await provider.aclose()


def _choice(server: OpenAIServer, *, timeout_s: float = 10.0, max_tokens: int | None = None) -> ModelChoice:
    return ModelChoice(name="openai/x", api_base=server.base_url, timeout_s=timeout_s, max_tokens=max_tokens)


def _call(choice: ModelChoice, text: str = "hello there") -> Call:
    return Call(
        role=Role.ACTOR,
        choice=choice,
        messages=(Message("system", "be terse"), Message("user", text)),
        seed=3,
        repeat=0,
        template="t@1",
    )


def _rig(provider: LitellmProvider, choice: ModelChoice, **parts: object) -> Rig:
    return Rig(provider=provider, model=choice, improvers=(choice,), **parts)  # type: ignore[arg-type]


async def test_what_is_sent_is_what_was_meant_and_nothing_else(provider: LitellmProvider) -> None:
    with OpenAIServer() as server:
        choice = replace(_choice(server, max_tokens=50), temperature=0.5)
        outcome = await provider.complete(_call(choice))
    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.finish_reason) == ("hello there", "stop")
    assert (outcome.input_tokens, outcome.output_tokens, outcome.usd) == (5, 3, None)
    assert server.requests[0].body == {
        "model": "x",
        "messages": [{"role": "system", "content": "be terse"}, {"role": "user", "content": "hello there"}],
        "temperature": 0.5,
        "max_tokens": 50,
        "seed": 3,
    }


async def test_what_is_not_chosen_is_not_sent(provider: LitellmProvider) -> None:
    with OpenAIServer() as server:
        await provider.complete(replace(_call(_choice(server)), seed=None))
    assert set(server.requests[0].body) == {"model", "messages"}


async def test_a_local_server_needs_no_key(provider: LitellmProvider) -> None:
    with OpenAIServer() as server:
        assert isinstance(await provider.complete(_call(_choice(server))), Completion)
    assert server.requests[0].headers["authorization"] == "Bearer not-needed"


async def test_a_key_in_the_environment_is_used(
    provider: LitellmProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    with OpenAIServer() as server:
        await provider.complete(_call(_choice(server)))
    assert server.requests[0].headers["authorization"] == "Bearer sk-mine"


async def test_a_model_elsewhere_without_a_key_is_refused_for_good(provider: LitellmProvider) -> None:
    outcome = await provider.complete(_call(ModelChoice(name="openai/gpt-4o-mini")))
    assert isinstance(outcome, Refused)
    assert outcome.kind == "fatal"
    assert outcome.hint == "set OPENAI_API_KEY in the environment"


async def test_a_name_without_a_known_provider_is_refused_for_good(provider: LitellmProvider) -> None:
    outcome = await provider.complete(_call(ModelChoice(name="nonsense/x")))
    assert isinstance(outcome, Refused)
    assert outcome.kind == "fatal"
    assert "provider/model" in outcome.hint


async def test_a_seed_that_a_provider_does_not_take_never_leaves_this_machine(
    provider: LitellmProvider,
) -> None:
    outcome = await provider.complete(_call(ModelChoice(name="anthropic/claude-3-5-haiku-20241022")))
    assert isinstance(outcome, Refused)
    assert outcome.unsupported == {"seed"}
    assert outcome.usage == Usage()


TRANSIENT = [
    Fail(500, "oops"),
    Fail(503, "overloaded"),
    Fail(429, "slow down", headers={"Retry-After": "7"}),
    Reset(),
    Raw("{nope"),
    Raw("<html>sorry</html>", "text/html"),
    Raw("{}"),
    Say(choices=False),
    Say(content=False),
]


@pytest.mark.parametrize("deed", TRANSIENT, ids=str)
async def test_a_passing_failure_is_asked_again(provider: LitellmProvider, deed: Deed) -> None:
    log = MemoryLog()
    with OpenAIServer(script=[deed, deed]) as server:
        rig = _rig(provider, _choice(server), log=log)
        reply = await rig.gateway.ask(ask_for())
    assert isinstance(reply, Reply)
    assert reply.text == "hello"
    assert server.count == len(log.attempts) == 3
    assert [each.attempt for each in log.attempts] == [1, 2, 3]
    assert [each.outcome for each in log.attempts[:2]] in (["retry", "retry"], ["wait", "wait"])
    assert len(rig.clock.slept) == 2


@pytest.mark.parametrize("deed", TRANSIENT, ids=str)
async def test_a_lasting_failure_is_the_models_and_no_score(provider: LitellmProvider, deed: Deed) -> None:
    with OpenAIServer(script=lambda _number, _body: deed) as server:
        failed = await _rig(provider, _choice(server), retries=2).gateway.ask(ask_for())
    assert isinstance(failed, Failed)
    assert failed.blame is Blame.MODEL
    assert server.count == 3


async def test_retry_after_is_honoured(provider: LitellmProvider) -> None:
    with OpenAIServer(script=[Fail(429, headers={"Retry-After": "7"})]) as server:
        rig = _rig(provider, _choice(server))
        await rig.gateway.ask(ask_for())
    assert 7.0 <= rig.clock.slept[0] <= 8.0


async def test_a_server_that_hangs_is_given_up_in_time(provider: LitellmProvider) -> None:
    log = MemoryLog()
    with OpenAIServer(script=lambda _number, _body: Hang()) as server:
        rig = _rig(provider, _choice(server, timeout_s=0.2, max_tokens=100), log=log, retries=1)
        began = time.monotonic()
        failed = await rig.gateway.ask(ask_for())
        took_s = time.monotonic() - began
    assert failed == Failed(Blame.MODEL, "openai/x: no answer within 0.2 s (asked 2 times)")
    assert [each.status for each in log.attempts] == [408, 408]
    assert took_s < 3.0
    assert rig.budget.spent.output_tokens == 200


async def test_nobody_at_the_address_is_refused_for_good(provider: LitellmProvider) -> None:
    with OpenAIServer() as server:
        choice = _choice(server)
    outcome = await provider.complete(_call(choice))
    assert isinstance(outcome, Refused)
    assert not outcome.reached
    assert choice.api_base
    assert choice.api_base in outcome.hint


@pytest.mark.parametrize(
    "deed",
    [
        Fail(401, "bad key"),
        Fail(402, "pay"),
        Fail(403, "no"),
        Fail(404, "no such model"),
        Fail(429, "You exceeded your current quota", code="insufficient_quota"),
    ],
    ids=str,
)
async def test_a_refusal_for_good_is_asked_once(provider: LitellmProvider, deed: Deed) -> None:
    with OpenAIServer(script=lambda _number, _body: deed) as server:
        outcome = await provider.complete(_call(_choice(server)))
    assert isinstance(outcome, Refused)
    assert outcome.kind == "fatal"
    assert outcome.hint
    assert server.count == 1


@pytest.mark.parametrize(
    "deed",
    [Fail(400, "too long"), Fail(413), Say("", finish="length"), Say("half", finish="content_filter")],
    ids=str,
)
async def test_what_is_useless_is_not_asked_again(provider: LitellmProvider, deed: Deed) -> None:
    with OpenAIServer(script=lambda _number, _body: deed) as server:
        failed = await _rig(provider, _choice(server)).gateway.ask(ask_for())
    assert isinstance(failed, Failed)
    assert failed.blame is Blame.MODEL
    assert server.count == 1


@pytest.mark.parametrize(
    "deed", [Say(content=False), Say("", finish="length"), Say("", finish="content_filter")], ids=str
)
async def test_a_useless_answer_is_charged_all_the_same(provider: LitellmProvider, deed: Say) -> None:
    with OpenAIServer(script=[replace(deed, tokens=(40, 2))]) as server:
        outcome = await provider.complete(_call(_choice(server)))
    assert isinstance(outcome, Refused)
    assert outcome.usage
    assert (outcome.usage.calls, outcome.usage.input_tokens, outcome.usage.output_tokens) == (1, 40, 2)


async def test_an_answer_cut_at_the_limit_says_so(provider: LitellmProvider) -> None:
    with OpenAIServer(lambda _messages, _body: "word " * 100) as server:
        outcome = await provider.complete(_call(_choice(server, max_tokens=5)))
    assert isinstance(outcome, Completion)
    assert outcome.finish_reason == "length"
    assert outcome.output_tokens == 5


async def test_an_empty_answer_is_an_answer(provider: LitellmProvider) -> None:
    with OpenAIServer(script=[Say("")]) as server:
        outcome = await provider.complete(_call(_choice(server)))
    assert isinstance(outcome, Completion)
    assert outcome.text == ""


async def test_tokens_that_are_not_reported_are_guessed(provider: LitellmProvider) -> None:
    with OpenAIServer(script=[Say("twelve bytes", tokens=(0, 0))]) as server:
        outcome = await provider.complete(_call(_choice(server)))
    assert isinstance(outcome, Completion)
    assert (outcome.input_tokens, outcome.output_tokens) == (5, 3)


async def test_a_price_of_the_users_own_is_applied(provider: LitellmProvider) -> None:
    with OpenAIServer(script=[Say(tokens=(1_000_000, 2_000_000))]) as server:
        own = replace(_choice(server), usd_per_million_input=3.0, usd_per_million_output=0.5)
        outcome = await provider.complete(_call(own))
    assert isinstance(outcome, Completion)
    assert outcome.usd == pytest.approx(4.0)


async def test_a_listed_price_is_applied(provider: LitellmProvider) -> None:
    with OpenAIServer(script=[Say(tokens=(1000, 1000))]) as server:
        known = replace(_choice(server), name="openai/gpt-4o-mini")
        outcome = await provider.complete(_call(known))
    prices = provider.prices(known)
    assert isinstance(outcome, Completion)
    assert prices
    assert outcome.usd == pytest.approx((prices[0] + prices[1]) / 1000)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("openai/gpt-4o-mini", True),
        ("gpt-4o-mini", True),
        ("anthropic/claude-sonnet-4-5", True),
        ("openai/no-such-model", False),
        ("ollama/whatever", True),
        ("offline/apprentice", True),
    ],
)
def test_prices_are_known_or_said_to_be_unknown(name: str, known: bool) -> None:  # noqa: FBT001
    assert (LitellmProvider().prices(ModelChoice(name=name)) is not None) is known


def test_what_runs_on_this_machine_is_free() -> None:
    assert LitellmProvider().prices(ModelChoice(name="ollama/whatever")) == (0.0, 0.0)
    assert LitellmProvider().prices(ModelChoice(name="offline/apprentice")) == (0.0, 0.0)


async def test_a_parameter_that_the_server_refuses_is_dropped(provider: LitellmProvider) -> None:
    def script(_number: int, body: dict[str, object]) -> Deed:
        return Fail(400, "Unsupported parameter: 'seed'", param="seed") if "seed" in body else Say()

    with OpenAIServer(script=script) as server:
        rig = _rig(provider, _choice(server))
        replies = [await rig.gateway.ask(ask_for(text)) for text in ("a", "b")]
    assert all(isinstance(reply, Reply) for reply in replies)
    assert ["seed" in seen.body for seen in server.requests] == [True, False, False]


async def test_fifty_at_once_over_http_do_not_pass_the_budget(provider: LitellmProvider) -> None:
    def answer(_messages: object, _body: object) -> str:
        server.wait_for(20)  # nobody is answered before twenty have asked
        return "x" * 200

    with OpenAIServer(answer) as server:
        limits = Limits(max_calls=60, max_tokens=2500)
        rig = _rig(provider, _choice(server, max_tokens=60), limits=limits, concurrency=50)
        outcomes = await asyncio.gather(*(rig.gateway.ask(ask_for(f"question {n}")) for n in range(150)))
    spent = rig.budget.spent
    assert spent.calls == server.count <= 60
    assert 2300 <= spent.input_tokens + spent.output_tokens <= 2500
    assert server.peak_in_flight >= 20
    assert {each.blame for each in outcomes if isinstance(each, Failed)} == {Blame.BUDGET}


async def test_a_limit_in_calls_is_exact_over_http(provider: LitellmProvider) -> None:
    with OpenAIServer(script=lambda number, _body: Fail(500) if number % 3 == 0 else Say()) as server:
        rig = _rig(provider, _choice(server), limits=Limits(max_calls=20), concurrency=10)
        await asyncio.gather(*(rig.gateway.ask(ask_for(f"question {n}")) for n in range(60)))
    assert server.count == rig.budget.spent.calls == 20


LEAVES_NOTHING = """
import asyncio, sys
from rsi_cli.models.litellm_provider import LitellmProvider
from rsi_cli.suite.model import ModelChoice
from tests.fakes.provider import Rig, ask_for
async def night(base):
    model = ModelChoice(name="openai/x", api_base=base, timeout_s=5.0)
    rig = Rig(provider=LitellmProvider(), model=model, improvers=(model,))
    await asyncio.gather(*(rig.gateway.ask(ask_for(str(n))) for n in range(10)))
    await rig.gateway.aclose()
asyncio.run(night(sys.argv[1]))
asyncio.run(night(sys.argv[1]))
"""


def test_a_program_ends_without_a_word_of_litellms() -> None:
    with OpenAIServer(script=[Fail(500), Raw("<html>", "text/html"), Raw('{"id": 1}')]) as server:
        command = [sys.executable, "-W", "default::ResourceWarning", "-c", LEAVES_NOTHING, server.base_url]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
