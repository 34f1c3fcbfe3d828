"""Read the English of a value: "the amount after "Total", as a number", "`EUR`", "the "Change" line"."""

from __future__ import annotations

import re

from rsi_cli.models.offline.patterns import SPOKEN
from rsi_cli.models.offline.quotes import MARK, Aside, set_aside
from rsi_cli.models.offline.values import Const, Span, Value

_KIND = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, SPOKEN), key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_ORDINALS = {"second": 1, "third": 2, "last": -1, "final": -1}
_Q = "\x01(\\d+)\x02"
_AFTER = re.compile(
    rf"\b(?:after|following|behind|next to|that follows|to the right of)\s+(?:the (?:word|words"
    rf"|label|heading|text)\s+)?{_Q}",
    re.IGNORECASE,
)
_FIELD = re.compile(rf"(?:{_Q}|\b(?P<name>[A-Za-z][\w-]*))\s+(?:line|field|header)\b", re.IGNORECASE)
_LINE_WITH = re.compile(
    rf"\bline (?:with|that (?:has|holds|contains|mentions|says|starts with)|containing|starting with"
    rf"|beginning with)\s+{_Q}",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"\b(?:before|in front of|preceding|to the left of)\s+(?:the (?:word|words)\s+)?{_Q}", re.IGNORECASE
)
_UNTIL = re.compile(rf"\b(?:up to|until|before|and before|ending at)\s+{_Q}", re.IGNORECASE)
_BETWEEN = re.compile(rf"\bbetween\s+{_Q}\s+and\s+{_Q}", re.IGNORECASE)
_END_LINE = re.compile(r"\b(first|last|top|opening|final) line\b", re.IGNORECASE)
_SHAPED = (
    ("iso-date", r"YYYY-MM-DD|ISO(?: 8601| date| format)?\b"),
    ("24h", r"\bHH:MM\b|24-hour"),
    ("integer", r"\b(?:an integer|a whole number|integers?)\b"),
    (
        "number",
        r"\bas (?:a )?(?:plain )?(?:number|decimal|float)s?\b|without (?:the )?(?:currency|thousands)",
    ),
    ("digits", r"\bdigits only|only (?:the )?digits"),
    ("lower", r"\blower[- ]?case(?!d? (?:the )?first)(?! first)"),
    ("upper", r"\bupper[- ]?case|in capitals|in capital letters"),
    ("title", r"\btitle case"),
    ("slug", r"\bhyphens? for spaces|hyphens instead of spaces|kebab"),
    ("no-article", r"\bwithout (?:a |the )?(?:leading )?article"),
    ("imperative", r"\bimperative"),
    (
        "lower-first",
        (
            r"small first letter|lower[- ]?case (?:the )?first|first letter (?:in |is )?(?:small|lower)"
            r"|start\w* (?:with a |in )?(?:small|lower)"
        ),
    ),
    ("upper-first", r"capital first letter|first letter (?:a )?capital|capitali[sz]e (?:the )?first"),
    ("no-stop", r"\b(?:without|no|drop)\b[^,.;]{0,12}\b(?:final |trailing )?(?:full stop|period)\b"),
)
_NORMS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _SHAPED)
_LIMIT = re.compile(
    r"\b(?:at most|no more than|max(?:imum)?(?: of)?|up to|under|fewer than"
    r"|within)\s+(\d{1,4})\s+(characters|chars|letters|words)",
    re.IGNORECASE,
)


def read_value(english: str | Aside) -> Value | None:
    """Read where a value comes from; None where that is not said."""
    aside = english if isinstance(english, Aside) else set_aside(english)
    text = aside.text.strip()
    if match := re.match(
        rf"(?:the (?:text|value|word|constant|string) |always |just )?{_Q}(?!\s+(?:line|field|header))", text
    ):
        return Const(aside.quoted[int(match[1])])
    if match := re.match(r"(null|true|false|-?\d+(?:\.\d+)?)\b", text, re.IGNORECASE):
        return Const(match[1].lower())
    return _span(text, aside)


def _span(text: str, aside: Aside) -> Span | None:
    shape = read_shape(text)
    head = re.split(r",\s*|\bas\b", text, maxsplit=1)[0]
    kind_match = _KIND.search(_place_free(head))
    kind = SPOKEN[kind_match[1].lower()] if kind_match else ""
    words = _place_free(head).lower().split()
    which = next((number for word, number in _ORDINALS.items() if word in words), 0)
    place, marker, until = _place(text, aside)
    if kind and not place and (match := _BEFORE.search(text)):
        place, marker, until = "before", aside.quoted[int(match[1])], ""
    if (
        not kind
        and not place
        and not re.search(r"\b(?:text|line|message|input|whole|everything|sentence)\b", head, re.IGNORECASE)
    ):
        return None
    return Span(
        kind=kind or "text", which=which if kind else 0, place=place, marker=marker, until=until, shape=shape
    )


def _place_free(head: str) -> str:
    """Cut off the words that say where, so that "the amount in the date line" is an amount."""
    return re.split(r"\b(?:after|in|on|from|of|before|between|following|next to)\b", head, maxsplit=1)[0]


def _place(text: str, aside: Aside) -> tuple[str, str, str]:
    if match := _BETWEEN.search(text):
        return "after", aside.quoted[int(match[1])], aside.quoted[int(match[2])]
    ends = _UNTIL.search(text)
    until = aside.quoted[int(ends[1])] if ends else ""
    if match := _LINE_WITH.search(text):
        return "line", aside.quoted[int(match[1])], until
    if match := _END_LINE.search(text):
        return ("first line" if match[1].lower() in {"first", "top", "opening"} else "last line"), "", until
    if match := _AFTER.search(text):
        return "after", aside.quoted[int(match[1])], until
    if match := _FIELD.search(text):
        name = aside.quoted[int(match[1])] if match[1] else match["name"]
        if match[1] or name.lower() not in {"the", "that", "this", "a", "each", "one", "same"}:
            return "field", name.strip(" :"), until
    return "", "", until


def read_shape(text: str) -> tuple[str, ...]:
    """Return the norms that a phrase asks for, in the order in which they are applied."""
    plain = MARK.sub("", text)
    names = [name for name, pattern in _NORMS if pattern.search(plain)]
    if (
        "lower-first" in names
        and "lower" in names
        and not re.search(r"in lower[- ]?case", plain, re.IGNORECASE)
    ):
        names.remove("lower")
    names += [
        f"max-{'words' if match[2].lower() == 'words' else 'chars'}:{match[1]}"
        for match in _LIMIT.finditer(plain)
    ]
    return tuple(names)
