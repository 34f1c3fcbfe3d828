"""Reflective mutation by several analysts: each reads other cases, their edits are counted and put together.

Not of Promptbreeder (docs/breeding.md). One rewrite that is shown thirty cases learns from the loudest of
them; several readers of ten cases each name different causes, and one that two of them name is likely true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from rsi_cli.evolution.operators.edits import Counted, Edit, applied, counted, differences, found
from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import has_cases
from rsi_cli.nouns import Blame, Failed, Talk
from rsi_cli.prompts.delimit import unblock
from rsi_cli.prompts.render import Rendered, render

APART = 0.5  # how often only what two or more analysts found is put in, where there is such an edit

_EDIT = re.compile(r"<edit\s*>(.*?)</edit\s*>", re.DOTALL)
_EMPTY = re.compile(r"<(find|replace)\s*/>")


class Analysts:
    """Ask for edits of the parent once for every round, independently, and make them in one child."""

    name = "analysts"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether anything went wrong that could be read."""
        return any(has_cases(failing) for failing, _ in situation.rounds)

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:
        """Ask each analyst. An unreadable reply costs one voice; the child fails if there is none left."""
        apart = rng.random() < APART
        voices: list[Sequence[Edit]] = []
        silent = Failed(Blame.CANDIDATE, "no analyst was asked")
        for failing, passing in dict.fromkeys(situation.rounds):  # equal prompts would be one reply, twice
            reply = yield situation.prompt(_question(situation, failing, passing))
            edits = read_edits(reply.text, situation.skill)
            if isinstance(edits, Failed):
                silent = edits
            else:
                voices.append(edits)
        if not voices:
            return silent
        body = applied(situation.skill, _chosen(situation, counted(voices), apart=apart))
        if body == situation.skill:
            return Failed(Blame.CANDIDATE, "no edit of any analyst could be made in the skill")
        return Draft(body=body, mutation_prompt=situation.mutation_prompt)


def _question(situation: Situation, failing: str, passing: str) -> Rendered:
    return render(
        "propose_edits",
        task=situation.task,
        skill=situation.skill,
        failing=failing,
        passing=passing,
        mutation_prompt=situation.mutation_prompt.text,
        thinking_style=situation.thinking_style,
        must=situation.must,
        tried=situation.tried,
        lessons=situation.lessons,
    )


def _chosen(situation: Situation, proposals: Sequence[Counted], *, apart: bool) -> tuple[Counted, ...]:
    """Leave out edits that would spoil the child by themselves; apart: also those of one analyst alone."""
    sound = tuple(each for each in proposals if situation.is_sound(applied(situation.skill, (each,))))
    agreed = tuple(each for each in sound if each.support > 1)
    return agreed if apart and agreed else sound


def read_edits(reply: str, skill: str) -> tuple[Edit, ...] | Failed:
    """Read the edits of one reply, placed in the skill; those that do not fit it are left out.

    A reply that holds the whole revised skill instead is read as the edits that lead there.
    """
    listed = _listed(reply)
    if listed is not None:
        return tuple(edit for find, replacement in listed for edit in found(skill, find, replacement))
    whole = unblock(reply, "skill")
    if whole is not None and whole.strip():
        return differences(skill, whole)
    return Failed(Blame.CANDIDATE, f"no <edits> could be read from the reply: {reply[:80]!r}")


def _listed(reply: str) -> list[tuple[str, str]] | None:
    """Read (find, replacement) of each edit; None where there is none, or the list was cut off."""
    tagged = "<edits" in reply
    text = unblock(reply, "edits") if tagged else reply
    if text is None:
        return None
    pairs = [
        (find, replacement)
        for one in _EDIT.findall(_EMPTY.sub(r"<\1></\1>", text))
        if (find := _inside(one, "find")) is not None and (replacement := _inside(one, "replace")) is not None
    ]
    return pairs or None


def _inside(edit: str, tag: str) -> str | None:
    return unblock(edit, tag) if f"<{tag}" in edit else None
