"""Zero-order mutation: a new skill from the task's description alone (Promptbreeder §3.2.1)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation, read_block
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render


class ZeroOrder:
    """Start afresh, so that a lineage which went astray can be left. No parent, no cases shown."""

    name = "zero-order"
    calls = 1

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask once, with the description alone; the child keeps the unit's mutation prompt."""
        reply = yield situation.prompt(
            render("write_skill", task=situation.task, keep=situation.keep, must=situation.must)
        )
        body = read_block(reply.text, "skill")
        if isinstance(body, Failed):
            return body
        return Draft(body=body, mutation_prompt=situation.mutation_prompt)
