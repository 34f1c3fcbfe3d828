"""The step that first-order mutation and both hypermutations share: revise the parent as a prompt asks."""

from __future__ import annotations

from rsi_cli.evolution.operators.operator import Draft, Situation, read_block
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render
from rsi_cli.skill.sidecar import MutationPrompt


def rewrite(situation: Situation, mutation_prompt: MutationPrompt) -> Talk[Draft | Failed]:
    """Show the parent with failing and passing cases; read the whole revised skill."""
    reply = yield situation.prompt(
        render(
            "rewrite_skill",
            task=situation.task,
            skill=situation.skill,
            must=situation.must,
            failing=situation.failing,
            passing=situation.passing,
            mutation_prompt=mutation_prompt.text,
            thinking_style=situation.thinking_style,
        )
    )
    body = read_block(reply.text, "skill")
    return body if isinstance(body, Failed) else Draft(body=body, mutation_prompt=mutation_prompt)
