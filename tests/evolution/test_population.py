"""The population keeps pairs of skill and mutation prompt together, and their records straight."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.evolution.population import Population, Unit, found
from rsi_cli.nouns import CandidateId
from rsi_cli.prompts.pools.pool import mutation_prompts, thinking_styles
from rsi_cli.skill.sidecar import MutationPrompt

SEED = CandidateId("seed")
POOL = [MutationPrompt(text=f"pool {number}") for number in range(20)]
INHERITED = [MutationPrompt(text=f"inherited {number}", tried=9, confirmed=1) for number in range(20)]
STYLES = ("one", "two")


def unit(candidate: str, prompt: str, tried: int = 0, confirmed: int = 0) -> Unit:
    return Unit(
        candidate=CandidateId(candidate),
        mutation_prompt=MutationPrompt(text=prompt, tried=tried, confirmed=confirmed),
        thinking_style="",
    )


def start(size: int, inherited: int = 0, pool: int = 20, seed: int = 0) -> Population:
    return found(SEED, INHERITED[:inherited], POOL[:pool], STYLES, size=size, rng=Random(seed))


def test_a_population_begins_as_copies_of_the_seed_with_different_mutation_prompts() -> None:
    population = start(8)
    assert {each.candidate for each in population.units} == {SEED}
    assert len({each.mutation_prompt.text for each in population.units}) == 8
    assert {each.thinking_style for each in population.units} <= set(STYLES)


def test_mutation_prompts_of_earlier_nights_come_first_with_their_record() -> None:
    prompts = [each.mutation_prompt for each in start(8, inherited=3).units]
    assert prompts[:3] == INHERITED[:3]
    assert {prompt.text for prompt in prompts[3:]} <= {prompt.text for prompt in POOL}


def test_each_night_tries_something_new_however_much_was_inherited() -> None:
    prompts = [each.mutation_prompt for each in start(8, inherited=20).units]
    assert prompts[:6] == INHERITED[:6]
    assert all(prompt.text.startswith("pool") for prompt in prompts[6:])


def test_an_inherited_prompt_is_not_drawn_from_the_pool_again() -> None:
    for seed in range(10):
        population = found(SEED, POOL[:4], POOL[:8], STYLES, size=8, rng=Random(seed))
        assert len({each.mutation_prompt.text for each in population.units}) == 8


@given(size=st.integers(2, 30), inherited=st.integers(0, 20), pool=st.integers(1, 20), seed=st.integers())
def test_a_population_has_the_size_that_was_asked_for(
    size: int, inherited: int, pool: int, seed: int
) -> None:
    assert len(start(size, inherited, pool, seed).units) == size


def test_another_seed_draws_other_prompts() -> None:
    assert start(8, seed=1) == start(8, seed=1)
    assert start(8, seed=1) != start(8, seed=2)


def test_a_unit_takes_one_place_and_leaves_the_others_alone() -> None:
    population = start(4)
    placed = population.placed(2, unit("child", "new"))
    assert placed.units[2] == unit("child", "new")
    assert [placed.units[i] for i in (0, 1, 3)] == [population.units[i] for i in (0, 1, 3)]


def test_a_record_belongs_to_the_text_wherever_it_is() -> None:
    population = Population((unit("a", "x"), unit("b", "y"), unit("c", "x")))
    credited = population.credited(MutationPrompt(text="x", tried=5, confirmed=1))
    assert [each.mutation_prompt.tried for each in credited.units] == [5, 0, 5]
    assert [each.candidate for each in credited.units] == ["a", "b", "c"]


def test_rebasing_moves_the_worse_units_to_the_champion_and_keeps_mutation_prompts() -> None:
    population = Population((unit("bad", "x"), unit("as good", "y"), unit("worse", "z")))
    rebased = population.rebased(CandidateId("champion"), lambda other: other in {"bad", "worse"})
    assert [each.candidate for each in rebased.units] == ["champion", "as good", "champion"]
    assert [each.mutation_prompt.text for each in rebased.units] == ["x", "y", "z"]


def test_prompts_travel_on_once_each_and_the_best_record_first() -> None:
    population = Population(
        (unit("a", "tried in vain", 9), unit("b", "good", 4, 2), unit("c", "new"), unit("d", "good", 4, 2))
    )
    assert [prompt.text for prompt in population.prompts_by_record()] == ["good", "new", "tried in vain"]


@pytest.mark.parametrize(("pool", "about"), [(mutation_prompts(), 50), (thinking_styles(), 40)])
def test_the_pools_hold_about_as_many_different_ideas_as_the_paper_has(
    pool: tuple[str, ...], about: int
) -> None:
    assert 0.8 * about <= len(pool) <= 1.4 * about
    assert len({text.lower() for text in pool}) == len(pool)
    assert not set(mutation_prompts()) & set(thinking_styles())
