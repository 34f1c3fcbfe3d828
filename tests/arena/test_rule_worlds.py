"""The worlds that ask how fast: their truth, their best text, and that the rugged one is rugged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, combinations
from random import Random

import pytest

from benchmarks.arena.edit_world import EditWorld
from benchmarks.arena.landscape import LANDSCAPES
from benchmarks.arena.laws import Laws, rules_in
from benchmarks.arena.rugged import rugged
from benchmarks.arena.rule_world import RULED, RuleWorld
from benchmarks.arena.triage import triage
from benchmarks.arena.world import RIGHT, Shown, World, body
from benchmarks.arena.worlds import drawn

SEEDS = range(20)
WARM = ("triage", "rugged")


def world(name: str, seed: int = 3, cases: int = 40) -> RuleWorld:
    return RuleWorld.of(RULED[name], seed, train=cases, holdout=cases)


def shown(of: World, text: str, draw: int = 0) -> list[Shown]:
    return [Shown(task, of.answer(text, task, draw) == RIGHT) for task in of.train]


def rewritten(of: World, times: int = 8) -> str:
    text = of.seed_text
    for draw in range(times):
        text = of.improve(text, shown(of, text, draw), draw)
    return text


def climbed(of: RuleWorld, lines: Iterable[str]) -> list[str]:
    """The steepest ascent of the TRUE score by one known rule at a time, written or taken out."""
    here = list(lines)
    while True:
        steps = [
            *([*here, line] for line in sorted(of.laws.known - set(here))),
            *([line for line in here if line != out] for out in here),
        ]
        best = max(steps, key=lambda step: of.true_score(body(step)))
        if of.true_score(body(best)) <= of.true_score(body(here)) + 1e-12:
            return here
        here = best


# ---------------------------------------------------------------------------------------------- truth


@pytest.mark.parametrize("name", sorted(RULED))
def test_the_same_question_has_the_same_answer_whoever_asks(name: str) -> None:
    one, other = drawn(name, 3, cases=20), drawn(name, 3, cases=20)
    text = rewritten(one)
    assert text == rewritten(other)
    ask = [(task, draw) for task in (*one.train, *one.holdout) for draw in range(5)]
    backwards = [other.answer(text, task, draw) for task, draw in reversed(ask)]
    assert [one.answer(text, task, draw) for task, draw in ask] == backwards[::-1]
    assert text != rewritten(drawn(name, 4, cases=20))


@pytest.mark.parametrize("name", sorted(RULED))
@pytest.mark.parametrize("times", [0, 3, 12])
def test_what_cases_answer_agrees_with_the_truth_that_is_calculated(name: str, times: int) -> None:
    small = world(name, 11, cases=20)
    many = world(name, 11, cases=4_000)
    text = rewritten(small, times)
    passed = sum(many.answer(text, task, 0) == RIGHT for task in many.holdout) / len(many.holdout)
    assert passed == pytest.approx(many.true_score(text), abs=0.032)  # four standard errors


def test_half_pairs_and_styles_at_war_are_in_the_truth_as_the_cases_answer() -> None:
    many = world("rugged", 5, cases=6_000)
    laws = many.laws.laws
    pair, one, other = laws[7].needs, laws[-4].needs, laws[-1].needs
    for more in (pair[:1], pair, one, (*one, *other), (laws[-1].truce,), (*one, *other, laws[-1].truce)):
        text = body((*many.laws.held, *more))
        passed = sum(many.answer(text, task, 0) == RIGHT for task in many.train) / len(many.train)
        assert passed == pytest.approx(many.true_score(text), abs=0.026)


@pytest.mark.parametrize("laws", [triage, rugged])
@pytest.mark.parametrize("seed", range(5))
def test_classes_have_all_the_cases_there_are(laws: Callable[[int], Laws], seed: int) -> None:
    made = laws(seed)
    assert sum(law.share for law in made.laws) == pytest.approx(1.0)
    assert len(made.by_kind) == len(made.laws)
    assert set(made.held) < made.known


@pytest.mark.parametrize("name", WARM)
def test_a_seed_text_helps_a_third_and_the_best_text_nearly_all(name: str) -> None:
    worlds = [world(name, seed) for seed in SEEDS]
    scores = [each.true_score(each.seed_text) for each in worlds]
    assert sum(scores) / len(scores) == pytest.approx(0.34, abs=0.01)
    assert min(scores) > 0.3
    assert max(scores) < 0.38
    assert all(each.best_true_score == pytest.approx(0.93, abs=0.01) for each in worlds)


@pytest.mark.parametrize("name", WARM)
def test_no_other_set_of_known_rules_is_better_than_what_is_called_the_best(name: str) -> None:
    for seed in (1, 2):
        of = world(name, seed)
        free = sorted(of.laws.known - set(of.laws.held))
        subsets = chain.from_iterable(combinations(free, size) for size in range(len(free) + 1))
        scores = (of.true_score(body((*of.laws.held, *subset))) for subset in subsets)
        assert max(scores) == of.best_true_score


@pytest.mark.parametrize("name", WARM)
def test_no_rule_that_an_improver_adds_to_the_best_text_makes_it_better(name: str) -> None:
    of = world(name)
    best = body(sorted(of.laws.known))
    written = [of.improve(best, shown(of, best), draw) for draw in range(200)]
    scores = [of.true_score(text) for text in written]
    assert max(scores) == of.best_true_score
    assert min(scores) < of.best_true_score


def test_what_mends_can_reach_is_approached_and_never_passed() -> None:
    mixed = EditWorld.of(LANDSCAPES["mixed"], 2, train=40, holdout=40)
    text, far = mixed.seed_text, []
    for draw in range(600):
        child = mixed.improve(text, shown(mixed, text), draw)
        text = max(text, child, key=mixed.true_score)
        far.append(mixed.best_true_score - mixed.true_score(text))
    assert 0 < far[-1] < 0.02 < far[0]


@pytest.mark.parametrize("name", ["null", "harmful", "length", "identical"])
def test_where_nothing_helps_the_best_is_what_everybody_begins_with(name: str) -> None:
    of = EditWorld.of(LANDSCAPES[name], 2, train=10, holdout=10)
    assert of.best_true_score == of.true_score(of.seed_text)
    assert of.true_gain(rewritten(of)) <= 0


# --------------------------------------------------------------------------------------------- slopes


@pytest.mark.parametrize("seed", SEEDS)
def test_one_rule_at_a_time_gets_stuck_in_the_rugged_world(seed: int) -> None:
    of = world("rugged", seed)
    stuck = of.true_score(body(climbed(of, of.laws.held)))
    assert of.true_score(of.seed_text) + 0.15 < stuck <= 0.7 * of.best_true_score


@pytest.mark.parametrize("seed", SEEDS)
def test_one_rule_at_a_time_reaches_the_top_of_the_triage_world(seed: int) -> None:
    of = world("triage", seed)
    assert of.true_score(body(climbed(of, of.laws.held))) == of.best_true_score


@pytest.mark.parametrize("name", WARM)
@pytest.mark.parametrize("seed", range(3))
def test_the_improver_can_write_its_way_to_the_best_text(name: str, seed: int) -> None:
    of = world(name, seed, cases=150)
    lines = set(of.laws.held)
    for draw in range(3_000):
        text = body(sorted(lines))
        child = set(rules_in(of.improve(text, shown(of, text, draw), draw)))
        if lines < child <= of.laws.known:  # whoever knew the rules would keep it
            lines = child
        if lines == of.laws.known:
            break
    assert of.true_score(body(sorted(lines))) == of.best_true_score


def test_a_rule_of_a_pair_alone_hurts_and_helps_cases_that_nothing_else_does() -> None:
    of = world("rugged", cases=400)
    pair = next(law.needs for law in of.laws.laws if len(law.needs) > 1)
    for line in pair:
        text = body((*of.laws.held, line))
        assert of.true_gain(text) < -0.01
        assert max(of.true_gain_on(text, [task]) for task in of.train) > 0.9
    assert of.true_gain(body((*of.laws.held, *pair))) > 0.1


def test_styles_exclude_each_other_until_a_third_rule_joins_them() -> None:
    of = world("rugged")
    law = of.laws.laws[-1]
    here = (*of.laws.held, law.needs[0])
    gain = of.true_gain(body(here))
    assert of.true_gain(body((*here, law.foe))) < gain - 0.02
    assert of.true_gain(body((*here, law.truce))) < gain - 0.01
    assert of.true_gain(body((*here, law.foe, law.truce))) > gain + 0.1


def test_the_rule_that_joins_the_styles_is_written_only_beside_one_of_them() -> None:
    of = world("rugged", cases=100)
    law = of.laws.laws[-1]
    alone, beside = body(of.laws.held), body((*of.laws.held, law.foe))

    def joins(text: str) -> int:
        children = (of.improve(text, shown(of, text), draw) for draw in range(1_500))
        return sum(law.truce in rules_in(child) for child in children)

    assert joins(alone) == 0
    assert joins(beside) > 5


# ------------------------------------------------------------------------------------------- improver


def test_the_improver_writes_for_classes_that_are_shown_to_fail() -> None:
    of = world("triage")
    failing = [Shown(task, passed=False) for task in of.train if task.name and task.kind == "heath"][:3]
    assert failing
    texts = [of.improve(body(()), failing, draw) for draw in range(400)]
    new = [line for text in texts for line in rules_in(text)]
    assert new
    assert all(line.startswith("- heath:") for line in new)
    right = sum(line in of.laws.known for line in new) / len(texts)
    assert 0.3 < right < 0.6


def test_more_cases_of_a_class_make_a_right_rule_likelier_and_none_makes_it_rare() -> None:
    of = world("triage", cases=150)
    alike = [Shown(task, passed=False) for task in of.train if task.kind == "knoll"]

    def right(cases: list[Shown]) -> int:
        texts = (of.improve(body(()), cases, draw) for draw in range(600))
        return sum(bool(set(rules_in(text)) & of.laws.known) for text in texts)

    assert right(alike[:4]) > 1.25 * right(alike[:1]) > 1.25 * 2 * right([])


def test_passing_cases_keep_the_improver_from_spoiling_their_class() -> None:
    of = world("triage", cases=150)
    failing = [Shown(task, passed=False) for task in of.train if task.kind == "knoll"][:1]
    passing = [Shown(task, passed=True) for task in of.train if task.kind in {"amber", "birch", "cedar"}]

    def spoiled(cases: list[Shown]) -> int:
        lines = (line for draw in range(900) for line in rules_in(of.improve(body(()), cases, draw)))
        return sum(of.laws.spoiled_by(line) in {"amber", "birch", "cedar"} for line in lines)

    assert spoiled([*failing, *passing]) < 0.5 * spoiled(failing)


@pytest.mark.parametrize("name", WARM)
def test_crossing_keeps_what_both_parents_have(name: str) -> None:
    of = world(name)
    known, rng = sorted(of.laws.known), Random(1)
    mother, father = (body([*of.laws.held, *rng.sample(known, 4)]) for _ in range(2))
    both = set(rules_in(mother)) & set(rules_in(father))
    either = set(rules_in(mother)) | set(rules_in(father))
    children = [set(rules_in(of.cross(mother, father, draw))) for draw in range(40)]
    assert max(len(both - child) for child in children) <= 1  # only what the rewrite loses
    assert all(len(child - either) <= of.landscape.writer.picks for child in children)
    assert len({frozenset(child & either) for child in children}) > 5
