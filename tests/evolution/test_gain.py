"""What is reported rests on draws that decided nothing, and says what it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.errors import BugError
from rsi_cli.evaluation.run import mean_scores
from rsi_cli.evolution.gain import gain_between, holdout_score
from rsi_cli.evolution.loop import evolve
from rsi_cli.ledger.events import LookTaken, Measurement
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Interval, Measured, Split
from rsi_cli.suite.model import Case
from tests.fakes.letters import LetterActor, Scene, letters_suite

KNOWN_AND_NEW = "ab" * 4 + "cdefghijklmnopqr"


def draws(*scores: float | None, repeat: int = 0) -> tuple[CaseResult, ...]:
    return tuple(
        CaseResult(
            case_id=CaseId(f"h{number}"),
            repeat=repeat,
            output="x",
            result=Failed(Blame.BUDGET, "spent") if score is None else Measured(score, "why"),
            passed=score == 1.0,
        )
        for number, score in enumerate(scores)
    )


async def test_the_account_of_a_night_rests_on_fresh_draws_of_both_ends(scene: Scene) -> None:
    scene.suite, scene.ask.actor = letters_suite("cdefghijklmnopqr", KNOWN_AND_NEW), LetterActor(slip=0.3)
    scene.generations = 8
    stopped = await evolve(scene.night())
    assert scene.told(Promoted)
    fresh = {
        fact.version: mean_scores(fact.results) for fact in scene.told(Measurement) if fact.purpose == "fresh"
    }
    first, last = next(iter(fresh.values())), fresh[scene.told(Promoted)[-1].candidate]
    [opening] = [
        fact
        for fact in scene.told(Measurement)
        if fact.key.endswith("/holdout") and fact.purpose == "baseline"
    ]
    look = next(fact for fact in scene.told(LookTaken) if fact.decision == "accept")
    assert first not in (mean_scores(opening.results), mean_scores(look.incumbent_results)), "slips differ"
    assert stopped.baseline["holdout"] == pytest.approx(sum(first.values()) / 24)
    assert stopped.final["holdout"] == pytest.approx(sum(last.values()) / 24)
    assert stopped.gain.estimate == pytest.approx(stopped.final["holdout"] - stopped.baseline["holdout"])
    assert stopped.gain.basis == "fresh draws on 24 held-out cases, for these cases only"


def test_a_gain_is_paired_by_case_and_leaves_out_what_was_lost(scene: Scene) -> None:
    night = scene.night()
    gain = gain_between(night, draws(0.0, 0.5, None, 0.0), draws(1.0, 0.5, 1.0, None))
    assert gain.estimate == pytest.approx(0.5)
    assert gain.basis == "fresh draws on 2 held-out cases, for these cases only"
    assert -1.0 <= gain.low <= gain.estimate <= gain.high <= 1.0


def test_five_copies_of_a_case_in_one_cluster_count_as_one_in_the_interval(scene: Scene) -> None:
    before, after = draws(*[0.0] * 9), draws(*[1.0] * 5, 0.0, 0.0, 1.0, 0.0)

    def reported(cluster: str | None) -> Interval:
        copies = tuple(
            Case(id=CaseId(f"h{n}"), input="x", split=Split.HOLDOUT, cluster=cluster if n < 5 else None)
            for n in range(9)
        )
        scene.suite = replace(scene.suite, cases=copies)
        return gain_between(scene.night(), before, after)

    apart, together = reported(None), reported("copies")
    assert together.estimate == pytest.approx(apart.estimate) == pytest.approx(6 / 9)
    assert together.high - together.low > 1.2 * (apart.high - apart.low)


def test_without_a_single_fresh_draw_the_gain_could_be_anything(scene: Scene) -> None:
    gain = gain_between(scene.night(), draws(None), draws(1.0))
    assert (gain.estimate, gain.low, gain.high) == (0.0, -1.0, 1.0)


def test_a_score_that_was_not_measured_is_not_reported_as_zero() -> None:
    assert holdout_score(draws(1.0, 0.5), draws(0.0)) == 0.75
    assert holdout_score(draws(None, None), draws(1.0, None)) == 1.0
    with pytest.raises(BugError, match="never measured"):
        holdout_score(draws(None), draws(None))
