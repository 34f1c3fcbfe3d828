"""Lets an operator or a judge, which only yield prompts, talk to a model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rsi_cli.nouns import Failed, Prompt, Reply, Talk

T = TypeVar("T")


async def converse(talk: Talk[T], ask: Callable[[Prompt], Awaitable[Reply | Failed]]) -> T | Failed:
    """Answer each prompt of the talk until it concludes.

    Returns the talk's conclusion, or the first Failed that `ask` gave; the talk is closed in every case,
    also when `ask` raises.
    """
    try:
        prompt = next(talk)
        while True:
            answer = await ask(prompt)
            if isinstance(answer, Failed):
                return answer
            prompt = talk.send(answer)
    except StopIteration as conclusion:
        value: T = conclusion.value
        return value
    finally:
        talk.close()
