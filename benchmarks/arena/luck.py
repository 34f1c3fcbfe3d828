"""All luck of a simulated world: hashes, so that the same question has the same answer in every process."""

from __future__ import annotations

import hashlib

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeiou"


def chance(*words: object) -> float:
    """A number 0…1 that depends on these words alone, in every process."""
    return (
        int.from_bytes(hashlib.blake2b("\0".join(map(str, words)).encode(), digest_size=6).digest(), "big")
        / 2**48
    )


def word(number: int, syllables: int = 3) -> str:
    """A word for a number; different words for numbers below 80 ** syllables."""
    made = []
    for _ in range(syllables):
        number, at = divmod(number, len(_CONSONANTS) * len(_VOWELS))
        made.append(_CONSONANTS[at // len(_VOWELS)] + _VOWELS[at % len(_VOWELS)])
    return "".join(made)
