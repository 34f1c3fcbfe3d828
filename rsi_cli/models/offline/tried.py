"""Edits that were tried and did not help: do not write the same line again."""

from __future__ import annotations

from difflib import SequenceMatcher

from rsi_cli.models.offline.prose import BULLET


def untried(old: str, new: str, tried: str) -> str:
    """Return the revision without those of its lines that stand among the edits tried before.

    tried: the edits, in any words that quote the lines; "" takes nothing back. Where a line was rewritten
    into one that was tried, the old one comes back.
    """
    known = plain(tried)
    if not known:
        return new
    before, after = old.split("\n"), new.split("\n")
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    lines: list[str] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        made = after[j1:j2]
        if tag == "equal":
            lines += made
        elif tag == "replace" and i2 - i1 == j2 - j1:
            pairs = zip(before[i1:i2], made, strict=True)
            lines += [had if _stands_in(line, known) else line for had, line in pairs]
        elif tag == "replace" and any(_stands_in(line, known) for line in made):
            lines += before[i1:i2]
        else:
            lines += [line for line in made if not _stands_in(line, known)]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Return a text with single spaces between its words."""
    return " ".join(text.split())


def _stands_in(line: str, known: str) -> bool:
    said = plain(BULLET.sub("", line))
    return bool(said) and said in known
