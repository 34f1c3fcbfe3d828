"""The pieces of a text: its words, their runs, the values and names in it; and all texts of a case. Pure.

Scripts that write no blanks between words (Han, kana, Thai and the like) are cut into single signs, and a run
is as long as the words that it holds: a word counts 1, a sign of Han or kana 5/8 (eight signs are about five
words), one of Thai, Lao, Tibetan, Burmese or Khmer 3/8.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from rsi_cli.nouns import CaseId, Json
from rsi_cli.skill.phrases import fold
from rsi_cli.suite.model import Assertion, Case

Name: TypeAlias = tuple[CaseId, int]  # which name of a case a word belongs to; -1 is its answer
FEWEST_SIGNS = 5  # letters and digits of a value that is worth the name
MONTHS = "january february march april may june july august september october november december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday"
CALENDAR = frozenset(f"{MONTHS} {DAYS}".split())
WORD, IDEOGRAPH, LETTER = 8, 5, 3  # what they count in a run, in eighths of a word
_KANA = "\u3040-\u31ff\uff66-\uff9f"
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IDEOGRAPHS = _KANA + _HAN
_UNSPACED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Tibetan; Burmese; Khmer
_IDEOGRAPH, _LETTER = (re.compile(f"[{signs}]") for signs in (_IDEOGRAPHS, _UNSPACED))
_SPACED = rf"[^\W_{_IDEOGRAPHS}{_UNSPACED}]+"
_WORD = re.compile(rf"{_SPACED}(?:[.,:/@'’-]{_SPACED})*|[^\W_]")
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


def named(case: Case, known: frozenset[str]) -> Iterator[tuple[str, Name]]:
    """The words of a case's names that are unknown; neighbours are one name."""
    first: dict[str, int] = {}
    for number, name in enumerate(names_in(" \n".join(texts(case)))):
        mine = [word for word in name if word not in known and word not in CALENDAR]
        same = next((first[word] for word in mine if word in first), number)
        for word in mine:
            first.setdefault(word, same)
            yield word, (case.id, same)


def answered(case: Case, known: frozenset[str]) -> Iterator[tuple[str, Name]]:
    """The one-word answers and the dates of a case that are unknown."""
    dates = dict.fromkeys(fold(date) for text in texts(case) for date in dates_in(text))
    for number, date in enumerate(date for date in dates if date not in known):
        yield date, (case.id, -2 - number)
    for answer in map(words_of, answers(case)):
        if len(answer) == 1 and len(answer[0]) >= 4 and not known.issuperset(answer) and answer[0].isalpha():
            yield answer[0], (case.id, -1)


def words_of(text: str) -> list[str]:
    """Give the words of a text as they are compared; `HH-20931` and `4.12` are one word each.

    Marks above and below letters, such as the vowels of Thai, are left out.
    """
    folded = fold(text)
    if not folded.isascii():
        folded = "".join(sign for sign in folded if not unicodedata.category(sign).startswith("M"))
    return _WORD.findall(folded)


def eighths(words: Sequence[str]) -> int:
    """How long a run is, in eighths of a word."""
    return sum(map(_eighths, words))


def _eighths(word: str) -> int:
    if len(word) > 1 or word.isascii():
        return WORD
    return IDEOGRAPH if _IDEOGRAPH.match(word) else LETTER if _LETTER.match(word) else WORD


def stretches(words: Sequence[str], length: int) -> Iterator[tuple[int, int]]:
    """Give the bounds of every shortest run that is at least `length` words long, in order."""
    sizes = [_eighths(word) for word in words]
    end = size = 0
    for at, first in enumerate(sizes):
        while size < length * WORD and end < len(sizes):
            size += sizes[end]
            end += 1
        if size < length * WORD:
            return
        yield at, end
        size -= first


def runs_of(words: Sequence[str], length: int) -> Iterator[str]:
    """Give every run of that many words, in order, joined by single blanks."""
    for at, end in stretches(words, length):
        yield " ".join(words[at:end])


def squashed(value: str) -> str:
    """Give the letters and digits of a value alone, folded."""
    return squash(fold(value))


def squash(word: str) -> str:
    """Give the letters and digits of a folded word alone."""
    return "".join(sign for sign in word if sign.isalnum())
