"""A whole suite file, read from its nodes: the keys at the top, and how its parts come together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rsi_cli.suite.cases import DEFAULTS, Defaults, read_cases
from rsi_cli.suite.gold import GOLD, checked_gold
from rsi_cli.suite.hash import suite_hash
from rsi_cli.suite.kinds import JsonSchema, Text
from rsi_cli.suite.model import Must, Suite
from rsi_cli.suite.must import MUST
from rsi_cli.suite.nodes import Listed, Node, Table, Trail, kind_of
from rsi_cli.suite.pairs import Shelf
from rsi_cli.suite.sections import FIELDS as SECTION_FIELDS
from rsi_cli.suite.sections import sections_of
from rsi_cli.suite.shape import Field, Row, Shape
from rsi_cli.suite.templates import DEFAULT_PROMPT, Template


class _CaseList:
    """A list of cases, not read yet: that needs the defaults and the prompt."""

    def read(self, node: Node, at: Trail) -> tuple[Node, ...] | None:
        """The nodes of the cases."""
        if not isinstance(node, Listed):
            at.problem(node, f"expected a list of cases, found {kind_of(node)}")
            return None
        if not node.nodes:
            at.problem(node, "no cases; a suite needs at least one")
        return node.nodes

    def schema(self) -> JsonSchema:
        """Refers to the definition, which the bare form shares."""
        return {"$ref": "#/$defs/cases"}


_SCHEMA = Field(name="$schema", kind=Text(), about="Address of this schema, for editors.")
_NAME = Field(
    name="name", kind=Text(blank=False, one_line=True), about="Name of the suite; the file's if left out."
)
_DESCRIPTION = Field(name="description", kind=Text(), about="What the suite measures.")
_PROMPT = Field(
    name="prompt",
    kind=Template(Text(blank=False)),
    about="Template of what the actor is sent, over `input` and the case's vars; {{ input }} if left out.",
    meant_by=("prompts", "template"),
)
_CASES = Field(
    name="cases", kind=_CaseList(), about="The cases.", meant_by=("tests", "examples", "evals", "items")
)
SUITE = Shape(
    "a suite", (_SCHEMA, _NAME, _DESCRIPTION, _PROMPT, *SECTION_FIELDS, MUST, DEFAULTS, _CASES, GOLD)
)


def suite_of(root: Node, trail: Trail, name: str, shelf: Shelf | None = None) -> Suite:
    """The suite in a file: a mapping with `cases:`, or a bare list of cases.

    name: the suite's unless it says its own. shelf: see `cases.Defaults`. Mistakes are noted on `trail`;
    where there are any, the suite that is returned is not to be used.
    """
    if isinstance(root, Listed):
        cases = _CaseList().read(root, trail)
        return _build(Row(Table((), root.line, root.col), trail, {}), (cases, trail), name, shelf)
    row = SUITE.row(root, trail) if isinstance(root, Table) else None
    if row is None:
        trail.problem(root, f"expected `cases:` or a list of cases, found {kind_of(root)}")
        return Suite(name=name, path=trail.file, hash="", cases=())
    cases = row.get(_CASES, None)
    if cases is None and row.lacks(_CASES):
        trail.problem(root, "a suite needs `cases:`, a list of {id, input, expected}")
    return _build(row, (cases, trail.key(_CASES.name)), name, shelf)


def _build(row: Row, written: tuple[Sequence[Node] | None, Trail], name: str, shelf: Shelf | None) -> Suite:
    """written: the nodes of the cases, and where they stand."""
    nodes, at = written
    row.get(_SCHEMA, None)
    prompt = row.get(_PROMPT, DEFAULT_PROMPT if row.lacks(_PROMPT) else "")
    sections = sections_of(row)
    defaults = row.get(DEFAULTS, Defaults(grades=not row.lacks(DEFAULTS)))
    must = row.get(MUST, Must())
    cases = read_cases(nodes or (), at, replace(defaults, must=must.asserts, shelf=shelf), prompt)
    labels = row.get(GOLD, ())
    return Suite(
        name=row.get(_NAME, name),
        path=at.file,
        hash="" if at.found else suite_hash(cases, prompt, must),
        cases=cases,
        gold=checked_gold(labels, cases) if cases else (),
        description=row.get(_DESCRIPTION, ""),
        prompt=prompt,
        epochs=sections.epochs or 1,
        models=sections.models,
        improvers=sections.improvers,
        limits=sections.limits,
        gate=sections.gate,
        must=must,
        stated=sections.stated,
    )
