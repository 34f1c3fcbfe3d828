"""Zero-order hypermutation: a new mutation prompt, applied at once (Promptbreeder §3.2.3)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation, read_mutation_prompt
from rsi_cli.evolution.operators.rewrite import rewrite
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render


class HyperZeroOrder:
    """Invent a way to revise that owes nothing to the unit's own, then use it on the parent."""

    name = "hyper-zero-order"
    calls = 2

    def fits(self, situation: Situation) -> bool:  # noqa: ARG002 - the shape of all operators
        """Always: it needs no more than any parent has."""
        return True

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:
        """Ask for a new mutation prompt, then for a skill revised by it."""
        style = rng.choice(situation.styles)
        reply = yield situation.prompt(
            render("write_mutation_prompt", task=situation.task, thinking_style=style)
        )
        invented = read_mutation_prompt(reply.text, self.name)
        if isinstance(invented, Failed):
            return invented
        return (yield from rewrite(situation, invented))
