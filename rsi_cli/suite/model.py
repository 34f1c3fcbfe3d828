"""The yardstick as plain frozen values. `suite.load` is the only place that builds one from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rsi_cli.nouns import CaseId, Json, Role, Split
from rsi_cli.skill.document import Skill

TrainQuotes: TypeAlias = Literal["warn", "reject", "allow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One demand on an output.

    type: without the `not-` prefix, which is `negated`. value: whatever the type needs.
    weight: >= 0, default 1. parts: the assertions inside an `assert-set`.
    """

    type: str
    value: Json = None
    negated: bool = False
    threshold: float | None = None
    weight: float = 1.0
    metric: str | None = None
    parts: tuple[Assertion, ...] = ()

    @property
    def written(self) -> str:
        """The type as the suite wrote it."""
        return f"not-{self.type}" if self.negated else self.type


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What was drawn of a pair: all that a rewrite is shown, and what its children are measured by.

    parent: the skill to revise. task: its own description. prompt: its suite's template. shown, measured:
    train cases of that suite, none in both.
    """

    parent: Skill
    task: str
    prompt: str
    mutation_prompt: str
    thinking_style: str
    shown: tuple[Case, ...]
    measured: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A skill and its suite, on which an improver is tried.

    skill, suite: files as the owner wrote them. seed: of what is drawn. children: the k of imp@k. cases: how
    many measure each child. material: None where the suite was read from its text alone.
    """

    skill: str
    suite: str
    seed: int
    children: int
    cases: int
    material: Material | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One task with the demands on its answer.

    input: the text sent to the actor after rendering. vars: for `prompt` templates and rubrics.
    threshold: with one, the case passes at score >= threshold and nothing else counts.
    cluster: cases of one cluster share a split and flip signs together. epochs: None = the run's default.
    must: what every answer has to meet whatever its score, those of the whole suite first. pair: what an
    improver is tried on, in place of an input; `input` then tells of it, and `vars` holds its texts.
    """

    id: CaseId
    input: str
    vars: Mapping[str, Json] = field(default_factory=dict)
    expected: Json = None
    asserts: tuple[Assertion, ...] = ()
    must: tuple[Assertion, ...] = ()
    split: Split = Split.TRAIN
    threshold: float | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    weight: float = 1.0
    cluster: str | None = None
    epochs: int | None = None
    pair: Pair | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What may not stand in a skill. text: a phrase, or a JavaScript pattern where `is_pattern`."""

    text: str
    is_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A Markdown heading. level: 1 to 6. title: without hashes, every run of white space one blank."""

    level: int
    title: str

    def __str__(self) -> str:
        return f"{'#' * self.level} {self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Must:
    """The owner's hard constraints: what no score makes up for. Empty, they ask for nothing.

    max_chars, max_tokens: of the text that models read, tokens by rough count; None = no limit. forbidden:
    what may not stand in that text. sections: headings that it has to have. asserts: what every answer to
    every case has to meet; the loader has put them into each `Case.must` already.
    """

    max_chars: int | None = None
    max_tokens: int | None = None
    forbidden: tuple[Forbidden, ...] = ()
    sections: tuple[Heading, ...] = ()
    asserts: tuple[Assertion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldLabel:
    """An output whose quality a person has judged: the audit's measure of the evaluator.

    case_id: the case it answers. good: the person's verdict. note: why, for the report.
    """

    case_id: CaseId
    output: str
    good: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """Which model plays a role, and how it is asked. None = the provider's own default, not sent."""

    name: str
    api_base: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    timeout_s: float = 120.0
    usd_per_million_input: float | None = None
    usd_per_million_output: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Hard limits of one run; None = no limit. They count calls in flight."""

    max_calls: int | None = None
    max_tokens: int | None = None
    max_usd: float | None = None
    max_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """How much evidence a promotion needs (docs/trust.md explains each default).

    alpha: chance that a night of pure noise promotes anything, 0…1. shares: how alpha is divided over
    the looks of a night, in time order; sums to 1. repeats: draws per case at each stage of a look.
    max_unmeasured: share of a look's cases that may stay unmeasured before the gate refuses to decide.
    growth_cap: a child may be at most this many times as long as the version the night began with,
    plus growth_slack_chars (so that a short seed can grow at all). train_quotes: what becomes of a child
    that repeats a train case at length: its quotes count twice in its length, it is refused, or nothing.
    """

    alpha: float = 0.05
    shares: tuple[float, ...] = (0.2, 0.8)
    repeats: tuple[int, ...] = (1, 2, 4)
    max_unmeasured: float = 0.1
    growth_cap: float = 2.0
    growth_slack_chars: int = 4000
    train_quotes: TrainQuotes = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """All cases and settings of one suite file.

    path: as given by the user, for messages. hash: sha256 hex over everything that can change a
    score or a split; spelling, order of keys and comments do not count. prompt: Jinja template of the
    user message, over `input` and the case's vars. improvers: breadth first, depth last. stated: names of the
    settings that the file itself gives a value, such as `gate.alpha`; the others are defaults. must: what no
    score makes up for.
    """

    name: str
    path: str
    hash: str
    cases: tuple[Case, ...]
    gold: tuple[GoldLabel, ...] = ()
    description: str = ""
    prompt: str = "{{ input }}"
    epochs: int = 1
    models: Mapping[Role, ModelChoice] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    gate: GateRule = field(default_factory=GateRule)
    must: Must = field(default_factory=Must)
    improvers: tuple[ModelChoice, ...] = ()
    stated: frozenset[str] = frozenset()

    def cases_of(self, *splits: Split) -> tuple[Case, ...]:
        """The cases of these splits, in file order."""
        return tuple(case for case in self.cases if case.split in splits)

    def case(self, case_id: CaseId) -> Case:
        """The case of that id; KeyError where there is none."""
        for case in self.cases:
            if case.id == case_id:
                return case
        raise KeyError(case_id)
