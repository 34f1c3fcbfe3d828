"""Work on mutation prompts as texts: take advice out, put advice in, better or worse as it comes."""

from __future__ import annotations

import re
from random import Random

from rsi_cli.models.offline.blocks import first_block, reply_block
from rsi_cli.models.offline.words import STOP_WORDS, is_telling, tokens

_OPENINGS = (
    "Read the failing cases",
    "Go through the failures",
    "Look at what went wrong",
    "Study the cases",
    "Take the skill and the cases",
)
_ADVICE = (
    "look for the rule that several of them share",
    "find the signal in the input that tells the wanted answers apart",
    "write one general rule for each group of similar failures",
    "check every new rule against the passing cases before you write it down",
    "contrast a failing case with a passing one and name the difference",
    "ask for the exception: when should the rule not apply",
    "take out whatever does no work any more",
    "put the most urgent rule first",
    "say what to answer when nothing else fits",
    "state the shape of the answer exactly",
    "quote each failing case and give its answer",
    "collect a worked example for every failure",
    "list the particular details of each case",
    "choose friendlier words",
    "make the text more inspiring",
    "say it more briefly",
    "cover every kind of answer, one rule each",
    "guess the policy behind the wanted answers and test it on all cases",
    "avoid details that belong to one case alone",
    "imagine that you see the task for the first time",
)
_MOST_PARTS = 5


def improve(prompt: str, rng: Random) -> str:
    """Return the given mutation prompt changed by one to three text operations, in its block."""
    old = first_block(prompt, "mutation_prompt") or ""
    parts = _parts(old)
    for _ in range(rng.randint(1, 3)):
        parts = _step(parts, rng)
    new = _sentence(parts)
    return reply_block(
        "mutation_prompt", new if new.strip() != old.strip() else _sentence([*parts, rng.choice(_ADVICE)])
    )


def invent(prompt: str, rng: Random) -> str:
    """Return a new mutation prompt: advice chosen by how well it goes with the thinking style's words."""
    style = first_block(prompt, "thinking_style") or ""
    words = {word for word in tokens(style) if is_telling(word)}
    liked = sorted(_ADVICE, key=lambda advice: rng.random() - 0.5 * len(words & set(tokens(advice))))
    parts = [rng.choice(_OPENINGS), *liked[: rng.randint(1, 3)]]
    own = _own_advice(style)
    return reply_block("mutation_prompt", _sentence(parts + ([own] if own and rng.random() < 0.6 else [])))


def first_hint(prompt: str, rng: Random) -> str:
    """Write a skill from the description of a task alone, with the owner's locked text in it."""
    task = (first_block(prompt, "task_description", "task") or "Do the task.").strip()
    keep = first_block(prompt, "keep")
    hints = (
        "Read the whole input before you answer.",
        "Give the answer alone, without any explanation.",
        "Look for the words that decide the case, and answer by them.",
        "Use exactly the names that the task gives.",
        "Copy names and numbers as they stand.",
    )
    pieces = ["# How to do it", task, f"First hint: {rng.choice(hints)}"]
    pieces += [keep] if keep else []
    return reply_block("skill", "\n\n".join(pieces) + "\n")


def _parts(text: str) -> list[str]:
    pieces = re.split(r"(?<=[.!?;])\s+|,\s+(?:and\s+)?(?:then\s+)?|\s+and then\s+", text.strip())
    return [piece.strip(" .;!") for piece in pieces if len(tokens(piece)) > 1]


def _step(parts: list[str], rng: Random) -> list[str]:
    """Do one operation: add, replace, take out, or exchange two pieces of advice."""
    operation = rng.choice(("add", "add", "replace", "drop", "swap", "add")) if len(parts) > 1 else "add"
    parts = list(parts)
    spot = rng.randrange(len(parts)) if parts else 0
    match operation:
        case "add" if len(parts) < _MOST_PARTS:
            parts.append(rng.choice([advice for advice in _ADVICE if advice not in parts]))
        case "add" | "replace" if parts:
            parts[spot] = rng.choice(_ADVICE)
        case "drop" if len(parts) > 1:
            parts.pop(spot)
        case _ if parts:
            other = rng.randrange(len(parts))
            parts[spot], parts[other] = parts[other], parts[spot]
    return parts


def _sentence(parts: list[str]) -> str:
    unique = list(dict.fromkeys(part for part in parts if part))
    return " ".join(f"{part[0].upper()}{part[1:]}{'' if part[-1] in '?!:' else '.'}" for part in unique)


def _own_advice(style: str) -> str:
    """Keep a clause of the thinking style itself, if it has one that says something."""
    clauses = [piece for piece in _parts(style) if any(word not in STOP_WORDS for word in tokens(piece))]
    return clauses[0] if clauses else ""
