"""How fast: what would be shipped is noted as it changes, and the table reads it as a person would."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.arena import paces
from benchmarks.arena.contestant import Contestant, Desk, Meter, Outcome
from benchmarks.arena.ga import MINIBATCH, SIZE, GeneticAlgorithm
from benchmarks.arena.hill import HillClimber
from benchmarks.arena.menu import CONTESTANTS, missing
from benchmarks.arena.paces import Pace, paced
from benchmarks.arena.pairing import Pairing, spent
from benchmarks.arena.paper import FILES, PaperRepo
from benchmarks.arena.peers.checked import checked
from benchmarks.arena.progress_table import quantile, summary
from benchmarks.arena.worlds import drawn
from rsi_cli.ledger.git import CommitMessage

NAMES = ("hill", "ga", "rsi", "gepa", "gepa-checked", "capo", "evoprompt-ga", "evoprompt-de")
PACE = Pace(
    contestant="gepa",
    landscape="rugged",
    holdout=40,
    budget=3000,
    seed=0,
    best=0.9,
    trace=((0, 0.3), (100, 0.45), (200, 0.4), (700, 0.62), (2500, 0.8)),
    calls=2990,
    quality_first=None,
    quality_last=None,
    seconds=1.0,
)


def here(*names: str) -> list[object]:
    """Contestants as parameters; skipped, with the reason, where a package is not installed."""
    return [
        pytest.param(
            name, marks=pytest.mark.skipif(bool(reason := missing(name)), reason=str(reason)), id=name
        )
        for name in names
    ]


class Prompter:
    """Rewrites the seed text eight times, with ever other mutation prompts, and ships the last."""

    name = "prompter"

    def run(self, desk: Desk, seed: int) -> Outcome:  # noqa: ARG002 - it has no luck of its own
        text, prompt = desk.seed_text, desk.think()
        for _ in range(8):
            text = desk.improve(desk.seed_text, (), prompt)
            prompt = desk.think(prompt)
        return Outcome(shipped_text=text)


# ---------------------------------------------------------------------------------------------- trace


@pytest.mark.parametrize("name", here(*NAMES))
@pytest.mark.parametrize("landscape", ["mixed", "triage", "rugged"])
def test_what_is_shipped_is_noted_in_the_order_of_calls_and_ends_with_what_is_shipped_last(
    name: str, landscape: str
) -> None:
    night = spent(Pairing(name, landscape, 20, 600, 1), CONTESTANTS[name])
    calls = [at for at, _ in night.desk.shipped]
    texts = [night.desk.seed_text, *(text for _, text in night.desk.shipped)]
    assert calls == sorted(calls)
    assert all(0 < at <= night.desk.meter.calls for at in calls)
    assert texts[-1] == night.outcome.shipped_text
    assert all(one != next_one for one, next_one in pairwise(texts))


@pytest.mark.parametrize("name", here("hill", "ga", "gepa", "evoprompt-ga"))
def test_a_fast_contestant_ships_before_the_night_is_over(name: str) -> None:
    night = spent(Pairing(name, "triage", 20, 900, 1), CONTESTANTS[name])
    assert len(night.desk.shipped) > 1
    assert night.desk.shipped[0][0] < night.desk.meter.calls


def test_the_hill_climber_ships_only_what_it_has_measured_on_all_held_out_cases() -> None:
    night = spent(Pairing("hill", "triage", 20, 900, 1), HillClimber())
    assert all(night.desk.measured[text] >= 20 for _, text in night.desk.shipped)


def test_a_checked_peer_ships_nothing_before_its_check() -> None:
    desk = Desk(drawn("triage", 2, cases=20), Meter(100))

    def search() -> Outcome:
        child = desk.improve(desk.seed_text)
        desk.ship(child)
        return Outcome(shipped_text=child)

    checked(desk, search)
    assert desk.shipped == []


def test_shipping_the_same_text_again_is_no_news_and_costs_nothing() -> None:
    desk = Desk(drawn("triage", 2, cases=5), Meter(100))
    child = desk.improve(desk.seed_text)
    for text in (desk.seed_text, child, child, desk.seed_text):
        desk.ship(text)
    assert desk.shipped == [(1, child), (1, desk.seed_text)]
    assert desk.meter.calls == 1


def test_the_repository_on_paper_tells_of_each_promotion() -> None:
    told: list[bytes] = []
    repo = PaperRepo([b"first"], on_promotion=told.append)
    message = CommitMessage(subject="a version", body="", trailers=())
    repo.promote({FILES.skill: b"second", FILES.sidecar: b""}, message, repo.tip())
    assert told == [b"second"] == repo.texts[1:]


# ----------------------------------------------------------------------------------------- contestant


def test_the_genetic_algorithm_measures_everybody_once_on_the_same_train_cases() -> None:
    desk = Desk(drawn("triage", 2, cases=40), Meter(1_000))
    outcome = GeneticAlgorithm().run(desk, 4)
    asked = {task for _, task in desk._draws}
    assert len(asked) == MINIBATCH
    assert asked <= {task.name for task in desk.train}
    assert outcome.candidates == (1_000 - MINIBATCH) // (MINIBATCH + 1)  # the seed text is not written
    assert outcome.candidates > 3 * SIZE
    assert outcome.claimed_gain
    assert outcome.claimed_gain > 0


def test_the_genetic_algorithm_gets_better_with_calls() -> None:
    nights = [paced(Pairing("ga", "triage", 40, 2_000, seed), GeneticAlgorithm()) for seed in range(6)]
    assert mean(night.score_at(2_000) - night.score_at(200) for night in nights) > 0.2


# ---------------------------------------------------------------------------------------------- paces


def test_a_pace_is_read_off_its_trace() -> None:
    assert PACE.reachable == pytest.approx(0.6)
    assert [PACE.calls_to(part) for part in (0.25, 0.5, 0.75, 0.9)] == [100, 700, 2500, math.inf]
    assert [PACE.score_at(calls) for calls in (0, 99, 100, 699, 3000)] == [0.3, 0.3, 0.45, 0.4, 0.8]


def test_a_night_becomes_a_pace_with_the_true_scores_of_what_was_shipped() -> None:
    pairing = Pairing("hill", "rugged", 20, 900, 3)
    pace, night = paced(pairing, HillClimber()), spent(pairing, HillClimber())
    of = drawn("rugged", 3, cases=20)
    assert pace.trace[0] == (0, of.true_score(of.seed_text))
    assert pace.trace[-1][1] == of.true_score(night.outcome.shipped_text)
    assert (pace.best, pace.calls, pace.quality_first) == (of.best_true_score, 900, None)


def test_quality_is_that_of_the_first_and_last_quarter_of_the_guided_rewrites() -> None:
    pairing = Pairing("prompter", "triage-guided", 20, 100, 3)
    night, pace = spent(pairing, Prompter()), paced(pairing, Prompter())
    worth = [night.desk.world.quality(prompt) for _, prompt in night.desk.guided]
    assert len(set(worth)) == 8
    assert pace.quality_first == pytest.approx(mean(worth[:2]))
    assert pace.quality_last == pytest.approx(mean(worth[-2:]))
    assert paced(replace(pairing, landscape="triage"), Prompter()).quality_last == 1.0


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    file = tmp_path / "paces.jsonl"
    asked = [Pairing("hill", "triage", 8, 120, seed) for seed in range(4)]
    first = paces.go_on(asked[:2], file, 1)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    marked = "".join(json.dumps({**line, "seconds": 99.0}) + "\n" for line in lines)
    file.write_text(marked + '{"contestant": "hill", "land')
    again = paces.go_on(asked, file, 1)
    assert again[:2] == [replace(row, seconds=99.0) for row in first]
    assert [row.pairing for row in again] == asked
    assert len(file.read_text().splitlines()) == 4


# ---------------------------------------------------------------------------------------------- table


@pytest.mark.parametrize(
    ("values", "at", "is_"),
    [
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.5),
        ([1.0, 2.0, 3.0, 4.0, 5.0], 0.25, 2.0),
        ([1.0, 2.0, math.inf], 0.5, 2.0),
        ([1.0, 2.0, math.inf, math.inf], 0.5, math.inf),
        ([math.inf], 0.75, math.inf),
    ],
)
def test_quantiles_know_nights_that_never_came_there(values: list[float], at: float, is_: float) -> None:
    assert quantile(values, at) == is_


def test_the_table_tells_medians_shares_and_ratios() -> None:
    slow = replace(PACE, contestant="hill", trace=((0, 0.3), (400, 0.5)))
    never = replace(PACE, contestant="hill", seed=1, trace=((0, 0.3),))
    gepa, hill = summary([slow, replace(slow, seed=2), never, PACE])
    assert (gepa["who"], hill["who"]) == ("gepa", "hill")
    assert hill["25 %"] == "400 (400–>3000)"
    assert (hill["25 % reached"], hill["25 % ÷ gepa"]) == (67, "4.00")
    assert (hill["50 %"], hill["50 % reached"]) == (">3000 (>3000–>3000)", 0)
    assert hill["50 % ÷ gepa"] == f">{3000 / 700:.2f}"
    assert (gepa["90 %"], gepa["90 % ÷ gepa"], hill["90 % ÷ gepa"]) == (">3000 (>3000–>3000)", "-", "-")
    assert [gepa[f"at {calls}"] for calls in (0, 300, 1000, 3000)] == ["0.300", "0.400", "0.620", "0.800"]
    assert hill["at 3000"] == f"{(0.5 + 0.5 + 0.3) / 3:.3f}"
    assert "at 10000" not in hill


def test_a_landscape_where_nothing_can_be_gained_has_no_pace() -> None:
    flat = replace(PACE, landscape="null", best=0.3, trace=((0, 0.3),))
    (line,) = summary([flat])
    assert (line["25 %"], line["25 % ÷ gepa"]) == ("-", "-")


def test_each_contestant_is_called_on_the_menu_as_it_calls_itself_or_is_a_part_taken_off() -> None:
    everybody: dict[str, Contestant] = dict(CONTESTANTS)
    assert {"rsi", "hill", "ga", "gepa"} <= set(everybody)
    assert all(
        name.startswith("rsi-no-") or name[:2] == who.name[:2].lower() for name, who in everybody.items()
    )
