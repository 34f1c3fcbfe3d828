"""What a night learned, for the nights to come: edits that helped, edits that did not, signals that waver.

Read off the train cases alone, so nothing held out can get from here into a prompt. No model is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.excerpt import excerpt
from rsi_cli.evolution.material import in_words, tried_edits
from rsi_cli.evolution.operators.edits import differences
from rsi_cli.evolution.search import Search
from rsi_cli.skill.sidecar import LONGEST_LESSON, Kind, Lesson, kept_lessons

MOST_A_NIGHT = 3  # new ones of each kind, with each promotion
MOST_OF_A_KIND = 6  # the newest stay; a note is the owner's own and always stays
_END = 80  # characters of the end of an input that is told in short
_WAVERS = "the answer to this changes from draw to draw: "  # how a night's own word of an input begins

_SAID = {
    Kind.HELPED: "This helped",
    Kind.MISLED: "This was tried and brought nothing",
    Kind.UNRELIABLE: "Do not rely on this",
    Kind.NOTE: "Note",
}


def told(lessons: Iterable[Lesson]) -> str:
    """The lessons in words for the improver, one a line; '' if there are none."""
    return "\n".join(f"{_SAID[lesson.kind]}: {' '.join(lesson.text.split())}" for lesson in lessons)


def learned(
    search: Search, winner: Candidate, wavering: Iterable[str] = (), before: Collection[str] = ()
) -> tuple[Lesson, ...]:
    """All lessons after a promotion: those there were and that still hold, and what this one teaches.

    wavering: inputs of train cases that the winner itself passed and failed: the lessons travel with it.
    before: those that the first version of the night did. One slip in two draws befalls any input now and
    then, so a new one is told only if it wavered with both; an old one stays if it wavers with the winner.
    """
    own = tuple(wavering)
    new = (
        *_helped(search.incumbent.text, winner.text),
        *(Lesson(kind=Kind.MISLED, text=text) for text in tried_edits(search, winner)[:MOST_A_NIGHT]),
        *_unsteady(text for text in own if text in before)[:MOST_A_NIGHT],
    )
    return _newest((*_holding(search.lessons, _unsteady(own)), *new))


def of_version(lessons: Iterable[Lesson], wavering: Iterable[str]) -> tuple[Lesson, ...]:
    """The lessons that another version may carry: all but those of inputs that do not waver with it."""
    return _holding(lessons, _unsteady(wavering))


def _holding(lessons: Iterable[Lesson], unsteady: Collection[Lesson]) -> tuple[Lesson, ...]:
    """Without what a night wrote of inputs, unless it was seen again; the owner's own words stay."""
    return tuple(
        each
        for each in lessons
        if each.kind is not Kind.UNRELIABLE or not each.text.startswith(_WAVERS) or each in unsteady
    )


def _unsteady(wavering: Iterable[str]) -> tuple[Lesson, ...]:
    """A lesson for each input, blank ones left out: a case that says all in its vars has no other words."""
    inputs = dict.fromkeys(_in_short(text) for text in wavering if text.strip())
    return tuple(Lesson(kind=Kind.UNRELIABLE, text=f"{_WAVERS}{text}") for text in inputs)


def _in_short(text: str) -> str:
    """An input in one line, the end kept of one that is too long: many begin with the same instructions."""
    room = LONGEST_LESSON - len(_WAVERS)
    whole = excerpt(text.splitlines(), LONGEST_LESSON + len(text))
    end = _last_words(whole) if len(whole) > room else ""
    if not end:
        return excerpt(text.splitlines(), room)
    return f"{excerpt([whole], room - len(end) - 1)} {end}"


def _last_words(line: str) -> str:
    """As many as _END characters hold, from no inside of a quotation; '' where there are none."""
    starts = (at for at in range(len(line) - _END, len(line)) if line[at - 1] == " ")
    return next((line[at:] for at in starts if all(line[at:].count(sign) % 2 == 0 for sign in '"`')), "")


def _helped(before: str, after: str) -> Iterator[Lesson]:
    """The first edits of a promotion, each whole; the last one says how many more there were."""
    edits = differences(before, after)
    more = len(edits) - MOST_A_NIGHT
    for number, edit in enumerate(edits[:MOST_A_NIGHT], 1):
        rest = (
            f" (and {more} more edit{'s' if more > 1 else ''})" if more > 0 and number == MOST_A_NIGHT else ""
        )
        yield Lesson(kind=Kind.HELPED, text=f"{in_words(before, edit, LONGEST_LESSON - len(rest))}{rest}")


def _newest(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Each lesson once, at its last mention: all notes, and of each other kind the newest that fit in."""
    once = tuple(dict.fromkeys(reversed(tuple(lessons))))
    by_kind = {kind: [each for each in once if each.kind is kind] for kind in Kind}
    newest = [each for each in once if each in by_kind[each.kind][:MOST_OF_A_KIND]]
    kept = set(kept_lessons([*by_kind[Kind.NOTE], *(each for each in newest if each.kind is not Kind.NOTE)]))
    return tuple(each for each in reversed(once) if each in kept)
