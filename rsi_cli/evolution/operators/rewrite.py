"""The step that mutations share: revise the parent as a mutation prompt asks, once or often in a row."""

from __future__ import annotations

from dataclasses import replace

from rsi_cli.errors import BugError
from rsi_cli.evolution.operators.operator import Draft, Situation, read_block
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render
from rsi_cli.skill.sidecar import MutationPrompt


def rewrite(situation: Situation, mutation_prompt: MutationPrompt) -> Talk[Draft | Failed]:
    """Show the parent with failing and passing cases; read the whole revised skill.

    With more rounds, each revision is revised again, shown other cases of the parent's: to measure a child
    costs far more calls than to write it, so several lessons go into one. A round that fails, or goes
    where no child may go, ends the row, and what the rounds before it made is kept; a Failed only if the
    first one fails.
    """
    draft: Draft | None = None
    for failing, passing in situation.rounds:
        reply = yield situation.prompt(
            render(
                "rewrite_skill",
                task=situation.task,
                skill=situation.skill,
                must=situation.must,
                failing=failing,
                passing=passing,
                mutation_prompt=mutation_prompt.text,
                thinking_style=situation.thinking_style,
                tried=situation.tried,
                lessons=situation.lessons,
            )
        )
        body = read_block(reply.text, "skill")
        if isinstance(body, Failed):
            return draft or body
        if draft is not None and not situation.is_sound(body):
            return draft
        draft = Draft(body=body, mutation_prompt=mutation_prompt)
        situation = replace(situation, skill=body, tried="")
    if draft is None:
        raise BugError("a rewrite was asked for without a round")
    return draft
