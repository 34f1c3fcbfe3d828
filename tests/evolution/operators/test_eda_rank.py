from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.operators.eda_rank import MOST_SHOWN, EdaRank
from rsi_cli.evolution.operators.operator import Ranked, Situation
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
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


def of(*population: tuple[str, float]) -> Situation:
    return replace(RICH, population=tuple(Ranked(text=text, score=score) for text, score in population))


def listed(situation: Situation, seed: int = 0) -> list[str]:
    _, [prompt] = talk(EdaRank(), seed=seed, situation=situation)
    return numbered(words(prompt))


@pytest.mark.parametrize("seed", range(5))
def test_the_list_ascends_while_its_head_says_that_it_descends(seed: int) -> None:
    _, [prompt] = talk(EdaRank(), seed=seed, situation=RICH)
    assert numbered(words(prompt)) == [WEAK, PARENT, STRONG]
    assert "in descending order of score" in words(prompt)
    assert "ascending" not in words(prompt)


def test_the_next_entry_is_to_be_the_best_nearer_to_the_last_than_to_the_first_and_no_copy() -> None:
    _, [prompt] = talk(EdaRank(), situation=RICH)
    asked = outside_blocks(words(prompt))
    assert "Entry 4 is better than all of these" in asked
    assert "resembles entry 3 more than it does entry 1" in asked
    assert "unlike entry 3" in asked


def test_the_units_mutation_prompt_stands_above_the_list() -> None:
    _, [prompt] = talk(EdaRank(), situation=RICH)
    assert shown(words(prompt), "mutation_prompt") == UNIT_PROMPT.text
    assert words(prompt).index("</mutation_prompt>") < words(prompt).index("<skills>")


def test_no_fitness_is_shown_as_a_number_and_no_case() -> None:
    _, [prompt] = talk(EdaRank(), situation=RICH)
    for hidden in (*SCORES, "FAILING-CASES", "PASSING-CASES", "UNIT-STYLE", "TRIED-EDITS"):
        assert hidden not in words(prompt)


def test_of_two_that_are_nearly_the_same_the_better_one_is_listed() -> None:
    copy = STRONG.replace("answer shipping.", "Answer  shipping!")
    assert listed(of((PARENT, 0.4), (STRONG, 0.7), (copy, 0.6), (WEAK, 0.1))) == [WEAK, PARENT, STRONG]
    assert listed(of((PARENT, 0.4), (STRONG, 0.6), (copy, 0.7), (WEAK, 0.1))) == [WEAK, PARENT, copy]


def test_of_a_large_population_the_best_are_listed() -> None:
    texts = [f"{word} is all that counts." for word in "abcdefghijklmnop"]
    ranks = [(text, place / 100) for place, text in enumerate(texts)]
    assert listed(of(*ranks)) == texts[-MOST_SHOWN:]


def test_equals_are_ordered_by_the_random_numbers() -> None:
    equals = of((PARENT, 0.5), (WEAK, 0.5))
    assert {tuple(listed(equals, seed)) for seed in range(20)} == {(PARENT, WEAK), (WEAK, PARENT)}
    assert listed(equals, 3) == listed(equals, 3)


@pytest.mark.parametrize(
    ("texts", "fits"), [((), False), ((PARENT,), False), ((PARENT, PARENT), False), ((PARENT, WEAK), True)]
)
def test_a_list_takes_two_texts(texts: tuple[str, ...], *, fits: bool) -> None:
    assert EdaRank().fits(of(*((text, 0.5) for text in texts))) is fits
