"""The honest account: what a promotion and what the whole night brought, on draws that chose nothing.

The draws are fresh, the cases are not: they are those that the gate chose by. So the luck of draws is not in
the number, the luck of cases is, and the account says that it speaks of these cases only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rsi_cli.errors import BugError
from rsi_cli.evaluation.run import mean, mean_scores
from rsi_cli.evolution.bar import Bar
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.plan import FRESH_REPEATS
from rsi_cli.evolution.search import Search
from rsi_cli.ledger.events import Measurement, RunStopped
from rsi_cli.nouns import CaseResult, Interval, Split
from rsi_cli.trust.intervals import by_cluster, paired_gain

FIRST_FRESH = 1000  # repeats from here on are for the account alone: no look is ever decided by them


async def fresh_draws(
    night: Night, version: Candidate, decided_on: Sequence[CaseResult]
) -> tuple[CaseResult, ...]:
    """Held-out draws of a version that no decision has seen; at temperature 0 only the gate's own."""

    async def make() -> Measurement:
        if not night.draws:
            results = tuple(decided_on)
        else:
            again = range(FIRST_FRESH, FIRST_FRESH + FRESH_REPEATS)
            results = await night.measure(version.text, night.cases(Split.HOLDOUT), again)
        return Measurement(purpose="fresh", version=version.id, split=Split.HOLDOUT, results=results)

    fact = await night.step(f"fresh/{version.id}/{Split.HOLDOUT}", Measurement, make)
    return fact.results


def gain_between(night: Night, before: Sequence[CaseResult], after: Sequence[CaseResult]) -> Interval:
    """Pair two versions' draws by case; the 95 % interval is over cases, and a cluster counts as one."""
    base, new = mean_scores(before), mean_scores(after)
    shared = [case_id for case_id in base if case_id in new]
    clusters = {case.id: f"cluster {case.cluster}" for case in night.cases(Split.HOLDOUT) if case.cluster}
    differences = [new[case_id] - base[case_id] for case_id in shared]
    gain = paired_gain(by_cluster(differences, [clusters.get(name, f"case {name}") for name in shared]))
    basis = (
        f"fresh draws on {len(shared)} held-out cases, for these cases only"
        if night.draws
        else f"the gate's own draws on {len(shared)} held-out cases "
        "(temperature 0 gives no fresh ones; may be too high)"
    )
    return Interval(estimate=gain.estimate, low=gain.low, high=gain.high, basis=basis)


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
            gain=gain_between(night, before, after),
        )

    return await night.step("stopped", RunStopped, make)


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
