"""What a run is to do, after every source has spoken.

flag > RSI_* variable > the suite > rsi.yaml at the repository's root > the user's own file > default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from rsi_cli.cli.layers import (
    Flags,
    Layer,
    OnLimit,
    OnPlateau,
    file_layer,
    flag_layer,
    suite_layer,
    variable_layer,
)
from rsi_cli.errors import InputError
from rsi_cli.nouns import Role
from rsi_cli.suite.model import GateRule, Limits, ModelChoice, Suite
from rsi_cli.trust.noise_floor import stages_up_to

__all__ = ["DEFAULT_MODEL", "Flags", "Settings", "mistakes", "resolve"]

DEFAULT_MODEL = "offline/apprentice"
DEFAULT_CONCURRENCY = 8

_FILE = "rsi.yaml"
_DEFAULT = "default"
_BOUND_TO_THE_NAME = ("api_base", "usd_per_million_input", "usd_per_million_output")
_MANNER = ("temperature", "max_tokens")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a run may be told.

    models: one for each role. improvers: breadth first, depth last; the first is models[IMPROVER].
    seed: None = draw one. cache: whether answers of earlier runs are used. origin: for each setting, by names
    such as `models.actor`, `models.actor.api_base`, `budget.max_calls`, `gate.alpha`, `seed`: who said so.
    """

    models: Mapping[Role, ModelChoice]
    improvers: tuple[ModelChoice, ...]
    limits: Limits
    gate: GateRule
    epochs: int
    concurrency: int
    seed: int | None
    cache: bool
    on_limit: OnLimit
    on_plateau: OnPlateau
    origin: Mapping[str, str]

    @property
    def repeats_stated(self) -> bool:
        """Whether somebody said how often the gate may draw a case, so that nothing else chooses it."""
        return self.origin["gate.repeats"] != _DEFAULT


def resolve(
    flags: Flags,
    suite: Suite,
    environ: Mapping[str, str],
    repo_root: Path | None,
    user_config: Path,
    *,
    now: datetime | None = None,
) -> Settings:
    """Ask the sources in order. user_config: the user's own settings file, which need not exist.

    now: local time, for `--until`; the clock's if None. Raises InputError that names the source and the fix.
    """
    before, after = _sources(flags, environ, repo_root, user_config, now)
    layers = [*(read() for read in before), suite_layer(suite), *(read() for read in after)]
    return _Poll(layers).settings()


def mistakes(
    flags: Flags, environ: Mapping[str, str], repo_root: Path | None, user_config: Path
) -> tuple[InputError, ...]:
    """What is wrong with flags, variables and settings files: an error each; `resolve` raises one."""
    found: list[InputError] = []
    before, after = _sources(flags, environ, repo_root, user_config)
    for read in (*before, *after):
        try:
            read()
        except InputError as error:
            found.append(error)
    return tuple(found)


def _sources(
    flags: Flags,
    environ: Mapping[str, str],
    repo_root: Path | None,
    user_config: Path,
    now: datetime | None = None,
) -> tuple[tuple[Callable[[], Layer], ...], tuple[Callable[[], Layer], ...]]:
    """Where settings come from, the strongest first: those before the suite, and those after it."""
    moment = now or datetime.now()  # noqa: DTZ005 - `--until 07:00` means the clock on the wall
    files = [repo_root / _FILE, user_config] if repo_root else [user_config]
    return (
        (lambda: flag_layer(flags, moment), lambda: variable_layer(environ, moment)),
        tuple(partial(file_layer, file) for file in files),
    )


class _Poll:
    """Asks layers, the strongest first, and remembers which one answered."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self._origin: dict[str, str] = {}

    def settings(self) -> Settings:
        """All answers together."""
        improvers = self._improvers()
        models = {
            Role.ACTOR: self._model(Role.ACTOR),
            Role.IMPROVER: improvers[0],
            Role.JUDGE: self._model(Role.JUDGE),
        }
        self._check_api_base((*models.values(), *improvers))
        return Settings(
            models=models,
            improvers=improvers,
            limits=self._limits(),
            gate=self._gate(),
            epochs=self._first("epochs", lambda layer: layer.sections.epochs, 1),
            concurrency=self._first("concurrency", lambda layer: layer.concurrency, DEFAULT_CONCURRENCY),
            seed=self._first("seed", lambda layer: layer.seed, None),
            cache=self._first("cache", lambda layer: layer.cache, default=True),
            on_limit=self._first("on_limit", lambda layer: layer.on_limit, "stop"),
            on_plateau=self._first("on_plateau", lambda layer: layer.on_plateau, "change"),
            origin=self._origin,
        )

    def _first(self, name: str, ask: Callable[[Layer], T | None], default: T) -> T:
        for layer in self._layers:
            answer = ask(layer)
            if answer is not None:
                self._origin[name] = layer.origin(name)
                return answer
        self._origin[name] = _DEFAULT
        return default

    def _limits(self) -> Limits:
        limits = Limits()
        for one in fields(Limits):
            value = self._first(f"budget.{one.name}", attrgetter(f"sections.limits.{one.name}"), None)
            limits = replace(limits, **{one.name: value})
        return limits

    def _gate(self) -> GateRule:
        """The gate's rule. `epochs` says how often a case is drawn where `gate.repeats` does not."""
        rule = GateRule()
        for one in fields(GateRule):
            name = f"gate.{one.name}"
            self._origin[name] = _DEFAULT
            for layer in self._layers:
                if name in layer.sections.stated:
                    rule = replace(rule, **{one.name: getattr(layer.sections.gate, one.name)})
                    self._origin[name] = layer.origin(name)
                    break
                if one.name == "repeats" and layer.sections.epochs is not None:
                    rule = replace(rule, repeats=stages_up_to(layer.sections.epochs))
                    self._origin[name] = layer.origin("epochs")
                    break
        return rule

    def _model(self, role: Role) -> ModelChoice:
        for layer in self._layers:
            if role in layer.sections.models:
                self._origin[f"models.{role}"] = layer.origin(f"models.{role}")
                return self._asked(role, layer.sections.models[role])
        return self._asked(role, self._fallback(role))

    def _improvers(self) -> tuple[ModelChoice, ...]:
        for layer in self._layers:
            if Role.IMPROVER in layer.sections.models:
                self._origin["models.improver"] = layer.origin("models.improver")
                chosen = layer.sections.improvers or (layer.sections.models[Role.IMPROVER],)
                return tuple(self._asked(Role.IMPROVER, choice) for choice in chosen)
        return (self._asked(Role.IMPROVER, self._fallback(Role.IMPROVER)),)

    def _fallback(self, role: Role) -> ModelChoice:
        """The actor's model for whoever has none of its own; the embedded one where nobody has."""
        named = any(Role.ACTOR in layer.sections.models for layer in self._layers)
        if role is Role.ACTOR or not named:
            self._origin[f"models.{role}"] = _DEFAULT
            return ModelChoice(name=DEFAULT_MODEL)
        self._origin[f"models.{role}"] = "the actor's model"
        actor = self._model(Role.ACTOR)
        return replace(
            ModelChoice(name=actor.name), **{one: getattr(actor, one) for one in _BOUND_TO_THE_NAME}
        )

    def _asked(self, role: Role, choice: ModelChoice) -> ModelChoice:
        """The choice with what weaker layers know of this model, and of how this role is asked.

        An address and a price belong to a model's name; temperature, length and patience to the role.
        """
        for layer in self._layers:
            known = layer.sections.models.get(role)
            if known is None:
                continue
            wanted = _MANNER + (_BOUND_TO_THE_NAME if known.name == choice.name else ())
            missing = {one: getattr(known, one) for one in wanted if getattr(choice, one) is None}
            choice = replace(choice, **missing)
        patient = [one for one in self._layers if f"models.{role}.timeout_s" in one.sections.stated]
        if patient:
            choice = replace(choice, timeout_s=patient[0].sections.models[role].timeout_s)
        return self._addressed(role, choice)

    def _addressed(self, role: Role, choice: ModelChoice) -> ModelChoice:
        """The choice at the address that the strongest layer gives: for all roles, or for this one."""
        name = f"models.{role}.api_base"
        if _is_embedded(choice):
            return replace(choice, api_base=None)
        for layer in self._layers:
            known = layer.sections.models.get(role)
            own = known.api_base if known and known.name == choice.name else None
            if address := layer.api_base or own:
                self._origin[name] = layer.origin("api_base" if layer.api_base else name)
                return replace(choice, api_base=address)
        return choice

    def _check_api_base(self, chosen: Sequence[ModelChoice]) -> None:
        for layer in self._layers:
            if layer.api_base and all(_is_embedded(choice) for choice in chosen):
                source = layer.origin("api_base")
                message = f"{source} is given, but no model is named that could be asked there"
                raise InputError(message, hint="add --model openai/NAME, NAME being what the server calls it")


def _is_embedded(choice: ModelChoice) -> bool:
    return choice.name.startswith("offline/")
