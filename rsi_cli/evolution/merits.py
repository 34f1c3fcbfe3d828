"""What a night knows of its ways of working: which operator, number of rounds and model earned children."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from rsi_cli.evolution.credit import Arm, Credit
from rsi_cli.evolution.operators.menu import WEIGHTS
from rsi_cli.skill.sidecar import Record

BREADTH, DEPTH = "breadth", "depth"
ONE_STEP = frozenset({"merge", "prune"})  # a row of rewrites after it would undo what it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one child is to be made. rounds: rewrites in a row. depth: by the last improver model."""

    operator: str
    rounds: int
    depth: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Merits:
    """A bandit for each choice (`evolution.credit`). Never changed in place.

    learning: False = nothing is learned, and choices go by the weights alone.
    """

    operators: Credit = field(default_factory=Credit)
    rounds: Credit = field(default_factory=Credit)
    models: Credit = field(default_factory=Credit)
    learning: bool = True

    @classmethod
    def inherited(cls, operators: Mapping[str, Record], models: Mapping[str, Record]) -> Merits:
        """Begin with what earlier nights left in the sidecar."""
        return cls(operators=Credit(operators), models=Credit(models))

    def told(self, manner: Manner, *, crowned: bool) -> Merits:
        """Count one more child. crowned: it became champion on draws that did not choose it."""
        if not self.learning:
            return self
        credit = float(crowned)
        return replace(
            self,
            operators=self.operators.told(manner.operator, credit),
            rounds=self.rounds
            if manner.operator in ONE_STEP
            else self.rounds.told(str(manner.rounds), credit),
            models=self.models.told(DEPTH if manner.depth else BREADTH, credit),
        )

    def drawn_operator(self, fitting: Collection[str], favour: Mapping[str, float], rng: Random) -> str:
        """Choose among the operators that there is material for. favour: factors on their prior weights."""
        arms = {name: Arm(weight=WEIGHTS[name] * favour.get(name, 1.0)) for name in fitting}
        return self._drawn(self.operators, arms, rng)

    def drawn_rounds(self, weights: Mapping[int, float], rng: Random) -> int:
        """Choose how many rewrites in a row make a child."""
        return int(self._drawn(self.rounds, {str(count): Arm(weight=w) for count, w in weights.items()}, rng))

    def drawn_depth(self, costs: Mapping[str, float], rng: Random) -> bool:
        """Choose the improver model. costs: of a child by each, > 0; one model is no choice."""
        if len(costs) < 2:
            return False
        return self._drawn(self.models, {name: Arm(cost=cost) for name, cost in costs.items()}, rng) == DEPTH

    def _drawn(self, credit: Credit, arms: Mapping[str, Arm], rng: Random) -> str:
        if self.learning:
            return credit.draw(arms, rng)
        names = sorted(arms)
        return rng.choices(names, [arms[name].weight for name in names])[0]
