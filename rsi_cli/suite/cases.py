"""Cases, and the defaults that stand under each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from rsi_cli.nouns import CaseId, Json, Split
from rsi_cli.suite.assertions import AssertionKind, completed, wants_expected, weightless
from rsi_cli.suite.hash import input_id
from rsi_cli.suite.kinds import AnyJson, ListOf, Names, Number, OneOf, Text, Whole
from rsi_cli.suite.model import Assertion, Case
from rsi_cli.suite.must import CASE_MUST, opposites, opposites_within
from rsi_cli.suite.nodes import Listed, Node, Scalar, Table, Trail, shown
from rsi_cli.suite.pairs import PAIR, Shelf, laid_out, named_wrongly
from rsi_cli.suite.same_input import drawn_together, same_inputs, torn
from rsi_cli.suite.shape import Field, Record, Row, Shape
from rsi_cli.suite.split import Placement, assign, conflicts
from rsi_cli.suite.templates import DEFAULT_PROMPT, render_fault, texts_of

_NAME = Text(blank=False, one_line=True)
_SPLITS: Mapping[str, Split] = {str(split): split for split in Split}

ID = Field(
    name="id",
    kind=_NAME,
    about="A name for the case, once in the file; left out, it is derived from the input.",
    meant_by=("name", "case"),
)
INPUT = Field(
    name="input",
    kind=Text(),
    about="What the actor is sent.",
    meant_by=("question", "prompt", "query", "text"),
)
VARS = Field(
    name="vars", kind=Names(), about="Values for the suite's `prompt` template.", meant_by=("variables",)
)
EXPECTED: Field[Json] = Field(
    name="expected",
    kind=AnyJson(),
    about="The right answer. Without assertions it must be met exactly; beside them it is a reference only.",
    meant_by=("expect", "output", "answer", "ideal", "reference", "label"),
)
ASSERTS = Field(
    name="assert",
    kind=ListOf(AssertionKind()),
    about="What the answer must meet.",
    meant_by=("asserts", "assertions", "graders", "checks", "expectations"),
)
SPLIT = Field(
    name="split",
    kind=OneOf(_SPLITS),
    about="Who may see it: train (the improver), holdout (the gate alone), known-good, sealed.",
)
TAGS = Field(name="tags", kind=ListOf(_NAME, or_one=True), about="Labels for reports.", meant_by=("labels",))
WEIGHT = Field(name="weight", kind=Number(0), about="How much it counts in the mean; 1 if left out.")
CLUSTER = Field(
    name="cluster",
    kind=_NAME,
    about="Cases of one cluster are variations of one thing and share a split.",
    meant_by=("group",),
)
EPOCHS = Field(name="epochs", kind=Whole(1), about="How often it is asked.", meant_by=("repeat", "repeats"))
THRESHOLD = Field(
    name="threshold",
    kind=Number(0, 1),
    about="With one, the case passes at this score and nothing else counts.",
)
DESCRIPTION = Field(
    name="description", kind=Text(), about="What it is about, for reports.", meant_by=("comment", "note")
)
METADATA = Field(
    name="metadata", kind=Names(), about="Your own notes; read by nobody and not part of the hash."
)

CASE = Shape(
    "a case",
    (
        ID,
        INPUT,
        PAIR,
        VARS,
        EXPECTED,
        ASSERTS,
        CASE_MUST,
        SPLIT,
        TAGS,
        WEIGHT,
        CLUSTER,
        EPOCHS,
        THRESHOLD,
        DESCRIPTION,
        METADATA,
    ),
)
_DEFAULTS = Shape(
    "the defaults",
    (ASSERTS, VARS, SPLIT, TAGS, WEIGHT, EPOCHS, THRESHOLD),
    never={"must": "what every answer must meet stands at the top of the suite: `must: {assert: [...]}`"},
)
_USES_INPUT = re.compile(r"\{[{%][^{}]*\binput\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What every case has unless it says otherwise; its assertions and tags are added to.

    grades: whether assertions were written, readable or not. must: the suite's hard constraints on answers.
    shelf: where the files of pairs are; None where they are not to be read.
    """

    asserts: tuple[Assertion, ...] = ()
    vars: Mapping[str, Json] = field(default_factory=dict)
    split: Split | None = None
    tags: tuple[str, ...] = ()
    weight: float = 1.0
    epochs: int | None = None
    threshold: float | None = None
    grades: bool = False
    must: tuple[Assertion, ...] = ()
    shelf: Shelf | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A case whose split is not assigned yet, and where it was written."""

    case: Case
    row: Row
    own_split: Split | None


def _defaults(row: Row) -> Defaults:
    return Defaults(
        asserts=row.get(ASSERTS, ()),
        vars=row.get(VARS, {}),
        split=row.get(SPLIT, None),
        tags=row.get(TAGS, ()),
        weight=row.get(WEIGHT, 1.0),
        epochs=row.get(EPOCHS, None),
        threshold=row.get(THRESHOLD, None),
        grades=not row.lacks(ASSERTS),
    )


DEFAULTS = Field(
    name="defaults",
    kind=Record(_DEFAULTS, _defaults),
    about="Stands under every case.",
    meant_by=("default", "defaulttest"),
)


def read_cases(nodes: Sequence[Node], at: Trail, defaults: Defaults, prompt: str) -> tuple[Case, ...]:
    """All cases in file order, each with its split; mistakes are noted on `at`."""
    rows = (CASE.row(node, at.item(index)) for index, node in enumerate(nodes))
    drafts = [_draft(row, defaults, prompt) for row in rows if row is not None]
    _check_ids(drafts)
    placements = [
        Placement(case_id=d.case.id, cluster=d.case.cluster, own=d.own_split, default=defaults.split)
        for d in drafts
    ]
    alike = same_inputs([d.case for d in drafts], prompt)
    splits = assign(drawn_together(placements, alike))
    _check_alike(drafts, torn(splits, alike))
    for index, earlier in conflicts(placements):
        draft = drafts[index]
        what = f"cluster `{shown(str(draft.case.cluster))}` is in {earlier} already; a cluster has one split"
        draft.row.problem(SPLIT, what)
    placed = ((replace(d.case, split=split), d.row) for d, split in zip(drafts, splits, strict=True))
    return tuple(laid_out(case, defaults.shelf, row) for case, row in placed)


def _draft(row: Row, defaults: Defaults, prompt: str) -> Draft:
    text = row.get(INPUT, "")
    own_vars = row.get(VARS, {})
    expected = row.get(EXPECTED, None)
    pair = row.get(PAIR, None)
    case_id = row.get(ID, None) or input_id(text, {**own_vars} if pair is None else asdict(pair))
    _check_input(row, prompt)
    case = Case(
        id=CaseId(case_id),
        input=text,
        vars={**defaults.vars, **own_vars},
        expected=expected,
        asserts=_asserts(row, defaults, expected),
        must=_must(row, defaults, expected),
        threshold=row.get(THRESHOLD, defaults.threshold),
        description=row.get(DESCRIPTION, ""),
        tags=tuple(dict.fromkeys((*defaults.tags, *row.get(TAGS, ())))),
        weight=row.get(WEIGHT, defaults.weight),
        cluster=row.get(CLUSTER, None),
        epochs=row.get(EPOCHS, defaults.epochs),
        pair=pair,
        line=row.table.line,
    )
    row.get(METADATA, None)
    if what := named_wrongly(case.pair, case.asserts):
        row.at.problem(row.table, what)
    _check_templates(row, case, prompt)
    _check_must(row, case, shared=len(defaults.must))
    return Draft(case, row, row.get(SPLIT, None))


def _asserts(row: Row, defaults: Defaults, expected: Json) -> tuple[Assertion, ...]:
    """Default and own assertions; `equals expected` where there are none at all."""
    own = row.get(ASSERTS, ())
    both = (*defaults.asserts, *own)
    given = row.node(EXPECTED) is not None
    if any(wants_expected(one) for one in both) and not given:
        row.problem(ASSERTS, "`equals` has no value here, and the case no `expected` to stand for it")
    if weightless(both):
        row.problem(ASSERTS, "no assertion weighs anything; give at least one a weight above 0")
    if both:
        return tuple(completed(one, expected) for one in both)
    if given:
        return (Assertion(type="equals", value=expected),)
    written = row.node(ASSERTS)
    empty = isinstance(written, Listed) and not written.nodes
    if not defaults.grades and (row.lacks(ASSERTS, EXPECTED) or empty):
        row.at.problem(row.table, "nothing to grade by; give the case `expected` or `assert`")
    return ()


def _must(row: Row, defaults: Defaults, expected: Json) -> tuple[Assertion, ...]:
    """The suite's hard constraints on answers, then the case's own."""
    both = (*defaults.must, *row.get(CASE_MUST, ()))
    if any(wants_expected(one) for one in both) and row.node(EXPECTED) is None:
        row.problem(CASE_MUST, "`equals` has no value here, and the case no `expected` to stand for it")
    return tuple(completed(one, expected) for one in both)


def _check_templates(row: Row, case: Case, prompt: str) -> None:
    """Render once what every night renders, so that a name that is missing shows now."""
    known = {**case.vars, "input": case.input}
    if INPUT.name in case.vars:
        row.problem(VARS, "`input` cannot be a variable; write it as the case's own `input:`")
    elif prompt != DEFAULT_PROMPT and (fault := render_fault(prompt, known)):
        row.at.problem(row.table, f"the suite's prompt, {fault}")
    for where, demands in ((ASSERTS, case.asserts), (CASE_MUST, case.must)):
        for text in dict.fromkeys(text for one in demands for text in texts_of(one)):
            if text != case.expected and (fault := render_fault(text, {"expected": case.expected, **known})):
                row.problem(where, fault)


def _check_must(row: Row, case: Case, *, shared: int) -> None:
    """Refuse hard constraints that no answer to this case can meet.

    shared: how many of them are the whole suite's; those have been held against each other already.
    """
    suites, own = case.must[:shared], case.must[shared:]
    scored = [one for one in case.asserts if one.weight > 0] if case.threshold is None else []
    for what in (*opposites(case.must, scored), *opposites(own, suites), *opposites_within(own)):
        row.problem(CASE_MUST, what)


def _check_input(row: Row, prompt: str) -> None:
    if PAIR.name in row.nodes:
        if not row.lacks(INPUT, VARS):
            row.problem(PAIR, "a case has a `pair`, or `input` and `vars`, not both")
    elif INPUT.name in row.nodes:
        if row.node(INPUT) is None:
            row.problem(INPUT, 'must not be empty; write "" if the actor is to be sent nothing')
    elif row.lacks(INPUT):
        if row.lacks(VARS):
            row.at.problem(row.table, "a case needs `input` (or `vars`, for a suite with a `prompt`)")
        elif _USES_INPUT.search(prompt):
            row.at.problem(
                row.table, "no `input`, but the suite's prompt holds {{ input }}; give one or change `prompt`"
            )


def _check_alike(drafts: Sequence[Draft], pairs: Iterable[tuple[int, int]]) -> None:
    for later, first in pairs:
        one, other = drafts[later], drafts[first].case
        what = f"same input as '{shown(other.id)}' (line {other.line}) but another split"
        if one.case.id != other.id:  # else their id is the mistake, and told
            one.row.at.problem(one.row.table, f"{what}: the improver would see it")


def _check_ids(drafts: Sequence[Draft]) -> None:
    lines: dict[str, int] = {}
    for draft in drafts:
        case = draft.case
        if case.id not in lines:
            lines[case.id] = case.line
        elif ID.name in draft.row.nodes:
            draft.row.problem(
                ID, f"`{shown(case.id)}` is the id of the case on line {lines[case.id]} already"
            )
        elif isinstance(draft.row.node(INPUT), Scalar) or isinstance(draft.row.node(VARS), Table):
            what = f"the same input as the case on line {lines[case.id]}; give each an `id`"
            draft.row.at.problem(draft.row.table, what)
