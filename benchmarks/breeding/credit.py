"""What credit brings, and whether it pays to count what a child costs.

First table: arms of known rates, children drawn one after the other. best: confirmed children if the best
arm were always drawn. Every policy: what it misses of that, its regret. rsi is `rsi_cli/evolution/credit.py`
as it is, those right of it change one or two things; greedy tries each arm once and then draws the highest
rate so far. gain: confirmed children of rsi against drawing evenly.
even: 8 rates of .02 to .10. few: two of eight are good. paper: part of children that are better by operator,
as Promptbreeder reports it, a fifth of each. high: rates of .1 to .5. two: a pair. dead: half of the arms
never bring anything. turn: the rates are dealt in reverse order after half of the children.

Second table: a budget of calls instead of a number of children; confirmed children by rate, by rate over
cost, and evenly. rounds: one to eight rewrites and thirty calls to measure, alike or not in what they bring.
dear: half of the arms cost five times as much, whatever they bring. dear and good: those bring twice as much.

Run it from the root: python -m benchmarks.breeding.credit
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from benchmarks.trust.nights import mean, options, show
from rsi_cli.evolution.credit import Arm, Credit, Rule

PAPER = (0.42, 0.26, 0.23, 0.127, 0.12, 0.107, 0.063, 0.05)
RSI = Rule()
CHILDREN = (30, 100, 300)
CALLS = (300, 1000, 3000)

Deal = Callable[[Random], list[float]]
Pick = Callable[[Credit, Random], str]

WORLDS: Mapping[str, Deal] = {
    "even": lambda rng: [rng.uniform(0.02, 0.10) for _ in range(8)],
    "few": lambda rng: rng.sample([0.02] * 6 + [0.05, 0.10], 8),
    "paper": lambda rng: rng.sample([share / 5 for share in PAPER], 8),
    "high": lambda rng: [rng.uniform(0.1, 0.5) for _ in range(8)],
    "two": lambda rng: [rng.uniform(0.02, 0.10) for _ in range(2)],
    "dead": lambda rng: rng.sample([0.0] * 4 + [0.1, 0.2, 0.2, 0.3], 8),
}


@dataclass(frozen=True)
class World:
    """Arms with true rates. turn: they are dealt anew, in reverse, after that many children."""

    rates: Sequence[float]
    turn: int = 10**9

    def rate(self, arm: str, child: int) -> float:
        """The true rate of an arm for one child."""
        return (self.rates if child < self.turn else self.rates[::-1])[int(arm)]

    @property
    def arms(self) -> dict[str, Arm]:
        """All of them, of equal weight and cost."""
        return {str(at): Arm() for at in range(len(self.rates))}


def regret(world: World, pick: Pick, rule: Rule, children: int, rng: Random) -> float:
    """Confirmed children missed against the best arm, in expectation: true rates are summed, not luck."""
    credit, missed = Credit(rule=rule), 0.0
    for child in range(children):
        arm = pick(credit, rng)
        rate = world.rate(arm, child)
        missed += max(world.rates) - rate
        credit = credit.told(arm, float(rng.random() < rate))
    return missed


def by_credit(arms: Mapping[str, Arm]) -> Pick:
    """The policy of rsi."""
    return lambda credit, rng: credit.draw(arms, rng)


def evenly(arms: Mapping[str, Arm]) -> Pick:
    """All arms alike."""
    return lambda _, rng: rng.choice(sorted(arms))


def greedily(arms: Mapping[str, Arm]) -> Pick:
    """Each arm once, then the highest rate so far; ties by lot."""

    def pick(credit: Credit, rng: Random) -> str:
        known = credit.records
        if fresh := sorted(arms.keys() - known.keys()):
            return fresh[0]
        rates = {arm: known[arm].confirmed / known[arm].tried for arm in arms}
        return rng.choice([arm for arm in sorted(arms) if rates[arm] == max(rates.values())])

    return pick


POLICIES: Mapping[str, tuple[Callable[[Mapping[str, Arm]], Pick], Rule]] = {
    "evenly": (evenly, RSI),
    "greedy": (greedily, replace(RSI, discount=1.0)),
    "rsi": (by_credit, RSI),
    "no discount": (by_credit, replace(RSI, discount=1.0)),
    "no floor": (by_credit, replace(RSI, floor=0.0)),
    "none retired": (by_credit, replace(RSI, hopeless=0.0)),
    "Beta(1, 1)": (by_credit, replace(RSI, confirmed=1.0, missed=1.0)),
    "30, .995": (by_credit, replace(RSI, missed=30.0, discount=0.995)),
}


def row(name: str, children: int, seeds: Sequence[int], *, turn: bool) -> dict[str, object]:
    """One world and one length of the search."""
    worlds = [
        World(WORLDS[name](Random(f"{name}/{seed}")), children // 2 if turn else 10**9) for seed in seeds
    ]
    best = mean(children * max(world.rates) for world in worlds)
    missed = {
        policy: mean(
            regret(world, make(world.arms), rule, children, Random(f"{policy}/{seed}"))
            for world, seed in zip(worlds, seeds, strict=True)
        )
        for policy, (make, rule) in POLICIES.items()
    }
    gain = (best - missed["rsi"]) / (best - missed["evenly"]) - 1
    cells = {policy: f"{value:.2f}" for policy, value in missed.items()}
    label = f"{name}, turn" if turn else name
    return {"world": label, "children": children, "best": f"{best:.2f}", **cells, "gain": f"{gain:+.0%}"}


COSTS: Mapping[str, tuple[Deal, tuple[float, ...]]] = {
    "rounds, alike": (lambda rng: [rng.uniform(0.02, 0.1)] * 4, (31, 32, 34, 38)),
    "rounds": (lambda rng: [rng.uniform(0.02, 0.1) for _ in range(4)], (31, 32, 34, 38)),
    "dear": (lambda rng: [rng.uniform(0.02, 0.1) for _ in range(4)], (10, 10, 50, 50)),
    "dear and good": (
        lambda rng: [rng.uniform(0.02, 0.1) * part for part in (1, 1, 2, 2)],
        (10, 10, 50, 50),
    ),
}


def won(rates: Sequence[float], costs: Sequence[float], pick: Pick, calls: int, rng: Random) -> float:
    """Confirmed children of a budget, in expectation."""
    credit, brought, spent = Credit(), 0.0, 0.0
    while spent < calls:
        arm = pick(credit, rng)
        spent += costs[int(arm)]
        brought += rates[int(arm)]
        credit = credit.told(arm, float(rng.random() < rates[int(arm)]))
    return brought


def cost_row(name: str, calls: int, seeds: Sequence[int]) -> dict[str, object]:
    """One set of costs and one budget."""
    deal, costs = COSTS[name]
    plain = {str(at): Arm() for at in range(len(costs))}
    priced = {str(at): Arm(cost=cost) for at, cost in enumerate(costs)}
    policies = {"evenly": evenly(plain), "by rate": by_credit(plain), "by rate / cost": by_credit(priced)}
    cells = {
        policy: mean(
            won(deal(Random(f"{name}/{seed}")), costs, pick, calls, Random(f"{policy}/{seed}"))
            for seed in seeds
        )
        for policy, pick in policies.items()
    }
    more = cells["by rate / cost"] / cells["by rate"] - 1
    shown = {policy: f"{value:.2f}" for policy, value in cells.items()}
    return {"costs": name, "calls": calls, **shown, "more": f"{more:+.0%}"}


def main() -> None:
    """Print the tables."""
    asked = options(__doc__ or "", 400).parse_args()
    seeds = range(asked.seed, asked.seed + asked.seeds)
    rows = [
        row(name, children, seeds, turn=turn)
        for name in WORLDS
        for children, turn in [*((children, False) for children in CHILDREN), (CHILDREN[-1], True)]
    ]
    show(rows, None)
    print()
    costs = [cost_row(name, calls, seeds) for name in COSTS for calls in CALLS]
    show(costs, None)
    if asked.json is not None:
        asked.json.write_text(json.dumps([*rows, *costs], indent=2) + "\n")


if __name__ == "__main__":
    main()
