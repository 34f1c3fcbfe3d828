"""A YAML file as it was written: every scalar with its own text, every node with its place.

Nothing is turned into numbers, truth values or dates here; whoever knows what a place wants does that
(`kinds`), so that `no`, `012` and `1:30` never change meaning on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rsi_cli.errors import Problem

_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. plain: written without quotes and not as a block, so a number or a truth value may be meant."""

    text: str
    plain: bool
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A list."""

    nodes: tuple[Node, ...]
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in file order, each key once. line and col: where its first key stands."""

    entries: tuple[tuple[Scalar, Node], ...]
    line: int
    col: int


Node: TypeAlias = Scalar | Listed | Table


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a reader is in a file, and the bag it puts mistakes in.

    path: as people say it, `cases[0].assert[1].value`. found: shared by all trails of one file; it grows.
    """

    file: str
    found: list[Problem]
    path: str = ""

    def key(self, name: str) -> Trail:
        """The trail of an entry of the mapping here."""
        name = shown(name)
        return Trail(self.file, self.found, f"{self.path}.{name}" if self.path else name)

    def item(self, index: int) -> Trail:
        """The trail of an item of the list here; index from 0."""
        return Trail(self.file, self.found, f"{self.path}[{index}]")

    def problem(self, node: Node, what: str) -> None:
        """Note a mistake at `node`."""
        self.found.append(Problem(self.file, node.line, node.col, self.path, what))


def shown(text: str) -> str:
    """`text` fit for one line of a terminal: no control characters, not long."""
    if len(text) > _SHOWN_CHARS:
        text = text[: _SHOWN_CHARS - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def is_nothing(node: Node) -> bool:
    """Whether an entry was left empty or says null: as good as not written."""
    return isinstance(node, Scalar) and node.plain and node.text in NULLS


NULLS = frozenset(("", "~", "null", "Null", "NULL"))


def kind_of(node: Node) -> str:
    """What a node is, in words for a message."""
    match node:
        case Listed():
            return "a list"
        case Table():
            return "a mapping"
        case Scalar():
            return "nothing" if is_nothing(node) else f"`{shown(node.text)}`"
