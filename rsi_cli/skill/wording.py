"""What a text says, apart from how it is put. Pure.

    If the note mentions "refund", answer billing.
    Answer billing when a note mentions “refund”!

are one rule. What a model might read as another instruction is not: another quotation, label, number or
negation, "from" for "to", words in another order.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TypeAlias

from rsi_cli.skill.blocks import fenced_lines
from rsi_cli.skill.lines import split_lines

Sentence: TypeAlias = tuple[str, ...]
Wording: TypeAlias = tuple[Sentence, ...]

_LINE_START = re.compile(r"\s*(?:#{1,6}\s|\||<!--|(?:[-*+]|\d{1,9}[.)])\s)")
_LIST_MARK = re.compile(r"\s*(?:#{1,6}|[-*+]|\d{1,9}[.)])\s+")
_CODE_LINE = "\0"  # begins a unit that is a line of a code fence


@lru_cache(maxsize=4096)
def wording(text: str) -> Wording:
    """Give the words that count, sentence by sentence: equal for two ways to put the same.

    Punctuation, emphasis, wrapping, list marks, case (not of words IN CAPITALS, which are labels), articles
    and the like, "5" or "five", "1,000" or "1000", "don't" or "do not", and whether the condition comes
    first or last do not count. All other words do, in their order, and quotations and code to the letter.
    """
    return tuple(sentence for unit in _units(text) for sentence in _sentences(unit))


@lru_cache(maxsize=1024)  # a child is compared with every candidate of the night
def placed(text: str) -> tuple[tuple[Wording, Wording], ...]:
    """Give each paragraph, list item and heading of a text, in order, with the heading it stands under."""
    places: list[tuple[Wording, Wording]] = []
    under: Wording = ()
    for unit in _units(text):
        said = tuple(_sentences(unit))
        if unit.startswith("#"):
            under = said
        if said:
            places.append((under, said))
    return tuple(places)


def _units(text: str) -> list[str]:
    """Paragraphs, list items and headings on one line each; a line of code is one of its own, exact."""
    units: list[str] = []
    goes_on = False
    for line, code in zip(split_lines(text), fenced_lines(text), strict=True):
        if code:
            units.append(_CODE_LINE + line.rstrip())
        elif goes_on and line.strip() and not _LINE_START.match(line):
            units[-1] += " " + line.strip()
        elif line.strip():
            units.append(line.strip())
        goes_on = not code and bool(line.strip()) and not line.startswith("#")
    return units


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[^a-z])")
_TOKEN = re.compile(
    r"`[^`]+`|\"[^\"]+\"|“[^”]+”|(?<!\w)'[^']+'(?!\w)"  # to the letter
    r"|(?<!\w)[-−]?\d+(?:[.,]\d+)*(?!\w)"
    r"|\w+(?:['’]\w+)*"
    r"|[-=]>|[<>=≤≥≠→]+|[%€$£+/&@~^|]"
)
_DROPPED = _set_of(
    "a an the this that these those it its is are was were be been being am do does did you your yours we "
    "our their please and then so of as in on at by with which who whom whose there here also just will "
    "would it's that's there's here's you're"
)
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SAME = {
    **dict.fromkeys(("when", "whenever", "where", "wherever"), "if"),
    **{word: str(number) for number, word in enumerate(_NUMBERS)},
    "ca": "can",  # of can't, as in the next line of won't
    "wo": "will",
}
# In capitals these are only louder; any other word in capitals is a label.
_LOUD = _DROPPED | _set_of("if unless never always not no must only all any every each to or")


def _sentences(unit: str) -> list[Sentence]:
    """Cut one unit into its sentences; those that say nothing are left out."""
    if unit.startswith(_CODE_LINE):
        return [(unit,)]
    bare = _LIST_MARK.sub("", unit, count=1)
    found = (_sentence(part) for part in _SENTENCE_END.split(bare))
    return [sentence for sentence in found if sentence]


def _sentence(text: str) -> Sentence:
    """Read one sentence, from its condition on; one in which no word counts ("- A") says them all."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFC", text.replace("*", "")))
    words = [word for place, token in enumerate(tokens) for word in _words(token, first=place == 0)]
    condition = next((at for at, word in enumerate(words) if word in {"if", "unless"}), 0)
    return (*words[condition:], *words[:condition]) or tuple(tokens)


def _words(token: str, *, first: bool) -> list[str]:
    """Read one token as the words that count; none for one that does not."""
    if token[0] in "`\"“'":
        return [f"`{token[1:-1]}`"]
    if token.lstrip("-−")[:1].isdigit() and token[-1].isdigit():
        plain = token.replace("−", "-")
        return [plain.replace(",", "") if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+", plain) else plain]
    token = token.strip("_")
    word = token.casefold().replace("’", "'")
    if _is_label(token, word, first=first):
        return [token]
    if word == "cannot":
        return ["can", "not"]
    stem, negated = (word[:-3], ["not"]) if word.endswith("n't") else (word, [])
    meant = _SAME.get(stem, stem)
    return [*([] if meant in _DROPPED or not meant else [meant]), *negated]


def _is_label(written: str, word: str, *, first: bool) -> bool:
    """Whether a word in capitals names something: "URGENT", "answer A"; not "A mail", not "NEVER"."""
    if len(written) == 1:
        return written.isupper() and not (first and word in {"a", "i"})
    return written.isupper() and word not in _LOUD
