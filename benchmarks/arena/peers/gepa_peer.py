"""The package `gepa` in the arena: reflective rewrites, a Pareto front over a validation set, mean > mean.

All settings are the package's defaults: minibatches of 3 train cases; parents drawn from the per-case front;
a child that beats its parent on its minibatch is measured once on the whole validation set (the held-out
cases) and joins the pool. The improver stands behind `custom_candidate_proposer`, the package's own door for
one, and is handed the minibatch with its results.

GEPA bounds metric calls alone, and finishes the iteration in which they run out. Here the desk's meter counts
rewrites as well and ends the run at the very call: what is lost is a candidate whose measurement was not
finished.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from benchmarks.arena.contestant import BudgetSpent, Desk, Outcome
from benchmarks.arena.peers.checked import candidates, checked
from benchmarks.arena.peers.installed import GEPA, Package
from benchmarks.arena.world import Shown, Task

COMPONENT = "skill"  # GEPA evolves named texts; this is the only one
Candidate = Mapping[str, str]


class Traced(Protocol):
    """A measured batch, as GEPA hands it back."""

    trajectories: Sequence[Shown]


@dataclass(slots=True)
class Bench:
    """A `GEPAAdapter` over a desk."""

    desk: Desk
    propose_new_texts: None = None  # GEPA asks for it; the proposer is given to `optimize`

    def evaluate(self, batch: Sequence[Task], candidate: Candidate, capture_traces: bool = False) -> object:  # noqa: FBT001, FBT002 - GEPA's signature
        """Answer each case once, on a draw that was not used before; an `EvaluationBatch`."""
        from gepa.core.adapter import EvaluationBatch

        shown = [Shown(task, self.desk.passes(candidate[COMPONENT], task)) for task in batch]
        return EvaluationBatch(
            outputs=[None] * len(shown),
            scores=[float(each.passed) for each in shown],
            trajectories=shown if capture_traces else None,
        )

    def make_reflective_dataset(
        self, _candidate: Candidate, eval_batch: Traced, _components: Sequence[str]
    ) -> dict[str, list[dict[str, Shown]]]:
        """What the improver is shown: the minibatch with its results, passes and failures."""
        return {COMPONENT: [{"shown": each} for each in eval_batch.trajectories]}

    def propose(
        self,
        candidate: Candidate,
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Shown]]],
        _components: Sequence[str],
    ) -> dict[str, str]:
        """One rewrite by the improver."""
        shown = [record["shown"] for record in reflective_dataset[COMPONENT]]
        return {COMPONENT: self.desk.improve(candidate[COMPONENT], shown)}


@dataclass(slots=True)
class Watch:
    """A GEPA callback that keeps the state, so that a run which the meter ended has a result.

    Ships what `GEPAResult.best_idx` would name at any time: the first of the highest validation means.
    """

    desk: Desk
    state: Any = None
    highest: float = -math.inf

    def on_iteration_start(self, event: Mapping[str, object]) -> None:
        """The state is one object from the first iteration to the last."""
        self.state = event["state"]

    def on_valset_evaluated(self, event: Mapping[str, Any]) -> None:
        """Told of each candidate that was measured on the whole validation set, the seed text first."""
        if event["average_score"] > self.highest:
            self.highest = event["average_score"]
            self.desk.ship(event["candidate"][COMPONENT])


class Silent:
    """A GEPA logger that says nothing."""

    def log(self, message: str) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class Gepa:
    """GEPA ships the candidate with the best mean on its validation set, and shows it beside the seed's.

    held_out_check: give it no validation set (it then takes the train cases for one), and compare its winner
    with the seed text on the held-out cases.
    """

    name: str = "GEPA"
    held_out_check: bool = False
    package: Package = field(default=GEPA, init=False)

    def run(self, desk: Desk, seed: int) -> Outcome:
        """Run `gepa.optimize` until the meter ends it."""
        if self.held_out_check:
            return checked(desk, lambda: _search(desk, seed, None))
        return _search(desk, seed, list(desk.holdout))


def _search(desk: Desk, seed: int, validation: list[Task] | None) -> Outcome:
    import gepa
    from gepa.core.result import GEPAResult

    bench, watch = Bench(desk), Watch(desk)
    with suppress(BudgetSpent):  # what the state holds then is all that GEPA knows
        gepa.optimize(
            seed_candidate={COMPONENT: desk.seed_text},
            trainset=list(desk.train),
            valset=validation,
            adapter=bench,
            custom_candidate_proposer=bench.propose,
            stop_callbacks=lambda _state: desk.meter.left <= 0,
            callbacks=[watch],
            logger=Silent(),
            seed=seed,
        )
    if watch.state is None:  # the budget did not pay for the seed text's measurement and one call more
        return Outcome(shipped_text=desk.seed_text, candidates=candidates(desk))
    result = GEPAResult.from_state(watch.state)
    scores, best = result.val_aggregate_scores, result.best_idx
    return Outcome(
        shipped_text=result.candidates[best][COMPONENT],
        claimed_gain=scores[best] - scores[0],
        candidates=candidates(desk),
    )
