"""Ten nights in a row on the same held-out cases: how often something that is no better gets promoted.

The nights are those of `trust.wealth`: two looks each, the best of many candidates by its train score.
null: every candidate mends as many cases as it breaks. harmful: it breaks more. first night, all ten: part
of histories with any promotion, with the upper 95 % bound; promised are at most 2.5 % and 5 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from nights import World, accepted, bounded, options, show

from rsi_cli.nouns import CaseId, RunId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.holdout import PastLook
from rsi_cli.trust.wealth import tonight

RULE = GateRule()
NIGHTS, TRAIN = 10, 60
KINDS = {"null": (0.2, 0.2), "harmful": (0.15, 0.25)}


def best(candidates: int, mends: float, breaks: float, world: World, rng: Random) -> Random:
    """The luck on held-out cases of the candidate that looks best on train.

    What a candidate does to a case is drawn for each case by itself, so train scores choose among equals.
    """
    train = World(TRAIN, world.cold)
    base = train.incumbent(rng)
    scores = [sum(train.candidate(base, mends, breaks, rng)) for _ in range(candidates)]
    return Random(f"{rng.random()}/{scores.index(max(scores))}")


def history(kind: str, candidates: int, world: World, rng: Random) -> int:
    """The first night, from 1, that promotes; 0 for none."""
    mends, breaks = KINDS[kind]
    ids = [CaseId(f"case-{at}") for at in range(world.cases)]
    before, looks = world.incumbent(rng), list[PastLook]()
    for night in range(1, NIGHTS + 1):
        rule = replace(RULE, alpha=tonight(looks, ids, RULE).alpha)
        for number, share in enumerate(rule.shares):
            luck = best(candidates, mends, breaks, world, rng)
            if accepted(before, world.candidate(before, mends, breaks, luck), rule, share, world, rng):
                return night
            looks.append(taken(night, number, rule.alpha * share, ids))
    return 0


def taken(night: int, number: int, alpha: float, ids: Sequence[CaseId]) -> PastLook:
    """A look that did not promote."""
    return PastLook(
        run=RunId(f"{night:04}"), number=number, alpha=alpha, case_ids=frozenset(ids), promoted=False
    )


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "", 1000)
    parser.add_argument(
        "--candidates", type=int, default=1, help="candidates a look; a thousand take their time"
    )
    asked = parser.parse_args()
    rows: list[dict[str, object]] = []
    for kind in KINDS:
        for world in (World(12), World(24), World(60), World(24, cold=True), World(60, cold=True)):
            rng = Random(f"{asked.seed}/{kind}/{world}")
            firsts = [history(kind, asked.candidates, world, rng) for _ in range(asked.seeds)]
            rows.append(
                {
                    "world": kind,
                    "held-out cases": f"{world.cases}{' cold' if world.cold else ''}",
                    "candidates a look": asked.candidates,
                    "first night": bounded(sum(first == 1 for first in firsts), len(firsts)),
                    "all ten": bounded(sum(first > 0 for first in firsts), len(firsts)),
                }
            )
    show(rows, asked.json)


if __name__ == "__main__":
    main()
