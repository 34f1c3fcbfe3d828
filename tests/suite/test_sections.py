from __future__ import annotations

from collections.abc import Callable

import pytest

from rsi_cli.nouns import Role
from rsi_cli.suite.model import GateRule, Limits, ModelChoice, Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]

CASES = "cases: [{id: a, input: x, expected: 1}]\n"


def test_a_suite_that_says_nothing_has_the_defaults(read: Read) -> None:
    suite = read(CASES)
    assert (suite.limits, suite.gate, suite.models, suite.epochs, suite.prompt) == (
        Limits(),
        GateRule(),
        {},
        1,
        "{{ input }}",
    )
    assert suite.stated == frozenset()


def test_a_model_is_a_name_or_a_mapping(read: Read) -> None:
    suite = read(
        CASES
        + """\
models:
  actor: openai/x
  judge: {name: ollama/j, api_base: "http://127.0.0.1:1/v1", temperature: 0, max_tokens: 9, timeout_s: 5,
          usd_per_million_input: 0.1, usd_per_million_output: 2}
"""
    )
    assert suite.models == {
        Role.ACTOR: ModelChoice(name="openai/x"),
        Role.JUDGE: ModelChoice(
            name="ollama/j",
            api_base="http://127.0.0.1:1/v1",
            temperature=0.0,
            max_tokens=9,
            timeout_s=5.0,
            usd_per_million_input=0.1,
            usd_per_million_output=2.0,
        ),
    }
    assert {"models.actor.name", "models.judge.temperature"} <= suite.stated
    assert "models.actor.temperature" not in suite.stated


def test_improvers_may_be_two(read: Read) -> None:
    suite = read(CASES + "models: {improver: [openai/small, {name: openai/big, temperature: 1}]}")
    assert [choice.name for choice in suite.improvers] == ["openai/small", "openai/big"]
    assert suite.models[Role.IMPROVER] == suite.improvers[0]


def test_budget_and_gate_are_read(read: Read) -> None:
    suite = read(
        CASES
        + """\
epochs: 3
budget: {max_calls: 1000, max_tokens: 20000, max_usd: 1.5, for: 1h30m}
gate: {alpha: 0.1, shares: [0.25, 0.25, 0.5], repeats: [1, 3], max_unmeasured: 0,
       growth_cap: 1.5, growth_slack_chars: 0}
"""
    )
    assert suite.limits == Limits(max_calls=1000, max_tokens=20000, max_usd=1.5, max_seconds=5400.0)
    assert suite.gate == GateRule(
        alpha=0.1,
        shares=(0.25, 0.25, 0.5),
        repeats=(1, 3),
        max_unmeasured=0.0,
        growth_cap=1.5,
        growth_slack_chars=0,
    )
    assert suite.epochs == 3
    assert {"epochs", "budget.for", "gate.growth_cap"} <= suite.stated


def test_three_thirds_are_a_whole(read: Read) -> None:
    assert len(read(CASES + "gate: {shares: [0.3333333, 0.3333333, 0.3333334]}").gate.shares) == 3


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("models: {acter: x}", "2:10  models.acter  unknown key; did you mean 'actor'?"),
        ("models: {actor: {model: x}}", "2:18  models.actor.model  unknown key; did you mean 'name'?"),
        ("models: {actor: {temperature: 0}}", "2:17  models.actor  a model needs `name`"),
        (
            "models: {actor: {name: x, temperature: 3}}",
            "3 is out of range; expected a number between 0 and 2",
        ),
        ("models: {actor: {name: x, timeout_s: 0}}", "0 is out of range; expected a number above 0"),
        ("models: {actor: {name: x, api_key: k}}", "keys are read from the environment alone"),
        ("models: {actor: [a]}", "expected a text, found a list"),
        ("models: {improver: []}", "must not be an empty list"),
        ("models: gpt", "expected the models (a mapping), found `gpt`"),
        ("budget: {max_calls: 0}", "expected a whole number of at least 1, found `0`"),
        ("budget: {max_usd: -1}", "-1 is out of range; expected a number above 0"),
        ("budget: {max_cals: 9}", "2:10  budget.max_cals  unknown key; did you mean 'max_calls'?"),
        ("budget: {for: 1:30}", "expected a length of time such as 8h, 90m or 1h30m, found `1:30`"),
        ("budget: {for: 8}", "expected a length of time such as 8h, 90m or 1h30m, found `8`"),
        ("budget: {max_tokens: 1_000}", "`1_000` is not read alike everywhere; write 1000"),
        ("gate: {alpha: 1}", "1 is out of range; expected a number strictly between 0 and 1"),
        ("gate: {alpha: 5%}", "expected a number, found `5%`"),
        ("gate: {shares: [0.5, 0.6]}", "2:16  gate.shares  shares sum to 1.1; they must sum to 1"),
        ("gate: {shares: [1.5, -0.5]}", "gate.shares[0]  1.5 is out of range"),
        ("gate: {shares: []}", "must not be an empty list"),
        ("gate: {repeats: [2, 1]}", "repeats must grow"),
        ("gate: {repeats: [0]}", "expected a whole number of at least 1, found `0`"),
        ("gate: {max_unmeasured: 2}", "2 is out of range; expected a number between 0 and 1"),
        ("gate: {growth_cap: 0.5}", "0.5 is out of range; expected a number of at least 1"),
        ("epochs: none", "expected a whole number, found `none`"),
        ("prompts: [a]", "2:1  prompts  unknown key; did you mean 'prompt'?"),
    ],
)
def test_a_wrong_setting_is_told_at_its_place(mistakes: Mistakes, text: str, mistake: str) -> None:
    assert mistake in mistakes(CASES + text)[0]
