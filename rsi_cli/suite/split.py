"""Who may see a case: its own word, its cluster's, the suite's default, else a draw from its name.

The draw depends on nothing but the name, so adding, removing or reordering cases never moves another. It
chooses between train and holdout alone; known-good and sealed are a person's decision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rsi_cli.nouns import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What decides a case's split. own: the case's own word. default: the suite's."""

    case_id: str
    cluster: str | None = None
    own: Split | None = None
    default: Split | None = None


def assign(placements: Sequence[Placement]) -> tuple[Split, ...]:
    """The split of each case, in order. Cases of one cluster share the first own word in it."""
    words = _cluster_words(placements)
    return tuple(_split(one, words) for one in placements)


def conflicts(placements: Sequence[Placement]) -> tuple[tuple[int, Split], ...]:
    """Cases whose own word differs from an earlier one in their cluster: index, and that earlier word."""
    words = _cluster_words(placements)
    return tuple(
        (index, words[one.cluster])
        for index, one in enumerate(placements)
        if one.cluster is not None and one.own is not None and words[one.cluster] is not one.own
    )


def draw(name: str) -> Split:
    """Train or holdout, one chance in two each, always the same for the same name."""
    digest = hashlib.sha256(f"rsi split 1\n{name}".encode("utf-8", "surrogatepass")).digest()
    return Split.HOLDOUT if digest[0] & 1 else Split.TRAIN


def _split(one: Placement, words: Mapping[str, Split]) -> Split:
    if one.cluster is not None:
        return words.get(one.cluster) or one.default or draw(f"cluster {one.cluster}")
    return one.own or one.default or draw(f"case {one.case_id}")


def _cluster_words(placements: Iterable[Placement]) -> dict[str, Split]:
    words: dict[str, Split] = {}
    for one in placements:
        if one.cluster is not None and one.own is not None:
            words.setdefault(one.cluster, one.own)
    return words
