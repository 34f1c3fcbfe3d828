from __future__ import annotations

from collections.abc import Generator

import pytest

from rsi_cli.models.converse import converse
from rsi_cli.nouns import Blame, Failed, Prompt, Reply
from tests.fakes.provider import ask_for

FAILED = Failed(Blame.MODEL, "no")


class Talker:
    """Says two things, and remembers whether it was closed before its end."""

    def __init__(self) -> None:
        self.closed = False

    def talk(self) -> Generator[Prompt, Reply, str]:
        try:
            first = yield ask_for("one")
            second = yield ask_for(f"two after {first.text}")
        except GeneratorExit:
            self.closed = True
            raise
        return f"{first.text}, {second.text}"


async def _echo(prompt: Prompt) -> Reply | Failed:
    return Reply(text=prompt.messages[-1].content.upper(), model="m")


async def test_each_prompt_gets_its_reply_and_the_conclusion_comes_back() -> None:
    assert await converse(Talker().talk(), _echo) == "ONE, TWO AFTER ONE"


async def test_a_failed_reply_ends_the_talk_and_is_returned() -> None:
    async def fails(_prompt: Prompt) -> Reply | Failed:
        return FAILED

    talker = Talker()
    assert await converse(talker.talk(), fails) == FAILED
    assert talker.closed


async def test_the_talk_is_closed_also_when_asking_raises() -> None:
    async def breaks(_prompt: Prompt) -> Reply | Failed:
        raise OSError("gone")

    talker = Talker()
    with pytest.raises(OSError, match="gone"):
        await converse(talker.talk(), breaks)
    assert talker.closed


async def test_a_talk_that_asks_nothing_concludes() -> None:
    def silent() -> Generator[Prompt, Reply, int]:
        yield from ()
        return 3

    assert await converse(silent(), _echo) == 3


async def test_a_failed_conclusion_is_a_conclusion() -> None:
    def concludes() -> Generator[Prompt, Reply, Failed]:
        yield ask_for()
        return FAILED

    assert await converse(concludes(), _echo) == FAILED
