"""The cases that a prompt shows, as lessons: what came in, what was answered, what was wanted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

from rsi_cli.models.offline.blocks import blocks, first_block
from rsi_cli.models.offline.note import Note, read_note
from rsi_cli.models.offline.values import Scalar

Record: TypeAlias = dict[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One case. wanted: the right answer, None where it is unknown. verdicts: failed demands, one a line."""

    input: str
    output: str
    wanted: str | None
    verdicts: tuple[str, ...] = ()
    passed: bool = False

    @property
    def note(self) -> Note:
        """Return the input, read."""
        return read_note(self.input)


def read_lessons(prompt: str) -> tuple[Lesson, ...]:
    """Return all cases of a prompt, the failing ones first."""
    failing = lessons_in(prompt, "failing_cases", "failing", passed=False)
    return (*failing, *lessons_in(prompt, "passing_cases", "passing", passed=True))


def lessons_in(prompt: str, *tags: str, passed: bool) -> tuple[Lesson, ...]:
    """Return the cases inside the first block under one of these tags. passed: whether they went well."""
    return tuple(_lesson(case, passed=passed) for case in blocks(first_block(prompt, *tags) or "", "case"))


def _lesson(case: str, *, passed: bool) -> Lesson:
    output = first_block(case, "output") or ""
    verdicts = tuple(
        line.strip() for line in (first_block(case, "verdicts") or "").splitlines() if line.strip()
    )
    wanted = first_block(case, "expected")
    if wanted is None:
        wanted = output if passed else _wanted_by_verdicts(verdicts)
    return Lesson(
        input=first_block(case, "input") or "",
        output=output,
        wanted=wanted.strip() if wanted is not None else None,
        verdicts=verdicts,
        passed=passed,
    )


_QUOTED = r"(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|`([^`]*)`|“([^”]*)”)"
_EQUALS = re.compile(
    rf"(?:equals?|expected|should be|must be|wanted|is not)\b[^\"'`“]{{0,40}}{_QUOTED}", re.IGNORECASE
)
_CONTAINS = re.compile(
    rf"(?:i?contains(?:-any|-all)?|missing|lacks|not found)\b[^\"'`“]{{0,40}}{_QUOTED}", re.IGNORECASE
)


def _wanted_by_verdicts(verdicts: tuple[str, ...]) -> str | None:
    """Tell the right answer from what the assertions complain of; None where they do not let it show."""
    for pattern in (_EQUALS, _CONTAINS):
        for line in verdicts:
            if line.startswith("not-"):
                continue
            if match := pattern.search(line):
                return next(group for group in match.groups() if group is not None)
    return None


def as_record(text: str | None) -> Record | None:
    """Read a flat JSON object, in a fence or not; None for anything else. Deeper values are left out."""
    if text is None:
        return None
    body = re.sub(r"^```\w*\n|\n```$", "", text.strip())
    if not body.startswith("{"):
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    return {
        str(key): one
        for key, one in value.items()
        if one is None or isinstance(one, bool | int | float | str)
    }
