"""What an input offers as a signal: its words, phrases, fields and marks, as conditions to choose from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from rsi_cli.models.offline.conditions import Atom, Begins, Has, Is, Mentions
from rsi_cli.models.offline.note import read_note
from rsi_cli.models.offline.words import EVERYDAY_WORDS, is_telling, stem, tokens, word_set

_KINDS = (
    "question",
    "exclamation mark",
    "amount",
    "date",
    "code",
    "word in capitals",
    "percentage",
    "phone number",
    "link",
)
_GLUE = word_set("the a an and is to of i in my our your it for on we you")
_SIGN = re.compile(r"[€$£¥%#@&§]")
_MOST_WORDS = 220  # of an input; what comes later gives no clue


@lru_cache(maxsize=1024)
def clues(text: str) -> Mapping[Atom, float]:
    """Return the signals in an input with their prior weights, about -1 … 1: what a reader trusts unseen."""
    note = read_note(text)
    found: dict[Atom, float] = {}
    for name, value in note.fields.items():
        _of_field(found, note.spelled[name], value)
    _of_words(found, text)
    for sign in _SIGN.findall(text[:4000]):
        found.setdefault(Mentions(sign), 0.3)
    found.update((Has(kind), -0.2) for kind in _KINDS if Has(kind).holds(note))
    return found


def _of_words(found: dict[Atom, float], text: str) -> None:
    words = tokens(text)[:_MOST_WORDS]
    trust = {word: _trust(word, text) for word in set(words) if is_telling(word)}
    often = Counter(stem(word) for word in words)
    for word in words:
        if word in trust:
            found.setdefault(
                Mentions(stem_form(word)), trust[word] + (0.15 if often[stem(word)] > 1 else 0.0)
            )
    for one, two in pairwise(words):
        if one in trust and two in trust:
            found.setdefault(Mentions(f"{one} {two}"), min(trust[one], trust[two]) - 0.05)
        elif (one in trust or two in trust) and not {one, two} & _GLUE:
            found.setdefault(Mentions(f"{one} {two}"), -0.2)
    if words:
        found[Begins(words[0])] = -0.4


def _of_field(found: dict[Atom, float], name: str, value: str) -> None:
    found[Has("field", name)] = -0.3
    if 0 < len(value.split()) <= 3 and not any(c.isdigit() for c in value):
        found[Is(value.strip(" ."), name)] = 0.2 if len(value) < 6 else 0.0
    for word in tokens(value):
        if is_telling(word):
            found[Mentions(stem_form(word), name)] = _trust(word, value) + 0.05


def _trust(word: str, text: str) -> float:
    """Weigh a word by its looks: acronyms and long words may be signals; names and everyday words less so."""
    if word in EVERYDAY_WORDS:
        return -0.15
    if any(c.isdigit() for c in word):
        return 0.15 if len(word) == 3 else -0.5
    if word.upper() in text and word not in text:
        return 0.4 if re.search(rf"\b{re.escape(word.upper())}\b", text) else -0.1
    if word not in text and len(re.findall(rf"(?<=[a-z,] ){re.escape(word.capitalize())}\b", text)):
        return -0.4
    if word not in text and word.capitalize() in text:
        return (
            -0.15 if re.search(rf"^{re.escape(word.capitalize())}\b.{{0,30}}$", text, re.MULTILINE) else 0.0
        )
    return 0.1 + min(len(word), 10) / 40


def stem_form(word: str) -> str:
    """Return the plain form of a word, where the reader takes it for the same: "refund" for "refunds"."""
    bare = stem(word)
    return (
        bare
        if stem(bare) == bare and len(bare) > 3 and word.startswith(bare) and word[len(bare) :] in {"s", ""}
        else word
    )


def phrases(text: str, least: int, most: int) -> Iterable[str]:
    """Return runs of words within one line, `least` to `most` long: only this very input will have them."""
    for line in read_note(text).lines:
        words = line.split()
        for start in range(0, max(1, len(words) - least + 1), 2):
            run = words[start : start + most]
            if len(run) >= least:
                yield " ".join(run).replace('"', "").strip(" .,;:!?")
