"""A rewrite shows what was tried and what was learned, where there is such a thing, and is else as it was."""

from __future__ import annotations

from dataclasses import replace

from rsi_cli.evolution.operators.first_order import FirstOrder
from rsi_cli.evolution.operators.operator import Situation
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import NEW_SKILL, RICH, TWO_ROUNDS, hostile, outside_blocks, tags_at_top

SEEN = ["task_description", "skill", "failing_cases", "passing_cases"]
ASKED = ["mutation_prompt", "thinking_style", "hard_constraints"]


def sent(situation: Situation) -> str:
    return words(talk(FirstOrder(), situation=situation)[1][0])


def test_what_was_tried_and_learned_stands_between_the_cases_and_the_request() -> None:
    assert tags_at_top(sent(RICH)) == [*SEEN, "tried_edits", "lessons", *ASKED]
    assert shown(sent(RICH), "tried_edits") == "TRIED-EDITS"
    assert shown(sent(RICH), "lessons") == "LESSONS-LEARNED"


def test_without_them_there_is_no_word_of_them() -> None:
    bare = sent(replace(RICH, tried="", lessons=""))
    assert tags_at_top(bare) == [*SEEN, *ASKED]
    assert "tried" not in bare
    assert "learned" not in bare


def test_what_was_tried_on_the_parent_is_told_of_the_parent_alone() -> None:
    """The second round revises another text, which nobody has tried anything on."""
    _, prompts = talk(FirstOrder(), NEW_SKILL, situation=TWO_ROUNDS)
    first, second = map(words, prompts)
    assert shown(first, "tried_edits") == "TRIED-EDITS"
    assert tags_at_top(second) == [*SEEN, "lessons", *ASKED]
    assert "tried" not in second


def test_lessons_are_shown_in_every_round() -> None:
    _, prompts = talk(FirstOrder(), NEW_SKILL, situation=TWO_ROUNDS)
    assert [shown(words(prompt), "lessons") for prompt in prompts] == ["LESSONS-LEARNED"] * 2


def test_data_stays_in_its_blocks() -> None:
    assert "OUT-OF-ITS-BLOCK" in sent(hostile(RICH))
    assert "OUT-OF-ITS-BLOCK" not in outside_blocks(sent(hostile(RICH)))
