"""Two improver models, one for breadth and one for depth: who is asked what, at what price, said where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from rsi_cli.errors import InputError
from rsi_cli.models.cache import Cache, MemoryCache
from rsi_cli.models.call import Call, MemoryLog
from rsi_cli.models.gateway import draw_seed
from rsi_cli.models.litellm_provider import LitellmProvider
from rsi_cli.nouns import Blame, Failed, Prompt, Reply, Role
from rsi_cli.suite.model import Limits, ModelChoice
from tests.fakes.openai_server import Body, Deed, Fail, OpenAIServer, Say, apprentice
from tests.fakes.provider import Rig, ScriptedProvider, ask_for
from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

PRICED = "{name: openai/%s, usd_per_million_input: %s, usd_per_million_output: %s}"
Price: TypeAlias = tuple[str, float, float]
"""A model, and the dollars that a million tokens cost, in and out."""
CHEAP: Price = ("cheap", 1, 2)
STRONG: Price = ("strong", 10, 20)


@pytest.fixture
async def provider() -> AsyncIterator[LitellmProvider]:
    provider = LitellmProvider()
    yield provider
    await provider.aclose()


@pytest.fixture
def shop(repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A repository to work in."""
    return Workshop(repo, capsys, monkeypatch)


def work(text: str, *, depth: bool, role: Role = Role.IMPROVER) -> Prompt:
    return replace(ask_for(text, role=role), depth=depth)


def rig_at(
    server: OpenAIServer, provider: LitellmProvider, *improvers: str, cache: Cache | None = None
) -> Rig:
    """A gateway to that server: `actor` acts and judges, these improve."""
    chosen = tuple(ModelChoice(name=f"openai/{name}", api_base=server.base_url) for name in improvers)
    actor = ModelChoice(name="openai/actor", api_base=server.base_url)
    return Rig(provider=provider, model=actor, improvers=chosen, cache=cache or MemoryCache())


def got(server: OpenAIServer) -> list[tuple[str, str]]:
    """Who was asked what, in order."""
    return [(seen.body["model"], seen.body["messages"][-1]["content"]) for seen in server.requests]


async def test_depth_goes_to_the_last_improver_and_to_nobody_else(provider: LitellmProvider) -> None:
    with OpenAIServer() as server:
        rig = rig_at(server, provider, "cheap", "strong")
        for text, depth in (("wide", False), ("deep", True), ("wide again", False)):
            assert isinstance(await rig.gateway.ask(work(text, depth=depth)), Reply)
        for role in (Role.ACTOR, Role.JUDGE):
            await rig.gateway.ask(work(f"deep {role}", depth=True, role=role))
    assert got(server) == [
        ("cheap", "wide"),
        ("strong", "deep"),
        ("cheap", "wide again"),
        ("actor", "deep actor"),
        ("actor", "deep judge"),
    ]
    assert isinstance(rig.log, MemoryLog)
    assert [attempt.model for attempt in rig.log.attempts] == [f"openai/{model}" for model, _ in got(server)]
    assert rig.gateway.usage.calls == 5


async def test_one_improver_is_asked_once_and_under_the_name_that_the_call_always_had(
    provider: LitellmProvider,
) -> None:
    with OpenAIServer() as server:
        rig = rig_at(server, provider, "only")
        replies = [await rig.gateway.ask(work("think", depth=depth)) for depth in (False, True)]
    assert [isinstance(reply, Reply) and reply.cached for reply in replies] == [False, True]
    prompt = work("think", depth=True)
    call = Call(
        role=prompt.role,
        choice=rig.improvers[0],
        messages=prompt.messages,
        seed=draw_seed(rig.seed, 0),
        repeat=0,
        template=prompt.template,
    )
    assert isinstance(rig.log, MemoryLog)
    assert [attempt.key for attempt in rig.log.attempts] == [call.key()]


async def test_a_second_improver_makes_no_answer_of_the_first_worthless(provider: LitellmProvider) -> None:
    cache = MemoryCache()
    with OpenAIServer() as server:
        for improvers in (("cheap",), ("cheap", "strong")):
            rig = rig_at(server, provider, *improvers, cache=cache)
            for depth in (False, True):
                await rig.gateway.ask(work("think", depth=depth))
    assert got(server) == [("cheap", "think"), ("strong", "think")]


async def test_a_limit_in_dollars_counts_each_improver_at_its_own_price() -> None:
    cheap = ModelChoice(name="openai/cheap", usd_per_million_input=1.0, usd_per_million_output=1.0)
    strong = ModelChoice(name="openai/strong", usd_per_million_input=1e6, usd_per_million_output=1e6)
    rig = Rig(provider=ScriptedProvider(), model=cheap, improvers=(cheap, strong), limits=Limits(max_usd=1.0))
    assert isinstance(await rig.gateway.ask(work("think", depth=False)), Reply)
    refusal = await rig.gateway.ask(work("think", depth=True))
    assert isinstance(refusal, Failed)
    assert (refusal.blame, "openai/strong" in refusal.message) == (Blame.BUDGET, True)


def test_dollars_cannot_be_limited_where_one_of_the_improvers_has_no_price() -> None:
    cheap = ModelChoice(name="openai/cheap", usd_per_million_input=1.0, usd_per_million_output=1.0)
    unknown = ModelChoice(name="openai/strong")
    with pytest.raises(InputError, match="price of openai/strong is unknown"):
        Rig(model=cheap, improvers=(cheap, unknown), limits=Limits(max_usd=1.0))


def models(*improvers: Price) -> str:
    listed = ", ".join(PRICED % one for one in improvers)
    return f"models: {{actor: {PRICED % ('actor', 1, 2)}, improver: [{listed}]}}\n"


@pytest.mark.parametrize("both", [(CHEAP, STRONG), (STRONG, CHEAP)])
def test_a_forecast_takes_the_dearest_improver_for_its_upper_end(
    shop: Workshop, both: tuple[Price, Price]
) -> None:
    skill = shop.mail()
    plans = []
    for improvers in ((CHEAP,), both):
        shop.fill({"rsi.yaml": models(*improvers)}, commit=False)
        plans.append(shop.rsi("evolve", skill, "--max-calls", "500", "--dry-run", "--json").document["usd"])
    one, two = plans
    assert one["low"] == two["low"], "the least is the actor's own"
    assert two["high"] == pytest.approx(10 * one["high"])


def test_the_first_lines_and_the_doctor_name_both(shop: Workshop) -> None:
    skill = shop.mail()
    shop.fill({"rsi.yaml": models(CHEAP, STRONG)}, commit=False)
    said = shop.rsi("evolve", skill, "--max-calls", "500", "--dry-run").err.splitlines()
    assert "openai/cheap" in said[0]
    assert "openai/strong" in said[0]
    found = shop.rsi("doctor", skill, "--json").document
    asked = [one["message"] for one in found["checks"] if one["check"] == "improver"]
    assert [next(name for name in ("cheap", "strong") if name in message) for message in asked] == [
        "cheap",
        "strong",
    ]


def test_a_night_is_gone_on_with_by_the_improvers_that_began_it(shop: Workshop) -> None:
    skill, breaks = shop.mail(), True

    def script(number: int, _body: Body) -> Deed:
        return Fail(401, "bad key") if breaks and number >= 120 else Say()

    with OpenAIServer(answer=apprentice, script=script) as server:
        where = ("--model", "openai/actor", "--api-base", server.base_url)
        night = ("evolve", skill, "--seed", "3", "--max-calls", "300", *where)

        def go_on(improvers: str, *more: str) -> tuple[str, ...]:
            return (*night, "--improver-model", improvers, *more)

        assert shop.rsi(*go_on("openai/cheap,openai/strong")).code == 4
        for other in ("openai/cheap", "openai/strong,openai/cheap"):
            refusal = refused(shop, *go_on(other, "--resume"))
            assert refusal.code == 2
            assert f"improver (was openai/cheap,openai/strong, is {other})" in refusal.message
        breaks = False
        assert shop.rsi(*go_on("openai/cheap,openai/strong", "--resume")).code == 0
        asked = [seen.body for seen in server.requests]
    improved = {body["model"] for body in asked if "# Improver" in body["messages"][0]["content"]}
    assert improved
    assert improved <= {"cheap", "strong"}
    assert {body["model"] for body in asked} - improved == {"actor"}
