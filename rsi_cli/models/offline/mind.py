"""Tell from the messages what is asked, and do it. Pure: same messages and seed, same text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from random import Random

from rsi_cli.models.offline import hyper, improver, judge, replies
from rsi_cli.models.offline.actor import SLIP_RATE, act
from rsi_cli.models.offline.blocks import blocks, last_block, outside

_WANTED = {
    "edits": re.compile(r"inside\s+`?<edits>", re.IGNORECASE),
    "section": re.compile(r"inside\s+`?<section>", re.IGNORECASE),
    "skill": re.compile(r"inside\s+`?<skill>|<skill>\s*(?:tags?|and|…|\.\.\.)", re.IGNORECASE),
    "mutation_prompt": re.compile(
        r"inside\s+`?<mutation_prompt>|<mutation_prompt>\s*(?:tags?|and)", re.IGNORECASE
    ),
}
_SHORTER = re.compile(r"\bshort(?:er|en)\b", re.IGNORECASE)
_REQUEST = 600  # characters at the end of a prompt, data apart, in which the request stands


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
    request = outside(user)[-_REQUEST:]
    wanted = next((tag for tag, pattern in _WANTED.items() if pattern.search(request)), "")
    if blocks(user, "answer") and blocks(user, "rubric") and wanted in {"", "mutation_prompt"}:
        return judge.judge(user)
    match wanted:
        case "edits":
            return replies.propose_edits(user, system, rng)
        case "section":
            return replies.revise_section(user, system, rng)
        case "skill":
            return _write_skill(user, system, rng)
        case "mutation_prompt":
            known = last_block(user, "mutation_prompt")
            return hyper.improve(user, rng) if known else hyper.invent(user, rng)
    skill, text = (system, user) if system.strip() else _parted(user)
    return act(skill, text, rng=rng, slips=0.0 if cold else SLIP_RATE)


def _write_skill(user: str, system: str, rng: Random) -> str:
    """Tell by what is shown where the skill is to come from, and write it."""
    if blocks(user, "skills"):
        return replies.continue_list(user, rng)
    if blocks(user, "workings"):
        return replies.infer_skill(user, system, rng)
    if not blocks(user, "skill"):
        return hyper.first_hint(user, rng)
    if blocks(user, "other_skill"):
        return replies.merge_skills(user)
    if _SHORTER.search(outside(user)) and not blocks(user, "failing_cases"):
        return replies.shorten_skill(user, rng)
    return improver.rewrite(user, office=system, rng=rng)


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
