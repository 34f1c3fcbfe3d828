"""Make one skill of two: the rules of both, and where they disagree what the shown cases say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rsi_cli.models.offline.draft import Draft, understood
from rsi_cli.models.offline.genes import Gene, cut, genes_of, put, split
from rsi_cli.models.offline.lessons import Lesson
from rsi_cli.models.offline.trial import total

_STEPS = 12  # of mending at most; each makes one rule fit the cases better


def merged(one: str, other: str, lessons: Sequence[Lesson]) -> str:
    """Return one of the texts with the rules of the other, as far as the lessons do not speak against them.

    Where the lessons leave it open, the first text and its order win.
    """
    pairs = ((one, other), (other, one))
    unions = [_union(base, guest, first=first) for base, guest in pairs for first in (False, True)]
    text = max(unions, key=lambda union: total(union, lessons))
    rivals = dict.fromkeys([*genes_of(one), *genes_of(other)])
    for _ in range(_STEPS):
        worth = total(text, lessons)
        better = next((new for new in _steps(text, rivals) if total(new, lessons) > worth), None)
        if better is None:
            break
        text = better
    return text


def _union(base: str, guest: str, *, first: bool) -> str:
    """Give a text the guest's rules, before or behind its own; what it settles already stays as it is."""
    draft = Draft.of(base)
    policy = understood(draft)
    settled = {gene.place for gene in genes_of(base)}
    new = [gene for gene in genes_of(guest) if gene.fits(policy) and gene.place not in settled]
    for gene in reversed(new) if first else new:
        put(draft, gene, first=first and bool(gene.clause))
    return draft.text()


def _steps(text: str, rivals: Sequence[Gene] | dict[Gene, None]) -> Iterator[str]:
    """Yield the text with one rule less, then with another outcome in the place of one."""
    for gene in split(Draft.of(text).rules):
        draft = Draft.of(text)
        cut(draft, gene)
        yield draft.text()
    for gene in split(Draft.of(text).rules):
        for rival in rivals:
            if rival.place == gene.place and rival.value != gene.value:
                draft = Draft.of(text)
                cut(draft, gene)
                put(draft, rival)
                yield draft.text()
