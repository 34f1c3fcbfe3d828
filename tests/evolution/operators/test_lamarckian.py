from __future__ import annotations

from dataclasses import replace

from rsi_cli.evolution.operators.lamarckian import MOST_SHOWN, Lamarckian
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import (
    KEPT,
    PARENT,
    RICH,
    UNIT_PROMPT,
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
