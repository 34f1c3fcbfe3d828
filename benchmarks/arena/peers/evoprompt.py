"""EvoPrompt of the package `promptolution`, both kinds: a genetic algorithm, and differential evolution.

Both measure a whole population of children each step and keep what has the higher mean. The improver is shown
no results: the prompts that ask for children hold the parents alone. Differential evolution draws a fourth
parent, the best so far, for which promptolution's template has no place; the improver gets what the template
holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.arena.contestant import Desk, Outcome
from benchmarks.arena.peers.checked import checked
from benchmarks.arena.peers.installed import PROMPTOLUTION, Package
from benchmarks.arena.peers.meta_prompts import Rewrite, differing, population_size
from benchmarks.arena.peers.promptolution_run import BLOCK, Optimizer, Parts, search


@dataclass(frozen=True, slots=True)
class EvoPrompt:
    """EvoPrompt ships the first of its population, and shows that one's mean on the train cases.

    differential: differential evolution in place of the genetic algorithm. held_out_check: compare what it
    ships with the seed text on the held-out cases as well.
    """

    name: str = "EvoPrompt GA"
    differential: bool = False
    held_out_check: bool = False
    package: Package = field(default=PROMPTOLUTION, init=False)

    def run(self, desk: Desk, seed: int) -> Outcome:
        """Run `EvoPromptGA.optimize` or `EvoPromptDE.optimize` until the meter ends it."""
        if self.held_out_check:
            return checked(desk, lambda: self._search(desk, seed))
        return self._search(desk, seed)

    def _search(self, desk: Desk, seed: int) -> Outcome:
        block = min(BLOCK, len(desk.train))
        texts = population_size(desk.meter.left, 0, 1 + block)

        def build(parts: Parts) -> Optimizer:
            from promptolution.optimizers import EvoPromptDE, EvoPromptGA

            kind = EvoPromptDE if self.differential else EvoPromptGA
            optimizer = kind(parts.predictor, parts.task, parts.meta_llm, initial_prompts=parts.population)
            parts.rewrites.append(self._rewrite(desk, optimizer.prompt_template))
            return optimizer  # type: ignore[no-any-return]

        return search(desk, seed, texts, block, build)

    def _rewrite(self, desk: Desk, template: str) -> Rewrite:
        if self.differential:
            return Rewrite(
                template,
                ("prompt1", "prompt2", "prompt0"),
                lambda p: desk.cross(p["prompt0"], differing(p["prompt1"], p["prompt2"])),
            )
        return Rewrite(template, ("prompt1", "prompt2"), lambda p: desk.cross(p["prompt1"], p["prompt2"]))
