from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.models.call import Call
from rsi_cli.nouns import Message, Role
from rsi_cli.suite.model import ModelChoice

CALL = Call(
    role=Role.ACTOR,
    choice=ModelChoice(name="openai/x", api_base="http://127.0.0.1:1/v1", temperature=0.5, max_tokens=100),
    messages=(Message("system", "be terse"), Message("user", "hello")),
    seed=3,
    repeat=0,
    template="answer@abc",
)


def _with_choice(**changes: object) -> Call:
    return replace(CALL, choice=replace(CALL.choice, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        replace(CALL, seed=4),
        replace(CALL, seed=None),
        replace(CALL, repeat=1),
        replace(CALL, template="answer@abd"),
        replace(CALL, messages=CALL.messages[1:]),
        replace(CALL, messages=(Message("user", "be terse"), Message("user", "hello"))),
        _with_choice(name="openai/y"),
        _with_choice(api_base=None),
        _with_choice(temperature=0.6),
        _with_choice(temperature=None),
        _with_choice(max_tokens=101),
    ],
)
def test_whatever_can_change_the_answer_changes_the_key(other: Call) -> None:
    assert other.key() != CALL.key()


@pytest.mark.parametrize(
    "other",
    [
        replace(CALL, role=Role.JUDGE),
        _with_choice(timeout_s=5.0),
        _with_choice(usd_per_million_input=1.0, usd_per_million_output=2.0),
    ],
)
def test_what_is_not_sent_does_not_change_the_key(other: Call) -> None:
    assert other.key() == CALL.key()


def test_the_key_is_the_same_on_every_machine_and_day() -> None:
    assert CALL.key() == "38359b26a29cbbc95fa22dde6bb8789a131b4cb3109c91cfe8e2ca125e1a1946"


def test_a_salt_keeps_runs_apart() -> None:
    assert len({CALL.key(), CALL.key("run-1"), CALL.key("run-2")}) == 3


def test_words_cannot_move_between_messages_unnoticed() -> None:
    one = replace(CALL, messages=(Message("user", "ab"), Message("user", "c")))
    two = replace(CALL, messages=(Message("user", "a"), Message("user", "bc")))
    assert one.key() != two.key()


def test_a_lone_surrogate_has_a_key() -> None:
    assert len(replace(CALL, messages=(Message("user", "\ud800"),)).key()) == 64


def test_without_drops_only_what_it_is_told() -> None:
    assert CALL.without(frozenset()) == CALL
    assert CALL.without(frozenset({"seed"})) == replace(CALL, seed=None)
    assert CALL.without(frozenset({"temperature"})) == _with_choice(temperature=None)
