"""What a night learned, for the nights to come: edits that helped, edits that did not, signals that waver.

Read off the train cases alone, so nothing held out can get from here into a prompt. No model is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.material import in_words, tried_edits
from rsi_cli.evolution.operators.edits import differences
from rsi_cli.evolution.search import Search
from rsi_cli.skill.sidecar import LONGEST_LESSON, Kind, Lesson, kept_lessons

MOST_A_NIGHT = 3  # new ones of each kind, with each promotion
MOST_OF_A_KIND = 6  # the newest stay; a note is the owner's own and always stays

_SAID = {
    Kind.HELPED: "This helped",
    Kind.MISLED: "This was tried and brought nothing",
    Kind.UNRELIABLE: "Do not rely on this",
    Kind.NOTE: "Note",
}


def told(lessons: Iterable[Lesson]) -> str:
    """The lessons in words for the improver, one a line; '' if there are none."""
    return "\n".join(f"{_SAID[lesson.kind]}: {' '.join(lesson.text.split())}" for lesson in lessons)


def learned(search: Search, winner: Candidate, wavering: Iterable[str] = ()) -> tuple[Lesson, ...]:
    """All lessons after a promotion: those there were, and what this one teaches.

    wavering: inputs of train cases that the same text passed and failed.
    """
    before = search.incumbent.text
    helped = [in_words(before, edit) for edit in differences(before, winner.text)]
    misled = tried_edits(search, winner)
    unsteady = [
        f"the answer to this changes from draw to draw: {' '.join(text.split())}" for text in wavering
    ]
    new = (
        *(Lesson(kind=Kind.HELPED, text=_short(text)) for text in helped[:MOST_A_NIGHT]),
        *(Lesson(kind=Kind.MISLED, text=_short(text)) for text in misled[:MOST_A_NIGHT]),
        *(Lesson(kind=Kind.UNRELIABLE, text=_short(text)) for text in unsteady[:MOST_A_NIGHT]),
    )
    return _newest((*search.lessons, *new))


def _newest(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Each lesson once, at its last mention: all notes, and of each other kind the newest that fit in."""
    once = tuple(dict.fromkeys(reversed(tuple(lessons))))
    by_kind = {kind: [each for each in once if each.kind is kind] for kind in Kind}
    newest = [each for each in once if each in by_kind[each.kind][:MOST_OF_A_KIND]]
    kept = set(kept_lessons([*by_kind[Kind.NOTE], *(each for each in newest if each.kind is not Kind.NOTE)]))
    return tuple(each for each in reversed(once) if each in kept)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LESSON else f"{text[: LONGEST_LESSON - 1]}…"
