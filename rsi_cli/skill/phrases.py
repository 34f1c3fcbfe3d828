"""A text as it is measured and searched: its rough length in tokens, and the phrases in it. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DROPPED = str.maketrans(dict.fromkeys("*`\u200b\u200c\u200d\u2060\u00ad\ufeff"))


def rough_tokens(text: str) -> int:
    """About how many tokens a text has: four bytes each, rounded up."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)


def fold(text: str) -> str:
    """Give the text as it is compared: compatible forms equal, case folded, markup and soft signs dropped."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain.translate(_DROPPED)


def one_line(text: str) -> str:
    """Give the text with every run of white space as one blank, none at its ends."""
    return " ".join(text.split())


def holds_phrase(text: str, phrase: str) -> bool:
    """Say whether a phrase stands in a text.

    Case does not count, every run of white space is one blank, and an end that is a letter or a digit ends a
    word: "as an AI" stands in "As an **AI**," and not in "was an aide". Other signs of the phrase do count.
    """
    return any(
        pattern.search(one_line(form))
        for form, pattern in (
            (text.casefold(), _whole(phrase.casefold())),
            (fold(text), _whole(fold(phrase))),
        )
        if pattern is not None
    )


@lru_cache(maxsize=256)
def _whole(phrase: str) -> re.Pattern[str] | None:
    """Match a phrase, already folded, between the ends of words; None where folding left nothing of it."""
    words = one_line(phrase)
    if not words:
        return None
    before = r"(?<![^\W_])" if words[0].isalnum() else ""
    after = r"(?![^\W_])" if words[-1].isalnum() else ""
    return re.compile(before + re.escape(words) + after)
