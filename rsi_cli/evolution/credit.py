"""Who earned it: which operator, mutation prompt, number of rounds or model brings children that hold.

Discounted Thompson sampling (Raj and Kalyani, arXiv 1707.09727, algorithm 1): each arm is drawn as often as
it is believed to be the best, and what was learned fades, for what helps a poor skill seldom helps a good
one. The prior is sceptical, as few children are confirmed. Credit is for what held on draws that did not
choose it, and for nothing else: credit for race scores drifts to harmless paraphrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from rsi_cli.errors import BugError
from rsi_cli.skill.sidecar import Record
from rsi_cli.trust.beta import beta_cdf

DIGITS = 3  # decimals of a record that travel on
_SURE = 0.95
_ROUNDS = 4_000  # of the Monte Carlo behind `shares`: error below .01
_NEW = Record()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Something to choose.

    weight: its prior share, > 0, in any unit. cost: of a child, measuring included, > 0, in any unit.
    """

    weight: float = 1.0
    cost: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How credit is turned into choices. The defaults are those of docs/trust.md, "Credit".

    confirmed, missed: the prior Beta(confirmed, missed) of an arm of mean weight. discount: what is left of a
    record after each child of any arm, 0 < discount <= 1. floor: part of the draws that go to all arms alike,
    retired ones included: that is how they are asked again. hopeless: an arm is retired when its rate is
    surely below this part of the pooled rate; 0 retires none.
    """

    confirmed: float = 0.5
    missed: float = 15.0
    discount: float = 0.99
    floor: float = 0.15
    hopeless: float = 0.25


@dataclass(frozen=True, slots=True)
class Credit:
    """The records of all arms. Never changed in place."""

    records: Mapping[str, Record] = field(default_factory=dict)
    rule: Rule = field(default_factory=Rule)

    def told(self, arm: str, credit: float) -> Credit:
        """The records after one more child of an arm, every other arm's faded as well.

        credit: 0.0 … 1.0, 1.0 where the child became working champion. Raises BugError otherwise.
        """
        if not 0.0 <= credit <= 1.0:
            raise BugError(f"credit of {credit} for {arm}; a child earns 0.0 … 1.0")
        left = self.rule.discount
        faded = {
            name: Record(tried=left * old.tried, confirmed=left * old.confirmed)
            for name, old in self.records.items()
        }
        old = faded.get(arm, _NEW)
        return Credit(
            {**faded, arm: Record(tried=old.tried + 1.0, confirmed=old.confirmed + credit)}, self.rule
        )

    def draw(self, arms: Mapping[str, Arm], rng: Random) -> str:
        """Choose an arm, by what it is believed to bring for its cost. The order of `arms` does not matter.

        Raises BugError if there is none.
        """
        if not arms:
            raise BugError("there is no arm to draw")
        names = sorted(arms)
        if rng.random() < self.rule.floor:
            return rng.choice(names)
        return self._best(self._beliefs(arms), rng)

    def shares(self, arms: Mapping[str, Arm]) -> dict[str, float]:
        """How likely each arm is drawn next; they add up to 1. By Monte Carlo with a fixed seed."""
        beliefs = self._beliefs(arms)
        rng = Random(0)
        wins = dict.fromkeys(sorted(arms), 0)
        for _ in range(_ROUNDS):
            wins[self._best(beliefs, rng)] += 1
        floor = self.rule.floor
        return {name: floor / len(arms) + (1.0 - floor) * won / _ROUNDS for name, won in wins.items()}

    def retired(self, arms: Mapping[str, Arm]) -> frozenset[str]:
        """The arms of no hope: the upper 95 % bound of their rate is below a quarter of the pooled rate.

        The bound is that of Jeffreys' Beta(S + .5, N - S + .5), without the sceptical prior: nothing speaks
        against an arm that was never tried, and never are all retired.
        """
        known = {name: self.records[name] for name in arms if name in self.records}
        tried = sum(record.tried for record in known.values())
        pooled = sum(record.confirmed for record in known.values()) / tried if tried > 0.0 else 0.0
        limit = self.rule.hopeless * pooled
        return frozenset(name for name, record in known.items() if _surely_below(limit, record))

    def carried(self) -> dict[str, Record]:
        """The records as they travel to the next night, rounded; those that have faded away are left out.

        What was carried is carried again without a change.
        """
        rounded = {
            name: Record(tried=round(record.tried, DIGITS), confirmed=round(record.confirmed, DIGITS))
            for name, record in sorted(self.records.items())
        }
        return {name: record for name, record in rounded.items() if record.tried > 0.0}

    def _beliefs(self, arms: Mapping[str, Arm]) -> dict[str, tuple[float, float, float]]:
        """Posterior and cost of every arm that is not retired, in an order of their own."""
        retired = self.retired(arms)
        mean = sum(arm.weight for arm in arms.values()) / len(arms)
        beliefs = {}
        for name in sorted(arms.keys() - retired):
            arm, record = arms[name], self.records.get(name, _NEW)
            prior = self.rule.confirmed * arm.weight / mean
            missed = self.rule.missed + record.tried - record.confirmed
            beliefs[name] = (prior + record.confirmed, missed, arm.cost)
        return beliefs

    @staticmethod
    def _best(beliefs: Mapping[str, tuple[float, float, float]], rng: Random) -> str:
        """The arm that yields most for its cost, where each rate is a draw from what is believed of it."""
        yields = {
            name: rng.betavariate(hits, misses) / cost for name, (hits, misses, cost) in beliefs.items()
        }
        return max(yields, key=lambda name: yields[name])


def _surely_below(limit: float, record: Record) -> bool:
    if limit <= 0.0:
        return False
    return beta_cdf(limit, record.confirmed + 0.5, record.tried - record.confirmed + 0.5) > _SURE
