"""Kinds of spans that anybody can point at in a text: an amount, a date, an e-mail address and so on."""

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?"
    r"|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_NUMBER = r"\d{1,3}(?:[,.'’ ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_MONEY_SIGN = r"(?:[€$£¥]|\b(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN)\b)"
_DATE = (
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}(?:st|nd|rd|th)?(?: of)? " + _MONTH + r",? \d{4}\b"
    r"|\b"
    + _MONTH
    + r" \d{1,2}(?:st|nd|rd|th)?,? \d{4}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b|\b\d{4}/\d{2}/\d{2}\b"
)

_SMALL = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)

KINDS: dict[str, re.Pattern[str]] = {
    "date": re.compile(_DATE, re.IGNORECASE),
    "amount": re.compile(rf"{_MONEY_SIGN}\s?(?:{_NUMBER})|(?:{_NUMBER})\s?{_MONEY_SIGN}"),
    "e-mail address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "link": re.compile(r"https?://[^\s<>\"')]+"),
    "time": re.compile(
        r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s?[ap]\.?m\.?)?(?!\d)|\b(?:1[0-2]|[1-9])\s?[ap]\.?m\b",
        re.IGNORECASE,
    ),
    "percentage": re.compile(r"\d+(?:[.,]\d+)?\s?%"),
    "code": re.compile(r"\b(?=[A-Za-z/-]*\d)(?=[\d/-]*[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*\b|#\d+"),
    "phone number": re.compile(r"\+\d[\d ()/-]{6,}\d"),
    "number": re.compile(rf"(?<![\w.,-])(?:{_NUMBER})(?![\w-])|\b(?:{'|'.join(_SMALL)})\b", re.IGNORECASE),
    "quoted text": re.compile(r"[\"“«]([^\"”»\n]{1,120})[\"”»]"),
    "name": re.compile(r"\b[A-Z][a-zà-ÿ'’-]+(?: (?:[A-Z]\.|[a-z]{2,3} )?[A-Z][a-zà-ÿ'’-]+)+\b"),
    "capitalised word": re.compile(r"\b[A-Z][a-z]+\b"),
    "word in capitals": re.compile(r"\b[A-Z]{2,}\b"),
    "word": re.compile(r"[^\W_]+(?:['’-][^\W_]+)*"),
}
SPOKEN = {
    "amount": "amount", "price": "amount", "sum": "amount", "money": "amount", "date": "date", "day": "date",
    "e-mail address": "e-mail address", "email address": "e-mail address", "e-mail": "e-mail address",
    "email": "e-mail address", "url": "link", "link": "link", "time": "time", "percentage": "percentage",
    "percent": "percentage", "code": "code", "identifier": "code", "reference": "code", "id": "code",
    "ticket": "code", "phone number": "phone number", "number": "number", "figure": "number",
    "quoted text": "quoted text", "quotation": "quoted text", "name": "name",
    "capitalised word": "capitalised word",
    "capitalized word": "capitalised word", "word in capitals": "word in capitals", "word": "word",
}  # fmt: skip
"""Words that people use → a key of KINDS."""


@lru_cache(maxsize=8192)
def find(kind: str, text: str) -> tuple[str, ...]:
    """Return all spans of that kind, in order; () for an unknown kind."""
    pattern = KINDS.get(kind)
    if pattern is None:
        return ()
    return tuple(match.group(match.lastindex or 0).strip() for match in pattern.finditer(text[:20000]))


def as_iso_date(text: str) -> str | None:
    """Write a date as YYYY-MM-DD; day before month where both are numbers. None where it is no date."""
    if match := re.search(r"(\d{4})[-/](\d{2})[-/](\d{2})", text):
        year, month, day = match.groups()
        return _iso(year, int(month), day)
    if match := re.search(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text):
        day, month, year = match.groups()
        return _iso(year, int(month), day) or _iso(year, int(day), month)
    words = re.search(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([A-Za-z]{3,9})\.?,? (\d{4})", text)
    if words:
        return _iso(words[3], _month(words[2]), words[1])
    words = re.search(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", text)
    return _iso(words[3], _month(words[1]), words[2]) if words else None


def _month(name: str) -> int:
    return next((number for number, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower())), 0)


def _iso(year: str, month: int, day: str) -> str | None:
    return f"{year}-{month:02d}-{int(day):02d}" if 1 <= month <= 12 and 1 <= int(day) <= 31 else None


def as_24h(text: str) -> str | None:
    """Write a time of day as HH:MM; None where it is none."""
    match = re.search(r"(\d{1,2})(?:[:.](\d{2}))?\s?([ap])?\.?m?", text, re.IGNORECASE)
    if match is None or int(match[1]) > 24:
        return None
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0) if match[3] else int(match[1])
    return f"{hour:02d}:{match[2] or '00'}"


def as_number(text: str) -> int | float | None:
    """Read a number without currency or thousands separators; None where there is none."""
    match = re.search(r"-?(?:" + _NUMBER + ")", text)
    if match is None:
        word = text.strip().lower()
        return _SMALL.index(word) if word in _SMALL else None
    digits = re.sub(r"[ '’]", "", match.group(0))
    if "," in digits and "." in digits:
        mark = max(",", ".", key=digits.rfind)
        digits = digits.replace("," if mark == "." else ".", "").replace(mark, ".")
    elif re.fullmatch(r"-?\d{1,3}(?:[,.]\d{3})+", digits):
        digits = re.sub(r"[,.]", "", digits)
    else:
        digits = digits.replace(",", ".")
    try:
        value = float(digits)
    except ValueError:
        return None
    return int(value) if value.is_integer() else value
