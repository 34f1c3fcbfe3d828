"""The population: units, each a version of the skill together with the mutation prompt it travels with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from rsi_cli.nouns import CandidateId, CaseId
from rsi_cli.skill.sidecar import MutationPrompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A place in the population (Promptbreeder's "unit of evolution").

    workings: train cases that a version in this place answered correctly (its "contexts").
    """

    candidate: CandidateId
    mutation_prompt: MutationPrompt
    thinking_style: str
    workings: tuple[CaseId, ...] = ()


@dataclass(frozen=True, slots=True)
class Population:
    """All units, by place. Never changed in place; each change gives a new population."""

    units: tuple[Unit, ...]

    def placed(self, place: int, unit: Unit) -> Population:
        """The population with another unit in one place."""
        return Population((*self.units[:place], unit, *self.units[place + 1 :]))

    def credited(self, prompt: MutationPrompt) -> Population:
        """Write a mutation prompt's new record into every unit that carries it."""
        return Population(
            tuple(
                replace(unit, mutation_prompt=prompt) if unit.mutation_prompt.text == prompt.text else unit
                for unit in self.units
            )
        )

    def rebased(self, champion: CandidateId, is_worse: Callable[[CandidateId], bool]) -> Population:
        """Let every unit that is worse than the champion go on from its text; mutation prompts stay.

        Promptbreeder's prompt crossover, moved to where it pays: the moment a champion is confirmed.
        """
        return Population(
            tuple(
                replace(unit, candidate=champion) if is_worse(unit.candidate) else unit for unit in self.units
            )
        )

    def prompts_by_record(self) -> tuple[MutationPrompt, ...]:
        """Each mutation prompt once, the best record first; untried ones after tried and confirmed ones."""
        best: dict[str, MutationPrompt] = {}
        for unit in self.units:
            known = best.get(unit.mutation_prompt.text)
            if known is None or unit.mutation_prompt.tried > known.tried:
                best[unit.mutation_prompt.text] = unit.mutation_prompt
        return tuple(sorted(best.values(), key=lambda p: (-p.confirmed, p.tried, p.text)))


def found(
    seed: CandidateId,
    inherited: Sequence[MutationPrompt],
    pool: Sequence[MutationPrompt],
    styles: Sequence[str],
    *,
    size: int,
    rng: Random,
) -> Population:
    """Start a population of copies of the seed: mutation prompts of earlier nights fill up to three quarters.

    size: >= 2. The rest is drawn from the pool without repetition, so that each night tries something new.
    """
    kept = list(inherited[: max(1, size * 3 // 4)])
    known = {prompt.text for prompt in kept}
    fresh = [prompt for prompt in pool if prompt.text not in known]
    chosen = kept + rng.sample(fresh, min(len(fresh), size - len(kept)))
    while len(chosen) < size:  # a pool smaller than the population
        chosen.append(rng.choice(chosen))
    return Population(
        tuple(
            Unit(candidate=seed, mutation_prompt=prompt, thinking_style=rng.choice(styles))
            for prompt in chosen
        )
    )
