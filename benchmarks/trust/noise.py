"""How large an A/A run, what should follow from it, and what that costs in power.

noise: part of the cases that waver; the others are right or wrong whatever is drawn. dark: the committed
version wavers nowhere, for it fails what it does not know; the better version wavers on all that it learned.
one draw, stages, chosen: power for a true gain of about 20 points on 30 held-out cases at the last look's
share of a first night, with the draws a case that took: always (1,), always (1, 2, 4), and whichever of them
an A/A run on 24 train cases and the two draws of the better version there choose. trusting: the same by the
A/A run alone, if being steady where it fails counted as well. The rest: how often an A/A run of that many
cases and draws calls for one draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from nights import mean, options, show

from rsi_cli.nouns import CaseId, CaseResult, Measured
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import HOPELESS, Stage, stage_limits
from rsi_cli.trust.noise_floor import CASES, NoiseFloor, noise_floor, stages
from rsi_cli.trust.signflip import sign_flip_p

HOLDOUT, GAIN, KNOWN = 30, 0.2, 0.5
RULE = GateRule(alpha=0.025)
RUNS = ((6, 2), (12, 2), (12, 3), (24, 2), (24, 3))


@dataclass(frozen=True)
class World:
    """How cases behave. known: part that the committed version knows. noisy: part of them that wavers."""

    noisy: float
    known: float = KNOWN
    dark: bool = False

    def before(self, rng: Random, count: int) -> list[float]:
        """Pass rates of the committed version."""
        return [
            rng.uniform(0.2, 0.8)
            if not self.dark and rng.random() < self.noisy
            else float(rng.random() < self.known)
            for _ in range(count)
        ]

    def after(self, before: Sequence[float], rng: Random) -> list[float]:
        """Pass rates of a truly better one; in the dark world all that it mended wavers by `noisy`."""
        found = []
        for rate in before:
            mended = rng.random() < (2 * GAIN + 0.1 if not self.dark else (GAIN + 0.05) / (1 - self.known))
            broken = rng.random() < 0.1 and not self.dark
            if mended and rate < 0.5:
                found.append(1.0 - self.noisy / 2 if self.dark else max(rate, 1.0 - rate))
            else:
                found.append(0.0 if broken else rate)
        return found


def look(world: World, repeats: tuple[int, ...], rng: Random) -> tuple[bool, int]:
    """Whether the better version passes, and how many draws a case that took."""
    before = world.before(rng, HOLDOUT)
    after = world.after(before, rng)
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


def asked_again(rates: Sequence[float], draws: int, rng: Random) -> NoiseFloor:
    """Several draws of one version."""
    results = []
    for at, rate in enumerate(rates):
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
    return noise_floor(results)


def calls_for_one(floor: NoiseFloor) -> bool:
    """Whether so little noise calls for one draw."""
    return stages(floor, RULE, fresh_draws=True) == (1,)


def chosen(world: World, rng: Random, *, trusting: bool) -> tuple[int, ...]:
    """The stages that a night would take."""
    rates = world.before(rng, CASES)
    floor = asked_again(rates, 2, rng)
    if trusting:
        steady = calls_for_one(replace(floor, solid=floor.cases))
    else:
        steady = calls_for_one(floor) and calls_for_one(asked_again(world.after(rates, rng), 2, rng))
    return (1,) if steady else RULE.repeats


def looks(world: World, rule: str, rng: Random, count: int) -> str:
    """Power, and draws a case."""
    taken = []
    for _ in range(count):
        repeats = {"one draw": (1,), "stages": (1, 2, 4)}.get(rule)
        if repeats is None:
            repeats = chosen(world, rng, trusting=rule == "trusting")
        taken.append(look(world, repeats, rng))
    return f"{mean(won for won, _ in taken):.2f} at {mean(d for _, d in taken):.1f}"


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 1000).parse_args()
    rows: list[dict[str, object]] = []
    worlds = [World(noisy) for noisy in (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)]
    worlds += [World(noisy, known, dark=True) for known in (0.1, 0.5) for noisy in (0.0, 0.1, 0.3, 0.6)]
    for world in worlds:
        rng = Random(f"{asked.seed}/{world}")
        row: dict[str, object] = {"noise": f"{world.noisy:.2f}", "known": world.known, "dark": world.dark}
        for rule in ("one draw", "stages", "chosen", "trusting"):
            row[rule] = looks(world, rule, rng, asked.seeds)
        for cases, draws in RUNS:
            calls = [
                calls_for_one(asked_again(world.before(rng, cases), draws, rng)) for _ in range(asked.seeds)
            ]
            row[f"{cases} x {draws}"] = f"{mean(calls):.2f}"
        rows.append(row)
    show(rows, asked.json)


if __name__ == "__main__":
    main()
