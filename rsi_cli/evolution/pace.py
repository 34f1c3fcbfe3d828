"""One generation's step on the way: what its finalist gained, how sure that is, and what it cost."""

from __future__ import annotations

import math
from statistics import fmean, stdev

from rsi_cli.evaluation.run import mean_scores
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.velocity import Velocity
from rsi_cli.ledger.events import Confirmed, Raced


def paced(search: Search, raced: Raced, confirmed: Confirmed | None, calls: float) -> Velocity:
    """The velocity after a generation that took so many calls; only what was crowned counts as a gain."""
    if raced.laps and not any(result.score is not None for lap in raced.laps for result in lap.results):
        return search.velocity  # nobody could be asked: that is no generation without a gain
    if confirmed is None or not confirmed.crowned:
        return search.velocity.after(0.0, 0.0, calls)
    z = _standard_errors(search, confirmed)
    return search.velocity.after(confirmed.difference, z, calls)


def _standard_errors(search: Search, confirmed: Confirmed) -> float:
    """The finalist's difference to the champion before, in standard errors of paired cases."""
    before, after = search.scores(search.champion.id), mean_scores(confirmed.results)
    steps = [after[case] - before[case] for case in after if case in before]
    if len(steps) < 2:
        return 0.0
    error = stdev(steps) / math.sqrt(len(steps))
    return fmean(steps) / error if error > 0 else math.inf
