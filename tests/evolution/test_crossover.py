"""Prompt crossover and context shuffling are what Promptbreeder §3.2.5 says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.evolution.crossover import context_shuffle, prompt_crossover
from rsi_cli.evolution.population import Unit
from rsi_cli.nouns import CandidateId, CaseId
from rsi_cli.skill.sidecar import MutationPrompt

UNITS = tuple(
    Unit(candidate=CandidateId(name), mutation_prompt=MutationPrompt(text=f"by {name}"), thinking_style=name)
    for name in "abcde"
)
SCORES = {CandidateId(name): score for name, score in zip("abcd", (0.1, 0.2, 0.7, 0.0), strict=True)}


def cases(names: str) -> tuple[CaseId, ...]:
    return tuple(CaseId(name) for name in names)


@given(seed=st.integers(), rate=st.floats(0, 1))
def test_only_the_text_moves_and_it_is_another_units(seed: int, rate: float) -> None:
    after = prompt_crossover(UNITS, SCORES, Random(seed), rate)
    assert after == prompt_crossover(UNITS, SCORES, Random(seed), rate)
    for old, new in zip(UNITS, after, strict=True):
        assert new == replace(old, candidate=new.candidate)
        assert new.candidate in {unit.candidate for unit in UNITS}


def test_each_unit_is_met_by_a_tenth() -> None:
    nights = [prompt_crossover(UNITS, SCORES, Random(seed)) for seed in range(4000)]
    for place, unit in enumerate(UNITS):
        met = sum(after[place].candidate != unit.candidate for after in nights)
        assert 320 < met < 480, "4.2 standard deviations around 400"


def test_the_other_is_drawn_in_proportion_to_its_fitness_and_never_itself() -> None:
    drawn: Counter[str] = Counter()
    for seed in range(3000):
        drawn[prompt_crossover(UNITS, SCORES, Random(seed), 1.0)[0].candidate] += 1
    assert set(drawn) == {"b", "c"}, "a is itself, d scored nothing, e was never measured"
    assert drawn["b"] / 3000 == pytest.approx(0.2 / 0.9, abs=0.035)


def test_exchanges_are_made_at_once() -> None:
    two, scores = UNITS[:2], {unit.candidate: 1.0 for unit in UNITS}
    assert [unit.candidate for unit in prompt_crossover(two, scores, Random(0), 1.0)] == ["b", "a"]


def test_where_nothing_scores_each_is_as_likely() -> None:
    drawn = {prompt_crossover(UNITS, {}, Random(seed), 1.0)[0].candidate for seed in range(100)}
    assert drawn == {"b", "c", "d", "e"}


def test_a_unit_alone_stays_and_a_rate_of_nothing_changes_nothing() -> None:
    assert prompt_crossover(UNITS[:1], SCORES, Random(0), 1.0) == UNITS[:1]
    assert prompt_crossover((), SCORES, Random(0), 1.0) == ()
    assert prompt_crossover(UNITS, SCORES, Random(0), 0.0) == UNITS


@given(
    workings=st.lists(st.sampled_from(cases("abcdef")), unique=True, max_size=3).map(tuple),
    passing=st.lists(st.sampled_from(cases("abcdefgh")), max_size=9),
    rate=st.floats(0, 1),
    seed=st.integers(),
)
def test_a_context_is_never_too_long_and_holds_nothing_twice(
    workings: tuple[CaseId, ...], passing: list[CaseId], rate: float, seed: int
) -> None:
    after = context_shuffle(workings, passing, Random(seed), rate=rate)
    assert after == context_shuffle(workings, passing, Random(seed), rate=rate)
    assert len(set(after)) == len(after) <= 3
    assert set(after) <= set(workings) | set(passing)
    assert len(after) == min(3, len(set(workings) | set(passing))) or set(after) <= set(passing)


def test_a_context_that_is_not_full_is_filled() -> None:
    after = context_shuffle(cases("a"), cases("bcde"), Random(1), rate=0.0)
    assert after[0] == "a"
    assert len(after) == 3


def test_in_a_full_one_a_single_new_working_takes_the_place_of_an_old_one() -> None:
    seen = set()
    for seed in range(200):
        after = context_shuffle(cases("abc"), cases("bcde"), Random(seed), rate=0.0)
        changed = [place for place in range(3) if after[place] != "abc"[place]]
        assert len(changed) == 1
        seen.add((changed[0], after[changed[0]]))
    assert seen == {(place, new) for place in range(3) for new in "de"}


def test_nothing_new_changes_nothing() -> None:
    assert context_shuffle(cases("abc"), cases("cab"), Random(0), rate=0.0) == cases("abc")
    assert context_shuffle(cases("ab"), (), Random(0), rate=1.0) == cases("ab")
    assert context_shuffle((), (), Random(0)) == ()


def test_the_whole_list_is_drawn_anew_with_a_tenth_over_its_length() -> None:
    anew = [
        not set(context_shuffle(cases("abc"), cases("defg"), Random(seed))) & set("abc")
        for seed in range(6000)
    ]
    assert 145 < sum(anew) < 255, "3.9 standard deviations around 6000 × 0.1 / 3"
    often = [
        not set(context_shuffle(cases("abc"), cases("defg"), Random(s), rate=1.0)) & set("abc")
        for s in range(900)
    ]
    assert 245 < sum(often) < 355
