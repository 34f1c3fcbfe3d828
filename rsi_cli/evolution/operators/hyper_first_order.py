"""First-order hypermutation: improve the mutation prompt, apply it at once (Promptbreeder §3.2.3)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation, read_mutation_prompt
from rsi_cli.evolution.operators.rewrite import rewrite
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render


class HyperFirstOrder:
    """Rewrite the unit's way of revising, then use the new one on the parent."""

    name = "hyper-first-order"
    calls = 2

    def fits(self, situation: Situation) -> bool:  # noqa: ARG002 - the shape of all operators
        """Always: it needs no more than any parent has."""
        return True

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask for a better mutation prompt, then for a skill revised by it."""
        reply = yield situation.prompt(
            render(
                "improve_mutation_prompt",
                task=situation.task,
                mutation_prompt=situation.mutation_prompt.text,
            )
        )
        invented = read_mutation_prompt(reply.text, self.name)
        if isinstance(invented, Failed):
            return invented
        return (yield from rewrite(situation, invented))
