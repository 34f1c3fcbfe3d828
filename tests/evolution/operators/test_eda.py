from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.operators.eda import MOST_SHOWN, Eda
from rsi_cli.evolution.operators.operator import Draft, Ranked
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
    numbered,
    tags_at_top,
)


def listed(seed: int = 0, *texts: str) -> list[str]:
    """The texts of the numbered list, in its order."""
    asked = replace(RICH, population=tuple(Ranked(text=text, score=0.5) for text in texts)) if texts else RICH
    _, [prompt] = talk(Eda(), seed=seed, situation=asked)
    return numbered(words(prompt))


def test_the_whole_population_is_listed_numbered_and_to_be_continued() -> None:
    assert sorted(listed()) == sorted([PARENT, STRONG, WEAK])
    _, [prompt] = talk(Eda(), situation=RICH)
    assert "write entry 4" in words(prompt)
    assert tags_at_top(words(prompt)) == [
        "task_description",
        "skills",
        "lessons",
        "keep",
        "hard_constraints",
    ]


def test_the_order_is_random_and_the_random_numbers_settle_it() -> None:
    orders = {tuple(listed(seed)) for seed in range(40)}
    assert len(orders) == 6, "three texts have six orders"
    assert listed(5) == listed(5)


def test_no_fitness_and_nothing_of_the_unit_is_shown() -> None:
    _, [prompt] = talk(Eda(), situation=RICH)
    for hidden in (
        *SCORES,
        "score",
        "FAILING-CASES",
        "PASSING-CASES",
        UNIT_PROMPT.text,
        "UNIT-STYLE",
        "TRIED",
    ):
        assert hidden not in words(prompt)


def test_an_entry_that_nearly_repeats_another_one_is_dropped() -> None:
    copy = STRONG.replace("answer shipping.", "Answer  shipping!")
    for seed in range(10):
        entries = listed(seed, PARENT, STRONG, copy, WEAK)
        assert len(entries) == 3
        assert len({STRONG, copy} & set(entries)) == 1


def test_entries_are_compared_by_what_they_do_not_all_share() -> None:
    common = "".join(f"- Rule number {number} holds in this house.\n" for number in range(80))
    one, other = common + "- Answer in Latin.\n", common + "- Greet the king.\n"
    assert sorted(listed(0, one, other)) == sorted([one, other])


def test_a_large_population_is_listed_in_part() -> None:
    texts = [f"{word} is all that counts." for word in "abcdefghijklmnop"]
    assert len(listed(0, *texts)) == MOST_SHOWN
    assert len({text for seed in range(30) for text in listed(seed, *texts)}) == len(texts)


@pytest.mark.parametrize(
    ("texts", "fits"),
    [((), False), ((PARENT,), False), ((PARENT, PARENT + "\n"), False), ((PARENT, WEAK), True)],
)
def test_a_list_takes_two_texts(texts: tuple[str, ...], *, fits: bool) -> None:
    assert Eda().fits(replace(RICH, population=tuple(Ranked(text=t, score=0.5) for t in texts))) is fits


def test_the_child_keeps_the_units_mutation_prompt() -> None:
    outcome, _ = talk(Eda(), NEW_SKILL, situation=RICH)
    assert outcome == Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT)


def test_further_rounds_revise_the_entry_without_what_was_tried_on_the_parent() -> None:
    outcome, prompts = talk(Eda(), NEW_SKILL, block("skill", "REVISED\n"), situation=TWO_ROUNDS)
    assert outcome == Draft(body="REVISED\n", mutation_prompt=UNIT_PROMPT)
    assert shown(words(prompts[1]), "skill") == "NEW-BODY\n"
    assert shown(words(prompts[1]), "failing_cases") == "OTHER-FAILING"
    assert shown(words(prompts[1]), "mutation_prompt") == UNIT_PROMPT.text
    assert "TRIED-EDITS" not in words(prompts[1])


def test_an_entry_that_may_not_become_a_child_is_not_revised() -> None:
    asked = replace(TWO_ROUNDS, is_sound=lambda body: "NEW-BODY" not in body)
    outcome, prompts = talk(Eda(), NEW_SKILL, situation=asked)
    assert isinstance(outcome, Draft)
    assert len(prompts) == 1
