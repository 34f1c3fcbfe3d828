"""Read tables whose keys are known, and note every mistake at its place; the keys are the sidecar's business.

Scalars stay as they were written until somebody asks for a text or a number: `no` and `012` change nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rsi_cli.errors import Problem

MOST_COUNTED = 10**9
_NUMBER = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?")
_SHOWN = 40  # characters of a wrong value in a message


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. stringy: YAML takes it for a text, be it quoted or not."""

    text: str
    stringy: bool
    line: int
    col: int

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was written here, or null."""
        return not self.stringy and self.text.lower() in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list."""

    nodes: tuple[Node, ...]
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, its keys in file order, as often as they were written."""

    entries: tuple[tuple[Scalar, Node], ...]
    line: int
    col: int


Node: TypeAlias = Scalar | Listed | Table


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks nodes for what should be there. problems: all mistakes found so far, at line and column.

    `where` is the path as people say it, `lessons[0].kind`. What is absent or wrong gives the default;
    what is wrong is noted.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, node: Node | None, where: str, what: str) -> None:
        """Note a mistake; at the file alone where there is no node."""
        line, col = (node.line, node.col) if node else (0, 0)
        self.problems.append(Problem(self.file, line, col, where, what))

    def table(self, node: Node | None, where: str, known: Collection[str] = ()) -> Mapping[str, Node]:
        """The values by key. known: the keys that may be there; any, if none are given."""
        if node is None or (where and isinstance(node, Scalar) and node.is_nothing):
            return {}
        if not isinstance(node, Table):
            self.note(node, where, f"expected {_keys(known)}")
            return {}
        found: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.entries:
            path = f"{where}.{key.text}" if where else key.text
            if known and key.text not in known:
                self.note(key, path, f"unknown key{guess(key.text, known)}")
            elif key.text in lines:
                self.note(key, path, f"written twice (first on line {lines[key.text]})")
            else:
                found[key.text], lines[key.text] = value, key.line
        return found

    def items(self, node: Node | None, where: str) -> tuple[Node, ...]:
        """The items of a list; none where the last one was deleted and the key stayed."""
        if node is None or (isinstance(node, Scalar) and node.is_nothing):
            return ()
        if not isinstance(node, Listed):
            self.note(node, where, "expected a list, each entry after `- `")
            return ()
        return node.nodes

    def text(self, node: Node | None, where: str, most: int) -> str:
        """A text of at most `most` characters that is not blank; '' where it is wrong."""
        if not isinstance(node, Scalar) or node.is_nothing:
            self.note(node, where, "expected text")
        elif not node.stringy:
            self.note(
                node, where, f"expected text, YAML read `{node.text[:_SHOWN]}` as something else; quote it"
            )
        elif not node.text.strip():
            self.note(node, where, "expected text, this is blank")
        elif len(node.text) > most:
            self.note(node, where, f"{len(node.text)} characters; {most} are allowed")
        else:
            return node.text
        return ""

    def word(self, node: Node | None, where: str, known: Collection[str]) -> str | None:
        """One of the known words; None where it is another."""
        if isinstance(node, Scalar) and node.text in known:
            return node.text
        near = guess(node.text, known) if isinstance(node, Scalar) else ""
        self.note(node, where, f"expected {_either(known)}{near}")
        return None

    def number(self, node: Node | None, where: str) -> float:
        """A number from 0 to MOST_COUNTED; 0.0 where it is absent."""
        if node is None:
            return 0.0
        if isinstance(node, Scalar) and not node.stringy and _NUMBER.fullmatch(node.text):
            if (value := float(node.text)) <= MOST_COUNTED:
                return value
            self.note(node, where, f"more than {MOST_COUNTED:,}")
            return 0.0
        self.note(node, where, "expected a number, 0 or more")
        return 0.0


def _keys(known: Collection[str]) -> str:
    return f"a mapping with {', '.join(f'`{key}:`' for key in known)}" if known else "a mapping, `name: …`"


def guess(word: str, known: Collection[str]) -> str:
    """`; did you mean 'x'?` where one of the known words is near; else ''."""
    near = difflib.get_close_matches(word[:_SHOWN].lower(), known, n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def _either(known: Collection[str]) -> str:
    *first, last = known
    return f"{', '.join(first)} or {last}"
