"""How often a race alone makes a champion of a child that is no better: four children equal to the champion.

    python -m benchmarks.breeding.doubt [--seeds 300]

For several ways in which cases pass by chance, and numbers of train cases: the part of generations that crown
a child without fresh draws, and the lead that it seemed to have. All of that is luck.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from random import Random

from rsi_cli.evaluation.race import Field, race
from rsi_cli.evaluation.run import mean_scores
from rsi_cli.evolution.loop import BEYOND_DOUBT
from rsi_cli.evolution.selection import difference
from rsi_cli.nouns import CandidateId, CaseId, CaseResult, Measured, Split
from rsi_cli.suite.model import Case

BROOD = 4
CHANCES: Mapping[str, Callable[[Random], float]] = {
    "every case passes half of the time": lambda _: 0.5,
    "every case passes 8 times in 10": lambda _: 0.8,
    "half of the cases never change": lambda rng: rng.choice([0.0, 1.0, 0.5, 0.5]),
    "every chance is as frequent": lambda rng: rng.random(),
}


def crowned(count: int, chance: Callable[[Random], float], seed: int) -> float | None:
    """The lead of whoever one generation on so many cases crowns by its race alone; None if nobody."""
    rng = Random(seed)
    cases = [Case(id=CaseId(f"t{at}"), input="x", split=Split.TRAIN) for at in range(count)]
    passes = {case.id: chance(rng) for case in cases}

    def drawn(asked: Sequence[Case]) -> tuple[CaseResult, ...]:
        scores = [float(rng.random() < passes[case.id]) for case in asked]
        return tuple(
            CaseResult(
                case_id=case.id, repeat=0, output="", result=Measured(score, "by chance"), passed=score == 1
            )
            for case, score in zip(asked, scores, strict=True)
        )

    async def measure(_child: CandidateId, asked: Sequence[Case]) -> tuple[CaseResult, ...]:
        return drawn(asked)

    champion = mean_scores(drawn(cases))
    brood = [CandidateId(str(at)) for at in range(BROOD)]
    runners = asyncio.run(race(brood, champion, cases, measure, Random(seed)))
    leads = [
        (difference(mean_scores(runner.results), champion), runner) for runner in runners if runner.finished
    ]
    lead, best = max(leads, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or lead <= 0:
        return None
    estimate, error = Field(champion).estimate(best.results)
    return lead if estimate >= BEYOND_DOUBT * error else None


def main() -> None:
    """Print a line for each way and number of cases."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.breeding.doubt", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="generations for each line")
    seeds = parser.parse_args().seeds
    for name, chance in CHANCES.items():
        for count in (24, 50, 100):
            leads = [lead for seed in range(seeds) if (lead := crowned(count, chance, seed)) is not None]
            mean = 100 * sum(leads) / max(1, len(leads))
            print(f"{name}, {count} cases: {100 * len(leads) / seeds:.1f} % crowned, lead {mean:.0f} points")


if __name__ == "__main__":
    main()
