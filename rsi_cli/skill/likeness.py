"""How alike two texts are, and whether two children make the same of their parent. Pure.

`likeness` stands in for the cosine of BERT embeddings by which Promptbreeder keeps copies out of its lists
(arXiv 2309.16797, §3.2.2). An embedding would be one more model to load or to pay, and its answers would
change with its version. Counts of words, pairs and triples need neither, and see what the filter is for: an
entry that repeats another one nearly word by word.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from rsi_cli.skill.phrases import fold, one_line
from rsi_cli.skill.wording import placed

LIMIT = 0.95  # the paper's; above it an entry counts as a copy
LONGEST_RUN = 3  # words


def likeness(one: str, other: str) -> float:
    """Cosine over the counts of runs of one to three words, 0.0 … 1.0; case and punctuation do not count.

    1.0 for the same words in the same order, also where there is no word at all.
    """
    first, second = _runs(one), _runs(other)
    if first == second:
        return 1.0
    dot = sum(count * second[run] for run, count in first.items() if run in second)
    return min(1.0, dot / (_length(first) * _length(second))) if dot else 0.0


def unlike(texts: Sequence[str], limit: float = LIMIT, base: str = "") -> tuple[int, ...]:
    """Go through the texts in order and keep each that is at most `limit` alike to all kept before; indices.

    base: its lines are left out before texts are compared, for versions of one document share most of
    it. A text of which nothing would remain is compared as a whole.
    """
    known = set(_lines(base))
    own = ["\n".join(line for line in _lines(text) if line not in known) or text for text in texts]
    kept: list[int] = []
    for index, text in enumerate(own):
        if all(likeness(text, own[other]) <= limit for other in kept):
            kept.append(index)
    return tuple(kept)


def without_copies(texts: Sequence[str]) -> tuple[int, ...]:
    """Indices of versions of one document, in order: each unlike all kept before, but for what all share."""
    return unlike(texts, base=shared_lines(texts))


def shared_lines(texts: Sequence[str]) -> str:
    """Lines that stand in every one of the texts, in the order of the first; '' for no texts."""
    sets = [set(_lines(text)) for text in texts]
    lines = _lines(texts[0]) if texts else []
    return "\n".join(line for line in lines if all(line in others for others in sets))


def near_duplicate(child: str, parent: str, other: str) -> bool:
    """Whether two texts make the same of their parent, but for how it is put (`skill.wording`).

    Each section has to say the same in both, and what both keep of the parent has to stand in the same
    order. Where in its section a new sentence stands does not count. No limit on the share of words in common
    would do instead: in a long edit "always" for "never" is one word in fifty.
    """
    one, two = placed(child), placed(other)
    if Counter(one) != Counter(two):
        return False
    old = set(placed(parent))
    return [place for place in one if place in old] == [place for place in two if place in old]


@lru_cache(maxsize=64)
def _runs(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of one to three words."""
    words = re.findall(r"\w+", fold(text))
    return Counter(
        tuple(words[at : at + size])
        for size in range(1, LONGEST_RUN + 1)
        for at in range(len(words) - size + 1)
    )


def _length(counts: Counter[tuple[str, ...]]) -> float:
    return math.sqrt(sum(count * count for count in counts.values()))


def _lines(text: str) -> list[str]:
    return [one_line(line) for line in text.split("\n") if line.strip()]
