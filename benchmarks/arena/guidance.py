"""What a mutation prompt is worth in guided worlds: its words decide, so it can be inherited.

Six words of a prompt carry it: of its long words those with the highest salience, which is a hash. Each has a
hidden value, standard normal; their sum over its root mean square is the prompt's standing. So any text, one
of rsi's own pool too, has an ordinary standing by nature, and one that keeps four of six words correlates by
.67 with the one it was made of (`benchmarks/README.md` says what was measured).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from random import Random
from statistics import NormalDist

from benchmarks.arena.luck import chance, word

CARRY = 6  # words that decide
CHANGED = 2  # of them, in a prompt that is made of another
BOUNDS = (0.4, 2.5)  # of quality
_LONG = re.compile(r"[a-z]{5,}")
_UNKNOWN = 80**4  # words of four syllables: no case is called so


def quality(seed: int, prompt: str, spread: float) -> float:
    """How much likelier this mutation prompt makes a helpful edit; 1 on average, and for none at all.

    spread: standard deviation of its logarithm; 0 = all prompts are worth the same.
    """
    if not (prompt and spread):
        return 1.0
    low, high = BOUNDS
    return min(high, max(low, math.exp(spread * _standing(seed, prompt) - spread**2 / 2)))


def fresh(rng: Random) -> str:
    """A mutation prompt out of nothing."""
    *most, last = (word(rng.randrange(_UNKNOWN), 4) for _ in range(CARRY))
    return f"Look for {', '.join(most)} and {last}."


def changed(seed: int, parent: str, rng: Random) -> str:
    """A mutation prompt made of another: two of the words that carry it are others now."""
    carrying = carriers(seed, parent)
    if len(carrying) < CHANGED:
        return fresh(rng)
    text = parent
    for old in rng.sample(carrying, CHANGED):
        text = re.sub(rf"\b{old}\b", word(rng.randrange(_UNKNOWN), 4), text, flags=re.IGNORECASE)
    return text


@lru_cache(maxsize=4096)
def carriers(seed: int, prompt: str) -> tuple[str, ...]:
    """The words that decide what a prompt is worth, in no order that says anything."""
    words = dict.fromkeys(_LONG.findall(prompt.lower()))
    return tuple(sorted(words, key=lambda each: chance(seed, each, "salience"))[:CARRY])


def _standing(seed: int, prompt: str) -> float:
    values = [
        NormalDist().inv_cdf(0.5**48 + (1 - 0.5**47) * chance(seed, each, "value"))
        for each in carriers(seed, prompt)
    ]
    return sum(values) / math.sqrt(len(values)) if values else 0.0
