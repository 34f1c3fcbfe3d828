"""The arena: worlds whose truth is known, one meter for everybody, and nights that run through."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from benchmarks.arena import worlds
from benchmarks.arena.contestant import BudgetSpent, Contestant, Desk, Meter, Outcome
from benchmarks.arena.edit_world import EditWorld
from benchmarks.arena.edits import edits_in
from benchmarks.arena.ga import GeneticAlgorithm
from benchmarks.arena.hill import HillClimber
from benchmarks.arena.landscape import LANDSCAPES, Landscape
from benchmarks.arena.luck import word
from benchmarks.arena.nights import Row, go_on, played, read_rows
from benchmarks.arena.pairing import Pairing
from benchmarks.arena.rsi_night import Evening, RsiNight
from benchmarks.arena.table import printed, summary
from benchmarks.arena.ten_nights import TenNights
from benchmarks.arena.world import RIGHT, Shown, World

EDITED = sorted(name for name, land in LANDSCAPES.items() if land.edits)


def world(name: str, seed: int = 3, cases: int = 20) -> EditWorld:
    return EditWorld.of(LANDSCAPES[name], seed, train=cases, holdout=cases)


def rewritten(of: World, times: int = 8) -> str:
    """A text after some rewrites, shown all train cases each time."""
    text = of.seed_text
    for draw in range(times):
        shown = [Shown(task, of.answer(text, task, draw) == RIGHT) for task in of.train]
        text = of.improve(text, shown, draw)
    return text


@pytest.mark.parametrize("name", EDITED)
def test_the_same_question_has_the_same_answer_whoever_asks(name: str) -> None:
    one, other = world(name), world(name)
    text = rewritten(one)
    assert text == rewritten(other)
    ask = [(task, draw) for task in (*one.train, *one.holdout) for draw in range(5)]
    backwards = [other.answer(text, task, draw) for task, draw in reversed(ask)]
    assert [one.answer(text, task, draw) for task, draw in ask] == backwards[::-1]
    assert text != rewritten(world(name, seed=4))


@pytest.mark.parametrize("name", EDITED)
def test_what_cases_answer_agrees_with_the_truth_that_is_calculated(name: str) -> None:
    land = replace(LANDSCAPES[name], gullible=0.0)  # else what passes is not what is right
    small = EditWorld.of(land, 11, train=20, holdout=20)
    text = rewritten(small)
    many = EditWorld.of(land, 11, train=20, holdout=4_000)
    for version in (small.seed_text, text):
        passed = sum(many.answer(version, task, 0) == RIGHT for task in many.holdout) / len(many.holdout)
        assert passed == pytest.approx(many.true_score(version), abs=0.035)  # over four standard errors


@pytest.mark.parametrize("seed", range(5))
def test_in_the_null_landscape_texts_differ_case_by_case_and_not_in_truth(seed: int) -> None:
    null = world("null", seed, cases=200)
    text = rewritten(null)
    assert edits_in(text)
    assert null.true_gain(text) == 0.0
    changed = [null.true_gain_on(text, [task]) for task in null.holdout]
    assert min(changed) < 0 < max(changed)


@pytest.mark.parametrize("seed", range(5))
def test_in_the_harmful_landscape_whatever_is_written_is_worse(seed: int) -> None:
    harmful = world("harmful", seed)
    texts = [harmful.improve(harmful.seed_text, (), draw) for draw in range(20)] + [harmful.write(7)]
    assert all(harmful.true_gain(text) < 0 for text in texts if edits_in(text))
    assert sum(bool(edits_in(text)) for text in texts) > 15


def test_a_memorised_case_passes_and_helps_no_other() -> None:
    overfit = world("overfit-cold")
    failing = [Shown(task, passed=False) for task in overfit.train if overfit.true_score_on("", [task]) == 0]
    texts = [overfit.improve(overfit.seed_text, failing, draw) for draw in range(40)]
    alone = [
        (text, edits) for text in texts if len(edits := edits_in(text)) == 1 and edits[0].verb == "recall"
    ]
    assert alone
    for text, (edit,) in alone:
        (case,) = [task for task in overfit.train if task.name == edit.target]
        assert overfit.true_gain_on(text, [case]) == 1.0
        assert overfit.true_gain(text) <= 0


def test_padding_fools_the_grader_of_train_cases_and_harms() -> None:
    land = replace(LANDSCAPES["length-cold"], edits={"pad": 1.0})
    padded = EditWorld.of(land, 5, train=400, holdout=400)
    text = rewritten(padded, times=10)
    on_train, on_holdout = (
        sum((padded.answer(text, task, 0) == RIGHT) - (padded.answer("", task, 0) == RIGHT) for task in tasks)
        for tasks in (padded.train, padded.holdout)
    )
    assert on_train > on_holdout
    assert on_train > 0 > padded.true_gain(text)


def test_failing_cases_of_a_class_help_the_improver_to_mend_it() -> None:
    mixed = world("mixed", cases=100)
    alike = [Shown(task, passed=False) for task in mixed.train if task.kind == "amber"]

    def mends(shown: list[Shown]) -> int:
        texts = [mixed.improve(mixed.seed_text, shown, draw) for draw in range(300)]
        return sum(edit.verb == "mend" for text in texts for edit in edits_in(text))

    assert mends(alike) > 1.5 * mends([])


def test_crossing_keeps_what_both_parents_have() -> None:
    mixed = world("mixed")
    trunk = rewritten(mixed)
    mother, father = (f"{trunk}- mend amber: {word(number, 4)}\n" for number in (1, 2))
    shared = {edit.line for edit in edits_in(trunk)}
    kept = [len(shared - {edit.line for edit in edits_in(mixed.cross(mother, father, n))}) for n in range(20)]
    assert max(kept) <= 2  # only what the improvement takes out again


def test_everybody_pays_on_the_same_meter_until_nothing_is_left() -> None:
    desk = Desk(world("mixed"), Meter(6))
    task = desk.train[0]
    desk.passes(desk.seed_text, task)
    desk.passes(desk.seed_text, task, draw=0)
    desk.improve(desk.seed_text)
    desk.cross(desk.seed_text, desk.seed_text)
    desk.write()
    desk.think()
    assert (desk.meter.actor, desk.meter.improver, desk.meter.left) == (2, 4, 0)
    for ask in (lambda: desk.passes("", task), lambda: desk.improve(""), desk.write, desk.think):
        with pytest.raises(BudgetSpent):
            ask()
    assert desk.meter.calls == 6


def test_the_improver_is_never_shown_a_held_out_case() -> None:
    desk = Desk(world("mixed"), Meter(10))
    with pytest.raises(ValueError, match="held-out"):
        desk.improve(desk.seed_text, [Shown(desk.holdout[0], passed=False)])
    assert desk.meter.calls == 0


@pytest.mark.parametrize(
    "who", [RsiNight(), HillClimber(), GeneticAlgorithm(), TenNights()], ids=lambda who: str(who.name)
)
@pytest.mark.parametrize("name", sorted(worlds.LANDSCAPES))
def test_a_night_runs_through_in_every_landscape(who: Contestant, name: str) -> None:
    pairing = Pairing(who.name, name, holdout=12, budget=300, seed=1)
    row = played(pairing, who)
    assert 0 < row.calls <= 300
    assert row.shipped or row.true_gain == 0.0
    assert row == replace(played(pairing, who), seconds=row.seconds)


def test_rsi_counts_its_calls_as_the_meter_does() -> None:
    desk = Desk(world("mixed"), Meter(500))
    night = RsiNight().night(desk, 1, Evening(number=0, text=desk.seed_text, calls=500))
    assert night.budget.limits.max_calls == 500
    outcome = RsiNight().run(desk, 1)
    assert outcome.candidates > 0
    assert desk.meter.calls <= 500
    assert desk.meter.improver > outcome.candidates / 2


def test_rsi_evaluates_and_promotes_nothing_where_the_improver_returns_its_text() -> None:
    for name in ("identical", "identical-cold"):
        row = played(Pairing("rsi", name, holdout=20, budget=600, seed=2), RsiNight())
        assert (row.candidates, row.texts, row.shipped) == (0, 0, False)


def test_rsi_ships_what_is_really_better() -> None:
    only_mends = Landscape(name="mends", edits={"mend": 1.0}, cold=True)
    helped = EditWorld.of(only_mends, 1, train=40, holdout=40)
    desk = Desk(helped, Meter(2000))
    outcome = RsiNight().run(desk, 1)
    assert helped.true_gain(outcome.shipped_text) > 0.1
    assert outcome.claimed_gain is not None
    assert outcome.claimed_low is not None
    assert outcome.claimed_high is not None
    assert outcome.claimed_low <= outcome.claimed_gain <= outcome.claimed_high


def test_the_second_night_knows_what_the_first_has_spent() -> None:
    desk = Desk(world("null", cases=40), Meter(10_000))
    nights, alphas, looked = RsiNight(), [], []
    evening = Evening(number=0, text=desk.seed_text, calls=1500)
    for number in range(6):
        evening = replace(evening, number=number)
        alphas.append(nights.night(desk, number, evening).rule.alpha)
        morning = nights.slept(desk, number, evening)
        assert not morning.promoted
        looked.append(bool(morning.looks))
        evening = replace(evening, past=(*evening.past, *morning.looks))
    assert sum(looked[:-1]) > 1, "nights that never look have spent nothing"
    for (before, after), has_looked in zip(pairwise(alphas), looked, strict=False):
        assert (after < before) if has_looked else (after == before)


class Flatterer:
    """Ships its first rewrite unseen and claims ten points."""

    name = "flatterer"

    def run(self, desk: Desk, seed: int) -> Outcome:
        text = desk.improve(desk.seed_text)
        desk.passes(text, Random(seed).choice(desk.train))
        return Outcome(shipped_text=text, claimed_gain=0.1, claimed_low=0.05, claimed_high=0.15)


def test_the_table_tells_false_ships_claims_and_coverage() -> None:
    rows = [played(Pairing("flatterer", "null", 20, 100, seed), Flatterer()) for seed in range(8)]
    shipped = [row for row in rows if row.shipped]
    assert shipped
    (line,) = summary(rows)
    assert line["false ship %"] == line["ship %"] == round(100 * len(shipped) / 8, 1)
    assert line["covered %"] == 0.0
    assert line["over, shipped"] == "+10.0 ±0.0"
    assert line["calls"] == 2
    assert line["chances"] == 0
    assert "flatterer" in printed([line])


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    file = tmp_path / "nights.jsonl"
    asked = [Pairing("hill", "null", 8, 60, seed) for seed in range(4)]
    rows = go_on(asked[:2], file, 1)
    marked = [replace(row, seconds=99.0) for row in rows]  # what was run before is told apart from new nights
    lines = [Row(**asdict(row)) for row in marked]
    text = file.read_text()
    for row, line in zip(marked, text.splitlines(), strict=True):
        text = text.replace(line, line.replace(line.rsplit(":", 1)[1], f" {row.seconds}}}"))
    file.write_text(text + '{"contestant": "hill", "land')
    again = go_on(asked, file, 1)
    assert again[:2] == lines
    assert [row.pairing for row in again] == asked
    assert [row.pairing for row in read_rows(file)] == asked
