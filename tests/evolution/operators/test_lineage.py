from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.operators.lineage import Lineage
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.situations import (
    PARENT,
    RICH,
    SCORES,
    STRONG,
    UNIT_PROMPT,
    WEAK,
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


@pytest.mark.parametrize(
    ("lineage", "fits"), [((), False), ((PARENT,), False), ((PARENT, PARENT), False), ((WEAK, PARENT), True)]
)
def test_a_history_takes_a_step(lineage: tuple[str, ...], *, fits: bool) -> None:
    assert Lineage().fits(replace(RICH, lineage=lineage)) is fits
