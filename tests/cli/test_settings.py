from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pytest

from rsi_cli.cli.settings import DEFAULT_MODEL, Flags, Settings, resolve
from rsi_cli.cli.wiring import judge_hash
from rsi_cli.errors import InputError
from rsi_cli.nouns import Role
from rsi_cli.suite.load import parse_suite
from rsi_cli.suite.model import GateRule, Limits, ModelChoice

CASES = "cases: [{id: a, input: x, expected: 1}]\n"
NO_FLAGS = Flags()
NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
EVENING = datetime(2026, 11, 20, 22, 30)  # noqa: DTZ001 - the clock on the wall


class Resolve(Protocol):
    def __call__(
        self,
        flags: Flags = ...,
        *,
        env: Mapping[str, str] = ...,
        suite: str = ...,
        repo: str = ...,
        user: str = ...,
    ) -> Settings: ...


@pytest.fixture
def settled(tmp_path: Path) -> Resolve:
    """Resolve settings from texts: what the suite, the repository's rsi.yaml and the user's file say."""

    def run(
        flags: Flags = NO_FLAGS,
        *,
        env: Mapping[str, str] = NO_VARIABLES,
        suite: str = "",
        repo: str = "",
        user: str = "",
    ) -> Settings:
        root, own = tmp_path / "repo", tmp_path / "own.yaml"
        root.mkdir(exist_ok=True)
        for path, text in ((root / "rsi.yaml", repo), (own, user)):
            if text:
                path.write_text(text, encoding="utf-8")
        return resolve(
            flags, parse_suite(CASES + suite, file="s.yaml", name="s"), env, root, own, now=EVENING
        )

    return run


def names(settings: Settings) -> tuple[str, ...]:
    return tuple(settings.models[role].name for role in (Role.ACTOR, Role.IMPROVER, Role.JUDGE))


def how(settings: Settings) -> tuple[int | None, int, int, bool, str, str]:
    asked = (settings.seed, settings.epochs, settings.concurrency, settings.cache)
    return *asked, settings.on_limit, settings.on_plateau


def refused(call: Callable[[], object]) -> InputError:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.hint
    return caught.value


def test_where_nothing_is_said_the_embedded_model_plays_every_role(settled: Resolve) -> None:
    settings = settled()
    assert names(settings) == (DEFAULT_MODEL,) * 3
    assert (settings.limits, settings.gate, settings.epochs, settings.seed, settings.cache) == (
        Limits(),
        GateRule(),
        1,
        None,
        True,
    )
    assert set(settings.origin.values()) == {"default"}


def test_no_repository_and_no_file_are_fine(tmp_path: Path) -> None:
    suite = parse_suite(CASES, file="s.yaml", name="s")
    assert names(resolve(Flags(), suite, {}, None, tmp_path / "none.yaml")) == (DEFAULT_MODEL,) * 3


def test_the_stronger_source_wins_and_is_remembered(settled: Resolve) -> None:
    said = {
        "suite": "budget: {max_calls: 3}\n",
        "repo": "budget: {max_calls: 4}\n",
        "user": "budget: {max_calls: 5}\n",
    }
    env = {"RSI_MAX_CALLS": "2"}
    for flags, environ, texts, calls, origin in (
        (Flags(max_calls=1), env, said, 1, "--max-calls"),
        (Flags(), env, said, 2, "RSI_MAX_CALLS"),
        (Flags(), {}, said, 3, "s.yaml"),
        (Flags(), {}, {**said, "suite": ""}, 4, "rsi.yaml"),
    ):
        settings = settled(flags, env=environ, **texts)
        assert settings.limits.max_calls == calls
        assert settings.origin["budget.max_calls"].endswith(origin)


def test_the_stronger_source_says_what_to_do_at_a_plateau(settled: Resolve) -> None:
    env, file = {"RSI_ON_PLATEAU": "stop"}, "on_plateau: stop\n"
    for settings, said, origin in (
        (settled(), "change", "default"),
        (settled(repo=file), "stop", "rsi.yaml"),
        (settled(env=env, repo="on_plateau: change\n"), "stop", "RSI_ON_PLATEAU"),
        (settled(Flags(on_plateau="change"), env=env, repo=file), "change", "--on-plateau"),
    ):
        assert settings.on_plateau == said
        assert settings.origin["on_plateau"].endswith(origin)


def test_the_users_own_file_comes_last(settled: Resolve) -> None:
    settings = settled(
        user="budget: {max_calls: 5, for: 8h}\nconcurrency: 3\nseed: 7\ncache: no\n"
        "on_limit: wait\nepochs: 2\non_plateau: stop\n"
    )
    assert settings.limits == Limits(max_calls=5, max_seconds=28800.0)
    assert how(settings) == (7, 2, 3, False, "wait", "stop")
    assert settings.origin["seed"].endswith("own.yaml")


def test_sources_are_merged_value_by_value(settled: Resolve) -> None:
    settings = settled(
        Flags(max_calls=1),
        suite="budget: {max_usd: 2}\ngate: {alpha: 0.1}\n",
        repo="gate: {alpha: 0.2, growth_cap: 3}\n",
    )
    assert settings.limits == Limits(max_calls=1, max_usd=2.0)
    assert (settings.gate.alpha, settings.gate.growth_cap) == (0.1, 3.0)


def test_a_default_that_the_suite_states_beats_a_weaker_source(settled: Resolve) -> None:
    settings = settled(suite="gate: {alpha: 0.05}\nepochs: 1\n", repo="gate: {alpha: 0.2}\nepochs: 4\n")
    assert (settings.gate.alpha, settings.epochs) == (0.05, 1)


@pytest.mark.parametrize(
    ("flag", "texts", "repeats", "origin"),
    [
        (None, {}, (1, 2, 4), "default"),
        (3, {}, (1, 2, 3), "--epochs"),
        (1, {}, (1,), "--epochs"),
        (None, {"suite": "epochs: 2"}, (1, 2), "s.yaml"),
        (None, {"user": "epochs: 2"}, (1, 2), "own.yaml"),
        (3, {"suite": "gate: {repeats: [2, 6]}"}, (1, 2, 3), "--epochs"),
        (None, {"suite": "gate: {repeats: [2, 6]}\nepochs: 3"}, (2, 6), "s.yaml"),
        (None, {"suite": "epochs: 3", "repo": "gate: {repeats: [2, 6]}"}, (1, 2, 3), "s.yaml"),
        (None, {"suite": "gate: {repeats: [2, 6]}", "repo": "epochs: 3"}, (2, 6), "s.yaml"),
        (None, {"suite": "gate: {repeats: [1, 2, 4]}"}, (1, 2, 4), "s.yaml"),
    ],
)
def test_epochs_say_how_often_a_look_draws_where_the_gate_says_nothing_stronger(
    settled: Resolve, flag: int | None, texts: dict[str, Any], repeats: tuple[int, ...], origin: str
) -> None:
    settings = settled(Flags(epochs=flag), **texts)
    assert settings.gate.repeats == repeats
    assert settings.origin["gate.repeats"].endswith(origin)
    assert settings.repeats_stated is (origin != "default")


def test_every_flag_arrives(settled: Resolve) -> None:
    flags = Flags(
        model="openai/a", improver_model="openai/b, openai/c", judge_model="openai/d", seed=5, epochs=3,
        concurrency=2, no_cache=True, max_usd=1.5, max_calls=10, max_tokens=99, for_="2h", on_limit="wait",
        on_plateau="stop",
    )  # fmt: skip
    settings = settled(flags)
    assert names(settings) == ("openai/a", "openai/b", "openai/d")
    assert [choice.name for choice in settings.improvers] == ["openai/b", "openai/c"]
    assert settings.limits == Limits(max_calls=10, max_tokens=99, max_usd=1.5, max_seconds=7200.0)
    assert how(settings) == (5, 3, 2, False, "wait", "stop")
    assert settings.origin["models.improver"] == "--improver-model"
    assert settings.origin["cache"] == "--no-cache"
    assert settings.origin["budget.max_seconds"] == "--for"


def test_every_flag_has_its_variable(settled: Resolve) -> None:
    env = {
        "RSI_MODEL": "openai/a",
        "RSI_IMPROVER_MODEL": "openai/b,openai/c",
        "RSI_JUDGE_MODEL": "openai/d",
        "RSI_SEED": "5",
        "RSI_EPOCHS": "3",
        "RSI_CONCURRENCY": "2",
        "RSI_NO_CACHE": "1",
        "RSI_MAX_USD": "1.5",
        "RSI_MAX_CALLS": "10",
        "RSI_MAX_TOKENS": "99",
        "RSI_UNTIL": "07:00",
        "RSI_ON_LIMIT": "wait",
        "RSI_ON_PLATEAU": "stop",
        "RSI_API_BASE": "http://127.0.0.1:1/v1",
    }
    settings = settled(env=env)
    assert names(settings) == ("openai/a", "openai/b", "openai/d")
    assert {choice.api_base for choice in (*settings.models.values(), *settings.improvers)} == {
        "http://127.0.0.1:1/v1"
    }
    assert settings.limits == Limits(max_calls=10, max_tokens=99, max_usd=1.5, max_seconds=30600.0)
    assert how(settings) == (5, 3, 2, False, "wait", "stop")
    assert settings.origin["models.actor"] == "RSI_MODEL"
    assert settings.origin["budget.max_seconds"] == "RSI_UNTIL"


def test_the_earlier_of_for_and_until_ends_the_night(settled: Resolve) -> None:
    assert settled(Flags(for_="1h", until="07:00")).limits.max_seconds == 3600
    assert settled(Flags(for_="12h", until="07:00")).limits.max_seconds == 8.5 * 3600


def test_whoever_has_no_model_gets_the_actors_and_its_address(settled: Resolve) -> None:
    settings = settled(
        suite="models: {actor: {name: openai/a, api_base: h, temperature: 0, usd_per_million_input: 3}}"
    )
    assert names(settings) == ("openai/a",) * 3
    assert settings.models[Role.JUDGE] == ModelChoice(
        name="openai/a", api_base="h", usd_per_million_input=3.0
    )
    assert settings.models[Role.ACTOR].temperature == 0
    assert settings.origin["models.judge"] == "the actor's model"


def test_api_base_reaches_all_three_roles(settled: Resolve) -> None:
    settings = settled(Flags(model="openai/a", judge_model="openai/j", api_base="http://h/v1"))
    assert {choice.api_base for choice in settings.models.values()} == {"http://h/v1"}
    assert settings.origin["models.judge.api_base"] == "--api-base"


def test_api_base_beats_the_suites_but_never_reaches_the_embedded_model(settled: Resolve) -> None:
    settings = settled(
        Flags(api_base="http://flag/v1"),
        suite='models: {actor: {name: openai/a, api_base: "http://suite/v1"}, judge: offline/apprentice}',
    )
    assert settings.models[Role.ACTOR].api_base == "http://flag/v1"
    assert settings.models[Role.JUDGE].api_base is None


def test_an_address_without_a_model_is_refused_with_the_missing_flag(settled: Resolve) -> None:
    error = refused(lambda: settled(Flags(api_base="http://h/v1")))
    assert error.message.startswith("--api-base")
    assert "--model openai/NAME" in error.hint
    assert refused(lambda: settled(env={"RSI_API_BASE": "http://h/v1"})).message.startswith("RSI_API_BASE")


def test_a_flag_that_names_another_model_keeps_the_manner_but_not_the_address(settled: Resolve) -> None:
    suite = """\
models:
  actor: {name: openai/a, api_base: "http://h/v1", temperature: 0, timeout_s: 9, usd_per_million_output: 3}
"""
    other = settled(Flags(model="openai/b"), suite=suite).models[Role.ACTOR]
    assert other == ModelChoice(name="openai/b", temperature=0.0, timeout_s=9.0)
    same = settled(Flags(model="openai/a"), suite=suite).models[Role.ACTOR]
    assert (same.api_base, same.usd_per_million_output) == ("http://h/v1", 3.0)


def test_a_suite_may_name_two_improvers(settled: Resolve) -> None:
    settings = settled(suite="models: {actor: openai/a, improver: [openai/small, openai/big]}")
    assert [choice.name for choice in settings.improvers] == ["openai/small", "openai/big"]


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"RSI_SEED": "x"}, "RSI_SEED: 'x' is not a whole number"),
        ({"RSI_MAX_USD": "-1"}, "RSI_MAX_USD: '-1' is not a number"),
        ({"RSI_MAX_USD": "nan"}, "RSI_MAX_USD: 'nan' is not a number"),
        ({"RSI_NO_CACHE": "maybe"}, "RSI_NO_CACHE: 'maybe' is neither 1 nor 0"),
        ({"RSI_FOR": "8"}, "RSI_FOR: '8' is not a length of time"),
        ({"RSI_UNTIL": "25:00"}, "RSI_UNTIL: '25:00' is not a time of day"),
        ({"RSI_ON_LIMIT": "go"}, "RSI_ON_LIMIT: 'go' is neither wait nor stop"),
        ({"RSI_ON_PLATEAU": "go"}, "RSI_ON_PLATEAU: 'go' is neither change nor stop"),
        ({"RSI_MAX_CALS": "9"}, "RSI_MAX_CALS: no such setting; did you mean RSI_MAX_CALLS?"),
        (
            {"RSI_SEED": "x", "RSI_EPOCHS": "y"},
            "RSI_EPOCHS: 'y' is not a whole number of at least 0; RSI_SEED: 'x'",
        ),
    ],
)
def test_a_wrong_variable_is_named(settled: Resolve, env: dict[str, str], message: str) -> None:
    assert message in refused(lambda: settled(env=env)).message


def test_an_empty_or_foreign_variable_is_not_ours_to_read(settled: Resolve) -> None:
    assert settled(env={"RSI_SEED": "", "RSI_HOME": "/x", "OPENAI_API_KEY": "k"}).seed is None


def test_every_mistake_of_a_settings_file_is_told(settled: Resolve) -> None:
    error = refused(
        lambda: settled(repo="sede: 1\nmodels: {actor: {name: x, api_key: k}}\nconcurrency: 0\ncases: []\n")
    )
    lines = [str(problem).split("repo/rsi.yaml:")[1] for problem in error.problems]
    assert [line.split("  ")[:2] for line in lines] == [
        ["1:1", "sede"], ["2:27", "models.actor.api_key"], ["3:14", "concurrency"], ["4:1", "cases"],
    ]  # fmt: skip
    assert "docs/suite.md" not in error.hint


def test_an_empty_settings_file_says_nothing(settled: Resolve) -> None:
    assert settled(repo="# nothing yet\n", user="\n").origin["seed"] == "default"


@pytest.mark.parametrize("name", ["", "  ", ",", "openai/a,"])
def test_a_model_without_a_name_is_refused(settled: Resolve, name: str) -> None:
    assert "the name is empty" in refused(lambda: settled(Flags(improver_model=name))).message


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("max_tokens: 9", True),
        ("temperature: 0.7", True),
        ("api_base: http://127.0.0.1:2", True),
        ("timeout_s: 7", False),
        ("usd_per_million_input: 7", False),
    ],
)
def test_the_evaluator_is_another_where_its_judge_is_asked_otherwise(
    settled: Resolve, said: str, *, counts: bool
) -> None:
    named = "models: {actor: openai/a, judge: {name: openai/b%s}}"
    assert (judge_hash(settled(suite=named % "")) != judge_hash(settled(suite=named % f", {said}"))) is counts
