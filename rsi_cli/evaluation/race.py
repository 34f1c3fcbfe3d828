"""Race children on train cases so that hopeless ones stop after a few calls.

Successive halving with an early exit (docs/trust.md, "Racing"): rungs of 4 → 12 → 24 → 48 → all
cases in one order shared by all, the first rung made of cases that the champion fails, for there a gain can
show. Failing cases come first and so are over-represented in a partial measurement; the estimate is
therefore stratified by "champion failed / champion passed".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from random import Random
from typing import TypeAlias

from rsi_cli.evaluation.run import side_by_side
from rsi_cli.nouns import CandidateId, CaseId, CaseResult
from rsi_cli.suite.model import Case

RUNGS = (4, 12, 24, 48)
PSEUDO_CASES = 5  # weight of the prior variance; trust.md §3
PRIOR_VARIANCE = 0.25
OPTIMISM = 0.5  # a child is dropped when mean + 0.5 SE of its difference is below 0

Measure: TypeAlias = Callable[[CandidateId, Sequence[Case]], Coroutine[None, None, tuple[CaseResult, ...]]]


@dataclass(slots=True)
class Runner:
    """One child in the race, with what is known of it so far."""

    candidate: CandidateId
    results: list[CaseResult] = field(default_factory=list)
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """The ground that all children run on: the champion's score per train case."""

    champion: Mapping[CaseId, float]

    def estimate(self, results: Sequence[CaseResult]) -> tuple[float, float]:
        """Difference to the champion over all train cases and its standard error, both in score units."""
        strata: dict[bool, list[float]] = {True: [], False: []}
        for result in results:
            base = self.champion.get(result.case_id)
            if base is not None and result.score is not None:
                strata[base < 1.0].append(result.score - base)
        failing = sum(score < 1.0 for score in self.champion.values())
        sizes = {True: failing, False: len(self.champion) - failing}
        total = max(len(self.champion), 1)
        mean, variance = 0.0, 0.0
        for stratum, differences in strata.items():
            share = sizes[stratum] / total
            mean += share * _mean(differences)
            variance += share**2 * _shrunk_variance(differences) / max(len(differences), 1)
        return mean, math.sqrt(variance)


def course(cases: Sequence[Case], champion: Mapping[CaseId, float], rng: Random) -> tuple[Case, ...]:
    """Order the cases: a rung of cases that the champion fails, then failing and passing in turn."""
    shuffled = rng.sample(list(cases), len(cases))
    failing = [case for case in shuffled if champion.get(case.id, 0.0) < 1.0]
    passing = [case for case in shuffled if champion.get(case.id, 0.0) >= 1.0]
    first, rest = failing[: RUNGS[0]], failing[RUNGS[0] :]
    mixed = [case for pair in zip_longest(passing, rest) for case in pair if case is not None]
    return (*first, *mixed)


async def race(
    entrants: Sequence[CandidateId],
    champion: Mapping[CaseId, float],
    cases: Sequence[Case],
    measure: Measure,
    rng: Random,
    rungs: Sequence[int] = RUNGS,
) -> tuple[Runner, ...]:
    """Run the brood over the rungs; keep the better half at each, drop who cannot catch up.

    rungs: numbers of cases, rising; () = all children run on all cases. Returns one Runner per entrant, in
    the order given. A runner that left early has fewer results.
    """
    order = course(cases, champion, rng)
    ground = Field(champion)
    runners = tuple(Runner(candidate) for candidate in entrants)
    racing = list(runners)
    done = 0
    for rung in (*[size for size in rungs if size < len(order)], len(order)):
        leg = order[done:rung]
        laps = await side_by_side(measure(runner.candidate, leg) for runner in racing)
        for runner, lap in zip(racing, laps, strict=True):
            runner.results.extend(lap)
        done = rung
        if done < len(order):
            racing = _survivors(racing, ground)
    for runner in racing:
        runner.finished = True
    return runners


def _survivors(racing: Sequence[Runner], ground: Field) -> list[Runner]:
    """The better half of those that changed something and may still turn out better than the champion."""
    ranked: list[tuple[float, Runner]] = []
    for runner in racing:
        mean, error = ground.estimate(runner.results)
        if mean + OPTIMISM * error >= 0 and _gained_somewhere(runner, ground):
            ranked.append((mean, runner))
    ranked.sort(key=lambda pair: -pair[0])  # stable: ties keep the order of the brood
    return [runner for _, runner in ranked[: math.ceil(len(racing) / 2)]]


def _gained_somewhere(runner: Runner, ground: Field) -> bool:
    """Whether any asked case went better than with the champion: the first rung asks only failing ones."""
    return any(
        result.score is not None and result.score > ground.champion.get(result.case_id, 1.0)
        for result in runner.results
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _shrunk_variance(values: Sequence[float]) -> float:
    """Sample variance pulled towards .25 with the weight of five cases (small samples lie)."""
    centre = _mean(values)
    return (sum((value - centre) ** 2 for value in values) + PSEUDO_CASES * PRIOR_VARIANCE) / (
        len(values) + PSEUDO_CASES
    )
