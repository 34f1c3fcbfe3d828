"""What does it cost and bring to ask more of a longer skill? Looks of a first night.

worthless: true gain 0. padded: no better, but a grader that likes length lets one failing answer in twelve
pass. small: 3 true points. real: 20 true points. Each row is a growth of the text (slack included): the
part of looks that accept without and with the demand of `parsimony`.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from nights import World, options, show

from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import HOPELESS, Stage, stage_limits
from rsi_cli.trust.parsimony import demand
from rsi_cli.trust.signflip import sign_flip_p

RULE = GateRule(alpha=0.025)
KINDS = {
    "worthless": (0.2, 0.2, 0.0),
    "padded": (0.0, 0.0, 1 / 12),
    "small": (0.2375, 0.2, 0.0),
    "real": (0.4, 0.15, 0.0),
}


def look(kind: str, growth: float, world: World, rng: Random) -> tuple[bool, bool]:
    """Whether one candidate is accepted without and with the demand; on the same draws."""
    mends, breaks, pad = KINDS[kind]
    before = world.incumbent(rng)
    after = [rate + (1 - rate) * pad for rate in world.candidate(before, mends, breaks, rng)]
    stage = Stage(share=0.8)
    asked = demand(4000, round(8000 * growth) - 4000, RULE)
    plain, strict = stage_limits(RULE, stage), stage_limits(RULE, replace(stage, demand=asked))
    sums, drawn, won = [0] * len(before), 0, [False, False]
    for index, repeats in enumerate(RULE.repeats):
        for _ in range(repeats - drawn):
            for i, (a, b) in enumerate(zip(before, after, strict=True)):
                sums[i] += (rng.random() < b) - (rng.random() < a)
        drawn, p = repeats, sign_flip_p(sums)
        won[0] = won[0] or p <= plain[index]
        won[1] = won[1] or (p <= strict[index] and sum(sums) / (repeats * len(sums)) >= asked.least_gain)
        if p > HOPELESS[min(index, 1)]:
            break
    return won[0], won[1]


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "", 1500)
    parser.add_argument("--cases", type=int, default=40, help="held-out cases")
    asked = parser.parse_args()
    rows: list[dict[str, object]] = []
    for growth in (1.0, 1.25, 1.5, 2.0):
        row: dict[str, object] = {"growth": growth}
        for kind in KINDS:
            rng = Random(f"{asked.seed}/{kind}")
            looks = [look(kind, growth, World(asked.cases), rng) for _ in range(asked.seeds)]
            row[kind] = " / ".join(f"{sum(won[k] for won in looks) / len(looks):.3f}" for k in (0, 1))
        rows.append(row)
    show(rows, asked.json)


if __name__ == "__main__":
    main()
