"""Infer a skill from correct workings-out alone: what was asked, what was rightly answered, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from rsi_cli.models.offline.draft import Draft, understood
from rsi_cli.models.offline.features import Mood
from rsi_cli.models.offline.improver import change, kept, kind_of
from rsi_cli.models.offline.lessons import Lesson
from rsi_cli.models.offline.quotes import code

_OPENING = "Answer in the way of the rules below, and give the answer alone."
_TRIES = 3


def inferred(keep: str, lessons: Sequence[Lesson], wish: Mood, rng: Random) -> str:
    """Return a skill that would have led to these answers. keep: the owner's locked text, "" if none.

    Every answer counts as one that the new skill has yet to explain.
    """
    start = "\n\n".join(part for part in ("# How to do it", _OPENING, keep) if part) + "\n"
    unexplained = tuple(replace(lesson, passed=False, output="") for lesson in lessons if lesson.wanted)
    drafts = [_draft(start, unexplained, wish, rng) for _ in range(_TRIES)]
    return max(drafts, key=lambda text: kept(text, unexplained, wish))


def _draft(start: str, lessons: Sequence[Lesson], wish: Mood, rng: Random) -> str:
    draft = Draft.of(start)
    change(draft, lessons, wish, rng)
    if kind_of(understood(draft), lessons) == "label":
        _name_labels(draft, lessons)
    return draft.text()


def _name_labels(draft: Draft, lessons: Sequence[Lesson]) -> None:
    """List the answers that came up, unless the skill lists them already."""
    labels = [label for label, _ in Counter(one.wanted for one in lessons if one.wanted).most_common()]
    if len(labels) > 1 and not set(labels) <= set(understood(draft).labels):
        draft.add_text(f"Answer with exactly one of {', '.join(map(code, labels))}.")
