"""A peer with a check at its end that the package itself does not make, but its documents advise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from benchmarks.arena.contestant import Desk, Outcome


def checked(desk: Desk, search: Callable[[], Outcome]) -> Outcome:
    """A search on train cases, with a part of the budget kept to compare its winner on the held-out ones.

    Winner and seed text answer each held-out case once. Shipped is what is strictly better there, and not
    before; claimed is what it is better by: a number that no search chose by.
    """
    kept, noted = 2 * len(desk.holdout), len(desk.shipped)
    desk.meter.limit -= kept
    try:
        found = search()
    finally:
        desk.meter.limit += kept
        del desk.shipped[noted:]
    if found.shipped_text == desk.seed_text:
        return replace(found, claimed_gain=0.0)
    new, old = (
        sum(desk.passes(text, task) for task in desk.holdout) / len(desk.holdout)
        for text in (found.shipped_text, desk.seed_text)
    )
    if new > old:
        return replace(found, claimed_gain=new - old)
    return replace(found, shipped_text=desk.seed_text, claimed_gain=0.0)


def candidates(desk: Desk) -> int:
    """How many texts but the seed were measured."""
    return len(set(desk.measured) - {desk.seed_text})
