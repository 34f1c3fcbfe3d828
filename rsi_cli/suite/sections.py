"""The parts of a file that set how a night runs: `models`, `budget`, `gate`, `epochs`.

The same parts stand in a suite, in `rsi.yaml` and in the user's own settings file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import get_args

from rsi_cli.nouns import Role
from rsi_cli.suite.durations import FORM, parse_duration
from rsi_cli.suite.kinds import JsonSchema, ListOf, Number, OneOf, Text, Whole
from rsi_cli.suite.model import GateRule, Limits, ModelChoice, TrainQuotes
from rsi_cli.suite.nodes import Listed, Node, Scalar, Table, Trail, kind_of
from rsi_cli.suite.shape import Field, Record, Row, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """What one file says of settings.

    stated: the names it gives a value, such as `budget.max_calls` or `models.actor.temperature`; everything
    else in here is a default that any other source may replace. improvers: breadth first, depth last.
    """

    models: Mapping[Role, ModelChoice] = field(default_factory=dict)
    improvers: tuple[ModelChoice, ...] = ()
    limits: Limits = field(default_factory=Limits)
    gate: GateRule = field(default_factory=GateRule)
    epochs: int | None = None
    stated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, in seconds."""

    def read(self, node: Node, at: Trail) -> float | None:
        """Seconds."""
        seconds = parse_duration(node.text) if isinstance(node, Scalar) else None
        if seconds is None:
            at.problem(node, f"expected {FORM}, found {kind_of(node)}")
        return seconds

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"type": "string", "examples": ["8h", "90m", "1h30m"]}


_NAME_FIELD = Field(
    name="name",
    kind=Text(blank=False, one_line=True),
    about="The model, as litellm names it: `openai/…`, `anthropic/…`, `ollama/…`; or `offline/apprentice`.",
    required=True,
    meant_by=("model", "id"),
)
_API_BASE = Field(
    name="api_base",
    kind=Text(blank=False, one_line=True),
    about="Address of an OpenAI-compatible server.",
    meant_by=("base_url", "url"),
)
_TEMPERATURE = Field(name="temperature", kind=Number(0, 2), about="Left out: the provider's own default.")
_MAX_TOKENS = Field(name="max_tokens", kind=Whole(1), about="Longest answer, in tokens.")
_TIMEOUT = Field(
    name="timeout_s",
    kind=Number(0, open=True),
    about="Seconds to wait for one answer.",
    meant_by=("timeout",),
)
_USD_IN = Field(
    name="usd_per_million_input", kind=Number(0), about="Price of a million input tokens, in dollars."
)
_USD_OUT = Field(
    name="usd_per_million_output", kind=Number(0), about="Price of a million output tokens, in dollars."
)
_NO_KEY = "keys are read from the environment alone (OPENAI_API_KEY and the like), never from a file"
_MODEL = Shape(
    "a model",
    (_NAME_FIELD, _API_BASE, _TEMPERATURE, _MAX_TOKENS, _TIMEOUT, _USD_IN, _USD_OUT),
    never={"api_key": _NO_KEY, "key": _NO_KEY, "token": _NO_KEY},
)


@dataclass(frozen=True, slots=True)
class ModelKind:
    """A model's name alone, or a mapping with `name` and how to ask it."""

    def read(self, node: Node, at: Trail) -> Asked | None:
        """The choice, and what of it is stated."""
        if not isinstance(node, Table):
            name = Text(blank=False, one_line=True).read(node, at)
            return None if name is None else Asked(ModelChoice(name=name), frozenset(("name",)))
        row = _MODEL.row(node, at)
        return None if row is None else _model(row)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"anyOf": [{"type": "string", "minLength": 1}, _MODEL.schema()]}


@dataclass(frozen=True, slots=True)
class Asked:
    """A choice of model, and which of its fields the file states."""

    choice: ModelChoice
    stated: frozenset[str]


def _model(row: Row) -> Asked:
    choice = ModelChoice(
        name=row.get(_NAME_FIELD, "?"),
        api_base=row.get(_API_BASE, None),
        temperature=row.get(_TEMPERATURE, None),
        max_tokens=row.get(_MAX_TOKENS, None),
        timeout_s=row.get(_TIMEOUT, 120.0),
        usd_per_million_input=row.get(_USD_IN, None),
        usd_per_million_output=row.get(_USD_OUT, None),
    )
    return Asked(choice, row.names())


_ACTOR = Field(
    name="actor", kind=ModelKind(), about="Does the work that the skill describes.", meant_by=("model",)
)
_IMPROVER = Field(
    name="improver",
    kind=ListOf(ModelKind(), or_one=True, least=1),
    about="Writes new versions of the skill; of several, the first is for breadth, the last for depth.",
)
_JUDGE = Field(name="judge", kind=ModelKind(), about="Grades open answers.", meant_by=("grader",))
_MODELS = Shape("the models", (_ACTOR, _IMPROVER, _JUDGE))


def _models(row: Row) -> Sections:
    chosen: dict[Role, Asked | None] = {
        Role.ACTOR: row.get(_ACTOR, None),
        Role.JUDGE: row.get(_JUDGE, None),
    }
    improvers = row.get(_IMPROVER, ())
    chosen[Role.IMPROVER] = improvers[0] if improvers else None
    given = {role: asked for role, asked in chosen.items() if asked is not None}
    return Sections(
        models={role: asked.choice for role, asked in given.items()},
        improvers=tuple(asked.choice for asked in improvers),
        stated=frozenset(f"models.{role}.{name}" for role, asked in given.items() for name in asked.stated),
    )


_MAX_CALLS = Field(name="max_calls", kind=Whole(1), about="Most calls to models, all roles together.")
_BUDGET_TOKENS = Field(name="max_tokens", kind=Whole(1), about="Most tokens, input and output together.")
_MAX_USD = Field(name="max_usd", kind=Number(0, open=True), about="Most dollars.")
_FOR = Field(
    name="for",
    kind=Duration(),
    about="Longest time, such as 8h, 90m or 1h30m.",
    meant_by=("time", "duration"),
)
_BUDGET = Shape("the budget", (_MAX_CALLS, _BUDGET_TOKENS, _MAX_USD, _FOR))


def _budget(row: Row) -> Sections:
    limits = Limits(
        max_calls=row.get(_MAX_CALLS, None),
        max_tokens=row.get(_BUDGET_TOKENS, None),
        max_usd=row.get(_MAX_USD, None),
        max_seconds=row.get(_FOR, None),
    )
    return Sections(limits=limits, stated=frozenset(f"budget.{name}" for name in row.names()))


_ALPHA = Field(
    name="alpha",
    kind=Number(0, 1, open=True),
    about="Chance that a night of pure noise promotes anything; 0.05.",
)
_SHARES = Field(
    name="shares",
    kind=ListOf(Number(0, 1), least=1),
    about="How alpha is divided over a night's looks at the held-out cases; sums to 1.",
)
_REPEATS = Field(
    name="repeats",
    kind=ListOf(Whole(1), least=1),
    about="Draws per case at each stage of a look, growing: [1, 2, 4].",
)
_UNMEASURED = Field(
    name="max_unmeasured", kind=Number(0, 1), about="Share of cases that may stay unmeasured in a look; 0.1."
)
_GROWTH = Field(
    name="growth_cap", kind=Number(1), about="How many times as long the skill may become in a night; 2."
)
_SLACK = Field(
    name="growth_slack_chars",
    kind=Whole(0),
    about="Characters that it may grow beyond that; 4000.",
    meant_by=("slack",),
)
_QUOTES = Field(
    name="train_quotes",
    kind=OneOf({word: word for word in get_args(TrainQuotes)}),
    about="A child that repeats a train case at length: warn (its quotes count twice in its length), "
    "reject, or allow.",
    meant_by=("quotes",),
)
_GATE = Shape("the gate", (_ALPHA, _SHARES, _REPEATS, _UNMEASURED, _GROWTH, _SLACK, _QUOTES))
_DEFAULT_GATE = GateRule()


def _gate(row: Row) -> Sections:
    rule = GateRule(
        alpha=row.get(_ALPHA, _DEFAULT_GATE.alpha),
        shares=row.get(_SHARES, _DEFAULT_GATE.shares),
        repeats=row.get(_REPEATS, _DEFAULT_GATE.repeats),
        max_unmeasured=row.get(_UNMEASURED, _DEFAULT_GATE.max_unmeasured),
        growth_cap=row.get(_GROWTH, _DEFAULT_GATE.growth_cap),
        growth_slack_chars=row.get(_SLACK, _DEFAULT_GATE.growth_slack_chars),
        train_quotes=row.get(_QUOTES, _DEFAULT_GATE.train_quotes),
    )
    if not math.isclose(total := sum(rule.shares), 1.0, abs_tol=1e-6) and _clean(row, _SHARES, rule.shares):
        row.problem(_SHARES, f"shares sum to {total:g}; they must sum to 1")
    if sorted(set(rule.repeats)) != list(rule.repeats) and _clean(row, _REPEATS, rule.repeats):
        row.problem(_REPEATS, "repeats must grow from stage to stage, as in [1, 2, 4]")
    return Sections(gate=rule, stated=frozenset(f"gate.{name}" for name in row.names()))


def _clean(row: Row, of: Field[tuple[object, ...]], values: tuple[object, ...]) -> bool:
    """Whether every item of a list was read; else its sum or order means nothing."""
    node = row.node(of)
    return isinstance(node, Listed) and len(node.nodes) == len(values) > 0


MODELS = Field(
    name="models",
    kind=Record(_MODELS, _models),
    about="Which model plays which role.",
    meant_by=("model", "providers"),
)
BUDGET = Field(
    name="budget", kind=Record(_BUDGET, _budget), about="Hard limits of one run.", meant_by=("limits",)
)
GATE = Field(name="gate", kind=Record(_GATE, _gate), about="How much evidence a promotion needs.")
EPOCHS = Field(
    name="epochs", kind=Whole(1), about="How often each case is asked; 1.", meant_by=("repeats", "repeat")
)
FIELDS = (MODELS, BUDGET, GATE, EPOCHS)


def sections_of(row: Row) -> Sections:
    """What a file's mapping says of models, budget, gate and epochs."""
    models = row.get(MODELS, Sections())
    budget = row.get(BUDGET, Sections())
    gate = row.get(GATE, Sections())
    epochs = row.get(EPOCHS, None)
    stated = models.stated | budget.stated | gate.stated
    return replace(
        models,
        limits=budget.limits,
        gate=gate.gate,
        epochs=epochs,
        stated=stated | {"epochs"} if epochs else stated,
    )
