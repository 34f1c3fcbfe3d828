"""Edits that several analysts propose for one text: placed in it, counted, and put in together. Pure.

An edit is a range of lines that gives way to other lines. Whether an analyst wrote it down as an edit or sent
a whole revised text, it ends up as the same few changed lines, so that proposals can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rsi_cli.skill.likeness import LIMIT, likeness
from rsi_cli.skill.phrases import one_line
from rsi_cli.skill.wording import wording

_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
_BEGINS = re.compile(r"#{1,6}\s|(?:[-*+]|\d{1,9}[.)])\s")
_FENCE = re.compile(r"\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Lines start … end - 1 of a text, counted from 0, give way to `new`.

    start == end: nothing goes, `new` is put in before that line. new: lines without line ends.
    """

    start: int
    end: int
    new: tuple[str, ...]

    def excludes(self, other: Edit) -> bool:
        """Whether only one of the two can be made: they replace a line in common, or one cuts the other."""
        return self.start < other.end and other.start < self.end

    def is_like(self, other: Edit) -> bool:
        """Whether both say the same; of insertions, wherever they stand."""
        inserted = self.start == self.end and other.start == other.end
        if not inserted and (self.start, self.end) != (other.start, other.end):
            return False
        one, two = "\n".join(self.new), "\n".join(other.new)
        if not wording(one) or not wording(two):
            return one_line(one) == one_line(two)
        return wording(one) == wording(two) or likeness(one, two) > LIMIT


@dataclass(frozen=True, slots=True)
class Counted:
    """An edit, as it was first proposed. support: how many analysts proposed it, >= 1."""

    edit: Edit
    support: int


def found(text: str, find: str, replacement: str) -> tuple[Edit, ...]:
    """Place one proposal in the text; more than one edit where it puts in several list items or paragraphs.

    find: lines of the text, or a part of one line; blank = put the replacement at the end. Nothing is
    returned for what the text does not hold, or holds twice: a guessed place would make another edit of it.
    """
    lines, wanted, new = text.split("\n"), _core(find), _core(replacement)
    if not wanted:
        return _appended(lines, new) if new else ()
    for same in (_exact, one_line):
        spots = _spots([same(line) for line in lines], [same(line) for line in wanted])
        if spots:
            return _smallest(lines, spots[0], spots[0] + len(wanted), new) if len(spots) == 1 else ()
    return _within(lines, wanted[0].strip(), new) if len(wanted) == 1 else ()


def differences(text: str, revised: str) -> tuple[Edit, ...]:
    """Give the edits that make the revised text of the text; blank space alone makes none."""
    lines, new = text.split("\n"), revised.strip("\n").split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    core = lines[first : first + len(_core(text))]
    matcher = SequenceMatcher(None, [_exact(x) for x in core], [_exact(x) for x in new], autojunk=False)
    made: list[Edit] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            made += _cut(core[i1:i2], tuple(new[j1:j2]), first + i1)
    return tuple(made)


def counted(analysts: Sequence[Sequence[Edit]]) -> tuple[Counted, ...]:
    """Count each edit once, in the order of its first mention, with the number of analysts that made it.

    Edits that are alike through a third one are one edit: so the counts do not hang on who spoke first.
    """
    groups: list[list[tuple[int, Edit]]] = []
    for number, edits in enumerate(analysts):
        for edit in edits:
            alike = [group for group in groups if any(edit.is_like(other) for _, other in group)]
            if not alike:
                groups.append([(number, edit)])
                continue
            alike[0].extend([*(each for group in alike[1:] for each in group), (number, edit)])
            groups = [group for group in groups if not any(group is other for other in alike[1:])]
    return tuple(Counted(group[0][1], len({number for number, _ in group})) for group in groups)


def applied(text: str, proposals: Sequence[Counted]) -> str:
    """Make the edits. Of those that exclude each other the one with more support is made, then the earlier.

    Insertions at one place stand in the order given. No edits leave the text as it is, byte for byte.
    """
    taken: list[tuple[int, Edit]] = []
    for place, proposal in sorted(enumerate(proposals), key=lambda each: -each[1].support):
        if not any(proposal.edit.excludes(other) for _, other in taken):
            taken.append((place, proposal.edit))
    lines, made, at = text.split("\n"), list[str](), 0
    for _, edit in sorted(taken, key=lambda each: (each[1].start, each[1].end > each[1].start, each[0])):
        made += [*lines[at : edit.start], *edit.new]
        at = edit.end
    return "\n".join([*made, *lines[at:]])


def _exact(line: str) -> str:
    return line.rstrip()


def _core(text: str) -> list[str]:
    """The lines of a text without blank ones at its two ends."""
    lines = [line.rstrip() for line in text.split("\n")]
    full = [number for number, line in enumerate(lines) if line]
    return lines[full[0] : full[-1] + 1] if full else []


def _spots(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    last = len(lines) - len(wanted)
    return [at for at in range(last + 1) if lines[at : at + len(wanted)] == wanted]


def _within(lines: Sequence[str], part: str, new: Sequence[str]) -> tuple[Edit, ...]:
    """Replace a part of a line that stands in the text once."""
    spots = [number for number, line in enumerate(lines) if part in line]
    if len(spots) != 1 or lines[spots[0]].count(part) != 1 or (new and _BEGINS.match(new[0])):
        return ()
    whole = lines[spots[0]].replace(part, "\n".join(new)).split("\n")
    left = [] if not wording(whole[0]) and not new else whole
    return _smallest(lines, spots[0], spots[0] + 1, left)


def _appended(lines: Sequence[str], new: Sequence[str]) -> tuple[Edit, ...]:
    """Put lines after the last one; a blank line between, unless they go on with a list."""
    end = max((number + 1 for number, line in enumerate(lines) if line.strip()), default=0)
    last = lines[end - 1] if end else ""
    joins = not last or (_ITEM.match(last.strip()) and _ITEM.match(new[0]))
    return _inserted(end, tuple(new if joins else ["", *new]))


def _smallest(lines: Sequence[str], start: int, end: int, new: Sequence[str]) -> tuple[Edit, ...]:
    """Leave out lines that the replacement repeats at its two ends."""
    left = list(new)
    while start < end and left and _exact(lines[start]) == left[0]:
        start, left = start + 1, left[1:]
    while start < end and left and _exact(lines[end - 1]) == left[-1]:
        end, left = end - 1, left[:-1]
    return _cut(lines[start:end], tuple(left), start)


def _cut(old: Sequence[str], new: tuple[str, ...], start: int) -> tuple[Edit, ...]:
    """Cut a change into edits that can be made one without the other."""
    if one_line(" ".join(old)) == one_line(" ".join(new)):
        return ()
    if not old:
        return _inserted(start, new)
    if not all(_ITEM.match(line.strip()) for line in (*old, *new)) or len(old) not in {1, len(new)}:
        return (Edit(start=start, end=start + len(old), new=new),)
    if len(old) == len(new):
        pairs = enumerate(new, start)
        return tuple(Edit(start=at, end=at + 1, new=(line,)) for at, line in pairs if line != old[at - start])
    best = max(range(len(new)), key=lambda number: likeness(old[0], new[number])) if new else 0
    return (
        *_inserted(start, new[:best]),
        Edit(start=start, end=start + 1, new=new[best : best + 1]),
        *_inserted(start + 1, new[best + 1 :]),
    )


def _inserted(at: int, new: tuple[str, ...]) -> tuple[Edit, ...]:
    """Cut inserted lines before each heading, list item and paragraph; code stays in one piece."""
    pieces: list[list[str]] = []
    blank: list[str] = []
    whole = any(_FENCE.match(line) for line in new)
    for line in new:
        if not line.strip():
            blank.append(line)
            continue
        starts = _BEGINS.match(line) or (blank and not line.startswith(" "))
        if not pieces or (starts and not whole):
            pieces.append([])
        pieces[-1] += [*blank, line]
        blank = []
    if pieces:
        pieces[-1] += blank
    return tuple(Edit(start=at, end=at, new=tuple(piece)) for piece in pieces)
