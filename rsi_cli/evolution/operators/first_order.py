"""First-order mutation: mutation prompt + parent → child (Promptbreeder §3.2.1)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.rewrite import rewrite
from rsi_cli.nouns import Failed, Talk


class FirstOrder:
    """Revise the parent in the way its own mutation prompt asks for."""

    name = "first-order"
    calls = 1

    def fits(self, situation: Situation) -> bool:  # noqa: ARG002 - the shape of all operators
        """Always: it needs no more than any parent has."""
        return True

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask once, with the unit's own mutation prompt."""
        return (yield from rewrite(situation, situation.mutation_prompt))
