"""Locked regions of a skill: where they are, and what is wrong with their markers.

    <!-- rsi:keep -->
    no child may change this
    <!-- /rsi:keep -->

Markers inside code fences and code spans are only text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rsi_cli.errors import InputError, Problem
from rsi_cli.skill.blocks import fenced_lines
from rsi_cli.skill.document import Skill
from rsi_cli.skill.lines import split_lines

MARKER = re.compile(r"<!--[ \t]*(/?)[ \t]*rsi[ \t]*:[ \t]*(/?)[ \t]*keep[ \t]*-->", re.IGNORECASE)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\r\n]*?(?<!`)\1(?!`)")
_ALMOST = re.compile(r"<!--[ \t/]*rsi\b(?:(?!-->)[^\r\n])*(?:-->)?", re.IGNORECASE)
_HINT = "give each `<!-- rsi:keep -->` its own `<!-- /rsi:keep -->` after it; regions cannot be nested"


@dataclass(frozen=True, slots=True)
class Region:
    """A locked stretch of a body, markers included: body[start:end]. line: in the body, from 1."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One marker, text[start:end], at `line` and `col` of the text, both from 1."""

    start: int
    end: int
    line: int
    col: int
    closes: bool


def locked_regions(skill: Skill) -> tuple[Region, ...]:
    """Find the locked regions of the body, in order.

    Raises InputError, every mistake at its place in the file, if the markers are unbalanced or nested.
    """
    found = find_markers(skill.body)
    if wrong := unbalanced(found):
        problems = tuple(
            Problem(file="", line=skill.body_line + m.line - 1, col=m.col, where="locked region", what=what)
            for m, what in sorted(wrong, key=lambda each: each[0].start)
        )
        raise InputError("the locked regions of the skill are unbalanced", hint=_HINT, problems=problems)
    return pairs(found)


def almost_markers(skill: Skill) -> tuple[tuple[int, str], ...]:
    """Find comments that look like a marker but are none: (line of the file, the text)."""
    lines = split_lines(skill.body)
    return tuple(
        (skill.body_line + i, match.group())
        for i, (line, fenced) in enumerate(zip(lines, fenced_lines(skill.body), strict=True))
        if not fenced
        for match in _ALMOST.finditer(_without_code(line))
        if not MARKER.fullmatch(match.group())
    )


def pairs(markers: Sequence[Marker]) -> tuple[Region, ...]:
    """Join balanced markers to regions."""
    couples = zip(markers[::2], markers[1::2], strict=True)
    return tuple(Region(opening.start, closing.end, opening.line) for opening, closing in couples)


def unbalanced(markers: Sequence[Marker]) -> tuple[tuple[Marker, str], ...]:
    """Say of each marker without a partner what is wrong with it."""
    wrong: list[tuple[Marker, str]] = []
    opened: Marker | None = None
    for marker in markers:
        if marker.closes and opened is None:
            wrong.append((marker, "closed, but never opened"))
        elif not marker.closes and opened is not None:
            wrong.append((marker, "opened inside another region"))
        else:
            opened = None if marker.closes else marker
    if opened is not None:
        wrong.append((opened, "opened, but never closed"))
    return tuple(wrong)


def find_markers(body: str) -> tuple[Marker, ...]:
    """Find all markers outside of code, in order."""
    if "<!--" not in body:
        return ()
    found: list[Marker] = []
    at = 0
    for number, (line, fenced) in enumerate(zip(split_lines(body), fenced_lines(body), strict=True), start=1):
        if not fenced and "<!--" in line:
            found += [
                Marker(
                    start=at + m.start(),
                    end=at + m.end(),
                    line=number,
                    col=m.start() + 1,
                    closes=bool(m[1] or m[2]),
                )
                for m in MARKER.finditer(_without_code(line))
            ]
        at += len(line)
    return tuple(found)


def _without_code(line: str) -> str:
    """The line with its code spans blanked out, every position unchanged."""
    return _CODE_SPAN.sub(lambda match: " " * len(match.group()), line)
