"""Sentences that state no rule: which stand alone, taking them out, putting others in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from rsi_cli.models.offline.wording import free_lines

BULLET = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+(?=\S)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_NOT_PLAIN = re.compile(r"[`\"|{}<>]|\*\*")  # names an answer, shapes it, or is no sentence at all


def loose(skill: str) -> dict[int, str]:
    """Return the sentences that stand alone on a line that may change, by the line's number.

    A line that names or shapes an answer is none of them, nor is a line of a longer paragraph.
    """
    lines = skill.split("\n")
    free = free_lines(lines)
    return {
        number: BULLET.sub("", lines[number]).strip()
        for number in free
        if not _NOT_PLAIN.search(lines[number]) and _alone(lines, number)
    }


def without(skill: str, unwanted: Iterable[int]) -> str:
    """Take lines out by their numbers, with the gap that they leave and the headings left empty."""
    lines = skill.split("\n")
    gone = set(unwanted)
    gone |= _bare_headings(lines, gone)
    kept: list[str] = []
    for number, line in enumerate(lines):
        gap = not line.strip() and number - 1 in gone and (not kept or not kept[-1].strip())
        if gap:
            gone.add(number)  # so that the gap after a whole section closes as well
        elif number not in gone:
            kept.append(line)
    return "\n".join(kept)


def added(skill: str, sentences: Iterable[str]) -> str:
    """Put sentences behind the text, a paragraph each."""
    parts = [skill.rstrip("\n"), *sentences]
    return skill if len(parts) == 1 else "\n\n".join(part for part in parts if part) + "\n"


def _bare_headings(lines: Sequence[str], gone: Collection[int]) -> set[int]:
    """Return the headings under which something stood and nothing is left."""
    headings = [number for number, line in enumerate(lines) if _HEADING.match(line)]
    bare: set[int] = set()
    for number, following in zip(headings, [*headings[1:], len(lines)], strict=False):
        said = {n for n in range(number + 1, following) if lines[n].strip()}
        deeper = following < len(lines) and _level(lines[following]) > _level(lines[number])
        if said and said <= set(gone) and not deeper:
            bare.add(number)
    return bare


def _level(heading: str) -> int:
    return len(heading.lstrip()) - len(heading.lstrip().lstrip("#"))


def _alone(lines: Sequence[str], number: int) -> bool:
    """Tell whether a line is a list item of its own, or a paragraph of one line."""
    before = lines[number - 1] if number else ""
    after = lines[number + 1] if number + 1 < len(lines) else ""
    wrapped = bool(after.strip()) and not BULLET.match(after) and not _HEADING.match(after)
    if BULLET.match(lines[number]):
        return not wrapped
    return not wrapped and (not before.strip() or bool(_HEADING.match(before)))
