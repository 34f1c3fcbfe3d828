"""The honest account: what a promotion and what the whole night brought, on draws that chose nothing.

The draws are fresh, the cases are not: they are those that the gate chose by. So the luck that a choice by
these cases makes one expect is taken off the number, and the interval allows for it (`trust.carved`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rsi_cli.errors import BugError
from rsi_cli.evaluation.run import mean, mean_scores
from rsi_cli.evolution.bar import Bar
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.tally import FIRST_FRESH
from rsi_cli.ledger.events import LookTaken, Measurement, RunStopped
from rsi_cli.ledger.promotions import PromotionGain
from rsi_cli.nouns import CaseId, CaseResult, Interval, Split
from rsi_cli.trust.carved import Accepted, Drawn, gain_after, total
from rsi_cli.trust.gate import Stage, stage_limits
from rsi_cli.trust.intervals import Gain
from rsi_cli.trust.parsimony import demand


async def fresh_draws(
    night: Night, version: Candidate, decided_on: Sequence[CaseResult]
) -> tuple[CaseResult, ...]:
    """Held-out draws of a version that no decision has seen; the gate's own where there are no others.

    That is so at temperature 0, and in a night so short that they would cost more than a quarter of it.
    """

    async def make() -> Measurement:
        if not night.accounts_afresh:
            results = tuple(decided_on)
        else:
            again = range(FIRST_FRESH, FIRST_FRESH + night.costs.fresh)
            results = await night.measure(version.text, night.cases(Split.HOLDOUT), again)
        return Measurement(purpose="fresh", version=version.id, split=Split.HOLDOUT, results=results)

    fact = await night.step(f"fresh/{version.id}/{Split.HOLDOUT}", Measurement, make)
    return fact.results


def promotion_gain(
    night: Night, taken: LookTaken, before: Sequence[CaseResult], after: Sequence[CaseResult]
) -> Interval:
    """What an accepted candidate brings. before, after: fresh draws of both versions.

    Paired by case and repeat; the 95 % interval is over cases, and a cluster counts as one.
    """
    gate = _differences(taken.incumbent_results, taken.results)
    fresh = _differences(before, [result for result in after if result.repeat >= FIRST_FRESH])
    afresh = bool(fresh)  # by what was recorded: a resumed night may have another budget
    clusters = {case.id: f"cluster {case.cluster}" for case in night.cases(Split.HOLDOUT) if case.cluster}
    drawn = [
        Drawn(gate=draws, fresh=fresh.get(name, ()), cluster=clusters.get(name, f"case {name}"))
        for name, draws in gate.items()
    ]
    gain = gain_after(drawn, _how_accepted(night, taken))
    used = len(fresh if afresh else gate)
    draws = "fresh draws" if afresh else f"the gate's own draws ({_why_no_fresh(night)})"
    basis = f"{draws} on {used} held-out cases, less the luck of having been chosen by them"
    return Interval(estimate=gain.estimate, low=gain.low, high=gain.high, basis=basis)


def _why_no_fresh(night: Night) -> str:
    if not night.draws:
        return "temperature 0 gives no fresh ones"
    return "no fresh ones could be measured" if night.costs.fresh else "the budget pays for no fresh ones"


def _how_accepted(night: Night, taken: LookTaken) -> Accepted:
    asked = demand(taken.incumbent_chars, taken.candidate_chars, night.rule)
    stage = Stage(share=taken.share, fresh_draws=night.draws, demand=asked)
    limits = stage_limits(replace(night.rule, repeats=taken.stages), stage)
    return Accepted(
        p=taken.p, limit=taken.limit, last_limit=limits[-1], last_repeats=taken.stages[len(limits) - 1]
    )


def _differences(
    before: Sequence[CaseResult], after: Sequence[CaseResult]
) -> dict[CaseId, tuple[float, ...]]:
    """Candidate minus incumbent for every draw that both were measured on, by case."""
    base = {(result.case_id, result.repeat): result.score for result in before}
    found: dict[CaseId, tuple[float, ...]] = {}
    for result in after:
        old = base.get((result.case_id, result.repeat))
        if old is not None and result.score is not None:
            found[result.case_id] = (*found.get(result.case_id, ()), result.score - old)
    return found


async def closing_account(night: Night, search: Search, bar: Bar, because: str) -> RunStopped:
    """The last fact of a run: first and last version on every open split, and the gain between them."""

    async def make() -> RunStopped:
        if not bar.promoted:
            nothing = Interval(estimate=0.0, low=0.0, high=0.0, basis="nothing was promoted")
            baseline = _means(bar.opening)
            return RunStopped(because=because, baseline=baseline, final=baseline, gain=nothing)
        before = await fresh_draws(night, search.origin, bar.promoted[0].incumbent_results)
        after = await fresh_draws(night, search.incumbent, bar.promoted[-1].results)
        return RunStopped(
            because=because,
            baseline=_means({**bar.opening, Split.HOLDOUT: before}),
            final=_means(
                {
                    Split.TRAIN: search.train[search.incumbent.id],
                    Split.HOLDOUT: after,
                    Split.KNOWN_GOOD: bar.known_good,
                }
            ),
            gain=_whole_gain(night, bar),
        )

    return await night.step("stopped", RunStopped, make)


def _whole_gain(night: Night, bar: Bar) -> Interval:
    """The promotions' gains, added up: each is free of what its own look chose by."""
    facts = [night.facts.find(f"gain/{taken.candidate}") for taken in bar.promoted]
    gains = [fact.gain for fact in facts if isinstance(fact, PromotionGain)]
    whole = total([Gain(gain.estimate, gain.low, gain.high) for gain in gains])
    return Interval(estimate=whole.estimate, low=whole.low, high=whole.high, basis=gains[-1].basis)


def holdout_score(fresh: Sequence[CaseResult], decided_on: Sequence[CaseResult]) -> float:
    """Mean over the measured cases, 0.0 … 1.0; of the gate's draws where no fresh one could be measured."""
    score = mean(mean_scores(fresh).values())
    if score is None:
        score = mean(mean_scores(decided_on).values())
    if score is None:
        raise BugError("the gate accepted a version that was never measured")
    return score


def _means(results: Mapping[Split, Sequence[CaseResult]]) -> dict[str, float]:
    means = {split.value: mean(mean_scores(rows).values()) for split, rows in results.items()}
    return {name: score for name, score in means.items() if score is not None}
