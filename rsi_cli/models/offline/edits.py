"""Say a revision as edits: which lines to find, and what to put in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rsi_cli.models.offline.blocks import reply_block
from rsi_cli.models.offline.prose import BULLET
from rsi_cli.prompts.delimit import block

_MOST = 4  # as many as are asked for
_REWORDED = 0.5  # likeness from which on a line in the place of another is the same one, changed


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines that stand in a text once, what they give way to, and the text with this edit alone."""

    find: str
    put: str
    text: str


def edits_reply(edits: Sequence[Edit]) -> str:
    """Return edits in the block that was asked for."""
    told = [block("edit", f"{block('find', one.find)}\n{block('replace', one.put)}") for one in edits]
    return reply_block("edits", "\n".join(told))


def best_edits(old: str, new: str, worth: Callable[[str], float]) -> tuple[Edit, ...]:
    """Return the few edits towards the new text that do the most by themselves, the best first.

    One that does harm without the others is left out, unless all do.
    """
    edits, before = edits_of(old, new), worth(old)
    gains = {edit: worth(edit.text) - before for edit in edits}
    harmless = [edit for edit in edits if gains[edit] >= 0.0]
    return tuple(sorted(harmless or edits, key=lambda edit: -gains[edit])[:_MOST])


def edits_of(old: str, new: str) -> tuple[Edit, ...]:
    """Return the edits that make the new text of the old one.

    Lines that are put in are said with the line before them, after a gap and at the top with the one after.
    """
    before, after = old.split("\n"), new.split("\n")
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        edit
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
        for edit in _edits(before, (i1, i2), after[j1:j2])
    )


def _edits(lines: Sequence[str], span: tuple[int, int], new: Sequence[str]) -> Iterator[Edit]:
    """Cut a change into edits that can be made one without the other."""
    start, end = span
    if start == end and all(BULLET.match(line) for line in new):
        for line in new:
            yield _told(lines, span, [line])
    elif end - start == 1 < len(new) and all(BULLET.match(line) for line in (lines[start], *new)):
        alike = [SequenceMatcher(None, lines[start], line, autojunk=False).ratio() for line in new]
        best = alike.index(max(alike)) if max(alike) >= _REWORDED else len(new)
        yield from _edits(lines, (start, start), new[:best])
        yield _told(lines, span, new[best : best + 1])
        yield from _edits(lines, (end, end), new[best + 1 :])
    elif new and end - start != len(new):
        yield _told(lines, span, new)
    else:
        for number in range(start, end):
            became = new[number - start : number - start + 1]
            if lines[number].strip() or any(line.strip() for line in became):
                yield _told(lines, (number, number + 1), became)


def _told(lines: Sequence[str], span: tuple[int, int], new: Sequence[str]) -> Edit:
    """Say one edit with as many lines around it as it takes to find the place."""
    start, end = span
    while not _is_clear(lines, start, end) and (start, end) != (0, len(lines)):
        start, end = (start, end + 1) if _is_after_gap(lines, start, end) else (start - 1, end)
    put = [*lines[start : span[0]], *new, *lines[span[1] : end]]
    return Edit("\n".join(lines[start:end]), "\n".join(put), "\n".join([*lines[:start], *put, *lines[end:]]))


def _is_after_gap(lines: Sequence[str], start: int, end: int) -> bool:
    """Tell whether the line after a place names it better: the one before is blank, or there is none."""
    below = end < len(lines) and bool(lines[end].strip())
    return not start or (below and not lines[start - 1].strip())


def _is_clear(lines: Sequence[str], start: int, end: int) -> bool:
    """Tell whether these lines say something, and stand in the text once, blank ones at their ends apart."""
    said = [number for number in range(start, end) if lines[number].strip()]
    if not said:
        return False
    wanted = lines[said[0] : said[-1] + 1]
    places = range(len(lines) - len(wanted) + 1)
    return sum(lines[at : at + len(wanted)] == wanted for at in places) == 1
