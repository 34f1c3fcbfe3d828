"""Quoted, backticked and bold stretches, put aside so that the rest can be read word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTED = re.compile(
    r"``\s?(.+?)\s?``|`([^`\n]+)`|\"([^\"\n]+)\"|“([^”\n]+)”|«([^»\n]+)»|\*\*([^*\n]+)\*\*"
    r"|(?<![\w])'([^'\n]+)'(?![\w])"
)
MARK = re.compile("\x01(\\d+)\x02")


@dataclass(frozen=True, slots=True)
class Aside:
    """A sentence whose quotations are replaced by marks. kinds: the quoting character of each."""

    text: str
    quoted: tuple[str, ...]
    kinds: tuple[str, ...]

    def restore(self, text: str) -> str:
        """Put the quotations back into a piece of the sentence, without their quotes."""
        return MARK.sub(lambda match: self.quoted[int(match[1])], text)

    def inside(self, text: str) -> tuple[str, ...]:
        """Return the quotations whose marks stand in a piece of the sentence."""
        return tuple(self.quoted[int(match[1])] for match in MARK.finditer(text))


def set_aside(sentence: str) -> Aside:
    """Replace each quotation by a mark."""
    quoted: list[str] = []
    kinds: list[str] = []

    def keep(match: re.Match[str]) -> str:
        quoted.append(next(group for group in match.groups() if group is not None))
        kinds.append(match.group(0)[0])
        return f"\x01{len(quoted) - 1}\x02"

    clean = sentence.replace("\x01", " ").replace("\x02", " ")
    return Aside(_QUOTED.sub(keep, clean), tuple(quoted), tuple(kinds))


def code(text: str) -> str:
    """Write a text in backticks, doubled where it holds one itself."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"
