"""Prune: say the same in fewer words. Not of Promptbreeder (docs/breeding.md)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import ask_once, has_cases
from rsi_cli.nouns import Blame, Failed, Talk
from rsi_cli.prompts.render import render
from rsi_cli.skill.phrases import one_line


class Prune:
    """Show the skill with passing cases to protect, and ask for a shorter text. Nothing new is learned."""

    name = "prune"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether there are passing cases that say what has to stay."""
        return has_cases(situation.rounds[0][1])

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask once. A reply that is not shorter did not do what was asked: Failed."""
        prompt = render(
            "shorten_skill",
            task=situation.task,
            skill=situation.skill,
            passing=situation.rounds[0][1],
            keep=situation.keep,
            must=situation.must,
            lessons=situation.lessons,
        )
        draft = yield from ask_once(situation, prompt)
        if isinstance(draft, Failed):
            return draft
        before, after = len(one_line(situation.skill)), len(one_line(draft.body))
        if after >= before:
            return Failed(Blame.CANDIDATE, f"the shorter text has {after} characters, the skill {before}")
        return draft
