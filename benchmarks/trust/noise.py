"""How large an A/A run, and what should follow from it.

noise: mean disagreement of two draws of one version. one draw, stages: power for a true gain of 20 points
on 30 held-out cases at the last look's share of a first night, and its draws a case, with `repeats` of (1,)
and (1, 2, 4). The rest: how often an A/A run of that many cases and draws calls for one draw.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from nights import mean, options, show

from rsi_cli.nouns import CaseId, CaseResult, Measured
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import HOPELESS, Stage, stage_limits
from rsi_cli.trust.noise_floor import noise_floor, stages
from rsi_cli.trust.signflip import sign_flip_p

HOLDOUT, GAIN = 30, 0.2
RULE = GateRule(alpha=0.025)
RUNS = ((6, 2), (12, 2), (12, 3), (24, 2), (24, 3))


def rates(noisy: float, rng: Random, count: int) -> list[float]:
    """Pass rates: a part of the cases wavers at 0.2 … 0.8, the others always pass or always fail."""
    return [
        rng.uniform(0.2, 0.8) if rng.random() < noisy else float(rng.random() < 0.5) for _ in range(count)
    ]


def look(noisy: float, repeats: tuple[int, ...], rng: Random) -> tuple[bool, int]:
    """Whether a truly better candidate passes, and how many draws a case that took."""
    before = rates(noisy, rng, HOLDOUT)
    mended = [rng.random() < 2 * GAIN + 0.1 for _ in before]
    after = [
        max(a, 1.0 - a) if m and a < 0.5 else min(a, 0.0) if rng.random() < 0.1 else a
        for a, m in zip(before, mended, strict=True)
    ]
    rule, sums, drawn = replace(RULE, repeats=repeats), [0] * HOLDOUT, 0
    limits = stage_limits(rule, Stage(share=0.8))
    for index, limit in enumerate(limits):
        for _ in range(repeats[index] - drawn):
            for i, (a, b) in enumerate(zip(before, after, strict=True)):
                sums[i] += (rng.random() < b) - (rng.random() < a)
        drawn = repeats[index]
        p = sign_flip_p(sums)
        if p <= limit:
            return True, drawn
        if index < len(limits) - 1 and p > HOPELESS[min(index, 1)]:
            break
    return False, drawn


def asked_again(noisy: float, cases: int, draws: int, rng: Random) -> bool:
    """Whether the A/A run calls for one draw."""
    results = []
    for at, rate in enumerate(rates(noisy, rng, cases)):
        for repeat in range(draws):
            score = float(rng.random() < rate)
            results.append(
                CaseResult(
                    case_id=CaseId(str(at)),
                    repeat=repeat,
                    output="",
                    passed=score == 1.0,
                    result=Measured(score, "drawn"),
                )
            )
    return stages(noise_floor(results), RULE, fresh_draws=True) == (1,)


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 1000).parse_args()
    rows: list[dict[str, object]] = []
    for noisy in (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0):
        rng = Random(f"{asked.seed}/{noisy}")
        row: dict[str, object] = {"noise": f"{noisy * 0.44:.3f}"}
        for repeats in ((1,), (1, 2, 4)):
            looks = [look(noisy, repeats, rng) for _ in range(asked.seeds)]
            name = "one draw" if repeats == (1,) else "stages"
            row[name] = f"{mean(won for won, _ in looks):.2f} at {mean(d for _, d in looks):.1f}"
        for cases, draws in RUNS:
            row[f"{cases} x {draws}"] = (
                f"{mean(asked_again(noisy, cases, draws, rng) for _ in range(asked.seeds)):.2f}"
            )
        rows.append(row)
    show(rows, asked.json)


if __name__ == "__main__":
    main()
