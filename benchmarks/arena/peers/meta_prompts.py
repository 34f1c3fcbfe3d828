"""What promptolution's optimizers ask of a model that rewrites, read back out of the prompts that they write.

promptolution sends one string per rewrite: a template with the parents' texts in it. The templates that it
brings are used as they are, and read as patterns, so nothing of their wording is repeated here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Texts = dict[str, str]  # by the name of the slot


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One kind of request. template: with slots like `<mother>`. slots: their names. answer: the new text."""

    template: str
    slots: tuple[str, ...]
    answer: Callable[[Texts], str]


def filled(template: str, slots: Sequence[str], prompt: str) -> Texts | None:
    """The texts that were put into the slots of a template; None if the prompt was not made of it.

    White space at the ends does not count: promptolution strips some prompts and not others.
    """
    pattern = re.escape(template.strip())
    for slot in slots:
        pattern = pattern.replace(re.escape(f"<{slot}>"), f"(?P<{slot}>.*?)", 1)
    found = re.fullmatch(pattern, prompt.strip(), re.DOTALL)
    return found.groupdict() if found else None


def answered(rewrites: Sequence[Rewrite], prompt: str) -> str:
    """The reply to a request, in the tags that promptolution looks for. ValueError if nobody knows it."""
    for rewrite in rewrites:
        if (texts := filled(rewrite.template, rewrite.slots, prompt)) is not None:
            return f"<prompt>{rewrite.answer(texts)}</prompt>"
    raise ValueError(f"no template of this optimizer begins like this: {prompt[:80]!r}")


def differing(one: str, other: str) -> str:
    """The lines that only one of two texts has, in the order of the texts.

    Differential evolution crosses "the different parts" of two prompts into a third.
    """
    mine, theirs = one.splitlines(), other.splitlines()
    return "\n".join(
        [*(line for line in mine if line not in theirs), *(line for line in theirs if line not in mine)]
    )


def population_size(budget: int, fixed: int, per_text: int) -> int:
    """How many texts to begin with: 10, as in the papers of CAPO and EvoPrompt, or what half the budget pays.

    budget: calls. per_text: calls that one more text of the population costs until the first generation is
    measured, its writing included. fixed: calls of that generation for any size. At least 4: that many
    parents meet in differential evolution.
    """
    return max(4, min(10, (budget // 2 - fixed) // per_text))
