"""What a night learned, for the nights to come: edits that helped, edits that did not, signals that waver.

Read off the train cases alone, so nothing held out can get from here into a prompt. No model is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.material import in_words, tried_edits
from rsi_cli.evolution.operators.edits import differences
from rsi_cli.evolution.search import Search
from rsi_cli.nouns import CaseId
from rsi_cli.skill.sidecar import LONGEST_LESSON, Kind, Lesson

MOST_A_NIGHT = 3  # new ones of each kind, with each promotion
MOST_OF_A_KIND = 6  # the newest stay; a note is the owner's own and always stays

_SAID = {
    Kind.HELPED: "This helped",
    Kind.MISLED: "This looked good and was not",
    Kind.UNRELIABLE: "Do not rely on this",
    Kind.NOTE: "Note",
}


def told(lessons: Iterable[Lesson]) -> str:
    """The lessons in words for the improver, one a line; '' if there are none."""
    return "\n".join(f"{_SAID[lesson.kind]}: {' '.join(lesson.text.split())}" for lesson in lessons)


def learned(search: Search, winner: Candidate, wavering: Iterable[CaseId] = ()) -> tuple[Lesson, ...]:
    """All lessons after a promotion: those there were, and what this one teaches.

    wavering: train cases that the same text passed and failed.
    """
    before = search.incumbent.text
    helped = [in_words(before, edit) for edit in differences(before, winner.text)]
    misled = tried_edits(search, winner)
    shaky = sorted(wavering)
    unsteady = [f"the answers to {', '.join(shaky)} change from draw to draw of one text"] if shaky else []
    new = (
        *(Lesson(kind=Kind.HELPED, text=_short(text)) for text in helped[:MOST_A_NIGHT]),
        *(Lesson(kind=Kind.MISLED, text=_short(text)) for text in misled[:MOST_A_NIGHT]),
        *(Lesson(kind=Kind.UNRELIABLE, text=_short(text)) for text in unsteady),
    )
    return _newest((*search.lessons, *new))


def _newest(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Each lesson once, at its last mention, and of each kind but notes the newest."""
    once = dict.fromkeys(reversed(tuple(lessons)))
    counts = dict.fromkeys(Kind, 0)
    kept: list[Lesson] = []
    for lesson in once:
        counts[lesson.kind] += 1
        if lesson.kind is Kind.NOTE or counts[lesson.kind] <= MOST_OF_A_KIND:
            kept.append(lesson)
    return tuple(reversed(kept))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LESSON else f"{text[: LONGEST_LESSON - 1]}…"
