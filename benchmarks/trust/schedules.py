"""Which part of what is left should a night be offered? Compares schedules over ten nights on one holdout.

null: chance that ten nights of noise promote anything. The rest: nights that bring a candidate of no worth
as often as one that gains 8, 15 or 25 points; true points promoted by night 1, 3 and 10 (the promise is
alpha = 5 % for all).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from nights import World, accepted, bounded, mean, options, show

from rsi_cli.suite.model import GateRule

RULE = GateRule()
NIGHTS = 10
GAINS = (0.0, 0.0, 0.0, 0.08, 0.15, 0.25)
Part = Callable[[int], float]  # of what is left, for the n-th night since the last promotion, n from 0

SCHEDULES: dict[str, Part | None] = {
    "0.05 each night": None,
    "0.3 of the rest": lambda _: 0.3,
    "0.4 of the rest": lambda _: 0.4,
    "0.5 of the rest": lambda _: 0.5,
    "0.6 of the rest": lambda _: 0.6,
    "0.7, then half": lambda n: 0.7 if n == 0 else 0.5,
    "1 / (n + 2)": lambda n: 1 / (n + 2),
    "2 / (n + 3)": lambda n: 2 / (n + 3),
    "1 / 10 of alpha": lambda n: 1 / max(1, 10 - n),
}


def history(part: Part | None, world: World, rng: Random, *, null: bool) -> list[float]:
    """True gains promoted by the end of each night; in the null world the number of promotions."""
    left, waited, total, totals = RULE.alpha, 0, 0.0, []
    before = world.incumbent(rng)
    for _ in range(NIGHTS):
        alpha = RULE.alpha if part is None else left * part(waited)
        rule, spent, won = replace(RULE, alpha=alpha), 0.0, False
        goal = 0.0 if null else rng.choice(GAINS)
        mends = 0.2 + goal / (world.gain(1, 0) * 2) * 1.0
        breaks = mends - goal / world.gain(1, 0)
        for share in (0.2, 0.8):
            after = world.candidate(before, mends, max(0.0, breaks), rng)
            spent += alpha * share
            if accepted(before, after, rule, share, world, rng):
                won, total = True, total + (1.0 if null else world.gain(mends, max(0.0, breaks)))
                before = world.incumbent(rng)  # another level of the same task: as much is left to gain
                break
        left, waited = (RULE.alpha, 0) if won else (left - spent, waited + 1)
        totals.append(total)
    return totals


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 300).parse_args()
    rows: list[dict[str, object]] = []
    for name, part in SCHEDULES.items():
        row: dict[str, object] = {"schedule": name}
        for cases, cold in ((24, True), (24, False), (60, False)):
            world, label = World(cases, cold), f"{cases}{' cold' if cold else ''}"
            rng = Random(f"{asked.seed}/{label}")
            noise = [history(part, world, rng, null=True)[-1] > 0 for _ in range(asked.seeds)]
            real = [history(part, world, rng, null=False) for _ in range(asked.seeds)]
            row[f"null {label}"] = bounded(sum(noise), len(noise))
            row[f"gain {label}, 1/3/10"] = " / ".join(
                f"{100 * mean(r[n] for r in real):.1f}" for n in (0, 2, 9)
            )
        rows.append(row)
    show(rows, asked.json)


if __name__ == "__main__":
    main()
