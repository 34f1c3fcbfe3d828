r"""Put data into a prompt so that it cannot get out again, and read it back from a reply.

A block is `<tag>`, a newline, the text, a newline, `</tag>`. Inside the text every `<tag` and `</tag`
is *defused* by one backslash after the `<`: `</tag>` becomes `<\/tag>`. A tag that already carries
backslashes gets one more, so that undoing removes exactly one and every text comes back unchanged:
`unblock(block(tag, text), tag) == text`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from rsi_cli.errors import BugError

_TAG_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)")


def block(tag: str, text: str) -> str:
    """Wrap `text` in `<tag>` lines that nothing inside it can close or open again."""
    return f"<{tag}>\n{_defuse(tag, text)}\n</{tag}>"


def unblock(reply: str, tag: str) -> str | None:
    """Read what a model put between `<tag>` and `</tag>`; None where that cannot be told for sure.

    The last block counts (an earlier one may be an example). Tags on lines of their own win over tags
    in the middle of a line, so the text and the prose around it may mention the tag. A block that is left
    open means that the reply was cut off: None. Where there is no tag at all, a reply that is one single
    code fence (see `unfence`) is read instead.
    """
    marks = tuple(_marks(tag).finditer(reply))
    text = _last_block(reply, marks) if marks else unfence(reply)
    return None if text is None else _rearm(tag, text)


def unfence(reply: str) -> str | None:
    """Return the inside of the one code fence that a reply consists of; at most one line may precede it.

    None where there is no fence, where text follows it, or where it could as well be two fences.
    Fences inside are part of the text if they name a language, or are shorter than the outer one.
    """
    lines = reply.strip().split("\n")
    start = next((i for i, line in enumerate(lines) if _FENCE.fullmatch(line.rstrip())), None)
    if start is None or sum(1 for line in lines[:start] if line.strip()) > 1:
        return None
    inside = _inside_of_fence(lines[start:])
    return None if inside is None else "\n".join(inside)


def _inside_of_fence(lines: list[str]) -> list[str] | None:
    """Return the lines between the first line, a fence, and the last, if that is what closes it."""
    opening = _FENCE.fullmatch(lines[0].rstrip())
    depth = 0
    for number, line in enumerate(lines):
        fence = _FENCE.fullmatch(line.rstrip())
        if opening is None or fence is None or not fence["marks"].startswith(opening["marks"]):
            continue  # no fence, or one that is too short to close the outer one
        depth += 1 if number == 0 or fence["info"].strip() else -1
        if depth == 0:
            return lines[1:number] if number == len(lines) - 1 else None
    return None


def _last_block(reply: str, marks: tuple[re.Match[str], ...]) -> str | None:
    """Return the text of the last block; None where its end or its beginning is missing or in doubt."""
    end = max((number for number, mark in enumerate(marks) if mark["slash"]), default=-1)
    if end < 0 or any(_starts_a_line(reply, mark) for mark in marks[end + 1 :]):
        return None
    if _on_its_own_line(reply, marks[end]):
        whole_lines = [mark for mark in marks[:end] if _on_its_own_line(reply, mark)]
        if openings := _openings_at_the_end(whole_lines):
            return _between(reply, openings[0], marks[end])
    openings = _openings_at_the_end(marks[:end])
    if not openings or end != len(marks) - 1:
        return None
    first_on_a_line = next((mark for mark in openings if _starts_a_line(reply, mark)), openings[-1])
    return _between(reply, first_on_a_line, marks[end])


def _openings_at_the_end(marks: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Return the opening tags after the last closing one, in order."""
    openings = list(takewhile(lambda mark: not mark["slash"], reversed(marks)))
    return openings[::-1]


def _between(reply: str, opening: re.Match[str], closing: re.Match[str]) -> str:
    """Cut out the text between two tags, without the line ends that `block` puts around it."""
    text = reply[opening.end() : closing.start()]
    return re.sub(r"\A\r?\n", "", text).removesuffix("\n")


def _starts_a_line(reply: str, mark: re.Match[str]) -> bool:
    return not reply[reply.rfind("\n", 0, mark.start()) + 1 : mark.start()].strip()


def _on_its_own_line(reply: str, mark: re.Match[str]) -> bool:
    end = reply.find("\n", mark.end())
    return _starts_a_line(reply, mark) and not reply[mark.end() : end if end >= 0 else len(reply)].strip()


def _defuse(tag: str, text: str) -> str:
    return _armed(tag).sub(r"<\g<slashes>\\", text)


def _rearm(tag: str, text: str) -> str:
    return _armed(tag).sub(lambda m: "<" + m["slashes"][:-1], text)


@lru_cache(maxsize=64)
def _armed(tag: str) -> re.Pattern[str]:
    """Match the `<` and its backslashes before anything that a reader could take for this tag."""
    return re.compile(rf"<(?P<slashes>\\*)(?=\s*/?\s*{_checked(tag)}(?![\w-]))", re.IGNORECASE)


@lru_cache(maxsize=64)
def _marks(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<(?P<slash>/?){_checked(tag)}\s*>")


def _checked(tag: str) -> str:
    if not _TAG_NAME.fullmatch(tag):
        raise BugError(f"{tag!r} is no tag for a block: lower case letters, digits, - and _ only")
    return tag
