"""Has the improver run dry? Read off the recorded broods, so that a resumed run comes to the same end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from rsi_cli.evolution.breeder import NOT_ITS_FAULT
from rsi_cli.evolution.plan import MOST_BARREN
from rsi_cli.ledger.events import Bred, GenerationPlanned
from rsi_cli.ledger.facts import Facts

WORDS = {  # reasons that are a word of the program, as people say them
    "must": "a broken hard constraint",
    "quotes train": "repeating train cases at length",
    "same text": "saying what the parent says",
    "duplicate": "being there already",
    "too long": "their length",
    "locked region": "changing locked text",
}


def barren_generations(facts: Facts, before: int) -> int:
    """How many generations in a row, the last one being `before` - 1, brought no child to be measured.

    One that failed because of a model, the budget or a leak says nothing about what the improver can still
    think of: it ends the row.
    """
    count = 0
    while isinstance(bred := facts.find(f"bred/{before - 1 - count}"), Bred) and _is_barren(bred):
        count += 1
    return count


def with_refusals(turn: GenerationPlanned, facts: Facts, before: int) -> GenerationPlanned:
    """Let a search that ends without children say why they were refused.

    before: the generation that was to come next. Nothing is added where the row of barren generations is
    shorter than MOST_BARREN and not the whole search.
    """
    row = barren_generations(facts, before)
    if not turn.stop or not row or row < min(MOST_BARREN, before - 1):
        return turn
    return replace(turn, stop=f"{turn.stop}; {refusals(facts, before, row)}")


def refusals(facts: Facts, before: int, row: int) -> str:
    """Say how many children the last `row` generations refused, and why, the most frequent reason first.

    The newest refusal for a hard constraint is told with its words: they are the owner's own.
    """
    broods = [facts.find(f"bred/{before - 1 - back}") for back in range(row)]
    lost = [still for bred in broods if isinstance(bred, Bred) for still in bred.stillbirths]
    counts = Counter(still.reason for still in lost).most_common()
    told = ", ".join(f"{count} for {WORDS.get(reason, reason)}" for reason, count in counts)
    example = next((still.detail for still in lost if still.reason == "must" and still.detail), "")
    return f"all {len(lost)} children were refused: {told}" + (f" ({example})" if example else "")


def _is_barren(bred: Bred) -> bool:
    reasons = [still.reason for still in bred.stillbirths]
    return not bred.births and bool(reasons) and not any(reason in NOT_ITS_FAULT for reason in reasons)
