"""Tell from the messages what is asked, and do it. Pure: same messages and seed, same text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from random import Random

from rsi_cli.models.offline import hyper, improver, judge
from rsi_cli.models.offline.actor import SLIP_RATE, act
from rsi_cli.models.offline.blocks import blocks, last_block

_SKILL_WANTED = re.compile(r"inside\s+`?<skill>|<skill>\s*(?:tags?|and|…|\.\.\.)", re.IGNORECASE)
_PROMPT_WANTED = re.compile(r"inside\s+`?<mutation_prompt>|<mutation_prompt>\s*(?:tags?|and)", re.IGNORECASE)
_REQUEST = 600  # characters at the end of a prompt in which the request stands


def answer(messages: Sequence[Mapping[str, str]], *, seed: int, temperature: float | None) -> str:
    """Answer a conversation. temperature 0 makes the answer independent of the seed and free of slips.

    messages: mappings with "role" and "content", as litellm passes them. Never raises for any of them.
    """
    system = "\n\n".join(_content(one) for one in messages if one.get("role") in {"system", "developer"})
    user = "\n\n".join(
        _content(one) for one in messages if one.get("role") not in {"system", "developer", "assistant"}
    )
    cold = temperature is not None and temperature <= 0.0
    rng = Random(_draw(system, user, 0 if cold else seed))
    request = user[-_REQUEST:]
    if blocks(user, "answer") and blocks(user, "rubric") and not _SKILL_WANTED.search(request):
        return judge.judge(user)
    if _SKILL_WANTED.search(request):
        return (
            improver.rewrite(user, office=system, rng=rng)
            if blocks(user, "skill")
            else hyper.first_hint(user, rng)
        )
    if _PROMPT_WANTED.search(request):
        return hyper.improve(user, rng) if last_block(user, "mutation_prompt") else hyper.invent(user, rng)
    skill, text = (system, user) if system.strip() else _parted(user)
    return act(skill, text, rng=rng, slips=0.0 if cold else SLIP_RATE)


def _content(message: Mapping[str, object]) -> str:
    """Return a message's text; the text parts of a message in parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return ""


def _parted(user: str) -> tuple[str, str]:
    """Split a single message into instructions and input: an <input> block, else the last paragraph."""
    given = last_block(user, "input")
    if given is not None:
        return user.split("<input", 1)[0], given
    head, _, tail = user.rstrip().rpartition("\n\n")
    return (head, tail) if head else (user, user)


def _draw(system: str, user: str, seed: int) -> int:
    digest = hashlib.blake2b(f"{seed}\0{system}\0{user}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")
