"""What may stand at a place of the file: each kind reads a node and describes itself for editors.

`read` returns None after it has noted a problem, so that a reader goes on and finds every mistake.
`schema` is the JSON Schema of the same thing; one object holds both, so they cannot drift apart.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from rsi_cli.nouns import Json
from rsi_cli.suite.nodes import Listed, Node, Scalar, Table, Trail, is_nothing, kind_of, shown
from rsi_cli.suite.scalars import Ambiguous, atom, atom_as_written, json_number, rewritten, truth

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
JsonSchema = Mapping[str, Json]


class Kind(Protocol[T_co]):
    """A kind of value."""

    def read(self, node: Node, at: Trail) -> T_co | None:
        """The value at `node`; None after noting a problem."""

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, exactly as written: `012`, `no` and `1:30` stay what they look like.

    least: fewest characters. blank: whether it may hold nothing but white space. one_line: whether it must
    be a single printable line.
    """

    least: int = 0
    blank: bool = True
    one_line: bool = False

    def read(self, node: Node, at: Trail) -> str | None:
        """The text, character by character."""
        if not isinstance(node, Scalar):
            _wrong(node, at, "a text")
            return None
        if is_nothing(node):
            what = (
                f'quote it ("{node.text}") if that is the text' if node.text else 'write "" for an empty text'
            )
            at.problem(node, f"expected a text, found nothing; {what}")
            return None
        if len(node.text) < self.least or (not self.blank and not node.text.strip()):
            at.problem(node, "must not be empty")
            return None
        if self.one_line and not node.text.isprintable():
            at.problem(node, "must be one line without control characters")
            return None
        return node.text

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        kinds: JsonSchema = {"type": ["string", "number", "boolean"]}
        least = self.least if self.blank else max(1, self.least)
        return {**kinds, "minLength": least} if least else kinds


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number in lo … hi; the ends belong to it unless `open`."""

    lo: float | None = None
    hi: float | None = None
    open: bool = False

    def read(self, node: Node, at: Trail) -> float | None:
        """The number."""
        value = _number(node, at, "a number")
        if value is not None and self._outside(value):
            at.problem(node, f"{value:g} is out of range; expected a number {self._range()}")
            return None
        return None if value is None else float(value)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        low, high = ("exclusiveMinimum", "exclusiveMaximum") if self.open else ("minimum", "maximum")
        ends = {low: self.lo, high: self.hi}
        return {"type": "number", **{name: end for name, end in ends.items() if end is not None}}

    def _outside(self, value: float) -> bool:
        low = self.lo is not None and (value < self.lo or (self.open and value == self.lo))
        return low or (self.hi is not None and (value > self.hi or (self.open and value == self.hi)))

    def _range(self) -> str:
        if self.lo is not None and self.hi is not None:
            return f"{'strictly ' if self.open else ''}between {self.lo:g} and {self.hi:g}"
        if self.lo is None:
            return f"{'below' if self.open else 'of at most'} {self.hi:g}"
        return f"{'above' if self.open else 'of at least'} {self.lo:g}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number of at least `lo`."""

    lo: int
    hi: int = 10**15

    def read(self, node: Node, at: Trail) -> int | None:
        """The number."""
        value = _number(node, at, "a whole number")
        if value is None:
            return None
        if value != int(value) or not self.lo <= value <= self.hi:
            at.problem(node, f"expected a whole number of at least {self.lo}, found {shown(kind_of(node))}")
            return None
        return int(value)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "integer", "minimum": self.lo}


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, node: Node, at: Trail) -> bool | None:
        """True or false."""
        value = truth(node) if isinstance(node, Scalar) else None
        if value is None:
            _wrong(node, at, "true or false")
        return value

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class OneOf(Generic[T]):
    """One of some words, each standing for a value."""

    words: Mapping[str, T]

    def read(self, node: Node, at: Trail) -> T | None:
        """What the word stands for."""
        text = Text().read(node, at)
        if text is None:
            return None
        if text not in self.words:
            at.problem(
                node, f"`{shown(text)}` is none of {', '.join(self.words)}{did_you_mean(text, self.words)}"
            )
            return None
        return self.words[text]

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
    """A list. or_one: a single item may stand without its list. least: fewest items."""

    item: Kind[T]
    or_one: bool = False
    least: int = 0

    def read(self, node: Node, at: Trail) -> tuple[T, ...] | None:
        """The items that could be read."""
        if not isinstance(node, Listed):
            if not self.or_one or isinstance(node, Table):
                _wrong(node, at, "a list")
                return None
            one = self.item.read(node, at)
            return None if one is None else (one,)
        if len(node.nodes) < self.least:
            at.problem(node, "must not be an empty list")
        values = (self.item.read(item, at.item(i)) for i, item in enumerate(node.nodes))
        return tuple(value for value in values if value is not None)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        items: dict[str, Json] = {"type": "array", "items": self.item.schema()}
        if self.least:
            items["minItems"] = self.least
        return {"anyOf": [self.item.schema(), items]} if self.or_one else items


@dataclass(frozen=True, slots=True)
class AnyJson:
    """Any JSON value, as plain dicts and lists.

    A scalar that stands alone keeps its text (`1.50`, `no`); inside a list or mapping, types count, and a
    scalar that readers of YAML disagree on is a problem. as_written: nothing is ever a problem, text is kept.
    """

    as_written: bool = False

    def read(self, node: Node, at: Trail) -> Json:
        """The value; lists as `list`, mappings as `dict`."""
        if isinstance(node, Scalar):
            return self._alone(node, at)
        return self._inside(node, at)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {}

    def _alone(self, node: Scalar, at: Trail) -> Json:
        if not self.as_written and node.plain and node.text in ("~", "Null", "NULL"):
            at.problem(node, f'`{node.text}` may be text or null; quote it ("{node.text}") or write null')
            return None
        return atom_as_written(node)

    def _inside(self, node: Node, at: Trail) -> Json:
        match node:
            case Listed():
                return [self._inside(item, at.item(i)) for i, item in enumerate(node.nodes)]
            case Table():
                return {key.text: self._inside(value, at.key(key.text)) for key, value in node.entries}
            case Scalar():
                value = atom_as_written(node) if self.as_written else atom(node)
                if isinstance(value, Ambiguous):
                    at.problem(node, f"{kind_of(node)} is not read alike everywhere; {value.advice}")
                    return None
                return value


@dataclass(frozen=True, slots=True)
class Names:
    """A mapping from names to anything; values keep their text."""

    def read(self, node: Node, at: Trail) -> Mapping[str, Json] | None:
        """The mapping, keys as written."""
        if not isinstance(node, Table):
            _wrong(node, at, "a mapping")
            return None
        return {
            key.text: AnyJson(as_written=True).read(value, at.key(key.text)) for key, value in node.entries
        }

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "object"}


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant; None where none is near."""
    return next(iter(difflib.get_close_matches(word[:80].lower(), known, n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """`; did you mean 'value'?`, or nothing where no known word is near."""
    near = nearest(word, known)
    return f"; did you mean '{near}'?" if near else ""


def _number(node: Node, at: Trail, wanted: str) -> int | float | None:
    if not isinstance(node, Scalar) or is_nothing(node):
        _wrong(node, at, wanted)
        return None
    value = json_number(node.text)
    if value is not None and node.plain:
        return value
    better = rewritten(node.text)
    if value is not None:
        at.problem(node, f"expected {wanted}, found text; write {node.text} without quotes")
    elif node.plain and better and better[-1].isdigit():
        at.problem(node, f"`{shown(node.text)}` is not read alike everywhere; write {better}")
    else:
        _wrong(node, at, wanted)
    return None


def _wrong(node: Node, at: Trail, wanted: str) -> None:
    at.problem(node, f"expected {wanted}, found {kind_of(node)}")
