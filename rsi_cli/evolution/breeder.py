"""Ask for a brood, deliver it, then tell how it did: in that order, once per generation.

One generation is one round of the microbial genetic algorithm that Promptbreeder uses: units meet in
pairs, the winner stays, a mutated copy of the winner takes the loser's place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from rsi_cli.errors import BugError
from rsi_cli.evolution.candidate import Candidate, candidate_id
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.operators import menu
from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.population import Population, Unit
from rsi_cli.evolution.rounds import ROUNDS, drawn
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.selection import Tournament, difference, tournaments
from rsi_cli.ledger.events import Birth, Bred, Confirmed, Raced, Stillbirth
from rsi_cli.nouns import Blame, CandidateId, CaseResult, Failed, Talk
from rsi_cli.skill.document import Skill, normalised
from rsi_cli.skill.regions import GrowthCap, Refusal, graft
from rsi_cli.skill.sidecar import MutationPrompt

NOT_ITS_FAULT = ("model", "budget", "leak")  # stillbirths that say nothing about the mutation prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Litter:
    """One tournament's child on its way: the talk that will draft it, and whose place it will take.

    rounds: rewrites in a row.
    """

    talk: Talk[Draft | Failed]
    operator: str
    parent: CandidateId
    unit: Unit
    place: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breeder:
    """Knows the skill and the train cases; nothing held out ever reaches it.

    task: the skill's own description. keep: its locked text. styles: the pool of thinking styles.
    improver: the improver skill. seed: of the run; every generation has its own random numbers. must: the
    owner's hard constraints on the text, in words for the improver; '' if none. rounds: rewrites in a row
    that make a child, and how often each number is chosen.
    """

    cases: TrainCases
    task: str
    keep: str
    styles: tuple[str, ...]
    improver: str
    cap: GrowthCap
    seed: int
    must: str = ""
    rounds: Mapping[int, float] = field(default_factory=lambda: ROUNDS)

    def ask(self, search: Search, generation: int) -> tuple[Litter, ...]:
        """Hold the tournaments of a generation and begin a talk for each winner's child."""
        rng = Random(f"{self.seed}/{generation}/ask")
        scores = {version: search.scores(version) for version in search.train}
        lengths = {version: candidate.weighed_chars for version, candidate in search.candidates.items()}
        pairs = tournaments(search.population, scores, lengths, rng)
        return tuple(self._litter(search, pair, generation, slot) for slot, pair in enumerate(pairs))

    def _litter(self, search: Search, pair: Tournament, generation: int, slot: int) -> Litter:
        rng = Random(f"{self.seed}/{generation}/{slot}")
        unit = search.population.units[pair.winner]
        parent = search.candidates[unit.candidate]
        operator = menu.drawn(rng)
        rounds = drawn(self.rounds, rng)
        situation = Situation(
            task=self.task,
            skill=parent.text,
            keep=self.keep,
            must=self.must,
            rounds=self.cases.evidence(search.train[parent.id], rng, rounds),
            mutation_prompt=unit.mutation_prompt,
            thinking_style=unit.thinking_style,
            styles=self.styles,
            improver=self.improver,
            draw=generation * 1000 + slot,
            is_sound=partial(self._is_sound, search, parent),
        )
        return Litter(
            talk=operator.breed(situation, rng),
            operator=operator.name,
            parent=parent.id,
            unit=unit,
            place=pair.loser,
            rounds=rounds,
        )

    def _is_sound(self, search: Search, parent: Candidate, body: str) -> bool:
        return not isinstance(graft(parent.skill, search.origin.skill, body, self.cap), Refusal)

    def deliver(
        self, search: Search, generation: int, litters: Sequence[Litter], drafts: Sequence[Draft | Failed]
    ) -> Bred:
        """Turn drafts into children that may be measured, and name each that may not."""
        births: list[Birth] = []
        stillbirths: list[Stillbirth] = []
        known = {normalised(candidate.skill) for candidate in search.candidates.values()}
        for litter, draft in zip(litters, drafts, strict=True):
            child = self._child(search, litter, draft, known)
            if isinstance(child, Birth):
                births.append(child)
                known.add(normalised(replace(search.origin.skill, body=child.body)))
            else:
                stillbirths.append(child)
        return Bred(generation=generation, births=tuple(births), stillbirths=tuple(stillbirths))

    def _child(
        self, search: Search, litter: Litter, draft: Draft | Failed, known: set[str]
    ) -> Birth | Stillbirth:
        prompt = litter.unit.mutation_prompt if isinstance(draft, Failed) else draft.mutation_prompt
        if isinstance(draft, Failed):
            reason = "unreadable reply" if draft.blame is Blame.CANDIDATE else draft.blame.value
            return _stillborn(litter, reason, draft.message, prompt)
        skill = graft(search.candidates[litter.parent].skill, search.origin.skill, draft.body, self.cap)
        if isinstance(skill, Refusal):
            return _stillborn(litter, skill.reason, skill.detail, prompt)
        if normalised(skill) in (normalised(search.incumbent.skill), normalised(search.origin.skill)):
            return _stillborn(litter, "same text", "the reply says what is committed already", prompt)
        if normalised(skill) in known:
            return _stillborn(litter, "duplicate", "the reply says what another candidate says", prompt)
        return Birth(
            candidate=candidate_id(skill),
            parents=(litter.parent,),
            operator=litter.operator,
            body=skill.body,
            mutation_prompt=prompt.text,
            thinking_style=litter.unit.thinking_style,
            replaces=litter.place,
            rounds=litter.rounds,
        )

    def texts(self, search: Search, bred: Bred) -> dict[CandidateId, str]:
        """What models read of each child."""
        return {birth.candidate: _candidate(search, birth, bred.generation).text for birth in bred.births}

    def tell(self, search: Search, bred: Bred, raced: Raced, confirmed: Confirmed | None) -> Search:
        """Give every child the results of its race, its place in the population, and its prompt the credit.

        Raises BugError if the laps are not exactly those of the brood.
        """
        born, run = [b.candidate for b in bred.births], [lap.candidate for lap in raced.laps]
        if born != run:
            raise BugError(
                f"tell() got results of {run}, ask() gave {born}; pass every child, dropped ones too"
            )
        search = self._housed(search, bred, raced, confirmed)
        if confirmed is None or not confirmed.crowned:
            return search
        return crown(search, confirmed.candidate, confirmed.results)

    def _housed(self, search: Search, bred: Bred, raced: Raced, confirmed: Confirmed | None) -> Search:
        crowned = confirmed.candidate if confirmed and confirmed.crowned else None
        candidates, train = dict(search.candidates), dict(search.train)
        population = search.population
        for still in bred.stillbirths:
            if still.reason not in NOT_ITS_FAULT:
                prompt = _prompt_named(population, still.mutation_prompt, still.operator)
                population = population.credited(prompt.after(crowned=False))
        for birth, lap in zip(bred.births, raced.laps, strict=True):
            candidates[birth.candidate] = _candidate(search, birth, bred.generation)
            train[birth.candidate] = lap.results
            prompt = _prompt_named(population, birth.mutation_prompt, birth.operator)
            prompt = prompt.after(crowned=birth.candidate == crowned)
            unit = Unit(
                candidate=birth.candidate, mutation_prompt=prompt, thinking_style=birth.thinking_style
            )
            population = population.credited(prompt).placed(birth.replaces, unit)
        return replace(search, candidates=candidates, train=train, population=population)


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


def _prompt_named(population: Population, text: str, operator: str) -> MutationPrompt:
    """The mutation prompt of that text with its record so far; a new one is the operator's work."""
    for unit in population.units:
        if unit.mutation_prompt.text == text:
            return unit.mutation_prompt
    return MutationPrompt(text=text, origin=operator)


def _stillborn(litter: Litter, reason: str, detail: str, prompt: MutationPrompt) -> Stillbirth:
    return Stillbirth(
        operator=litter.operator,
        rounds=litter.rounds,
        reason=reason,
        detail=detail,
        mutation_prompt=prompt.text,
    )
