"""A process that is killed in the middle of its calls, and the one that comes after it."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from rsi_cli.models.cache import SqliteCache
from rsi_cli.models.litellm_provider import LitellmProvider
from rsi_cli.nouns import Reply
from rsi_cli.suite.model import ModelChoice
from tests.fakes.openai_server import OpenAIServer, Say
from tests.fakes.provider import Rig, ask_for

ROOT = Path(__file__).parents[2]
CONCURRENCY = 8
QUESTIONS = 200

CHILD = """
import asyncio, pathlib, sys
from tests.models.test_kill import ask_all
asyncio.run(ask_all(pathlib.Path(sys.argv[1]), sys.argv[2]))
"""


async def ask_all(path: Path, base_url: str) -> tuple[list[object], Rig]:
    """Ask every question through a gateway that keeps its answers in this file."""
    model = ModelChoice(name="openai/x", api_base=base_url, timeout_s=20.0)
    rig = Rig(
        provider=LitellmProvider(),
        model=model,
        improvers=(model,),
        cache=SqliteCache(path),
        concurrency=CONCURRENCY,
    )
    outcomes = await asyncio.gather(*(rig.gateway.ask(ask_for(f"question {n}")) for n in range(QUESTIONS)))
    await rig.gateway.aclose()
    return list(outcomes), rig


def _child(path: Path, base_url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(path), base_url], cwd=ROOT)


def _settled(path: Path) -> int:
    db = sqlite3.connect(path)
    count: int = db.execute("SELECT count(*) FROM replies_v1").fetchone()[0]
    db.close()
    return count


async def test_no_settled_call_is_paid_again_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with OpenAIServer(script=lambda _number, _body: Say(delay_s=0.005)) as server:
        child = _child(path, server.base_url)
        arrived = await asyncio.to_thread(server.wait_for, 90)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        assert arrived
        paid, settled = server.count, _settled(path)
        assert 0 < settled < QUESTIONS
        assert paid - settled <= CONCURRENCY  # what is lost is no more than what was in flight

        outcomes, rig = await ask_all(path, server.base_url)
        assert server.count - paid == QUESTIONS - settled
    assert [reply.text for reply in outcomes if isinstance(reply, Reply)] == [
        f"question {n}" for n in range(QUESTIONS)
    ]
    assert rig.budget.spent.calls == QUESTIONS - settled
    assert rig.budget.spent.cached_calls == settled
