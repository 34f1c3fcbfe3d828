"""Ask for a brood, deliver it, then tell how it did: in that order, once per generation.

One generation is one round of the microbial genetic algorithm that Promptbreeder uses: units meet in
pairs, the winner stays, a mutated copy of the winner takes the loser's place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

from rsi_cli.errors import BugError
from rsi_cli.evolution.archive import estimates
from rsi_cli.evolution.asking import Asking, Litter
from rsi_cli.evolution.candidate import Candidate, candidate_id
from rsi_cli.evolution.crossover import context_shuffle, prompt_crossover
from rsi_cli.evolution.material import archive_of
from rsi_cli.evolution.merits import Manner
from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.evolution.pace import paced
from rsi_cli.evolution.population import Population, Unit
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.selection import difference
from rsi_cli.evolution.velocity import Mechanism
from rsi_cli.ledger.events import Birth, Bred, Confirmed, Lap, Raced, Stillbirth
from rsi_cli.nouns import Blame, CandidateId, CaseResult, Failed
from rsi_cli.skill.document import Skill, normalised
from rsi_cli.skill.likeness import near_duplicate
from rsi_cli.skill.regions import Refusal, graft
from rsi_cli.skill.sidecar import MutationPrompt

NOT_ITS_FAULT = ("model", "budget", "leak")  # stillbirths that say nothing about the mutation prompt


Known: TypeAlias = tuple[tuple[CandidateId, ...], Skill]
"""The first parent of a text that was bred before, none for the seed, and the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breeder(Asking):
    """Asks for children and tells how they did; nothing held out ever reaches it."""

    def deliver(
        self, search: Search, generation: int, litters: Sequence[Litter], drafts: Sequence[Draft | Failed]
    ) -> Bred:
        """Turn drafts into children that may be measured, and name each that may not."""
        births: list[Birth] = []
        stillbirths: list[Stillbirth] = []
        known = [(c.parents[:1], c.skill) for c in search.candidates.values()]
        for litter, draft in zip(litters, drafts, strict=True):
            child = self._child(search, litter, draft, known)
            if isinstance(child, Birth):
                births.append(child)
                known.append((child.parents[:1], _candidate(search, child, generation).skill))
            else:
                stillbirths.append(child)
        return Bred(generation=generation, births=tuple(births), stillbirths=tuple(stillbirths))

    def _child(
        self, search: Search, litter: Litter, draft: Draft | Failed, known: Sequence[Known]
    ) -> Birth | Stillbirth:
        prompt = litter.unit.mutation_prompt if isinstance(draft, Failed) else draft.mutation_prompt
        if isinstance(draft, Failed):
            reason = "unreadable reply" if draft.blame is Blame.CANDIDATE else draft.blame.value
            return _stillborn(litter, reason, draft.message, prompt)
        parent = search.candidates[litter.parents[0]]
        skill = graft(parent.skill, search.origin.skill, draft.body, self.cap)
        if isinstance(skill, Refusal):
            return _stillborn(litter, skill.reason, skill.detail, prompt)
        old = (search.incumbent.skill, search.origin.skill)
        if any(normalised(skill) == normalised(each) for each in old):
            return _stillborn(litter, "same text", "the reply says what is committed already", prompt)
        if any(normalised(skill) == normalised(other) for _, other in known):
            return _stillborn(litter, "duplicate", "the reply says what another candidate says", prompt)
        if _puts_otherwise(skill, parent.skill, parent.skill):
            return _stillborn(litter, "same text", "the reply says the same in other words", prompt)
        siblings = [other for parents, other in known if parents == (parent.id,)]
        if any(_puts_otherwise(skill, parent.skill, other) for other in siblings):
            return _stillborn(
                litter, "duplicate", "the reply makes the same of its parent as another", prompt
            )
        return Birth(
            candidate=candidate_id(skill),
            parents=litter.parents,
            operator=litter.manner.operator,
            body=skill.body,
            mutation_prompt=prompt.text,
            thinking_style=litter.unit.thinking_style,
            replaces=litter.place,
            winner=litter.winner,
            rounds=litter.manner.rounds,
            depth=litter.manner.depth,
        )

    def texts(self, search: Search, bred: Bred) -> dict[CandidateId, str]:
        """What models read of each child."""
        return {birth.candidate: _candidate(search, birth, bred.generation).text for birth in bred.births}

    def tell(
        self, search: Search, bred: Bred, raced: Raced, confirmed: Confirmed | None, calls: float = 0.0
    ) -> Search:
        """Give every child the results of its race, its place in the population, and its prompt the credit.

        calls: that the generation took, writing and confirming included. Raises BugError if the laps are not
        exactly those of the brood.
        """
        born, run = [b.candidate for b in bred.births], [lap.candidate for lap in raced.laps]
        if born != run:
            raise BugError(
                f"tell() got results of {run}, ask() gave {born}; pass every child, dropped ones too"
            )
        pace = paced(search, raced, confirmed, calls)
        search = replace(self._housed(search, bred, raced, confirmed), velocity=pace)
        if confirmed is not None and confirmed.crowned:
            search = crown(search, confirmed.candidate, confirmed.results)
        return self._crossed(search, bred.generation)

    def _crossed(self, search: Search, generation: int) -> Search:
        """Prompt crossover: now and then a unit goes on from another one's text."""
        scores = estimates(archive_of(search).scores)
        rng = Random(f"{self.seed}/{generation}/crossover")
        units = prompt_crossover(search.population.units, scores, rng)
        return replace(search, population=Population(units))

    def changed(self, search: Search, mechanism: Mechanism, generation: int) -> Search:
        """Search in another way from now on; thinking styles, which units keep, are drawn anew at once."""
        changes, velocity = (*search.changes, mechanism), search.velocity.changed()
        search = replace(search, changes=changes, velocity=velocity)
        if mechanism is not Mechanism.STYLES:
            return search
        rng = Random(f"{self.seed}/{generation}/styles")
        units = (replace(unit, thinking_style=rng.choice(self.styles)) for unit in search.population.units)
        return replace(search, population=Population(tuple(units)))

    def _housed(self, search: Search, bred: Bred, raced: Raced, confirmed: Confirmed | None) -> Search:
        crowned = confirmed.candidate if confirmed and confirmed.crowned else None
        candidates, train = dict(search.candidates), dict(search.train)
        population, merits = search.population, search.merits
        for still in bred.stillbirths:
            if self.traits.credit and still.reason not in NOT_ITS_FAULT:
                prompt = _prompt_named(population, still.mutation_prompt, still.operator)
                population = population.credited(prompt.after(crowned=False))
                merits = merits.told(_manner_of(still), crowned=False)
        for birth, lap in zip(bred.births, raced.laps, strict=True):
            candidates[birth.candidate] = _candidate(search, birth, bred.generation)
            train[birth.candidate] = lap.results
            won = birth.candidate == crowned
            prompt = _prompt_named(population, birth.mutation_prompt, birth.operator)
            if self.traits.credit and any(result.score is not None for result in lap.results):
                merits = merits.told(_manner_of(birth), crowned=won)
                prompt = prompt.after(crowned=won)
            population = population.credited(prompt).placed(
                birth.replaces, self._unit(population, birth, lap, prompt)
            )
        return replace(search, candidates=candidates, train=train, population=population, merits=merits)

    def _unit(self, population: Population, birth: Birth, lap: Lap, prompt: MutationPrompt) -> Unit:
        """The child in its place, with workings-out of its unit's and its own."""
        rng = Random(f"{self.seed}/{birth.candidate}/workings")
        before = population.units[birth.winner].workings if birth.winner >= 0 else ()
        right = [result.case_id for result in lap.results if result.passed]
        return Unit(
            candidate=birth.candidate,
            mutation_prompt=prompt,
            thinking_style=birth.thinking_style,
            workings=context_shuffle(before, right, rng),
        )


def crown(search: Search, champion: CandidateId, results: tuple[CaseResult, ...]) -> Search:
    """Make a version the working champion, on draws that did not choose it; worse units go on from it."""
    train: Mapping[CandidateId, tuple[CaseResult, ...]] = {**search.train, champion: results}
    lead = replace(search, champion=search.candidates[champion], train=train)
    best = lead.scores(champion)
    population = search.population.rebased(champion, lambda other: difference(lead.scores(other), best) < 0)
    return replace(lead, population=population)


def seedling(skill: Skill) -> Candidate:
    """The version that a night begins with."""
    return Candidate(id=candidate_id(skill), skill=skill)


def _candidate(search: Search, birth: Birth, generation: int) -> Candidate:
    origin = search.origin.skill
    open_end = origin.front_matter and not origin.front_matter.endswith(("\r", "\n"))  # no body at first
    front_matter = origin.front_matter + origin.newline if open_end else origin.front_matter
    return Candidate(
        id=birth.candidate,
        skill=replace(origin, front_matter=front_matter, body=birth.body),
        parents=birth.parents,
        operator=birth.operator,
        mutation_prompt=birth.mutation_prompt,
        generation=generation,
        quotes=birth.quotes,
    )


def _puts_otherwise(child: Skill, parent: Skill, other: Skill) -> bool:
    """Whether two texts make the same of a parent, but for how it is put."""
    return near_duplicate(child.text_for_models, parent.text_for_models, other.text_for_models)


def _manner_of(child: Birth | Stillbirth) -> Manner:
    return Manner(operator=child.operator, rounds=child.rounds, depth=child.depth)


def _prompt_named(population: Population, text: str, operator: str) -> MutationPrompt:
    """The mutation prompt of that text with its record so far; a new one is the operator's work."""
    for unit in population.units:
        if unit.mutation_prompt.text == text:
            return unit.mutation_prompt
    return MutationPrompt(text=text, origin=operator)


def _stillborn(litter: Litter, reason: str, detail: str, prompt: MutationPrompt) -> Stillbirth:
    return Stillbirth(
        operator=litter.manner.operator,
        rounds=litter.manner.rounds,
        depth=litter.manner.depth,
        reason=reason,
        detail=detail,
        mutation_prompt=prompt.text,
    )
