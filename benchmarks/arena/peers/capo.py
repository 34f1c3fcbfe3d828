"""CAPO of the package `promptolution`: crossover, mutation and examples, raced in blocks by paired t-tests.

Its defaults: 4 crossovers an iteration, each then mutated; t-tests at 0.2; a length penalty of 0.05; a tenth
of the data put aside for up to 5 examples. Two settings give way to small data: no more examples than that
tenth holds (CAPO would draw 5 out of it and raise), and blocks no larger than the rest (with less than one
block it would measure nothing).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.arena.contestant import Desk, Outcome
from benchmarks.arena.peers.checked import checked
from benchmarks.arena.peers.installed import PROMPTOLUTION, Package
from benchmarks.arena.peers.meta_prompts import Rewrite, population_size
from benchmarks.arena.peers.promptolution_run import BLOCK, Optimizer, Parts, search

CHILDREN = 4  # crossovers_per_iter
SHOTS = 5  # upper_shots
PUT_ASIDE = 0.1  # of the data, for examples


@dataclass(frozen=True, slots=True)
class Capo:
    """CAPO ships the first of its survivors, and shows that one's mean on the train cases.

    held_out_check: compare it with the seed text on the held-out cases as well.
    """

    name: str = "CAPO"
    held_out_check: bool = False
    package: Package = field(default=PROMPTOLUTION, init=False)

    def run(self, desk: Desk, seed: int) -> Outcome:
        """Run `CAPO.optimize` until the meter ends it."""
        return checked(desk, lambda: _search(desk, seed)) if self.held_out_check else _search(desk, seed)


def _search(desk: Desk, seed: int) -> Outcome:
    examples = int(PUT_ASIDE * len(desk.train))
    block = min(BLOCK, len(desk.train) - examples)
    texts = population_size(desk.meter.left, CHILDREN * (2 + block), 1 + block)

    def build(parts: Parts) -> Optimizer:
        from promptolution.optimizers import CAPO

        capo = CAPO(
            parts.predictor,
            parts.task,
            parts.meta_llm,
            initial_prompts=parts.population,
            upper_shots=min(SHOTS, examples),
        )
        parts.rewrites += [
            Rewrite(
                capo.crossover_template,
                ("mother", "father"),
                lambda parents: desk.cross(parents["mother"], parents["father"]),
            ),
            Rewrite(
                capo.mutation_template, ("instruction",), lambda parents: desk.improve(parents["instruction"])
            ),
        ]
        return capo  # type: ignore[no-any-return]

    return search(desk, seed, texts, block, build)
