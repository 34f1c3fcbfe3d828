"""Merge: one skill of two that are right about different cases. Not of Promptbreeder (docs/breeding.md)."""

from __future__ import annotations

from random import Random

from rsi_cli.errors import BugError
from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import ask_once
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render

NONE = "(none)"


class Merge:
    """Show both parents with the cases that each alone gets right, and ask for one skill that does both."""

    name = "merge"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether there is a second parent, and it is another text."""
        return situation.mate is not None and situation.mate.text.strip() != situation.skill.strip()

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask once. Raises BugError without a mate."""
        mate = situation.mate
        if mate is None:
            raise BugError("a merge was asked for without a mate")
        prompt = render(
            "merge_skills",
            task=situation.task,
            skill=situation.skill,
            other_skill=mate.text,
            won=mate.losses.strip() or NONE,
            won_by_other=mate.wins.strip() or NONE,
            keep=situation.keep,
            must=situation.must,
            lessons=situation.lessons,
        )
        return (yield from ask_once(situation, prompt))
