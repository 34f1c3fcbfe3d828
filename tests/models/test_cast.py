from __future__ import annotations

import pytest

from rsi_cli.errors import InputError
from rsi_cli.models.cast import Cast
from rsi_cli.nouns import Role
from rsi_cli.suite.model import ModelChoice

A, B, C, D = (ModelChoice(name=f"openai/{letter}") for letter in "abcd")


def test_the_first_improver_is_for_breadth_and_the_last_for_depth() -> None:
    cast = Cast(actor=A, improvers=(B, C), judge=D)
    assert cast.choice(Role.ACTOR) == A
    assert cast.choice(Role.IMPROVER) == B
    assert cast.choice(Role.IMPROVER, depth=True) == C
    assert cast.choice(Role.JUDGE, depth=True) == D


def test_a_single_improver_does_both() -> None:
    cast = Cast(actor=A, improvers=(B,), judge=A)
    assert cast.choice(Role.IMPROVER, depth=True) == B
    assert cast.everyone == (A, B)


def test_an_agent_program_is_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match="not supported yet") as caught:
        Cast(actor=ModelChoice(name="command:claude -p"), improvers=(A,), judge=A)
    assert "offline/apprentice" in caught.value.hint


@pytest.mark.parametrize("name", ["", " openai/x", "openai/x "])
def test_a_name_that_cannot_be_meant_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        Cast(actor=A, improvers=(A,), judge=ModelChoice(name=name))


def test_a_cast_needs_an_improver() -> None:
    with pytest.raises(InputError, match="no improver"):
        Cast(actor=A, improvers=(), judge=A)
