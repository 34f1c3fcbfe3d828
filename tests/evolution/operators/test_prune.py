from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.evolution.operators.prune import Prune
from rsi_cli.nouns import Blame, Failed
from rsi_cli.prompts.delimit import block
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import (
    NEW_SKILL,
    PARENT,
    RICH,
    TWO_ROUNDS,
    UNIT_PROMPT,
    outside_blocks,
    tags_at_top,
)


def test_the_skill_is_shown_with_passing_cases_to_protect_and_no_failing_ones() -> None:
    _, [prompt] = talk(Prune(), situation=RICH)
    assert shown(words(prompt), "skill") == PARENT
    assert shown(words(prompt), "passing_cases") == "PASSING-CASES"
    assert "shorter text that says the same" in outside_blocks(words(prompt))
    for hidden in ("FAILING-CASES", UNIT_PROMPT.text, "UNIT-STYLE", "TRIED-EDITS"):
        assert hidden not in words(prompt)
    assert tags_at_top(words(prompt))[-3:] == ["lessons", "keep", "hard_constraints"]


def test_a_shorter_skill_is_the_child_whatever_the_rounds() -> None:
    outcome, prompts = talk(Prune(), NEW_SKILL, situation=TWO_ROUNDS)
    assert outcome == Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT)
    assert len(prompts) == 1


@pytest.mark.parametrize(
    "reply", [PARENT, PARENT + "More.\n", PARENT.replace("\n", "\n\n"), PARENT.replace("\n\n", "\n")]
)
def test_a_skill_that_is_not_shorter_in_words_is_a_failure(reply: str) -> None:
    outcome, _ = talk(Prune(), block("skill", reply), situation=RICH)
    assert isinstance(outcome, Failed)
    assert outcome.blame is Blame.CANDIDATE


def test_it_takes_passing_cases() -> None:
    assert Prune().fits(RICH)
    assert Prune().fits(replace(RICH, rounds=(("(none)", "PASSING"),)))
    assert not Prune().fits(replace(RICH, rounds=(("FAILING", "(none)"),)))
