"""The one list of assertion types, shared by the loader, the published schema and the graders' menu."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rsi_cli.nouns import Json
from rsi_cli.prompts.render import is_template
from rsi_cli.suite.data_schemas import Fault, schema_faults
from rsi_cli.suite.kinds import AnyJson, JsonSchema, Kind, ListOf, Text, Whole
from rsi_cli.suite.nodes import Listed, Node, Scalar, Table, Trail, kind_of
from rsi_cli.suite.shape import Field, Shape
from rsi_cli.suite.templates import Template

SET: Final = "assert-set"
IMP_AT_K: Final = "imp-at-k"

_TEXT = Template(Text(least=1))
_PROSE = Template(Text(blank=False))
_TEXTS = ListOf(_TEXT, least=1)
_JAVASCRIPT = (  # what JavaScript alone knows → something that Python takes in its place
    (re.compile(r"\(\?<(?=[A-Za-z_$])"), "(?P<"),
    (re.compile(r"\\k<(\w+)>"), r"(?P=\1)"),
    (re.compile(r"\\[pP]\{[^}]*\}|\\c[A-Za-z]"), "x"),
    (re.compile(r"\[\^?\]"), "x"),
)


@dataclass(frozen=True, slots=True)
class AssertionType:
    """One type. value: what its `value` may be; None where it takes none. about: one line for editors."""

    name: str
    about: str
    value: Kind[Json] | None
    needs_value: bool = True


class _Pattern:
    """A regular expression as JavaScript writes it, which is nearly as Python does.

    The graders have the last word; here only what no reader of patterns takes is refused.
    """

    def read(self, node: Node, at: Trail) -> str | None:
        """The pattern; that it compiles is checked."""
        text = _TEXT.read(node, at)
        if text is not None and not is_template(text) and (fault := pattern_fault(text)):
            at.problem(node, fault)
            return None
        return text

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "string", "minLength": 1}


class _Words:
    """A list of texts, or one text with commas between them."""

    def read(self, node: Node, at: Trail) -> Json:
        """The text, or the texts as a list."""
        if isinstance(node, Scalar):
            return _PROSE.read(node, at)
        found = _TEXTS.read(node, at)
        return None if found is None else list(found)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"anyOf": [_PROSE.schema(), _TEXTS.schema()]}


class _DataSchema:
    """A JSON Schema, written as a mapping.

    The graders check it by the same rules; they have the last word on its patterns and its references.
    """

    def read(self, node: Node, at: Trail) -> Json:
        """The schema, its scalars read as JSON; each of its faults is noted where it stands."""
        if not isinstance(node, Table):
            at.problem(node, f"expected a JSON Schema (a mapping), found {kind_of(node)}")
            return None
        before = len(at.found)
        schema = AnyJson().read(node, at)
        if isinstance(schema, Mapping) and len(at.found) == before:
            for fault in schema_faults(schema, pattern_fault):
                _note(fault, node, at)
        return schema

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "object"}


_MIN = Field(name="min", kind=Whole(0), about="Fewest words.")
_MAX = Field(name="max", kind=Whole(0), about="Most words.")
_RANGE = Shape("a word count", (_MIN, _MAX))


class _WordCount:
    """A number of words, or {min, max}."""

    def read(self, node: Node, at: Trail) -> Json:
        """The number, or the ends that are given."""
        if not isinstance(node, Table):
            return Whole(0).read(node, at)
        row = _RANGE.row(node, at)
        if row is None:
            return None
        low, high = row.get(_MIN, None), row.get(_MAX, None)
        if row.lacks(_MIN, _MAX):
            at.problem(node, "needs `min`, `max` or both")
        if low is not None and high is not None and low > high:
            row.problem(_MIN, f"min {low} is more than max {high}")
        return {name: end for name, end in (("min", low), ("max", high)) if end is not None}

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"anyOf": [Whole(0).schema(), {**_RANGE.schema(), "minProperties": 1}]}


class _Answer:
    """Any JSON; a text may be a template."""

    def read(self, node: Node, at: Trail) -> Json:
        """The value; templates unrendered."""
        value = AnyJson().read(node, at)
        return _TEXT.read(node, at) if isinstance(value, str) and is_template(value) else value

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return AnyJson().schema()


ASSERTION_TYPES: Final[Mapping[str, AssertionType]] = {
    one.name: one
    for one in (
        AssertionType(
            "equals", "The answer is exactly this; without a value, `expected`.", _Answer(), needs_value=False
        ),
        AssertionType("contains", "The answer holds this text.", _TEXT),
        AssertionType("icontains", "The answer holds this text, in any case.", _TEXT),
        AssertionType("contains-any", "The answer holds at least one of these texts.", _Words()),
        AssertionType("contains-all", "The answer holds all of these texts.", _Words()),
        AssertionType("icontains-any", "The answer holds one of these texts, in any case.", _Words()),
        AssertionType("icontains-all", "The answer holds all of these texts, in any case.", _Words()),
        AssertionType("starts-with", "The answer begins with this text.", _TEXT),
        AssertionType("regex", "This regular expression matches somewhere in the answer.", _Pattern()),
        AssertionType(
            "is-json",
            "The whole answer is JSON, and fits the schema if one is given.",
            _DataSchema(),
            needs_value=False,
        ),
        AssertionType(
            "contains-json",
            "The answer holds JSON that fits the schema, if any.",
            _DataSchema(),
            needs_value=False,
        ),
        AssertionType("word-count", "The answer has this many words, or {min, max}.", _WordCount()),
        AssertionType("llm-rubric", "A judge model finds that the answer meets this rubric.", _PROSE),
        AssertionType(
            IMP_AT_K,
            "The best of the children that an improver wrote is better than their parent; for a `pair`.",
            None,
            needs_value=False,
        ),
        AssertionType(SET, "Several assertions that count as one.", None, needs_value=False),
    )
}


def pattern_fault(text: str) -> str | None:
    """Why no reader of patterns takes this one; None where one might."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(_in_python(text))
    except (re.error, OverflowError, RecursionError) as error:
        if "look-behind" not in str(error):  # of any width is fine in JavaScript
            return f"not a regular expression: {error}"
    return None


def _note(fault: Fault, node: Node, at: Trail) -> None:
    """Note a fault of a schema where it stands in the file. node, at: of the schema."""
    for depth, step in enumerate(fault.path, 1):
        if isinstance(node, Table):
            key, value = next(entry for entry in node.entries if entry[0].text == step)
            node, at = key if fault.of_key and depth == len(fault.path) else value, at.key(key.text)
        elif isinstance(node, Listed) and isinstance(step, int):
            node, at = node.nodes[step], at.item(step)
    at.problem(node, fault.what)


def _in_python(pattern: str) -> str:
    for theirs, ours in _JAVASCRIPT:
        pattern = theirs.sub(ours, pattern)
    return pattern
