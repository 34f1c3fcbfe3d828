"""YAML text → nodes with places. The one door to PyYAML's parser.

Builds from parser events, without recursion: deep nesting, alias bombs and lists that hold themselves are
problems at a line, never a crash. Duplicate keys are problems; PyYAML's loaders keep the last one silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from rsi_cli.errors import Problem
from rsi_cli.skill.yaml_words import plainer
from rsi_cli.suite.nodes import Listed, Node, Scalar, Table, Trail, shown

MAX_DEPTH = 60
MAX_NODES = 500_000

_STANDARD = "tag:yaml.org,2002:"
_TAGS = {Scalar: ("!", _STANDARD + "str"), Listed: ("!", _STANDARD + "seq"), Table: ("!", _STANDARD + "map")}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_HALVES = re.compile(r"\\\\|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class _UnreadableError(Exception):
    """The text cannot be read any further; the problem is noted."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end is not read yet. size: nodes in it, each alias counted in full."""

    table: bool
    line: int
    col: int
    anchor: str | None
    size: int = 1
    nodes: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    key: Scalar | None = None


def compose(text: str, trail: Trail) -> Node | None:
    """The root node of `text`; None where the text is empty or cannot be read (`trail` then holds why)."""
    text = _with_whole_escapes(text)
    if bad := _FORBIDDEN.search(text):
        _note(trail, text, bad.start(), f"character {ascii(bad.group())[1:-1]} cannot stand in YAML")
        return None
    builder = _Builder(trail)
    try:
        for event in _events(text):
            builder.take(event)
    except _UnreadableError:
        return None
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        if "end of stream" in str(error.problem):
            place = error.context_mark or place
        line, col = (place.line + 1, place.column + 1) if place else (1, 1)
        trail.found.append(
            Problem(trail.file, line, col, "", plainer(str(error.problem), _rest(text, line, col)))
        )
        return None
    except yaml.YAMLError as error:
        trail.found.append(Problem(trail.file, 1, 1, "", f"not YAML: {shown(str(error))}"))
        return None
    return builder.root


def _with_whole_escapes(text: str) -> str:
    """JSON writes 😀 as two escapes of half a character each, which YAML does not know; write it as one."""
    if "\\u" not in text or not text.lstrip().startswith(("{", "[")):
        return text
    return _HALVES.sub(_whole, text)


def _whole(match: re.Match[str]) -> str:
    if match[1] is None:  # an escaped backslash, whatever follows it
        return match[0]
    code = 0x10000 + ((int(match[1], 16) & 0x3FF) << 10) + (int(match[2], 16) & 0x3FF)
    return f"\\U{code:08x}"


def _events(text: str) -> Iterator[Event]:
    loader = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return yaml.parse(text, Loader=loader)


class _Builder:
    """Parser events in, one root node out."""

    def __init__(self, trail: Trail) -> None:
        self.root: Node | None = None
        self._trail = trail
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0

    def take(self, event: Event) -> None:
        """Add what one event says."""
        match event:
            case ScalarEvent():
                plain = event.implicit[0] and event.style in (None, "")
                scalar = Scalar(event.value, plain, *_place(event))
                self._check_tag(event, scalar)
                self._add(scalar, 1, event.anchor)
            case AliasEvent():
                self._add(*self._anchored(event))
            case SequenceStartEvent() | MappingStartEvent():
                self._start(event)
            case SequenceEndEvent() | MappingEndEvent():
                self._end()
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop(event, "a second document starts here; keep one per file")
            case _:
                pass

    def _start(self, event: SequenceStartEvent | MappingStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._stop(event, f"nested deeper than {MAX_DEPTH} levels")
        line, col = _place(event)
        table = isinstance(event, MappingStartEvent)
        self._check_tag(event, Table((), line, col) if table else Listed((), line, col))
        if self._open and self._open[-1].table and self._open[-1].key is None:
            self._stop(event, "a key must be a text")
        self._open.append(_Open(table, line, col, event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        node: Node
        if done.table:
            node = Table(self._merged(done), done.line, done.col)
        else:
            node = Listed(tuple(done.nodes), done.line, done.col)
        self._add(node, done.size, done.anchor)

    def _add(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.size += size
        if parent.size > MAX_NODES:
            self._stop(node, f"more than {MAX_NODES:,} values, aliases (`*name`) counted in full")
        if not parent.table:
            parent.nodes.append(node)
        elif parent.key is not None:
            parent.entries.append((parent.key, node))
            parent.key = None
        elif isinstance(node, Scalar):
            parent.key = node
        else:
            self._stop(node, "a key must be a text")

    def _anchored(self, event: AliasEvent) -> tuple[Node, int, None]:
        name = str(event.anchor)
        if any(frame.anchor == name for frame in self._open):
            self._stop(event, f"*{shown(name)} stands inside the very thing it names")
        if name not in self._anchors:
            self._stop(event, f"*{shown(name)} names nothing; write &{shown(name)} before it")
        node, size = self._anchors[name]
        return node, size, None

    def _merged(self, done: _Open) -> tuple[tuple[Scalar, Node], ...]:
        """The entries, each key once; `<<` brings in the entries of other mappings, and own ones win."""
        own: dict[str, tuple[Scalar, Node]] = {}
        brought: list[tuple[Scalar, Node]] = []
        for key, node in done.entries:
            if key.plain and key.text == "<<":
                brought.extend(self._brought(node))
            elif key.text in own:
                self._here().key(key.text).problem(
                    key, f"written twice (first on line {own[key.text][0].line})"
                )
            else:
                own[key.text] = (key, node)
        for key, node in brought:
            own.setdefault(key.text, (key, node))
        return tuple(own.values())

    def _brought(self, node: Node) -> Iterator[tuple[Scalar, Node]]:
        for source in node.nodes if isinstance(node, Listed) else (node,):
            if isinstance(source, Table):
                yield from source.entries
            else:
                self._here().key("<<").problem(source, "`<<` needs a mapping, as in `<<: *name`")

    def _here(self) -> Trail:
        """Where the next node belongs."""
        trail = self._trail
        for frame in self._open:
            if not frame.table:
                trail = trail.item(len(frame.nodes))
            elif frame.key is not None:
                trail = trail.key(frame.key.text)
        return trail

    def _check_tag(self, event: NodeEvent, node: Node) -> None:
        tag: str | None = event.tag  # type: ignore[attr-defined]
        if tag is not None and tag not in _TAGS[type(node)]:
            name = tag.replace(_STANDARD, "!!")
            self._here().problem(node, f"tag {shown(name)} is not supported; write the plain value")

    def _stop(self, at: Event | Node, what: str) -> None:
        line, col = _place(at) if isinstance(at, Event) else (at.line, at.col)
        self._trail.found.append(Problem(self._trail.file, line, col, self._here().path, what))
        raise _UnreadableError


def _place(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _note(trail: Trail, text: str, index: int, what: str) -> None:
    line = text.count("\n", 0, index) + 1
    col = index - text.rfind("\n", 0, index)
    trail.found.append(Problem(trail.file, line, col, "", what))


def _rest(text: str, line: int, col: int) -> str:
    """What stands in a line from a column on."""
    lines = text.split("\n")
    return lines[line - 1][col - 1 :] if line <= len(lines) else ""
