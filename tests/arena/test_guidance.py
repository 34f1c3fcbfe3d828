"""Guided worlds: a mutation prompt is worth what its words say; rsi's own are ordinary, children inherit."""

from __future__ import annotations

from random import Random
from statistics import correlation, fmean, pstdev

import pytest

from benchmarks.arena.contestant import Desk, Meter
from benchmarks.arena.guidance import changed, fresh, quality
from benchmarks.arena.landscape import GUIDED
from benchmarks.arena.world import Shown
from benchmarks.arena.worlds import drawn
from rsi_cli.prompts.pools.pool import mutation_prompts

WORLDS = range(20)


def test_prompts_are_worth_what_their_words_say_in_any_order_and_case() -> None:
    assert quality(1, "Look for kodibanu and FIRETAMO.", 0.3) == quality(1, "firetamo or kodibanu?", 0.3)
    assert quality(1, "Look for kodibanu and firetamo.", 0.3) != quality(
        2, "Look for kodibanu and firetamo.", 0.3
    )
    assert quality(1, "", 0.3) == quality(1, "Look for kodibanu.", 0.0) == 1.0


def test_prompts_of_the_pool_are_ordinary() -> None:
    pool = mutation_prompts()
    values = [[quality(seed, prompt, GUIDED) for prompt in pool] for seed in WORLDS]
    assert fmean(map(fmean, values)) == pytest.approx(1.0, abs=0.05)
    assert 0.2 < fmean(map(pstdev, values)) < 0.4
    assert all(max(each) < 2.5 for each in values)


def test_a_prompt_out_of_nothing_is_as_ordinary() -> None:
    values = [quality(7, fresh(Random(at)), GUIDED) for at in range(2_000)]
    assert fmean(values) == pytest.approx(1.0, abs=0.03)
    assert pstdev(values) == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("own", [True, False], ids=["pool", "coined"])
def test_a_prompt_inherits_most_of_what_its_parent_is_worth(own: bool) -> None:  # noqa: FBT001 - a parameter
    rng = Random(5)
    parents = [
        (seed, parent)
        for seed in WORLDS
        for parent in (mutation_prompts() if own else [fresh(rng) for _ in range(50)])
    ]
    worth = [quality(seed, parent, GUIDED) for seed, parent in parents]
    children = [quality(seed, changed(seed, parent, rng), GUIDED) for seed, parent in parents]
    assert correlation(worth, children) == pytest.approx(0.67, abs=0.08)
    strangers = [quality(seed, fresh(rng), GUIDED) for seed, _ in parents]
    assert abs(correlation(worth, strangers)) < 0.1


def test_whoever_keeps_the_better_of_parent_and_child_reaches_the_bound_and_nobody_passes_it() -> None:
    rng = Random(2)
    best = mutation_prompts()[0]
    for _ in range(600):
        best = max(best, changed(3, best, rng), key=lambda prompt: quality(3, prompt, GUIDED))
    assert quality(3, best, GUIDED) == 2.5


def test_the_desk_hands_the_parent_on_and_remembers_what_guided_each_rewrite() -> None:
    desk = Desk(drawn("triage-guided", 3, cases=20), Meter(20))
    parent = "Group the failing cases by the mistake that was made, and write one general rule."
    child = desk.think(parent)
    assert len(set(parent.split()) - set(child.split())) == 2
    assert not {"mistake", "general"} & set(desk.think().split())
    desk.improve(desk.seed_text)
    desk.improve(desk.seed_text, (), child)
    assert desk.guided == [(4, child)]


def test_a_good_prompt_makes_right_rules_likelier_in_guided_worlds_alone() -> None:
    pool = sorted(mutation_prompts(), key=lambda prompt: quality(3, prompt, GUIDED))

    def right(landscape: str, prompt: str) -> int:
        of = drawn(landscape, 3, cases=40)
        failing = [Shown(task, passed=False) for task in of.train][:5]
        texts = (of.improve(of.seed_text, failing, draw, prompt) for draw in range(400))
        return sum(of.true_gain(text) > 0 for text in texts)

    assert right("triage-guided", pool[-1]) > 1.3 * right("triage-guided", pool[0])
    assert right("triage", pool[-1]) == pytest.approx(right("triage", pool[0]), rel=0.15)
