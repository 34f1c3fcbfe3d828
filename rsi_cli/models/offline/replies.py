"""Answer the improver's other prompts: read their blocks, do the work, write the block that was asked for."""

from __future__ import annotations

import re
from random import Random

from rsi_cli.models.offline.blocks import blocks, first_block, outside, reply_block
from rsi_cli.models.offline.edits import best_edits, edits_reply
from rsi_cli.models.offline.features import mood
from rsi_cli.models.offline.improver import best_revision, kept, request_of
from rsi_cli.models.offline.lessons import lessons_in, read_lessons
from rsi_cli.models.offline.merge import merged
from rsi_cli.models.offline.recombine import ASCENDING, IN_NO_ORDER, TO_OUTDO, continued
from rsi_cli.models.offline.section import revised_section
from rsi_cli.models.offline.shorten import shortened
from rsi_cli.models.offline.workings import inferred

_INFERRING = "Tell each answer by a signal; state shape and format"
_ASCENDING = re.compile(r"\bascending\b|\boldest first\b", re.IGNORECASE)
_TO_OUTDO = re.compile(r"\bbetter than (?:all|any)\b", re.IGNORECASE)


def continue_list(prompt: str, rng: Random) -> str:
    """Return the next entry of a numbered list of skills.

    In a list that ascends, or whose last entry is to be outdone, the later ones count more.
    """
    entries, asked = blocks(first_block(prompt, "skills") or "", "entry"), outside(prompt)
    manner = ASCENDING if _ASCENDING.search(asked) else TO_OUTDO if _TO_OUTDO.search(asked) else IN_NO_ORDER
    return _skill(prompt, continued(entries, manner, rng))


def infer_skill(prompt: str, office: str, rng: Random) -> str:
    """Return a skill that would have led to the workings-out that are shown."""
    wish = mood(_INFERRING, "", office, first_block(prompt, "lessons") or "")
    lessons = lessons_in(prompt, "workings", passed=True)
    return reply_block("skill", inferred(first_block(prompt, "keep") or "", lessons, wish, rng))


def merge_skills(prompt: str) -> str:
    """Return one skill of two, by the cases that each of them alone gets right."""
    won = lessons_in(prompt, "won_by_skill", passed=True)
    lost = lessons_in(prompt, "won_by_other_skill", passed=True)
    one, other = first_block(prompt, "skill") or "", first_block(prompt, "other_skill") or ""
    return _skill(prompt, merged(one, other, (*won, *lost)))


def shorten_skill(prompt: str, rng: Random) -> str:
    """Return the skill with less in it."""
    return _skill(prompt, shortened(first_block(prompt, "skill") or "", read_lessons(prompt), rng))


def propose_edits(prompt: str, office: str, rng: Random) -> str:
    """Return the few most useful edits of a revision."""
    skill, request = first_block(prompt, "skill") or "", request_of(prompt, office)
    revised = best_revision(skill, request, rng)
    return edits_reply(best_edits(skill, revised, lambda text: kept(text, request.lessons, request.wish)))


def revise_section(prompt: str, office: str, rng: Random) -> str:
    """Return one section revised, and nothing of the others."""
    section = first_block(prompt, "section") or ""
    skill = first_block(prompt, "skill") or section
    return reply_block("section", revised_section(skill, section, request_of(prompt, office), rng))


def _skill(prompt: str, text: str) -> str:
    """Write a skill in its block; the owner's text is put in where it got lost."""
    keep = first_block(prompt, "keep")
    lost = [keep] if keep and keep.strip() not in text else []
    return reply_block("skill", "\n\n".join([text.rstrip("\n"), *lost]) + "\n" if lost else text)
