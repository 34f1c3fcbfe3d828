"""Lineage: continue the history that led to the parent (Promptbreeder §3.2.2)."""

from __future__ import annotations

from itertools import groupby
from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import begin_row
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render


class Lineage:
    """Show the unit's past elites in the order of time, said to be that of quality, and ask for the next."""

    name = "lineage"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether there is a step to go on from."""
        return len(_steps(situation)) > 1

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask for the next entry; further rounds revise it, as the unit's prompt asks."""
        first = render(
            "continue_lineage",
            task=situation.task,
            versions=_steps(situation),
            keep=situation.keep,
            must=situation.must,
            lessons=situation.lessons,
        )
        return (yield from begin_row(situation, first))


def _steps(situation: Situation) -> list[str]:
    """The lineage without stand-still; unlike the lists of a population it is not filtered by likeness."""
    return [text for text, _ in groupby(situation.lineage)]
