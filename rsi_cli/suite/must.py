"""Hard constraints: `must` at the top of a suite, and `must` of one case.

Those on the skill's text say what no child may be, those on answers what no promotion may rest on, whatever
the score. What nothing could ever keep to is a mistake of the file, and told as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rsi_cli.nouns import Json
from rsi_cli.skill.phrases import holds_phrase, one_line
from rsi_cli.suite.assertion_types import pattern_fault
from rsi_cli.suite.assertions import AssertionKind, weightless
from rsi_cli.suite.kinds import JsonSchema, ListOf, Text, Whole
from rsi_cli.suite.model import Assertion, Forbidden, Heading, Must
from rsi_cli.suite.nodes import Node, Table, Trail, is_nothing, shown
from rsi_cli.suite.shape import Field, Record, Row, Shape

_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*")
_PHRASE = Text(blank=False, one_line=True)


class _HeadingKind:
    """A Markdown heading, as it stands in the skill."""

    def read(self, node: Node, at: Trail) -> Heading | None:
        """The heading: its level and its text."""
        if is_nothing(node):
            at.problem(
                node, 'expected a heading, found nothing; quote it, as in "## Answer": `#` is a comment'
            )
            return None
        text = _PHRASE.read(node, at)
        match = None if text is None else _HEADING.fullmatch(text)
        if match is None or not match["title"]:
            if text is not None:
                at.problem(
                    node, f'`{shown(text)}` is no heading; write it as the skill does, as in "## Answer"'
                )
            return None
        return Heading(len(match["marks"]), one_line(match["title"]))

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "string", "pattern": r"^#{1,6}[ \t]+\S"}


class _Pattern:
    """A pattern that a skill can keep clear of."""

    def read(self, node: Node, at: Trail) -> str | None:
        """The pattern; that it compiles is checked."""
        text = _PHRASE.read(node, at)
        if text is None:
            return None
        if fault := pattern_fault(text):
            at.problem(node, fault)
            return None
        return text

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "string", "minLength": 1}


_REGEX = Field(
    name="regex",
    kind=_Pattern(),
    about="A regular expression that may match nowhere in the skill.",
    required=True,
    meant_by=("pattern", "match", "matches"),
)
_FORBIDDEN_PATTERN = Shape("a forbidden pattern", (_REGEX,))


class _ForbiddenKind:
    """A phrase, or a mapping with a pattern."""

    def read(self, node: Node, at: Trail) -> Forbidden | None:
        """What is forbidden."""
        if not isinstance(node, Table):
            phrase = _PHRASE.read(node, at)
            return None if phrase is None else Forbidden(one_line(phrase))
        row = _FORBIDDEN_PATTERN.row(node, at)
        pattern = None if row is None else row.get(_REGEX, None)
        return None if pattern is None else Forbidden(pattern, is_pattern=True)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"anyOf": [_PHRASE.schema(), _FORBIDDEN_PATTERN.schema()]}


@dataclass(frozen=True, slots=True)
class _Demand:
    """An assertion that has to hold. It counts in no score, so it has no weight."""

    def read(self, node: Node, at: Trail) -> Assertion | None:
        """The assertion; one that weighs something, or that nothing could break, is a problem."""
        found = AssertionKind().read(node, at)
        for key, _ in node.entries if isinstance(node, Table) else ():
            if key.text == "weight":
                at.key("weight").problem(key, "a hard constraint has no weight: it counts in no score")
                return None
        if found is not None and found.threshold == 0:
            at.problem(node, "with threshold 0 every answer passes, so nothing is demanded")
            return None
        if found is not None and weightless(found.parts):
            at.problem(node, "no assertion of the set weighs anything; give at least one a weight above 0")
            return None
        return found

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        no_weight: dict[str, Json] = {"not": {"type": "object", "required": ["weight"]}}
        return {"allOf": [AssertionKind().schema(), no_weight]}


_MAX_CHARS = Field(
    name="max_chars",
    kind=Whole(1),
    about="Most characters of the skill text that models read.",
    meant_by=("max_length", "chars", "length"),
)
_MAX_TOKENS = Field(
    name="max_tokens", kind=Whole(1), about="Most tokens of it, counted as a quarter of its bytes."
)
_FORBIDDEN = Field(
    name="forbidden",
    kind=ListOf(_ForbiddenKind(), or_one=True, least=1),
    about="Phrases, in any case, and patterns that may not stand in the skill.",
    meant_by=("forbidden_phrases", "forbid", "never", "not"),
)
_SECTIONS = Field(
    name="sections",
    kind=ListOf(_HeadingKind(), or_one=True, least=1),
    about="Headings that the skill has to have, with their hashes.",
    meant_by=("headings", "required_sections", "require"),
)
_ASSERTS = Field(
    name="assert",
    kind=ListOf(_Demand(), least=1),
    about="What every answer to every case has to meet, whatever its score.",
    meant_by=("asserts", "assertions", "answers"),
)
_NO_WORDS = (
    "rsi limits the skill in characters or tokens, not in words; write `max_chars` or `max_tokens`; "
    "for the words of answers, `assert: [{word-count: {max: 200}}]`"
)
_MUST = Shape(
    "the hard constraints",
    (_MAX_CHARS, _MAX_TOKENS, _FORBIDDEN, _SECTIONS, _ASSERTS),
    never=dict.fromkeys(("max_words", "min_words", "words", "word_count", "word-count"), _NO_WORDS),
)


def _must(row: Row) -> Must:
    must = Must(
        max_chars=row.get(_MAX_CHARS, None),
        max_tokens=row.get(_MAX_TOKENS, None),
        forbidden=tuple(dict.fromkeys(row.get(_FORBIDDEN, ()))),
        sections=tuple(dict.fromkeys(row.get(_SECTIONS, ()))),
        asserts=row.get(_ASSERTS, ()),
    )
    if not row.names():
        row.at.problem(row.table, f"must not be empty; it may have {', '.join(sorted(_MUST.known))}")
    for phrase, heading in _at_odds(must):
        row.problem(
            _FORBIDDEN, f"`{shown(phrase)}` stands in the heading `{heading}` that `sections` demands"
        )
    for what in opposites_within(must.asserts):
        row.problem(_ASSERTS, what)
    least = len("\n".join(map(str, must.sections)))
    if must.max_chars is not None and least > must.max_chars:
        row.problem(_MAX_CHARS, f"the headings of `sections` alone have {least} characters")
    return must


def _at_odds(must: Must) -> Iterator[tuple[str, Heading]]:
    for one in must.forbidden:
        for heading in must.sections:
            if not one.is_pattern and holds_phrase(str(heading), one.text):
                yield one.text, heading


class _MustKind:
    """The hard constraints; a mapping that says nothing is a mistake."""

    def read(self, node: Node, at: Trail) -> Must | None:
        """What the mapping demands."""
        return Record(_MUST, _must).read(node, at)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {**_MUST.schema(), "minProperties": 1}


MUST = Field(
    name="must",
    kind=_MustKind(),
    about="Hard constraints that no score makes up for, on the skill's text and on all answers.",
    meant_by=("constraints", "hard_constraints", "musts", "require"),
)
CASE_MUST = Field(
    name="must",
    kind=ListOf(_Demand(), least=1),
    about="What every answer to this case has to meet, whatever its score.",
    meant_by=("constraints", "musts", "require"),
)


def opposites(demands: Sequence[Assertion], others: Sequence[Assertion]) -> Iterator[str]:
    """Say of each pair, one of these and one of the others, that no answer can meet both."""
    for one in demands:
        turned = replace(one, negated=not one.negated, metric=None, weight=1.0)
        for other in others:
            if replace(other, metric=None, weight=1.0) == turned:
                yield (
                    f"`{one.written}` and `{other.written}` of the same are both demanded; "
                    "no answer can meet both"
                )


def opposites_within(demands: Sequence[Assertion]) -> Iterator[str]:
    """Say the same of each pair of these."""
    for at, one in enumerate(demands):
        yield from opposites((one,), demands[at + 1 :])
