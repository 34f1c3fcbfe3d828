"""Where settings come from, each source as one layer: flags, variables, suite, rsi.yaml, the user's file."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

from rsi_cli.cli.durations import seconds_for, seconds_until
from rsi_cli.errors import InputError, Problem
from rsi_cli.nouns import Role
from rsi_cli.suite.kinds import Flag, OneOf, Whole
from rsi_cli.suite.load import compose_text, read_text, refuse
from rsi_cli.suite.model import GateRule, Limits, ModelChoice, Suite
from rsi_cli.suite.nodes import Trail
from rsi_cli.suite.sections import FIELDS, Sections, sections_of
from rsi_cli.suite.shape import Field, Shape

OnLimit = Literal["wait", "stop"]
OnPlateau = Literal["change", "stop"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What stood on the command line; None and False = not given. Names are cli.md's."""

    suite: str | None = None
    model: str | None = None
    improver_model: str | None = None
    judge_model: str | None = None
    api_base: str | None = None
    seed: int | None = None
    epochs: int | None = None
    concurrency: int | None = None
    no_cache: bool = False
    max_usd: float | None = None
    max_calls: int | None = None
    max_tokens: int | None = None
    for_: str | None = None
    until: str | None = None
    on_limit: str | None = None
    on_plateau: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one source says. origin: a setting's name → how to name its source to people."""

    origin: Callable[[str], str]
    sections: Sections = field(default_factory=Sections)
    api_base: str | None = None
    concurrency: int | None = None
    seed: int | None = None
    cache: bool | None = None
    on_limit: OnLimit | None = None
    on_plateau: OnPlateau | None = None


_ON_LIMIT: Mapping[str, OnLimit] = {"wait": "wait", "stop": "stop"}
_ON_PLATEAU: Mapping[str, OnPlateau] = {"change": "change", "stop": "stop"}
_CONCURRENCY = Field(name="concurrency", kind=Whole(1), about="Calls in flight at once.")
_SEED = Field(name="seed", kind=Whole(0), about="Makes a run repeatable.")
_CACHE = Field(name="cache", kind=Flag(), about="Whether answers of earlier runs are used.")
_LIMIT: Field[OnLimit] = Field(
    name="on_limit", kind=OneOf(_ON_LIMIT), about="At a rate limit: wait however long, or stop."
)
_PLATEAU: Field[OnPlateau] = Field(
    name="on_plateau", kind=OneOf(_ON_PLATEAU), about="When gains come slowly: search in another way, or end."
)
_SETTINGS = Shape("the settings", (*FIELDS, _CONCURRENCY, _SEED, _CACHE, _LIMIT, _PLATEAU))

_FLAG_OF = {  # where a setting's flag is not called as the setting is
    "models.actor": "model",
    "models.improver": "improver_model",
    "models.judge": "judge_model",
    "budget.max_seconds": "for_",
    "cache": "no_cache",
}
_HINT = f"mend the file; it may hold {', '.join(one.name for one in _SETTINGS.fields)}"
_AT_LEAST_ONE = ("epochs", "concurrency")
_NEAR = 0.85


def flag_layer(flags: Flags, now: datetime) -> Layer:
    """The command line as a layer. Raises InputError for values that make no sense."""
    return _of_flags(flags, now, lambda name: "--" + name.strip("_").replace("_", "-"))


def variable_layer(environ: Mapping[str, str], now: datetime) -> Layer:
    """The `RSI_*` variables as a layer, one for each flag. Raises InputError with every wrong one."""
    found: dict[str, str | int | float | bool] = {}
    problems: list[Problem] = []
    readers: dict[str, Callable[[str], str | int | float | bool]] = {
        one.name: _counted if one.name in _AT_LEAST_ONE else _reader(str(one.type))
        for one in fields(Flags)
        if one.name != "suite"
    }
    by_variable = {_variable(name): name for name in readers}
    for variable, text in sorted(environ.items()):
        if not variable.startswith("RSI_") or not text.strip():
            continue
        if variable in by_variable:
            try:
                found[by_variable[variable]] = readers[by_variable[variable]](text.strip())
            except ValueError as error:
                problems.append(Problem(variable, 0, 0, "", str(error)))
        elif near := difflib.get_close_matches(variable, by_variable, n=1, cutoff=_NEAR):
            problems.append(Problem(variable, 0, 0, "", f"no such setting; did you mean {near[0]}?"))
    if problems:
        message = "; ".join(f"{problem.file}: {problem.what}" for problem in problems)
        raise InputError(
            message, hint="mend or unset it: unset " + problems[0].file, problems=tuple(problems)
        )
    return _of_flags(replace(Flags(), **found), now, _variable)  # type: ignore[arg-type]


def suite_layer(suite: Suite) -> Layer:
    """What the suite says. A value that is not the default counts as said, stated or not."""
    usual = GateRule()
    gate = {
        f"gate.{f.name}" for f in fields(GateRule) if getattr(suite.gate, f.name) != getattr(usual, f.name)
    }
    sections = Sections(
        models=suite.models,
        improvers=suite.improvers,
        limits=suite.limits,
        gate=suite.gate,
        epochs=suite.epochs if "epochs" in suite.stated or suite.epochs != 1 else None,
        stated=suite.stated | gate,
    )
    return Layer(origin=lambda _: suite.path, sections=sections)


def file_layer(path: Path) -> Layer:
    """What a settings file says; nothing where there is none. Raises InputError with every mistake in it."""
    if not path.exists():
        return Layer(origin=lambda _: str(path))
    trail = Trail(str(path), [])
    root = compose_text(read_text(path), trail)
    row = None if root is None else _SETTINGS.row(root, trail)
    layer = Layer(origin=lambda _: str(path))
    if row is not None:
        layer = replace(
            layer,
            sections=sections_of(row),
            concurrency=row.get(_CONCURRENCY, None),
            seed=row.get(_SEED, None),
            cache=row.get(_CACHE, None),
            on_limit=row.get(_LIMIT, None),
            on_plateau=row.get(_PLATEAU, None),
        )
    refuse(trail, hint=_HINT)
    return layer


def _of_flags(flags: Flags, now: datetime, spelled: Callable[[str], str]) -> Layer:
    improvers = _choices(flags.improver_model, spelled("improver_model"))
    models = {
        role: choice
        for role, choice in (
            (Role.ACTOR, _choice(flags.model, spelled("model"))),
            (Role.IMPROVER, improvers[0] if improvers else None),
            (Role.JUDGE, _choice(flags.judge_model, spelled("judge_model"))),
        )
        if choice is not None
    }
    limits = Limits(
        max_calls=flags.max_calls,
        max_tokens=flags.max_tokens,
        max_usd=flags.max_usd,
        max_seconds=_seconds(flags, now, spelled),
    )

    def origin(name: str) -> str:
        if name == "budget.max_seconds" and flags.for_ is None:
            return spelled("until")
        return spelled(_FLAG_OF.get(name, name.rsplit(".", 1)[-1]))

    return Layer(
        origin=origin,
        sections=Sections(models=models, improvers=improvers, limits=limits, epochs=flags.epochs),
        api_base=flags.api_base,
        concurrency=flags.concurrency,
        seed=flags.seed,
        cache=False if flags.no_cache else None,
        on_limit=_word(flags.on_limit, spelled("on_limit"), _ON_LIMIT),
        on_plateau=_word(flags.on_plateau, spelled("on_plateau"), _ON_PLATEAU),
    )


def _seconds(flags: Flags, now: datetime, spelled: Callable[[str], str]) -> float | None:
    """The earlier of the two ends."""
    ends = []
    if flags.for_ is not None:
        ends.append(seconds_for(flags.for_, source=spelled("for_")))
    if flags.until is not None:
        ends.append(seconds_until(flags.until, now, source=spelled("until")))
    return min(ends, default=None)


def _choice(name: str | None, source: str) -> ModelChoice | None:
    if name is None:
        return None
    if not name.strip():
        raise InputError(f"{source}: the name is empty", hint=f"write it like {source} openai/gpt-4.1-mini")
    return ModelChoice(name=name.strip())


def _choices(names: str | None, source: str) -> tuple[ModelChoice, ...]:
    if names is None:
        return ()
    chosen = (_choice(name, source) for name in names.split(","))
    return tuple(choice for choice in chosen if choice is not None)


def _word(text: str | None, source: str, words: Mapping[str, T]) -> T | None:
    """One of two words, the default of which is named where it is neither."""
    if text is not None and text not in words:
        told = f"{source}: {text!r} is neither {' nor '.join(words)}"
        raise InputError(told, hint=f"write {source} {next(iter(words))}")
    return None if text is None else words[text]


def _variable(flag: str) -> str:
    return "RSI_" + flag.strip("_").upper()


def _reader(annotation: str) -> Callable[[str], str | int | float | bool]:
    """How a variable's text becomes a flag's value, by the flag's type."""
    if annotation.startswith("int"):
        return _whole
    if annotation.startswith("float"):
        return _amount
    return _yes if annotation.startswith("bool") else str


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{text!r} is not a whole number of at least 0")
    return int(text)


def _counted(text: str) -> int:
    if (number := _whole(text)) < 1:
        raise ValueError(f"{text!r} is not a whole number of at least 1")
    return number


def _amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError(f"{text!r} is not a number of at least 0")
    return value


def _yes(text: str) -> bool:
    if text.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise ValueError(f"{text!r} is neither 1 nor 0")
    return text.lower() in ("1", "true", "yes", "on")
