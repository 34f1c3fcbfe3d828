from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.errors import BugError
from rsi_cli.evolution.operators.merge import Merge
from rsi_cli.evolution.operators.operator import Draft, Mate
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import (
    NEW_SKILL,
    PARENT,
    RICH,
    TWO_ROUNDS,
    UNIT_PROMPT,
    tags_at_top,
)


def test_each_parent_is_shown_with_the_cases_that_it_alone_wins() -> None:
    _, [prompt] = talk(Merge(), situation=RICH)
    assert shown(words(prompt), "skill") == PARENT
    assert shown(words(prompt), "won_by_skill") == "WON-BY-PARENT"
    assert shown(words(prompt), "other_skill") == "MATE-TEXT"
    assert shown(words(prompt), "won_by_other_skill") == "WON-BY-MATE"
    assert tags_at_top(words(prompt))[-3:] == ["lessons", "keep", "hard_constraints"]


def test_nothing_else_is_shown() -> None:
    _, [prompt] = talk(Merge(), situation=RICH)
    for hidden in ("FAILING-CASES", "PASSING-CASES", UNIT_PROMPT.text, "UNIT-STYLE", "TRIED-EDITS"):
        assert hidden not in words(prompt)


def test_a_parent_that_wins_nothing_says_so() -> None:
    asked = replace(RICH, mate=Mate(text="MATE-TEXT", wins="WON-BY-MATE", losses=""))
    _, [prompt] = talk(Merge(), situation=asked)
    assert shown(words(prompt), "won_by_skill") == "(none)"


def test_it_is_one_step_whatever_the_rounds() -> None:
    outcome, prompts = talk(Merge(), NEW_SKILL, situation=TWO_ROUNDS)
    assert outcome == Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT)
    assert len(prompts) == 1


def test_it_takes_another_parent() -> None:
    assert Merge().fits(RICH)
    assert not Merge().fits(replace(RICH, mate=None))
    assert not Merge().fits(replace(RICH, mate=Mate(text=PARENT + "\n", wins="", losses="")))
    with pytest.raises(BugError):
        talk(Merge(), situation=replace(RICH, mate=None))
