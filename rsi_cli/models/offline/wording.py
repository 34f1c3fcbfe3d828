"""Say the same in other words: what a rewrite without an idea comes to."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

_SWAPS = (
    ("Please ", ""), ("must ", "should "), ("should ", "must "), ("Reply with", "Answer with"),
    ("Answer with", "Reply with"),
    ("You are ", "You will act as "), ("message", "text"), ("exactly one", "one single"),
    ("Make sure to ", ""),
    ("Read the", "Look at the"), ("each ", "every "), ("every ", "each "),
)  # fmt: skip
_ASIDES = (
    "Read the whole text before you answer.",
    "Take your time and stay friendly.",
    "Work with care.",
    "Think about what the reader needs.",
    "Keep the tone warm and professional.",
    "When two readings are possible, take the likelier one.",
)


def paraphrase(skill: str, rng: Random) -> str:
    """Change the wording of one unlocked line, or add a well-meant sentence; rules are left alone."""
    lines = skill.split("\n")
    free = free_lines(lines)
    swaps = [
        (n, old, new)
        for n in free
        for old, new in _SWAPS
        if old in lines[n] and "`" not in lines[n] and '"' not in lines[n]
    ]
    if swaps and rng.random() < 0.5:
        number, old, new = rng.choice(swaps)
        lines[number] = lines[number].replace(old, new, 1)
        return "\n".join(lines)
    unsaid = [aside for aside in _ASIDES if aside not in skill]
    if not unsaid:
        return skill
    return skill.rstrip("\n") + f"\n\n{rng.choice(unsaid)}\n"


def free_lines(lines: Sequence[str]) -> list[int]:
    """Return the numbers of the lines that nobody locked and that stand in no fence."""
    free: list[int] = []
    locked = fenced = False
    for number, line in enumerate(lines):
        locked = locked or ("rsi:keep" in line and "/rsi:keep" not in line)
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not locked and not fenced and line.strip() and not line.startswith("#"):
            free.append(number)
        locked = locked and "/rsi:keep" not in line
    return free
