"""The worlds by the name of their landscape. A new kind is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.arena.edit_world import EditWorld
from benchmarks.arena.landscape import LANDSCAPES as EDITED
from benchmarks.arena.rule_world import RULED, RuleWorld
from benchmarks.arena.world import World

LANDSCAPES: Mapping[str, object] = {**EDITED, **RULED}


def drawn(landscape: str, seed: int, *, cases: int) -> World:
    """A world with so many train cases and as many held-out ones. KeyError for an unknown landscape."""
    if landscape in EDITED:
        return EditWorld.of(EDITED[landscape], seed, train=cases, holdout=cases)
    return RuleWorld.of(RULED[landscape], seed, train=cases, holdout=cases)
