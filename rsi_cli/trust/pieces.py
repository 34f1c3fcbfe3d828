"""The pieces of a text: its words, their runs, the values and names in it; and all texts of a case. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rsi_cli.nouns import Json
from rsi_cli.skill.phrases import fold
from rsi_cli.suite.model import Assertion, Case

FEWEST_SIGNS = 5  # letters and digits of a value that is worth the name
MONTHS = "january february march april may june july august september october november december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday"
CALENDAR = frozenset(f"{MONTHS} {DAYS}".split())
_WORD = re.compile(r"[^\W_]+(?:[.,:/@'’-][^\W_]+)*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+")
_DATE = re.compile(r"\d{4}[./-]\d\d?[./-]\d\d?|\d\d?[./-]\d\d?[./-](?:\d{4}|\d\d)")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENING = frozenset('.!?:;>|"“„([#-')  # what follows these is capitalised whatever it is


def names_in(text: str) -> Iterator[tuple[str, ...]]:
    """Give the runs of capitalised words, folded, without a word that only begins a sentence or a line."""
    for line in text.splitlines():
        run: tuple[str, ...] = ()
        end = 0
        for word in _LETTERS.finditer(line):
            before = line[: word.start()].rstrip()
            capital = word[0][0].isupper() and len(word[0]) >= 3
            named = capital and bool(before) and before[-1] not in _OPENING
            if run and not (named and line[end : word.start()] == " "):
                yield run
                run = ()
            run = (*run, fold(word[0])) if named else ()
            end = word.end()
        if run:
            yield run


def dates_in(text: str) -> Iterator[str]:
    """Give the dates in figures, as they are written."""
    yield from (token for token in _WORD.findall(text) if _DATE.fullmatch(token))


def capitalised(text: str) -> dict[str, None]:
    """Give the words of a text that begin with a capital, folded, each once."""
    return {fold(word): None for word in _LETTERS.findall(text) if word[0].isupper()}


def written_values(text: str) -> Iterator[str]:
    """Give addresses, ids and amounts, as they are written."""
    yield from _ADDRESS.findall(text)
    for token in _WORD.findall(text):
        if _is_distinctive(token):
            yield token


def _is_distinctive(token: str) -> bool:
    """Whether nobody writes it by chance: letters with digits, a number neither short nor round; no date."""
    if _DATE.fullmatch(token):
        return False
    signs = squash(fold(token))
    digits = sum(sign.isdigit() for sign in signs)
    if digits == 0 or len(signs) < FEWEST_SIGNS:
        return False
    if digits == len(signs):
        return len(signs.strip("0")) >= 4
    return digits >= 2


def texts(case: Case) -> Iterator[str]:
    """Give all that a case says, one text each."""
    yield case.input
    yield case.description
    yield from _strings(list(case.vars.values()))
    yield from answers(case)


def answers(case: Case) -> Iterator[str]:
    """Give what a case expects: expected values, and those of its assertions and hard constraints."""
    yield from _strings(case.expected)
    for assertion in (*case.asserts, *case.must):
        yield from _demands(assertion)


def _demands(assertion: Assertion) -> Iterator[str]:
    yield from _strings(assertion.value)
    for part in assertion.parts:
        yield from _demands(part)


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _strings(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def words_of(text: str) -> list[str]:
    """Give the words of a text as they are compared; `HH-20931` and `4.12` are one word each."""
    return _WORD.findall(fold(text))


def runs_of(words: Sequence[str], length: int) -> Iterator[str]:
    """Give every run of that many words, in order, joined by single blanks."""
    for at in range(len(words) - length + 1):
        yield " ".join(words[at : at + length])


def squashed(value: str) -> str:
    """Give the letters and digits of a value alone, folded."""
    return squash(fold(value))


def squash(word: str) -> str:
    """Give the letters and digits of a folded word alone."""
    return "".join(sign for sign in word if sign.isalnum())
