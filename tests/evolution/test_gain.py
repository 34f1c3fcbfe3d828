"""What is reported rests on draws that decided nothing, and says what it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.errors import BugError
from rsi_cli.evaluation.run import mean_scores
from rsi_cli.evolution.gain import holdout_score, promotion_gain
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.tally import FIRST_FRESH
from rsi_cli.ledger.events import LookTaken, Measurement
from rsi_cli.ledger.promotions import Promoted, PromotionGain
from rsi_cli.nouns import Blame, CandidateId, CaseId, CaseResult, Failed, Interval, Measured, Role, Split
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
    plain = stopped.final["holdout"] - stopped.baseline["holdout"]
    assert plain - 0.2 < stopped.gain.estimate <= plain, "less the luck of having been chosen by these cases"
    assert (
        stopped.gain.basis == "fresh draws on 24 held-out cases, less the luck of having been chosen by them"
    )


async def test_the_gain_of_a_night_is_the_sum_of_its_promotions(scene: Scene) -> None:
    scene.suite, scene.ask.actor = letters_suite("cdefghijklmnopqr", KNOWN_AND_NEW), LetterActor(slip=0.1)
    scene.generations = 12
    stopped = await evolve(scene.night())
    gains = [fact.gain for fact in scene.told(PromotionGain)]
    assert gains
    assert stopped.gain.estimate == pytest.approx(min(1.0, sum(gain.estimate for gain in gains)))
    if len(gains) == 1:
        assert (stopped.gain.low, stopped.gain.high) == pytest.approx((gains[0].low, gains[0].high))


async def test_a_short_night_reports_on_the_gates_own_draws_and_says_so(scene: Scene) -> None:
    """Where one more draw a case would cost more than a quarter of the calls, none is made."""
    scene.suite, scene.ask.actor = letters_suite("cdefghijklmnopqr", KNOWN_AND_NEW), LetterActor(slip=0.1)
    night = scene.night()
    night = replace(night, costs=replace(night.costs, fresh=0))
    assert not night.accounts_afresh
    stopped = await evolve(night)
    looks = [fact for fact in scene.told(LookTaken) if fact.decision == "accept"]
    drawn = {fact.version: fact.results for fact in scene.told(Measurement) if fact.purpose == "fresh"}
    assert drawn[looks[0].incumbent] == looks[0].incumbent_results
    assert [drawn[look.candidate] for look in looks] == [look.results for look in looks] != []
    assert max(prompt.repeat for prompt in scene.ask.prompts(Role.ACTOR)) < FIRST_FRESH
    assert stopped.gain.basis == (
        "the gate's own draws (the budget pays for no fresh ones) on 24 held-out cases, "
        "less the luck of having been chosen by them"
    )
    look, [told, *_] = looks[0], scene.told(PromotionGain)
    before, after = mean_scores(look.incumbent_results), mean_scores(look.results)
    plain = sum(after[case] - before[case] for case in after) / 24
    assert told.gain.low < told.gain.estimate < plain
    assert night.tally.calls == len(scene.ask.asked), "nothing is counted that was not asked"


def accepted_look(before: tuple[CaseResult, ...], after: tuple[CaseResult, ...]) -> LookTaken:
    """A look that accepted with a p far below its limit, so that the choice by these cases hardly counts."""
    return LookTaken(
        look=0,
        generation=1,
        candidate=CandidateId("new"),
        incumbent=CandidateId("old"),
        decision="accept",
        sentence="Promoted.",
        share=1.0,
        stages=(1,),
        p=1e-9,
        limit=0.05,
        repeats=1,
        better=1,
        worse=0,
        ties=0,
        results=after,
        incumbent_results=before,
    )


def test_a_gain_is_paired_by_case_and_leaves_out_what_was_lost(scene: Scene) -> None:
    before, after = draws(0.0, 0.5, 0.0, None), draws(1.0, 0.5, None, 0.0)
    fresh_before, fresh_after = (
        draws(0.0, 0.5, None, 0.0, repeat=1000),
        draws(1.0, 0.5, 1.0, None, repeat=1000),
    )
    gain = promotion_gain(scene.night(), accepted_look(before, after), fresh_before, fresh_after)
    whole = accepted_look(draws(0.0, 0.5), draws(1.0, 0.5))
    again = (draws(0.0, 0.5, repeat=1000), draws(1.0, 0.5, repeat=1000))
    assert gain == promotion_gain(scene.night(), whole, *again), "as if the lost cases were not there"
    assert gain.basis == "fresh draws on 2 held-out cases, less the luck of having been chosen by them"
    assert -1.0 <= gain.low <= gain.estimate <= gain.high <= 1.0


def test_draws_are_paired_by_repeat(scene: Scene) -> None:
    before = (*draws(0.0, 1.0, repeat=1000), *draws(None, 1.0, repeat=1001))
    after = (*draws(1.0, 1.0, repeat=1000), *draws(1.0, None, repeat=1001))
    gain = promotion_gain(scene.night(), accepted_look(draws(0.0, 0.0), draws(1.0, 1.0)), before, after)
    assert gain.estimate == pytest.approx(0.5, abs=0.01), (
        "one case gained, one stayed; the rest has no partner"
    )


def test_five_copies_of_a_case_in_one_cluster_count_as_one_in_the_interval(scene: Scene) -> None:
    before, after = draws(*[0.0] * 9), draws(*[1.0] * 5, 0.0, 0.0, 1.0, 0.0)

    def reported(cluster: str | None) -> Interval:
        copies = tuple(
            Case(id=CaseId(f"h{n}"), input="x", split=Split.HOLDOUT, cluster=cluster if n < 5 else None)
            for n in range(9)
        )
        scene.suite = replace(scene.suite, cases=copies)
        return promotion_gain(scene.night(), accepted_look(before, after), before, after)

    apart, together = reported(None), reported("copies")
    assert together.estimate == pytest.approx(apart.estimate, abs=0.02)
    assert apart.estimate == pytest.approx(6 / 9, abs=0.02)
    assert together.high - together.low > 1.2 * (apart.high - apart.low)


def test_without_a_single_fresh_draw_the_gate_s_own_draws_are_all_there_is(scene: Scene) -> None:
    look = accepted_look(draws(0.0, 0.0, 0.0), draws(1.0, 1.0, 0.0))
    gain = promotion_gain(scene.night(), look, draws(None), draws(1.0))
    assert gain.low < 0 < gain.estimate < gain.high
    assert gain.basis.startswith("the gate's own draws (no fresh ones could be measured) on 3 held-out cases")


def test_without_any_pair_the_gain_could_be_anything(scene: Scene) -> None:
    gain = promotion_gain(scene.night(), accepted_look(draws(None), draws(1.0)), draws(None), draws(1.0))
    assert (gain.estimate, gain.low, gain.high) == (0.0, -1.0, 1.0)


def test_a_score_that_was_not_measured_is_not_reported_as_zero() -> None:
    assert holdout_score(draws(1.0, 0.5), draws(0.0)) == 0.75
    assert holdout_score(draws(None, None), draws(1.0, None)) == 1.0
    with pytest.raises(BugError, match="never measured"):
        holdout_score(draws(None), draws(None))
