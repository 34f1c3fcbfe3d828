"""The hill climber that everybody writes first: change the text, keep it if the validation mean is higher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.arena.contestant import BudgetSpent, Desk, Outcome
from benchmarks.arena.world import Shown, Task

MINIBATCH = 10  # train cases that the best text answers anew before each rewrite


@dataclass(frozen=True, slots=True)
class HillClimber:
    """Every child is measured once on all validation cases; a higher mean replaces the best."""

    name: str = "hill"

    def run(self, desk: Desk, seed: int) -> Outcome:
        """Climb until the budget is spent; what is claimed is the best mean minus the first text's mean."""
        rng = Random(seed)
        best, score, first, candidates = desk.seed_text, 0.0, 0.0, 0
        try:
            first = score = mean_pass(desk, best, desk.holdout)
            while True:
                batch = rng.sample(desk.train, min(MINIBATCH, len(desk.train)))
                shown = [Shown(task, desk.passes(best, task)) for task in batch]
                child = desk.improve(best, shown)
                candidates += 1
                reached = mean_pass(desk, child, desk.holdout)
                if reached > score:
                    best, score = child, reached
                    desk.ship(best)
        except BudgetSpent:
            return Outcome(shipped_text=best, claimed_gain=score - first, candidates=candidates)


def mean_pass(desk: Desk, text: str, tasks: Sequence[Task]) -> float:
    """Part of the cases that pass, each asked once; one call each."""
    return sum(desk.passes(text, task) for task in tasks) / len(tasks)
