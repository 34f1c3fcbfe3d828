"""Where a value comes from: a constant or a span of the input, put into shape; each with its English."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from rsi_cli.models.offline import patterns
from rsi_cli.models.offline.note import Note
from rsi_cli.models.offline.quotes import code
from rsi_cli.models.offline.words import imperative

Scalar: TypeAlias = "bool | int | float | str | None"


@dataclass(frozen=True, slots=True)
class Const:
    """Always the same. In JSON answers `null`, `true` and numbers are meant as such."""

    text: str

    def take(self, _note: Note) -> Scalar:
        """Return the value, whatever the input."""
        return read_constant(self.text)

    def says(self) -> str:
        """Return the English for it."""
        return code(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the input.

    kind: "text", "line", or a key of patterns.KINDS. which: 0 first, 1 second, … -1 last.
    place: "" anywhere, "after" a marker (same line for "text"), "before" one, "field" (value of that field),
    "line" (line that holds the marker), "first line", "last line". until: text before which it ends.
    shape: norms, applied in order.
    """

    kind: str = "text"
    which: int = 0
    place: str = ""
    marker: str = ""
    until: str = ""
    shape: tuple[str, ...] = ()

    def take(self, note: Note) -> Scalar:
        """Return the value for an input; None where the input has no such piece."""
        where = self._where(note)
        if where is None:
            return None
        if self.until:
            end = where.lower().find(self.until.lower())
            where = where[:end] if end >= 0 else where
        if self.kind in {"text", "line"}:
            found: str | None = where.strip()
        else:
            spans = patterns.find(self.kind, where)
            which = -1 if self.place == "before" else self.which
            found = spans[which] if -len(spans) <= which < len(spans) else None
        return shaped(found, self.shape) if found else None

    def _where(self, note: Note) -> str | None:
        if self.place == "field":
            return note.field(self.marker)
        if self.place in {"first line", "last line"}:
            return (note.lines[0] if self.place == "first line" else note.lines[-1]) if note.lines else None
        if self.place == "line":
            low = self.marker.lower()
            return next((line for line in note.lines if low in line.lower()), None)
        if self.place in {"after", "before"}:
            marker = _find_marker(note.text, self.marker)
            if marker is None:
                return None
            if self.place == "before":
                return note.text[: marker.start()]
            rest = note.text[marker.end() :]
            return re.split(r"\n", rest.lstrip(" :\t-–=*"), maxsplit=1)[0] if self.kind == "text" else rest
        return " ".join(note.lines) if self.kind == "line" else note.text.strip()

    def says(self) -> str:
        """Return the English for it: 'the amount after "Total", as a number'."""
        if self.place == "field" and self.kind == "text":
            said = f'the "{self.marker}" line'
        elif self.place in {"first line", "last line"} and self.kind == "text":
            said = f"the {self.place}"
        else:
            which = {0: "", 1: "second ", 2: "third ", -1: "last "}[self.which] if self.kind != "text" else ""
            first = (
                "first "
                if self.place != "before"
                and self.kind != "text"
                and self.which == 0
                and self.place in {"", "line"}
                else ""
            )
            said = f"the {first or which}{self.kind}{self._place()}"
        if self.until:
            said += f' up to "{self.until}"'
        return ", ".join([said, *(SHAPES[norm] if norm in SHAPES else _counted(norm) for norm in self.shape)])

    def _place(self) -> str:
        match self.place:
            case "after" | "before":
                return f' {self.place} "{self.marker}"'
            case "line":
                return f' in the line with "{self.marker}"'
            case "field":
                return f' in the "{self.marker}" line'
            case "first line" | "last line":
                return f" in the {self.place}"
            case _:
                return ""


_JSON_SCALAR = re.compile(
    r'null|true|false|-?(?:0|[1-9]\d{0,15})(?:\.\d{1,10})?|"(?:[^"\\\n]|\\.)*"', re.ASCII
)

Value: TypeAlias = Const | Span

SHAPES = {
    "iso-date": "as YYYY-MM-DD",
    "24h": "as HH:MM",
    "integer": "as an integer",
    "number": "as a number",
    "digits": "digits only",
    "lower": "in lower case",
    "upper": "in upper case",
    "title": "in title case",
    "slug": "with hyphens for spaces",
    "no-article": "without a leading article",
    "imperative": "with the verb in the imperative",
    "lower-first": "with a small first letter",
    "upper-first": "with a capital first letter",
    "no-stop": "without the final full stop",
}
"""Name of a norm → its English. "max-chars:N" and "max-words:N" are said by `_counted`."""


def _counted(norm: str) -> str:
    name, _, count = norm.partition(":")
    return f"at most {count} {'characters' if name == 'max-chars' else 'words'}"


def shaped(text: str, shape: tuple[str, ...]) -> Scalar:
    """Apply norms in order; a norm that does not fit gives None."""
    value: Scalar = text.strip()
    for norm in shape:
        if not isinstance(value, str):
            return value
        value = _shape_one(value, norm)
    return value


def _shape_one(text: str, norm: str) -> Scalar:
    name, _, count = norm.partition(":")
    if name == "max-words":
        return " ".join(text.split()[: int(count)])
    return cut(text, int(count)) if name == "max-chars" else _NORMS[norm](text)


def _integer(text: str) -> int | None:
    number = patterns.as_number(text)
    return None if number is None else round(number)


_NORMS: dict[str, Callable[[str], Scalar]] = {
    "iso-date": patterns.as_iso_date,
    "24h": patterns.as_24h,
    "number": patterns.as_number,
    "integer": _integer,
    "digits": lambda text: re.sub(r"\D", "", text),
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "slug": lambda text: re.sub(r"[\s_]+", "-", text),
    "no-article": lambda text: re.sub(r"^(?:the|an?)\s+", "", text, flags=re.IGNORECASE),
    "imperative": imperative,
    "lower-first": lambda text: text[:1].lower() + text[1:],
    "upper-first": lambda text: text[:1].upper() + text[1:],
    "no-stop": lambda text: text.rstrip(" .!"),
}


def cut(text: str, limit: int) -> str:
    """Shorten to so many characters, at a word's end where there is one."""
    if len(text) <= limit:
        return text
    head = text[: limit + 1].rsplit(" ", 1)[0]
    return (head if len(head) <= limit else text[:limit]).rstrip(" ,;:-")


def _find_marker(text: str, marker: str) -> re.Match[str] | None:
    """Return where the marker stands, as a whole word in singular or plural where that is possible."""
    return _marker_pattern(marker).search(text)


@lru_cache(maxsize=2048)
def _marker_pattern(marker: str) -> re.Pattern[str]:
    pattern = (
        (r"\b" if marker[:1].isalnum() else "")
        + re.escape(marker)
        + (r"(?:e?s)?\b" if marker[-1:].isalnum() else "")
    )
    return re.compile(pattern, re.IGNORECASE)


def read_constant(text: str) -> Scalar:
    """Read `null`, `true`, `false`, numbers and quoted text as JSON does, everything else as it stands."""
    if not _JSON_SCALAR.fullmatch(text):
        return text
    try:
        value: Scalar = json.loads(text)
    except ValueError:
        return text
    return value


def write_constant(value: Scalar) -> str:
    """Write a value on one line so that `read_constant` gives it back."""
    if isinstance(value, str) and read_constant(value) == value and value == " ".join(value.split()) != "":
        return value
    return json.dumps(value, ensure_ascii=False)
