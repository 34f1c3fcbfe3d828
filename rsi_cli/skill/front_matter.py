"""The front matter of a skill: cut off as raw text, read but never written.

Writers reorder keys and drop comments, so the raw text is what is kept. The only door to YAML in this room.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from rsi_cli.errors import InputError, Problem
from rsi_cli.nouns import Json
from rsi_cli.skill.lines import split_lines
from rsi_cli.skill.sidecar_yaml import OUT_OF_RANGE

if TYPE_CHECKING:
    from yaml import MappingNode, Node, ScalarNode

_FENCE = re.compile(r"---[ \t]*(?:\r\n|\r|\n)?")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_WORDS: Mapping[str, Json] = {"": None, "~": None, "null": None, "true": True, "false": False}
_MAX_NODES = 2000
_MAX_DEPTH = 20
_HINT = "mend the lines between the two `---`, or put a blank line first if that `---` is only a rule"


def split(text: str) -> tuple[str, str]:
    """Cut into front matter (both fences and their line ends included) and body.

    Without a closing fence there is no front matter: the first `---` is then a rule of the body.
    """
    lines = split_lines(text)
    if not lines or not _FENCE.fullmatch(lines[0]):
        return "", text
    for i, line in enumerate(lines[1:], start=1):
        if _FENCE.fullmatch(line):
            end = sum(map(len, lines[: i + 1]))
            return text[:end], text[end:]
    return "", text


def text_of(values: Mapping[str, Json], key: str) -> str:
    """Give the value of `key` as text; '' if it is missing or no plain value."""
    value = values.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


@lru_cache(maxsize=64)
def read(raw: str) -> Mapping[str, Json]:
    """Read raw front matter, fences included; empty for ''.

    Plain words mean what they show: `no` is "no", `012` is "012", `1.10` is "1.10"; only true, false, null
    and numbers that would be written the same way again are converted. Raises InputError with every
    problem at line and column of the file (`Problem.file` is '': the caller knows the path).
    """
    if not raw:
        return MappingProxyType({})
    reader = _Reader()
    values = reader.mapping(_compose("".join(split_lines(raw)[1:-1])))
    if reader.problems:
        raise _error(tuple(reader.problems))
    return MappingProxyType(values)


def _error(problems: tuple[Problem, ...]) -> InputError:
    return InputError("the front matter cannot be read", hint=_HINT, problems=problems)


def _problem(line: int, col: int, what: str, where: str = "front matter") -> Problem:
    """Place a problem; line and col count from 0 between the fences, where line 0 is the file's line 2."""
    return Problem(file="", line=line + 2, col=col + 1, where=where, what=what)


def _compose(inner: str) -> Node | None:
    import yaml

    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(inner)
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, col = (mark.line, mark.column) if mark else (0, 0)
        what = error.problem or "no valid YAML"
        raise _error((_problem(line, col, _plainer(what)),)) from error
    except yaml.reader.ReaderError as error:
        before = split_lines(inner[: error.position] + "x")
        what = f"character U+{ord(inner[error.position]):04X} is not allowed in YAML"
        raise _error((_problem(len(before) - 1, len(before[-1]) - 1, what),)) from error
    except RecursionError as error:
        raise _error((_problem(0, 0, "nested too deeply"),)) from error
    except (ValueError, OverflowError) as error:  # PyYAML takes any number for a character's, or a version's
        line, col = (loader.line, loader.column) if loader else (0, 0)
        raise _error((_problem(line, col, OUT_OF_RANGE),)) from error


def _plainer(what: str) -> str:
    if what == "mapping values are not allowed here":
        return "a second `: ` in one line; put the value in quotes"
    return what


class _Reader:
    """Turns composed nodes into plain values and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._nodes = 0

    def mapping(self, node: Node | None) -> dict[str, Json]:
        """Read the top of the front matter, which has to be a mapping."""
        from yaml import MappingNode

        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            self._note(node, "expected `key: value` lines")
            return {}
        return self._pairs(node, "", 0)

    def _note(self, node: Node, what: str, where: str = "") -> None:
        self.problems.append(
            _problem(node.start_mark.line, node.start_mark.column, what, where or "front matter")
        )

    def _pairs(self, node: MappingNode, where: str, depth: int) -> dict[str, Json]:
        from yaml import ScalarNode

        values: dict[str, Json] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._note(key, "a key must be plain text", where)
                continue
            path = f"{where}.{key.value}" if where else key.value
            if key.value in values:
                self._note(key, f"written twice (first on line {lines[key.value]})", path)
                continue
            lines[key.value] = key.start_mark.line + 2
            values[key.value] = self._value(value, path, depth + 1)
        return values

    def _value(self, node: Node, where: str, depth: int) -> Json:
        """One value. Aliases may repeat or contain themselves, hence the two caps."""
        from yaml import MappingNode, ScalarNode, SequenceNode

        self._nodes += 1
        if self._nodes > _MAX_NODES or depth > _MAX_DEPTH:
            if self._nodes <= _MAX_NODES + 1:
                self._note(node, "too many or too deeply nested values", where)
            self._nodes = _MAX_NODES + 1
            return None
        if isinstance(node, MappingNode):
            return self._pairs(node, where, depth)
        if isinstance(node, SequenceNode):
            return tuple(self._value(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(node.value))
        return _scalar(node) if isinstance(node, ScalarNode) else None


def _scalar(node: ScalarNode) -> Json:
    text: str = node.value
    if node.style is not None or node.tag == "tag:yaml.org,2002:binary":
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text) if "." in text else int(text)
    return number if str(number) == text else text
