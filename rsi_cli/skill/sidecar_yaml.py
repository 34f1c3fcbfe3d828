"""The bytes of a sidecar → nodes with places. What cannot be read is a problem at line and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsi_cli.skill.sidecar_read import Listed, Node, Reader, Scalar, Table
from rsi_cli.skill.yaml_words import plainer

if TYPE_CHECKING:
    import yaml

OUT_OF_RANGE = "a number is out of range, in an escape such as \\U0010FFFF or after %YAML"
_MOST_NODES = 20_000
_MOST_DEPTH = 8


def composed(raw: bytes, reader: Reader) -> Node | None:
    """The root node of a file; None where it is empty, or cannot be read: the reader then knows why."""
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        col = error.start - raw.rfind(b"\n", 0, error.start)
        reader.note(_at(line, col), "", f"byte 0x{raw[error.start]:02x} is not UTF-8; save it as UTF-8 text")
        return None
    return _composed(text, reader)


def _composed(text: str, reader: Reader) -> Node | None:
    import yaml

    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        return _Copy().of(root) if root else None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        col = error.position - text.rfind("\n", 0, error.position)
        reader.note(_at(line, col), "", f"character U+{ord(text[error.position]):04X} cannot stand in YAML")
    except yaml.MarkedYAMLError as error:
        place, what = _complaint(error, text, loader)
        reader.note(place, "", what)
    except _UnfitError as error:
        reader.note(_at(error.line, error.col), "", error.what)
    except RecursionError:
        reader.note(_reached(loader), "", "too deeply nested")
    except (ValueError, OverflowError):  # PyYAML takes any number for a character's, or a version's
        reader.note(_reached(loader), "", OUT_OF_RANGE)
    return None


def _reached(loader: yaml.SafeLoader | None) -> Listed:
    return _at(loader.line + 1, loader.column + 1) if loader else _at(1, 1)


def _complaint(error: yaml.MarkedYAMLError, text: str, loader: yaml.SafeLoader | None) -> tuple[Listed, str]:
    """Where a mistake is and what it is: what is never closed is named where it was opened."""
    problem = str(error.problem)
    mark = error.problem_mark or error.context_mark
    opened = loader.marks[-1] if loader and loader.marks else None
    sign = text[opened.index : opened.index + 1] if opened else ""
    if opened and sign in ("[", "{") and "<stream end>" in problem:
        return _at(opened.line + 1, opened.column + 1), f"the {sign} that is opened here is never closed"
    if "end of stream" in problem:
        mark = error.context_mark or mark
    if mark is None:
        return _at(1, 1), plainer(problem, "")
    return _at(mark.line + 1, mark.column + 1), plainer(problem, text[mark.index :].split("\n", 1)[0])


def _at(line: int, col: int) -> Listed:
    """A place without a node."""
    return Listed((), line, col)


@dataclass
class _UnfitError(Exception):
    """YAML that no sidecar is made of."""

    line: int
    col: int
    what: str


@dataclass(slots=True)
class _Copy:
    """Turns composed nodes into ours. Aliases may repeat or contain themselves, hence the two limits."""

    left: int = _MOST_NODES

    def of(self, node: yaml.Node, depth: int = 0) -> Node:
        """A node and what is in it. Raises _UnfitError past the limits."""
        import yaml

        self.left -= 1
        mark = node.start_mark
        line, col = mark.line + 1, mark.column + 1
        if self.left < 0 or depth > _MOST_DEPTH:
            raise _UnfitError(line, col, "too many or too deeply nested values")
        if isinstance(node, yaml.ScalarNode):
            return Scalar(str(node.value), node.tag == "tag:yaml.org,2002:str", line, col)
        if isinstance(node, yaml.SequenceNode):
            return Listed(tuple(self.of(item, depth + 1) for item in node.value), line, col)
        pairs = [(self.of(key, depth + 1), self.of(value, depth + 1)) for key, value in node.value]
        entries = tuple((key, value) for key, value in pairs if isinstance(key, Scalar))
        if len(entries) < len(pairs):
            raise _UnfitError(line, col, "a key must be plain text")
        return Table(entries, line, col)
