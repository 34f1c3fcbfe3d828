"""Lines of a text with their endings, so that every cut can be undone byte for byte."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ENDING = re.compile(r"\r\n|\r|\n")
_NEWLINES = "\r\n"


def split_lines(text: str) -> tuple[str, ...]:
    """Cut after each CRLF, CR or LF, endings kept; joined again they are the text.

    Never `str.splitlines`: it also cuts at form feeds and U+2028, where Markdown has no line end.
    """
    return tuple(_LINE.findall(text))


def to_lf(text: str) -> str:
    """Write every line ending as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def dominant_newline(text: str) -> str:
    """Name the most frequent line ending of the text; LF where there is none, or for a tie with it."""
    counts = Counter(_ENDING.findall(text))
    return max(("\n", "\r\n", "\r"), key=lambda ending: counts[ending])


def split_margins(text: str) -> tuple[str, str, str]:
    """Cut into leading newlines, core, trailing newlines; a text of newlines alone is all leading."""
    core = text.lstrip(_NEWLINES)
    head = text[: len(text) - len(core)]
    trimmed = core.rstrip(_NEWLINES)
    return head, trimmed, core[len(trimmed) :]


def with_endings_of(old: str, new: str, newline: str) -> str:
    """Give the LF text `new` the line endings of `old`.

    A line that is also in `old` keeps its own ending there; any other line gets `newline`. Whether
    the text ends in a line ending is up to `new`.
    """
    if old and to_lf(old) == new:
        return old
    if set(_ENDING.findall(old)) <= {newline}:
        return new.replace("\n", newline)
    old_lines, new_lines = split_lines(old), split_lines(new)
    endings = _endings_by_line(old_lines, new_lines)
    parts: list[str] = []
    for i, line in enumerate(new_lines):
        part = _content(line) + (endings.get(i) or newline) if line.endswith("\n") else line
        joins = part == "\n" and parts and parts[-1].endswith("\r")  # CR, then LF, would be read as one
        parts.append("\r" if joins else part)
    return "".join(parts)


def _content(line: str) -> str:
    return line.rstrip(_NEWLINES)


def _endings_by_line(old_lines: tuple[str, ...], new_lines: tuple[str, ...]) -> dict[int, str]:
    """Map the index of each new line that has a partner in the old text to that partner's ending.

    Lines shared at both ends are paired first: it is exact where one place changed, and cheap.
    """
    old, new = [_content(line) for line in old_lines], [_content(line) for line in new_lines]
    shortest = min(len(old), len(new))
    front = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    room = shortest - front
    back = next((i for i in range(room) if old[-1 - i] != new[-1 - i]), room)
    pairs = [(i, i) for i in range(front)]
    pairs += [(len(old) - 1 - i, len(new) - 1 - i) for i in range(back)]
    middle = SequenceMatcher(None, old[front : len(old) - back], new[front : len(new) - back])
    for block in middle.get_matching_blocks():
        pairs += [(front + block.a + k, front + block.b + k) for k in range(block.size)]
    return {j: old_lines[i][len(old[i]) :] for i, j in pairs}
