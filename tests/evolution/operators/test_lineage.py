from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.operators.lineage import MOST_SHOWN, Lineage
from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.nouns import Failed
from rsi_cli.prompts.delimit import block
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import (
    NEW_SKILL,
    PARENT,
    RICH,
    SCORES,
    STRONG,
    TWO_ROUNDS,
    UNIT_PROMPT,
    WEAK,
    hostile,
    numbered,
    outside_blocks,
)


def listed(*lineage: str) -> list[str]:
    _, [prompt] = talk(Lineage(), situation=replace(RICH, lineage=lineage))
    return numbered(words(prompt))


def test_the_elites_stand_in_the_order_of_time_said_to_be_that_of_quality() -> None:
    _, [prompt] = talk(Lineage(), situation=RICH)
    assert numbered(words(prompt)) == ["OLDEST-ANCESTOR", "MIDDLE-ANCESTOR", PARENT]
    assert "ascending order of their quality" in outside_blocks(words(prompt))
    assert "write version 4" in outside_blocks(words(prompt))


def test_chance_has_no_part_in_it() -> None:
    assert talk(Lineage(), seed=1, situation=RICH) == talk(Lineage(), seed=2, situation=RICH)


def test_it_is_not_filtered_by_likeness_only_stand_still_is_left_out() -> None:
    alike = PARENT.replace("refund,", "refund -")
    assert listed(PARENT, alike, PARENT) == [PARENT, alike, PARENT]
    assert listed(WEAK, PARENT, PARENT, PARENT) == [WEAK, PARENT]


def test_neither_the_population_nor_scores_nor_cases_are_shown() -> None:
    _, [prompt] = talk(Lineage(), situation=RICH)
    for hidden in (*SCORES, WEAK, STRONG, "FAILING-CASES", "PASSING-CASES", UNIT_PROMPT.text, "TRIED-EDITS"):
        assert hidden not in words(prompt)


def test_of_a_long_history_the_newest_part_is_shown() -> None:
    history = [f"ANCESTOR-{number}" for number in range(20)]
    assert listed(*history) == history[-MOST_SHOWN:]


@pytest.mark.parametrize(
    ("lineage", "fits"), [((), False), ((PARENT,), False), ((PARENT, PARENT), False), ((WEAK, PARENT), True)]
)
def test_a_history_takes_a_step(lineage: tuple[str, ...], *, fits: bool) -> None:
    assert Lineage().fits(replace(RICH, lineage=lineage)) is fits


def test_the_child_keeps_the_units_mutation_prompt_and_goes_on_in_rounds() -> None:
    once, _ = talk(Lineage(), NEW_SKILL, situation=RICH)
    assert once == Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT)
    twice, prompts = talk(Lineage(), NEW_SKILL, block("skill", "REVISED\n"), situation=TWO_ROUNDS)
    assert twice == Draft(body="REVISED\n", mutation_prompt=UNIT_PROMPT)
    assert shown(words(prompts[1]), "failing_cases") == "OTHER-FAILING"


def test_an_unreadable_reply_is_a_failure() -> None:
    outcome, _ = talk(Lineage(), "Version 4 would be better still.", situation=RICH)
    assert isinstance(outcome, Failed)


def test_data_stays_in_its_blocks() -> None:
    _, [prompt] = talk(Lineage(), situation=hostile(RICH))
    assert "OUT-OF-ITS-BLOCK" in words(prompt)
    assert "OUT-OF-ITS-BLOCK" not in outside_blocks(words(prompt))
