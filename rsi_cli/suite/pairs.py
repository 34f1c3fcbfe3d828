"""Cases for an improver: each names a skill with its suite, and a seed that draws what a rewrite is tried on.

Only train cases of the named suite are drawn, in two halves that a stable hash of their ids divides: a
train case here draws from the one, every other from the other. So what the gate measures an improver by
stands in no prompt to whoever improves the improver, and what the named suite holds out stays unseen by all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final, Protocol

from rsi_cli.errors import InputError
from rsi_cli.nouns import Json, Split
from rsi_cli.prompts.pools.pool import mutation_prompts, thinking_styles
from rsi_cli.skill.document import Skill
from rsi_cli.skill.markers import locked_regions
from rsi_cli.suite.assertion_types import IMP_AT_K
from rsi_cli.suite.kinds import Text, Whole
from rsi_cli.suite.model import Assertion, Case, Material, Must, Pair, Suite
from rsi_cli.suite.shape import Field, Record, Row, Shape
from rsi_cli.suite.split import draw
from rsi_cli.suite.templates import task_text

FEWEST_SHOWN = 4  # train cases without which a rewrite has nothing to go by
MOST_SHOWN = 20  # failing and passing ones; a night shows ten of each at most
_JUDGED: Final = frozenset({"llm-rubric"})
_LINE = 160  # characters of a case in what tells of a pair

_FILE = Text(blank=False, one_line=True)
_SKILL = Field(
    name="skill", kind=_FILE, about="The skill to revise: a file, or a folder with SKILL.md.", required=True
)
_SUITE = Field(name="suite", kind=_FILE, about="Its suite; train cases alone are used.", required=True)
_SEED = Field(name="seed", kind=Whole(0), about="Draws what is shown and what measures.", required=True)
_CHILDREN = Field(
    name="children", kind=Whole(1), about="How many rewrites, of which the best counts; 2.", meant_by=("k",)
)
_CASES = Field(name="cases", kind=Whole(2), about="How many train cases measure each child; 6.")


def _pair(row: Row) -> Pair:
    return Pair(
        skill=row.get(_SKILL, ""),
        suite=row.get(_SUITE, ""),
        seed=row.get(_SEED, 0),
        children=row.get(_CHILDREN, 2),
        cases=row.get(_CASES, 6),
    )


PAIR = Field(
    name="pair",
    kind=Record(Shape("a pair", (_SKILL, _SUITE, _SEED, _CHILDREN, _CASES)), _pair),
    about="In place of `input`: a skill and its suite, which an improver is tried on (docs/improver.md).",
)


class Shelf(Protocol):
    """Where the files that a suite names are found. Both raise InputError."""

    def skill(self, name: str) -> Skill:
        """The skill under that name."""
        ...

    def suite(self, name: str) -> Suite:
        """The suite under that name."""
        ...


def named_wrongly(pair: Pair | None, asserts: Sequence[Assertion]) -> str | None:
    """Why `pair` and `imp-at-k` do not go together here; None where they do, or neither is there."""
    measured = any(one.type == IMP_AT_K for one in _all(asserts))
    if pair is None:
        return f"`{IMP_AT_K}` needs a case with `pair`" if measured else None
    return None if measured else f"a case with `pair` is graded by `{IMP_AT_K}`; add it to `assert`"


def laid_out(case: Case, shelf: Shelf | None, row: Row) -> Case:
    """The case with what its seed draws, which depends on its split; what is wrong is noted at `row`."""
    pair = case.pair
    if pair is None or shelf is None:
        return case
    opened = case.split is Split.TRAIN
    try:
        suite = shelf.suite(pair.suite)
        half = _half(suite, opened=opened)
        material = _drawn(pair, _parent(pair, shelf), suite, half)
    except InputError as error:
        row.problem(PAIR, f"{error.message}; {error.hint}")
        return case
    texts: list[Json] = [_texts(one) for one in (*material.shown, *material.measured)]
    return replace(
        case,
        pair=replace(pair, material=material),
        input=_told(material, way=opened),
        vars={"drawn cases": texts},
    )


def calls_to_answer(cases: Sequence[Case]) -> int:
    """Calls to answer these cases once, and to measure what improvers wrote; rubrics are not counted.

    What a parent answers is one call for all cases that draw it, and for all improvers that are compared.
    """
    calls = sum(1 for case in cases if case.pair is None)
    parents: set[tuple[str, str]] = set()
    for pair in (case.pair for case in cases if case.pair is not None):
        calls += pair.children * (1 + pair.cases)
        if pair.material is not None:
            drawn = (*pair.material.shown, *pair.material.measured)
            parents |= {(pair.skill, one.id) for one in drawn}
    return calls + len(parents)


def _parent(pair: Pair, shelf: Shelf) -> Skill:
    skill = shelf.skill(pair.skill)
    locked_regions(skill)
    if not skill.description:
        hint = "write `description:` into its front matter: a rewrite is told the task by it"
        raise InputError(f"{pair.skill} has no description", hint=hint)
    return skill


def _half(suite: Suite, *, opened: bool) -> list[Case]:
    """The train cases that no judge is needed for, of one side of the wall; in the order of their ids."""
    if replace(suite.must, asserts=()) != Must():
        hint = "name a suite without `must` on the skill's text: children are not held against it"
        raise InputError(f"{suite.path} has hard constraints on the skill's text", hint=hint)
    half = [
        case
        for case in suite.cases_of(Split.TRAIN)
        if (draw(f"side {_kin(case)}") is Split.TRAIN) == opened and case.pair is None and not _judged(case)
    ]
    return sorted(half, key=lambda case: case.id)


def _drawn(pair: Pair, parent: Skill, suite: Suite, half: Sequence[Case]) -> Material:
    if len(half) < pair.cases + FEWEST_SHOWN:
        raise InputError(
            f"this half of {suite.path} has {len(half)} usable train cases; "
            f"{pair.cases} are to measure, and at least {FEWEST_SHOWN} others to be shown",
            hint="lower `cases`, or add train cases there",
        )
    rng = Random(f"imp@k/{suite.name}/{pair.seed}")
    mixed = rng.sample(half, len(half))
    measured = mixed[: pair.cases]
    kin = {_kin(case) for case in measured}
    shown = [case for case in mixed[pair.cases :] if _kin(case) not in kin][:MOST_SHOWN]
    if len(shown) < FEWEST_SHOWN:
        raise InputError(
            f"this half of {suite.path} has too few train cases that are no kin of those that measure",
            hint="lower `cases`, or add train cases of other clusters there",
        )
    return Material(
        parent=parent,
        task=parent.description,
        prompt=suite.prompt,
        mutation_prompt=rng.choice(mutation_prompts()),
        thinking_style=rng.choice(thinking_styles()),
        shown=tuple(shown),
        measured=tuple(measured),
    )


def _kin(case: Case) -> str:
    """What keeps cases together that are as good as one: their cluster, else the case itself."""
    return f"cluster {case.cluster}" if case.cluster else str(case.id)


def _judged(case: Case) -> bool:
    return any(one.type in _JUDGED for one in _all((*case.asserts, *case.must)))


def _all(asserts: Sequence[Assertion]) -> list[Assertion]:
    return [part for one in asserts for part in (one, *_all(one.parts))]


def _texts(case: Case) -> Json:
    """All that a drawn case says: whoever looks for leaks looks in `vars`."""
    return {"input": case.input, "vars": dict(case.vars), "expected": case.expected}


def _told(material: Material, *, way: bool) -> str:
    """A pair in words, for people and for whoever improves the improver.

    way: whether to tell the way of revising. It is drawn from a pool that every improver reads, so in a
    closed case it would make a leak of what is none.
    """
    lines = [f"- {_line(task_text(one, material.prompt))} → {_line(_written(one))}" for one in material.shown]
    parts = (
        f"The skill to revise:\n\n{material.parent.text_for_models.strip()}",
        f"The way of revising: {material.mutation_prompt}\nThe style: {material.thinking_style}"
        if way
        else "",
        "The cases that were shown, with the answers that were wanted:\n\n" + "\n".join(lines),
    )
    return "\n\n".join(filter(None, parts))


def _written(case: Case) -> str:
    return "(see its assertions)" if case.expected is None else str(case.expected)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LINE else line[: _LINE - 1] + "…"
