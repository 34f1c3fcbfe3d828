"""Find the tagged blocks of a prompt, as any reader of it would."""

from __future__ import annotations

import re

from rsi_cli.prompts.delimit import block

_OPENING = re.compile(r"^[ \t]*<([a-z_]+)(?:\s[^<>\n]*)?>[ \t]*$", re.MULTILINE)


def blocks(text: str, tag: str) -> tuple[str, ...]:
    """Return the contents of all `<tag …>` … `</tag>` blocks that begin a line, in order."""
    found = re.findall(rf"^[ \t]*<{tag}(?:\s[^<>]*)?>\n?(.*?)\n?</{tag}>", text, re.DOTALL | re.MULTILINE)
    return tuple(_rearmed(tag, one) for one in found)


def first_block(text: str, *tags: str) -> str | None:
    """Return the first block under one of these tags; None where there is none."""
    for tag in tags:
        found = blocks(text, tag)
        if found:
            return found[0]
    return None


def last_block(text: str, tag: str) -> str | None:
    """Return the last block of that tag; None where there is none."""
    found = blocks(text, tag)
    return found[-1] if found else None


def outside(text: str) -> str:
    """Return what is said outside of all blocks: the request, and no data. A block left open is none."""
    said: list[str] = []
    unclosed: set[str] = set()
    at = 0
    for opening in _OPENING.finditer(text):
        closing = f"</{opening[1]}>"
        if opening.start() < at or closing in unclosed:
            continue
        end = text.find(closing, opening.end())
        if end < 0:
            unclosed.add(closing)
            continue
        said.append(text[at : opening.start()])
        at = end + len(closing)
    return "".join([*said, text[at:]])


def reply_block(tag: str, text: str) -> str:
    """Write a reply in the block that was asked for."""
    return block(tag, text.strip("\n"))


def _rearmed(tag: str, text: str) -> str:
    """Take back the one backslash that defuses a tag inside data."""
    return re.sub(rf"<(\\*)\\(?=\s*/?\s*{tag}(?![\w-]))", r"<\1", text, flags=re.IGNORECASE)
