"""Revise advice on how to revise: a skill for whoever writes skills has no right answers to learn from."""

from __future__ import annotations

from random import Random

from rsi_cli.models.offline.blocks import first_block
from rsi_cli.models.offline.prose import added, loose, without
from rsi_cli.models.offline.words import is_telling, stems, tokens

_REVISING = frozenset({"revise", "rewrite", "improve"})
_TEXTS = frozenset({"skill", "prompt", "instruction"})
_ADVICE = (  # better or worse, as it comes
    "Look for the rule that several failing cases share.",
    "Find the signal in the input that tells the wanted answers apart.",
    "Write one general rule for each group of similar failures.",
    "Check every new rule against the passing cases before you write it down.",
    "Contrast a failing case with a passing one that looks alike, and name the difference.",
    "Ask for the exception: when should the rule not apply?",
    "Guess the policy behind the wanted answers, and test it on all cases.",
    "State the shape of the answer, its parts and their format.",
    "Put the most urgent rule first.",
    "Say what to answer by default, when nothing else fits.",
    "Cover every kind of answer, one rule each.",
    "Take out whatever does no work any more.",
    "Quote each failing case, and give its answer.",
    "Collect a worked example for every failure.",
    "List the particular details of each case.",
    "Copy telling sentences word for word.",
    "Choose friendlier words.",
    "Make the text more inspiring.",
    "Say who the reader is.",
    "Take your time.",
    "Begin with a short greeting.",
    "Imagine that you see the task for the first time.",
)


def is_advice(prompt: str) -> bool:
    """Tell whether the skill to be revised says how to revise, by the words that describe its task."""
    task = set(stems(first_block(prompt, "task_description") or ""))
    return bool(task & _stemmed(_REVISING)) and bool(task & _stemmed(_TEXTS))


def advised(prompt: str, rng: Random) -> str:
    """Return the skill of the prompt with one to three pieces of advice put in, exchanged or taken out.

    Of some pieces that come to mind the one that goes best with the mutation prompt is written.
    """
    skill = first_block(prompt, "skill") or ""
    asked = " ".join(first_block(prompt, tag) or "" for tag in ("mutation_prompt", "thinking_style"))
    liked = {word for word in tokens(asked) if is_telling(word)}
    for _ in range(rng.randint(1, 3)):
        skill = _step(skill, liked, rng)
    return skill


def _step(skill: str, liked: set[str], rng: Random) -> str:
    lines = list(loose(skill))
    operation = rng.choice(("add", "add", "exchange", "drop")) if len(lines) > 1 else "add"
    if operation != "add":
        skill = without(skill, [rng.choice(lines)])
    unsaid = [one for one in _ADVICE if one not in skill]
    if operation == "drop" or not unsaid:
        return skill
    minded = rng.sample(unsaid, min(3, len(unsaid)))
    return added(skill, [max(minded, key=lambda one: len(liked & set(tokens(one))))])


def _stemmed(words: frozenset[str]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in stems(word))
