from __future__ import annotations

from dataclasses import replace

from rsi_cli.evolution.operators.lamarckian import MOST_SHOWN, Lamarckian
from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.nouns import Failed
from rsi_cli.prompts.delimit import block
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import (
    KEPT,
    NEW_SKILL,
    PARENT,
    RICH,
    TWO_ROUNDS,
    UNIT_PROMPT,
    hostile,
    outside_blocks,
    tags_at_top,
)


def workings(seed: int) -> list[str]:
    _, [prompt] = talk(Lamarckian(), seed=seed, situation=RICH)
    return shown(words(prompt), "workings").split("\n")


def test_the_instruction_is_inferred_from_three_correct_workings() -> None:
    for seed in range(10):
        assert len(set(workings(seed))) == MOST_SHOWN
        assert set(workings(seed)) <= set(RICH.workings)
    assert {one for seed in range(20) for one in workings(seed)} == set(RICH.workings)
    assert workings(4) == workings(4)


def test_fewer_workings_are_all_shown() -> None:
    _, [prompt] = talk(Lamarckian(), situation=replace(RICH, workings=("THE-ONLY-ONE",)))
    assert shown(words(prompt), "workings") == "THE-ONLY-ONE"


def test_neither_the_parent_nor_the_description_nor_any_failure_is_shown() -> None:
    _, [prompt] = talk(Lamarckian(), situation=RICH)
    for hidden in (PARENT, "PARENT-TEXT", RICH.task, "FAILING-CASES", UNIT_PROMPT.text, "TRIED-EDITS"):
        assert hidden not in words(prompt)
    assert tags_at_top(words(prompt)) == ["workings", "lessons", "keep", "hard_constraints"]


def test_what_belongs_to_the_owner_is_shown_for_no_parent_does() -> None:
    _, [prompt] = talk(Lamarckian(), situation=RICH)
    assert shown(words(prompt), "keep") == KEPT
    assert shown(words(prompt), "hard_constraints") == "HARD-CONSTRAINT"


def test_it_takes_something_that_came_out_right() -> None:
    assert Lamarckian().fits(RICH)
    assert not Lamarckian().fits(replace(RICH, workings=()))


def test_the_child_keeps_the_units_mutation_prompt_and_goes_on_in_rounds() -> None:
    once, _ = talk(Lamarckian(), NEW_SKILL, situation=RICH)
    assert once == Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT)
    twice, prompts = talk(Lamarckian(), NEW_SKILL, block("skill", "REVISED\n"), situation=TWO_ROUNDS)
    assert twice == Draft(body="REVISED\n", mutation_prompt=UNIT_PROMPT)
    assert shown(words(prompts[1]), "failing_cases") == "OTHER-FAILING"


def test_an_unreadable_reply_is_a_failure() -> None:
    outcome, _ = talk(Lamarckian(), "<skill>\ncut o", situation=RICH)
    assert isinstance(outcome, Failed)


def test_data_stays_in_its_blocks() -> None:
    _, [prompt] = talk(Lamarckian(), situation=hostile(RICH))
    assert "OUT-OF-ITS-BLOCK" in words(prompt)
    assert "OUT-OF-ITS-BLOCK" not in outside_blocks(words(prompt))
