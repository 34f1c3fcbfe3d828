"""Revise one section of a skill; the rest is read, and stays."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from rsi_cli.models.offline.draft import Draft, Line
from rsi_cli.models.offline.improver import Request, change
from rsi_cli.models.offline.tried import untried
from rsi_cli.models.offline.wording import paraphrase

_TRIES = 3


def revised_section(skill: str, section: str, request: Request, rng: Random) -> str:
    """Return the section as the lessons suggest; in other words only, where they suggest nothing for it."""
    old = section.strip("\n")
    for _ in range(_TRIES if request.tried else 1):
        text = untried(old, _revised(skill, old, request, rng), request.tried)
        if text.strip() and text != old:
            return text
    return paraphrase(old, rng)


def _revised(skill: str, section: str, request: Request, rng: Random) -> str:
    """Let the lines of the section alone change, in a draft of the whole skill."""
    wanted = section.split("\n")
    first = _place(skill.split("\n"), wanted)
    draft = Draft.of(section if first is None else skill)  # shown alone, or otherwise than in the skill
    first = first or 0
    last = first + len(wanted)
    for line in (*draft.lines[:first], *draft.lines[last:]):
        line.rule, line.locked = None, True
    begin, end = Line("", locked=True), Line("", locked=True)
    draft.lines = [*draft.lines[:first], begin, *draft.lines[first:last], end, *draft.lines[last:]]
    draft.home = end
    if rng.random() <= 0.1 + 1.3 * request.wish.clarity:
        change(draft, request.lessons, request.wish, rng)
    edges = [number for number, line in enumerate(draft.lines) if line is begin or line is end]
    return "\n".join(line.text for line in draft.lines[edges[0] + 1 : edges[1]])


def _place(lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return where these lines stand first; None where they do not."""
    last = len(lines) - len(wanted)
    return next((at for at in range(last + 1) if list(lines[at : at + len(wanted)]) == list(wanted)), None)
