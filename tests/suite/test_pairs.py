"""Cases that name a skill and its suite: what is drawn, from which side of the wall, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rsi_cli.errors import InputError
from rsi_cli.nouns import Split
from rsi_cli.suite.load import load_suite, parse_suite
from rsi_cli.suite.model import Case, Material
from rsi_cli.suite.pairs import calls_to_answer
from rsi_cli.trust.leaks import Watch
from tests.fakes.pairs import SKILL, TRAIN, laid_out, pairs_suite, words_suite

BUNDLED = Path(__file__).parents[2] / "evals" / "improver.yaml"
MANY = tuple((split, seed) for split in ("train", "holdout") for seed in range(12))


def material(case: Case) -> Material:
    assert case.pair is not None
    assert case.pair.material is not None
    return case.pair.material


def drawn(case: Case) -> set[str]:
    found = material(case)
    return {one.id for one in (*found.shown, *found.measured)}


def refused(folder: Path, text: str, *, skill: str = SKILL, words: str = "") -> list[str]:
    with pytest.raises(InputError) as caught:
        laid_out(folder, text, skill=skill, words=words)
    assert all(problem.line for problem in caught.value.problems)
    return [problem.what for problem in caught.value.problems]


def test_what_measures_is_never_shown_and_there_are_as_many_as_asked_for(tmp_path: Path) -> None:
    for case in laid_out(tmp_path, pairs_suite(*MANY, cases=3)).cases:
        found = material(case)
        assert len(found.measured) == 3
        assert len(found.shown) >= 4
        assert not {one.id for one in found.shown} & {one.id for one in found.measured}


def test_train_and_held_out_pairs_draw_from_halves_that_share_nothing(tmp_path: Path) -> None:
    suite = laid_out(tmp_path, pairs_suite(*MANY, ("known-good", 50), ("sealed", 51), cases=3))
    halves = {True: set[str](), False: set[str]()}
    for case in suite.cases:
        halves[case.split is Split.TRAIN] |= drawn(case)
    assert halves[True].isdisjoint(halves[False])
    assert halves[True] | halves[False] == {f"t{n}" for n in range(TRAIN)}, "held-out cases stay held out"


def test_a_case_without_a_word_of_its_own_draws_by_the_split_it_gets(tmp_path: Path) -> None:
    told = json.loads(pairs_suite(*MANY, cases=3))
    silent = {
        **told,
        "cases": [{"id": case["id"], "pair": case["pair"]} for case in told["cases"]],
    }
    suite = laid_out(tmp_path, json.dumps(silent))
    assert {case.split for case in suite.cases} == {Split.TRAIN, Split.HOLDOUT}
    opened = set().union(*(drawn(case) for case in suite.cases_of(Split.TRAIN)))
    closed = set().union(*(drawn(case) for case in suite.cases_of(Split.HOLDOUT)))
    assert opened.isdisjoint(closed)


def test_equal_seeds_draw_alike_and_others_differ(tmp_path: Path) -> None:
    first = laid_out(tmp_path, pairs_suite(*MANY, cases=3)).cases
    again = laid_out(tmp_path, pairs_suite(*reversed(MANY), cases=3)).cases
    assert {case.id: material(case) for case in first} == {case.id: material(case) for case in again}
    for split in (Split.TRAIN, Split.HOLDOUT):
        mine = [material(case) for case in first if case.split is split]
        assert len({tuple(case.id for case in one.measured) for one in mine}) > 6
        assert len({one.mutation_prompt for one in mine}) > 6


@pytest.mark.parametrize(
    ("skill", "words"),
    [
        (SKILL.replace("Say the word.", "Say it."), ""),
        (SKILL, words_suite().replace("LOUD", "Loud")),
        (SKILL, words_suite(prompt="Again: {{ input }}")),
    ],
)
def test_a_change_of_what_was_drawn_is_another_yardstick(tmp_path: Path, skill: str, words: str) -> None:
    text = pairs_suite(*MANY)
    assert laid_out(tmp_path, text).hash != laid_out(tmp_path, text, skill=skill, words=words).hash


def test_a_change_of_what_is_never_drawn_is_none(tmp_path: Path) -> None:
    text = pairs_suite(*MANY)
    before = laid_out(tmp_path, text).hash
    assert laid_out(tmp_path, text, words=words_suite().replace("VEXQORB", "Other")).hash == before
    assert laid_out(tmp_path, text.replace('"shout"', '"./shout/SKILL.md"')).hash == before
    assert laid_out(tmp_path, pairs_suite(*MANY, children=3)).hash != before


def test_the_watch_for_leaks_knows_what_held_out_pairs_draw(tmp_path: Path) -> None:
    suite = laid_out(tmp_path, pairs_suite(*MANY))
    opened, closed = suite.cases_of(Split.TRAIN), suite.cases_of(Split.HOLDOUT)
    watch = Watch.of("Revise skills.", opened, closed)
    secret = material(closed[0]).measured[0].input
    assert watch.leaks(f"Once, {secret}, and so on.")
    assert not watch.leaks(f"Once, {material(opened[0]).measured[0].input}, and so on.")
    drawn_ways = "\n".join(
        f"{material(case).mutation_prompt}\n{material(case).thinking_style}" for case in closed
    )
    assert not watch.leaks(drawn_ways), "they come from a pool that every improver reads"


def test_the_input_tells_of_the_skill_the_way_and_the_shown_cases(tmp_path: Path) -> None:
    case = laid_out(tmp_path, pairs_suite(("train", 1))).cases[0]
    found = material(case)
    assert "Say the word." in case.input
    assert found.mutation_prompt in case.input
    assert all(f"Word: {one.input} → {one.expected}" in case.input for one in found.shown)
    assert not any(one.input in case.input for one in found.measured)


def test_cases_that_need_a_judge_are_not_drawn(tmp_path: Path) -> None:
    words = json.loads(words_suite())
    for number in range(0, TRAIN, 2):
        words["cases"][number]["assert"] = [{"assert-set": [{"llm-rubric": "Is it loud?"}]}]
    suite = laid_out(tmp_path, pairs_suite(("train", 1), ("holdout", 2), cases=2), words=json.dumps(words))
    assert all(int(name[1:]) % 2 for case in suite.cases for name in drawn(case))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("shout.json", "shuot.json"), "there is no file"),
        (('"shout"', '"shuot"'), "there is no file"),
        (('"seed": 1', '"sede": 1'), "unknown key; did you mean 'seed'?"),
        (('"seed": 1', '"seed": 1, "cases": 30'), "usable train cases; 30 are to measure"),
        (('"id": "train-1"', '"input": "x"'), "not both"),
        (('["imp-at-k"]', '["is-json"]'), "is graded by `imp-at-k`"),
        (('["imp-at-k"]', '[{"imp-at-k": 3}]'), "takes no value"),
    ],
)
def test_a_pair_that_cannot_be_used_is_told_at_its_place(
    tmp_path: Path, change: tuple[str, str], what: str
) -> None:
    text = pairs_suite(("train", 1))
    assert change[0] in text
    assert any(what in found for found in refused(tmp_path, text.replace(*change)))


@pytest.mark.parametrize(
    ("skill", "words", "what"),
    [
        (SKILL.replace("description: Say a word again, loudly.\n", ""), "", "has no description"),
        (SKILL.replace("<!-- /rsi:keep -->", ""), "", "keep"),
        (SKILL, words_suite(must={"max_chars": 900}), "hard constraints on the skill's text"),
        (SKILL, "{", "has a mistake"),
    ],
)
def test_a_skill_or_suite_that_cannot_be_used_says_why(
    tmp_path: Path, skill: str, words: str, what: str
) -> None:
    assert any(
        what in found for found in refused(tmp_path, pairs_suite(("train", 1)), skill=skill, words=words)
    )


def test_imp_at_k_needs_a_pair() -> None:
    with pytest.raises(InputError) as caught:
        parse_suite("- {id: a, input: x, assert: [imp-at-k]}", file="s", name="s")
    assert [problem.what for problem in caught.value.problems] == ["`imp-at-k` needs a case with `pair`"]


def test_a_suite_of_pairs_names_no_suite_of_pairs(tmp_path: Path) -> None:
    assert any(
        "usable train cases" in what
        for what in refused(tmp_path, pairs_suite(("train", 1)), words=pairs_suite(*MANY))
    )


def test_calls_are_counted_as_they_are_paid(tmp_path: Path) -> None:
    one, twin, other = laid_out(
        tmp_path, pairs_suite(("train", 1), ("train", 2), ("holdout", 1), children=3)
    ).cases
    parent = len(drawn(one))
    assert calls_to_answer([one]) == 3 * (1 + 6) + parent
    assert calls_to_answer([one, twin]) == 2 * 21 + len(drawn(one) | drawn(twin))
    assert calls_to_answer([one, other]) == 2 * 21 + parent + len(drawn(other))
    assert calls_to_answer(parse_suite("- {input: x, expected: y}", file="s", name="s").cases) == 1


def test_the_bundled_suite_has_enough_of_every_kind() -> None:
    suite = load_suite(BUNDLED)
    counts = {split: len(suite.cases_of(split)) for split in Split}
    assert counts[Split.TRAIN] >= 24
    assert counts[Split.HOLDOUT] >= 24
    for split in (Split.TRAIN, Split.HOLDOUT):
        names = [case.pair.suite for case in suite.cases_of(split) if case.pair]
        assert len({names.count(name) for name in names}) == 1, "every task counts alike"
    opened = {
        one.input
        for case in suite.cases_of(Split.TRAIN)
        for one in (*material(case).shown, *material(case).measured)
    }
    closed = {
        one.input
        for case in suite.cases
        if case.split is not Split.TRAIN
        for one in (*material(case).shown, *material(case).measured)
    }
    assert opened
    assert opened.isdisjoint(closed)
