"""A/A: the incumbent against itself on train cases, before anything is bred. How much is luck? Pure.

Decided on train draws alone, so the choice of stages cannot depend on what the held-out cases will say: any
choice keeps the gate's error, a wrong one costs calls or power.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from rsi_cli.nouns import CaseId, CaseResult
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import percent
from rsi_cli.trust.intervals import mean_interval
from rsi_cli.trust.power import TYPICAL_WITHIN

CASES = 24  # one more draw of 24 cases tells more than two more of 12: see benchmarks/trust/noise.py
FEWEST_CASES = 4  # with fewer of them nothing is asked: whatever they said, nothing would follow
ENOUGH = 6  # cases, of all and of those that always passed, before one draw is thought to be enough
QUIET = 0.02  # mean disagreement of two draws below which a repeat is hardly worth its calls


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFloor:
    """How much two draws of the same version differ on the same case.

    cases: that were drawn twice or more. flipped: those of them whose draws did not all pass or all fail.
    solid: how many of them passed every time. dark: how many never did.
    within: mean squared difference of two draws, for passes and failures the mean of 2p(1 - p), 0 … 1; None
    without a case. low, high: its 95 % interval over cases.
    """

    cases: int
    flipped: tuple[CaseId, ...]
    within: float | None
    low: float = 0.0
    high: float = 1.0
    solid: int = 0
    dark: int = 0

    @property
    def sentence(self) -> str:
        """For people, after the A/A run."""
        if self.within is None:
            return "The noise floor is not known: no train case was answered twice."
        cases = f"{self.cases} train case{'' if self.cases == 1 else 's'}"
        span = f"{percent(self.low)} to {percent(self.high)}"
        if self.within == 0.0:
            most = f"noise at most {percent(self.high)}"
            return f"Asked again, the committed version scored the same on all {cases} ({most})."
        points = 100 * math.sqrt(self.within / self.cases)
        return (
            f"Against itself the committed version differs on {percent(self.within)} of draws ({span}); "
            f"on {cases} that alone moves a score by about {points:.0f} points."
        )

    @property
    def expected(self) -> float:
        """What to plan with: the measured noise, drawn towards the usual 0.36 by two cases.

        Half of a gain's noise is the better version's own. On cases that never passed it has not been seen.
        """
        known = 0.0 if self.within is None else self.within * self.cases
        unseen = self.dark * TYPICAL_WITHIN / 2
        return min(1.0, (known + unseen + 2 * TYPICAL_WITHIN) / (self.cases + 2))


def chosen(case_ids: Sequence[CaseId], rng: Random, count: int = CASES) -> tuple[CaseId, ...]:
    """Choose the cases of the A/A run at random: those that failed once would look too noisy.

    A smaller count chooses some of the same cases: a run that goes on with less money asks nothing new.
    """
    ordered = sorted(case_ids)
    return tuple(sorted(rng.sample(ordered, len(ordered))[:count]))


def noise_floor(results: Sequence[CaseResult]) -> NoiseFloor:
    """Measure the noise from one version's repeated draws, any order; draws without a score say nothing."""
    draws: defaultdict[CaseId, list[CaseResult]] = defaultdict(list)
    for result in results:
        if result.score is not None:
            draws[result.case_id].append(result)
    twice = {case_id: rows for case_id, rows in sorted(draws.items()) if len(rows) > 1}
    if not twice:
        return NoiseFloor(cases=0, flipped=(), within=None)
    spreads = [_disagreement([row.score or 0.0 for row in rows]) for rows in twice.values()]
    low, high = mean_interval(spreads)
    return NoiseFloor(
        cases=len(twice),
        flipped=tuple(case_id for case_id, rows in twice.items() if len({row.passed for row in rows}) > 1),
        within=math.fsum(spreads) / len(spreads),
        low=low,
        high=high,
        solid=sum(all(row.passed for row in rows) for rows in twice.values()),
        dark=sum(not any(row.passed for row in rows) for rows in twice.values()),
    )


def stages(floor: NoiseFloor, rule: GateRule, *, fresh_draws: bool, stated: bool = False) -> tuple[int, ...]:
    """Choose `GateRule.repeats` for the night.

    fresh_draws: False at temperature 0, where a repeat tells nothing. stated: the suite says how often, so it
    is done. Without noise to speak of one draw a case decides, at the whole limit; else the rule's stages.
    It has to be quiet where the version knows the answer: failing always says nothing of how steadily a
    better version will pass.
    """
    if not fresh_draws:
        return (1,)
    if stated or floor.within is None or min(floor.cases, floor.solid) < ENOUGH:
        return rule.repeats
    return (1,) if floor.within < QUIET and not floor.flipped else rule.repeats


def stages_up_to(draws: int) -> tuple[int, ...]:
    """The stages of a look that draws no case more often: (1, 2, 4) for 4, (1,) for 1. draws: >= 1."""
    return tuple(sorted({1, round(math.sqrt(draws)), draws}))


def _disagreement(scores: Sequence[float]) -> float:
    """Mean squared difference over all pairs of draws: unbiased for 2p(1 - p), and never above 1."""
    pairs = list(combinations(scores, 2))
    return math.fsum((a - b) ** 2 for a, b in pairs) / len(pairs)
