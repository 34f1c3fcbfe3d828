"""Zero-order mutation: a new skill from the task's description alone (Promptbreeder §3.2.1)."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation, read_block
from rsi_cli.evolution.operators.rewrite import rewrite
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render


class ZeroOrder:
    """Start afresh, so that a lineage which went astray can be left. No parent, no cases shown."""

    name = "zero-order"
    calls = 1

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:  # noqa: ARG002 - the shape of all operators
        """Ask with the description alone; further rounds revise it, as the unit's prompt asks."""
        reply = yield situation.prompt(
            render("write_skill", task=situation.task, keep=situation.keep, must=situation.must)
        )
        body = read_block(reply.text, "skill")
        if isinstance(body, Failed):
            return body
        draft = Draft(body=body, mutation_prompt=situation.mutation_prompt)
        if len(situation.rounds) == 1 or not situation.is_sound(body):
            return draft
        revised = yield from rewrite(
            replace(situation, skill=body, rounds=situation.rounds[1:]), situation.mutation_prompt
        )
        return draft if isinstance(revised, Failed) else revised
