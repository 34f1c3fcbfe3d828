"""The row of operators whose first step writes a whole skill: that step, then rewrites of what it made."""

from __future__ import annotations

from dataclasses import replace

from rsi_cli.evolution.operators.operator import Draft, Situation, read_block
from rsi_cli.evolution.operators.rewrite import rewrite
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import Rendered


def begin_row(situation: Situation, first: Rendered) -> Talk[Draft | Failed]:
    """Send the first prompt, read the skill, and revise it in the rounds that are left.

    The rewrites follow the unit's own mutation prompt, which the child keeps. `tried` tells of edits of the
    parent, so the new text is revised without it. A rewrite that fails leaves what the first step made.
    """
    draft = yield from ask_once(situation, first)
    if isinstance(draft, Failed) or len(situation.rounds) == 1 or not situation.is_sound(draft.body):
        return draft
    left = replace(situation, skill=draft.body, rounds=situation.rounds[1:], tried="")
    revised = yield from rewrite(left, situation.mutation_prompt)
    return draft if isinstance(revised, Failed) else revised


def ask_once(situation: Situation, prompt: Rendered) -> Talk[Draft | Failed]:
    """Send a prompt that asks for a whole skill, and read it; the child keeps the unit's mutation prompt."""
    reply = yield situation.prompt(prompt)
    body = read_block(reply.text, "skill")
    if isinstance(body, Failed):
        return body
    return Draft(body=body, mutation_prompt=situation.mutation_prompt)


def has_cases(evidence: str) -> bool:
    """Whether a block of failing or passing cases holds any (`evolution.evidence` writes "(none)")."""
    return evidence.strip() not in {"", "(none)"}
