"""Lamarckian mutation: infer the instruction from work that came out right (Promptbreeder §3.2.4)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import begin_row
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render

MOST_SHOWN = 3


class Lamarckian:
    """Show correct workings-out and ask what led to them.

    Neither parent nor description is shown: the operator is there for descriptions that are poor or mislead.
    """

    name = "lamarckian"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether anything was answered correctly."""
        return bool(situation.workings)

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:
        """Ask with up to three workings-out; further rounds revise the skill, as the unit's prompt asks."""
        shown = rng.sample(situation.workings, min(MOST_SHOWN, len(situation.workings)))
        first = render(
            "infer_skill",
            workings="\n".join(shown),
            keep=situation.keep,
            must=situation.must,
            lessons=situation.lessons,
        )
        return (yield from begin_row(situation, first))
