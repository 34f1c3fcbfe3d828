"""Mappings with known keys: fields, what is missing, what is unknown, and which key was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rsi_cli.nouns import Json
from rsi_cli.suite.kinds import JsonSchema, Kind, nearest
from rsi_cli.suite.nodes import Node, Table, Trail, is_nothing, kind_of

T = TypeVar("T")
D = TypeVar("D")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[T_co]):
    """A known key. about: one sentence for editors. meant_by: other words that people write for it."""

    name: str
    kind: Kind[T_co]
    about: str
    required: bool = False
    meant_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """The known keys of a mapping. what: in words, `a case`. never: keys that must not be there, and why."""

    what: str
    fields: tuple[Field[object], ...]
    never: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = field(init=False)
    required: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", frozenset(one.name for one in self.fields))
        object.__setattr__(self, "required", frozenset(one.name for one in self.fields if one.required))

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        properties: dict[str, Json] = {
            f.name: {"description": f.about, **f.kind.schema()} for f in self.fields
        }
        required: list[Json] = [f.name for f in self.fields if f.required]
        head: dict[str, Json] = {"type": "object", "additionalProperties": False, "properties": properties}
        return {**head, "required": required} if required else head

    def row(self, node: Node, at: Trail) -> Row | None:
        """The mapping at `node`, unknown and missing keys noted; None (and a problem) where it is none."""
        if not isinstance(node, Table):
            at.problem(node, f"expected {self.what} (a mapping), found {kind_of(node)}")
            return None
        guessed = self._check_keys(node, at)
        return Row(node, at, {key.text: value for key, value in node.entries}, guessed)

    def _check_keys(self, node: Table, at: Trail) -> frozenset[str]:
        """Note unknown and missing keys; the known ones that the unknown were probably meant to be."""
        known = self.known
        written = {key.text for key, _ in node.entries}
        if written <= known and self.required <= written:
            return frozenset()
        meant = {word: one.name for one in self.fields for word in one.meant_by}
        guessed: set[str] = set()
        for key, _ in node.entries:
            if key.text in known:
                continue
            if key.text in self.never:
                at.key(key.text).problem(key, self.never[key.text])
                continue
            guess = meant.get(key.text.lower()) or nearest(key.text, known - written)
            guessed |= {guess} if guess else set()
            tail = f"; did you mean '{guess}'?" if guess else f"; {self.what} has {', '.join(sorted(known))}"
            at.key(key.text).problem(key, f"unknown key{tail}")
        for one in self.fields:
            if one.required and one.name not in written | guessed:
                at.problem(node, f"{self.what} needs `{one.name}`")
        return frozenset(guessed)


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping of the file, ready to be asked for its fields.

    guessed: known keys that are there under a wrong name. That is noted already; do not miss them once more.
    """

    table: Table
    at: Trail
    nodes: Mapping[str, Node]
    guessed: frozenset[str] = frozenset()

    def node(self, field: Field[T]) -> Node | None:
        """What stands at a key; None where it is absent or says nothing."""
        node = self.nodes.get(field.name)
        return None if node is None or is_nothing(node) else node

    def lacks(self, *fields: Field[object]) -> bool:
        """Whether none of these says anything, not even under a wrong name."""
        return all(self.node(field) is None and field.name not in self.guessed for field in fields)

    def get(self, field: Field[T], default: D) -> T | D:
        """The value of a field; `default` where it is absent, says nothing, or is wrong (then noted)."""
        node = self.node(field)
        if node is None:
            if field.required and field.name in self.nodes:
                self.problem(field, f"must not be empty; {field.about}")
            return default
        value = field.kind.read(node, self.at.key(field.name))
        return default if value is None else value

    def names(self) -> frozenset[str]:
        """The keys that say something."""
        return frozenset(name for name, node in self.nodes.items() if not is_nothing(node))

    def problem(self, field: Field[T], what: str) -> None:
        """Note a mistake at a field that is there, or at the mapping where it is not."""
        self.at.key(field.name).problem(self.nodes.get(field.name, self.table), what)


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """A kind: a mapping of some shape, built into one value."""

    shape: Shape
    build: Callable[[Row], T | None]

    def read(self, node: Node, at: Trail) -> T | None:
        """The value that `build` makes of the mapping."""
        row = self.shape.row(node, at)
        return None if row is None else self.build(row)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return self.shape.schema()
