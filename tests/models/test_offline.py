"""The embedded model by the same door as every other one, and over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rsi_cli.models.call import Completion, Refused
from rsi_cli.models.litellm_provider import LitellmProvider
from rsi_cli.nouns import Reply, Usage
from rsi_cli.suite.model import Limits, ModelChoice
from tests.fakes.openai_server import OpenAIServer, apprentice
from tests.fakes.provider import Rig, ask_for

OFFLINE = ModelChoice(name="offline/apprentice")
QUESTION = "Sort this mail: `billing` or `other`. An invoice means billing.\n\nWhere is my invoice?"


def _started(script: Path, *flags: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(script), *flags], stdout=subprocess.PIPE, text=True)


@pytest.fixture
async def provider() -> AsyncIterator[LitellmProvider]:
    provider = LitellmProvider()
    yield provider
    await provider.aclose()


async def test_the_embedded_model_answers_like_any_other(provider: LitellmProvider) -> None:
    rig = Rig(provider=provider, model=OFFLINE, improvers=(OFFLINE,), limits=Limits(max_usd=1.0))
    reply = await rig.gateway.ask(ask_for(QUESTION))
    assert isinstance(reply, Reply)
    assert reply.text
    assert reply.usage.input_tokens > 0
    assert reply.usage.output_tokens > 0
    assert reply.usage.usd == 0.0


async def test_an_unknown_offline_model_is_refused_for_good(provider: LitellmProvider) -> None:
    rig = Rig(provider=provider, model=OFFLINE, improvers=(OFFLINE,))
    call = rig.gateway._call(ask_for(), ModelChoice(name="offline/genius"))
    outcome = await provider.complete(call)
    assert isinstance(outcome, Refused)
    assert outcome.kind == "fatal"


async def test_over_http_it_says_the_same(provider: LitellmProvider) -> None:
    with OpenAIServer(apprentice) as server:
        remote = ModelChoice(name="openai/x", api_base=server.base_url)
        replies = []
        for choice in (OFFLINE, remote):
            rig = Rig(provider=provider, model=choice, improvers=(choice,))
            replies.append(await rig.gateway.ask(ask_for(QUESTION)))
    near, far = replies
    assert isinstance(near, Reply)
    assert isinstance(far, Reply)
    assert near.text == far.text


async def test_the_server_runs_by_hand_too(provider: LitellmProvider) -> None:
    script = Path(__file__).parents[1] / "fakes" / "openai_server.py"
    with _started(script, "--port", "0", "--apprentice") as server:
        assert server.stdout
        base_url = server.stdout.readline().strip()
        rig = Rig(provider=provider)
        call = rig.gateway._call(ask_for(QUESTION), ModelChoice(name="openai/x", api_base=base_url))
        outcome = await provider.complete(call)
        server.terminate()
    assert isinstance(outcome, Completion)
    assert outcome.usage != Usage()
