"""Zero-order mutation: a new skill from the task's description alone (Promptbreeder §3.2.1)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import begin_row
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render


class ZeroOrder:
    """Start afresh, so that a lineage which went astray can be left. No parent, no cases shown."""

    name = "zero-order"
    calls = 1

    def fits(self, situation: Situation) -> bool:  # noqa: ARG002 - the shape of all operators
        """Always: it needs no more than any parent has."""
        return True

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask with the description alone; further rounds revise it, as the unit's prompt asks."""
        first = render(
            "write_skill",
            task=situation.task,
            keep=situation.keep,
            must=situation.must,
            lessons=situation.lessons,
        )
        return (yield from begin_row(situation, first))
