"""What units trade and keep beside mutation: prompt crossover, context shuffling (Promptbreeder §3.2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from rsi_cli.evolution.population import Unit
from rsi_cli.nouns import CandidateId, CaseId

RATE = 0.1  # of the paper, for both
MOST_WORKINGS = 3


def prompt_crossover(
    units: Sequence[Unit], scores: Mapping[CandidateId, float], rng: Random, rate: float = RATE
) -> tuple[Unit, ...]:
    """With probability `rate` each, let a unit go on from the text of another unit.

    The other is drawn in proportion to its score; one without a score counts as 0, and where all are 0 each
    is as likely. All exchanges are made at once, on the units as they came. Only the text moves: the
    mutation prompt, the thinking style and the workings-out stay where they are.
    """
    return tuple(
        replace(unit, candidate=_another(units, place, scores, rng).candidate)
        if rng.random() < rate and len(units) > 1
        else unit
        for place, unit in enumerate(units)
    )


def _another(units: Sequence[Unit], place: int, scores: Mapping[CandidateId, float], rng: Random) -> Unit:
    """Draw a unit at another place, fitness-proportionately."""
    others = [*units[:place], *units[place + 1 :]]
    weights = [max(0.0, scores.get(unit.candidate, 0.0)) for unit in others]
    return rng.choices(others, weights if any(weights) else None)[0]


def context_shuffle(
    workings: tuple[CaseId, ...],
    passing: Sequence[CaseId],
    rng: Random,
    *,
    size: int = MOST_WORKINGS,
    rate: float = RATE,
) -> tuple[CaseId, ...]:
    """Give a unit's correct workings-out, by case, after it was measured.

    passing: cases that it has just answered correctly. A list that is not full is filled from them; in a full
    one, one that is new takes the place of an old one at random. With probability `rate` × 1/`size` the whole
    list is drawn anew from `passing`. size: >= 1. No case stands there twice.
    """
    correct = list(dict.fromkeys(passing))
    if correct and rng.random() < rate / size:
        return tuple(rng.sample(correct, min(size, len(correct))))
    kept = list(workings[:size])
    fresh = [case for case in correct if case not in kept]
    if not fresh:
        return tuple(kept)
    if len(kept) < size:
        return (*kept, *rng.sample(fresh, min(size - len(kept), len(fresh))))
    kept[rng.randrange(size)] = rng.choice(fresh)
    return tuple(kept)
