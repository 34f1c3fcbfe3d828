"""An input, read once: its words, lines and `Name: value` fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rsi_cli.models.offline.words import stems

_FIELD = re.compile(
    r"\s*(?:[-*]\s+)?(?:\*\*)?([A-Za-z][\w /-]{0,30}?)(?:\*\*)?\s*[:=]\s*(?:\*\*)?\s*(.*?)\s*"
)
_LONGEST = 40_000  # characters; what is longer is read up to here


@dataclass(frozen=True, slots=True)
class Note:
    """A text with what a reader notices in it.

    fields: name in lower case → value. spelled: the same name → as it stands in the text.
    flat: stems between single spaces, one at each end.
    """

    text: str
    lines: tuple[str, ...]
    fields: Mapping[str, str]
    spelled: Mapping[str, str]
    flat: str

    def field(self, name: str) -> str | None:
        """Return the value of the field of that name, whatever its case; None where there is none."""
        return self.fields.get(name.lower().strip(" :"))

    def part(self, field: str) -> str:
        """Return the text that a condition looks at: one field, or everything where `field` is ""."""
        return self.text if not field else (self.field(field) or "")

    def flat_part(self, field: str) -> str:
        """Return the stems of that part, between single spaces."""
        return self.flat if not field else flatten(self.part(field))


@lru_cache(maxsize=8192)
def flatten(text: str) -> str:
    """Return the stems of a text between single spaces, with one at each end."""
    return f" {' '.join(stems(text))} "


@lru_cache(maxsize=2048)
def read_note(text: str) -> Note:
    """Read an input; equal texts are read once."""
    text = text[:_LONGEST]
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    fields: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match and len(match[1].split()) <= 4:
            fields.setdefault(match[1].lower().strip(), match[2])
            spelled.setdefault(match[1].lower().strip(), match[1].strip())
    return Note(text, lines, fields, spelled, flatten(text))
