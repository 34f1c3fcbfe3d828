"""The half of the breeder that asks: who has a child, how it is made, what the improver is shown for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from rsi_cli.evolution.archive import FROM_ARCHIVE, Archive, pick_mate, pick_parent
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.material import (
    archive_of,
    lineage_of,
    mate_of,
    population_of,
    tried_on,
    workings_of,
)
from rsi_cli.evolution.merits import BREADTH, ONE_STEP, Manner
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.population import Unit
from rsi_cli.evolution.rounds import ROUNDS
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.selection import Tournament, tournaments
from rsi_cli.evolution.traits import Traits
from rsi_cli.evolution.velocity import Mechanism
from rsi_cli.nouns import CandidateId, Failed, Talk
from rsi_cli.skill.regions import GrowthCap, Refusal, graft

FROM_ALL = 0.25  # of the parents come from the front or the archive; the others are those that the units hold
FROM_ALL_WHEN_SLOW = 0.8  # once parents are to come from the archive, and then from that alone
FAVOUR = 6.0  # times its weight, for what a change of mechanism calls for
FAVOUR_OF_SECTION = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Litter:
    """One tournament's child on its way: the talk that will draft it, and whose place it will take.

    winner, place: of the unit that has the child, and of the one that it replaces.
    """

    talk: Talk[Draft | Failed]
    manner: Manner
    parents: tuple[CandidateId, ...]
    unit: Unit
    winner: int
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is the same for every child of a night.

    cases: the train cases; nothing held out ever gets here. task: the skill's own description. keep: its
    locked text. styles: the pool of thinking styles. improver: the improver skill. seed: of the run; every
    generation has its own random numbers. must: the owner's hard constraints on the text, in words for the
    improver; '' if none. lessons: of earlier nights, in words. most_rounds: rewrites in a row that may make
    a child. models: the improver models that there are, with what a child by each costs.
    """

    cases: TrainCases
    task: str
    keep: str
    styles: tuple[str, ...]
    improver: str
    cap: GrowthCap
    seed: int
    must: str = ""
    lessons: str = ""
    most_rounds: int = max(ROUNDS)
    models: Mapping[str, float] = field(default_factory=lambda: {BREADTH: 1.0})
    traits: Traits = field(default_factory=Traits)

    def ask(self, search: Search, generation: int) -> tuple[Litter, ...]:
        """Hold the tournaments of a generation and begin a talk for each winner's child."""
        rng = Random(f"{self.seed}/{generation}/ask")
        scores = {version: search.scores(version) for version in search.train}
        lengths = {version: candidate.weighed_chars for version, candidate in search.candidates.items()}
        pairs = tournaments(search.population, scores, lengths, rng)
        archive = archive_of(search)
        return tuple(
            self._litter(search, pair, archive, (generation, slot)) for slot, pair in enumerate(pairs)
        )

    @property
    def _rounds(self) -> dict[int, float]:
        return {count: weight for count, weight in ROUNDS.items() if count <= self.most_rounds}

    def _litter(self, search: Search, pair: Tournament, archive: Archive, at: tuple[int, int]) -> Litter:
        generation, slot = at
        rng = Random(f"{self.seed}/{generation}/{slot}")
        unit = search.population.units[pair.winner]
        parent = self._parent(search, unit, archive, rng)
        mate = pick_mate(parent.id, archive.scores)
        situation = self._situation(search, unit, parent, (mate, rng))
        manner = self._manner(search, situation, rng)
        situation = replace(
            situation,
            rounds=situation.rounds[: manner.rounds],
            draw=generation * 1000 + slot,
            depth=manner.depth,
        )
        mate = mate if manner.operator == "merge" else None
        return Litter(
            talk=OPERATORS[manner.operator].breed(situation, rng),
            manner=manner,
            parents=(parent.id, mate) if mate else (parent.id,),
            unit=unit,
            winner=pair.winner,
            place=pair.loser,
        )

    def _parent(self, search: Search, unit: Unit, archive: Archive, rng: Random) -> Candidate:
        """The unit's own text, or now and then one from the front or the archive."""
        slow = search.mechanism is Mechanism.ARCHIVE
        rate = FROM_ALL_WHEN_SLOW if slow else FROM_ALL
        if not self.traits.pareto or rng.random() >= rate:
            return search.candidates[unit.candidate]
        return search.candidates[pick_parent(archive, rng, from_archive=1.0 if slow else FROM_ARCHIVE)]

    def _manner(self, search: Search, situation: Situation, rng: Random) -> Manner:
        """How the child is to be made, of what there is material for."""
        missing = self.traits.missing_operators
        fitting = [name for name, op in OPERATORS.items() if name not in missing and op.fits(situation)]
        operator = search.merits.drawn_operator(fitting, _favour(search.mechanism), rng)
        rounds = search.merits.drawn_rounds(self._rounds, rng)
        depth = search.merits.drawn_depth(self.models, rng)
        if search.mechanism is Mechanism.MODEL and len(self.models) > 1:
            depth = not depth
        return Manner(operator=operator, rounds=1 if operator in ONE_STEP else rounds, depth=depth)

    def _situation(
        self, search: Search, unit: Unit, parent: Candidate, luck: tuple[CandidateId | None, Random]
    ) -> Situation:
        """Everything that an operator may be shown, with as many rounds as there can be.

        luck: the mate, None if there is none, and what else is drawn from.
        """
        mate, rng = luck
        sees = self.traits.reflection
        results = search.train[parent.id] if self.traits.reflection else ()
        return Situation(
            task=self.task,
            skill=parent.text,
            keep=self.keep,
            must=self.must,
            rounds=self.cases.evidence(results, rng, max(self._rounds)),
            mutation_prompt=unit.mutation_prompt,
            thinking_style=unit.thinking_style,
            styles=self.styles,
            improver=self.improver,
            draw=0,
            population=population_of(search),
            lineage=lineage_of(search, parent),
            workings=workings_of(search, unit, parent, self.cases) if sees else (),
            mate=mate_of(search, (parent, mate), self.cases) if sees else None,
            tried=tried_on(search, parent) if sees else "",
            lessons=self.lessons,
            is_sound=partial(self._is_sound, search, parent),
        )

    def _is_sound(self, search: Search, parent: Candidate, body: str) -> bool:
        return not isinstance(graft(parent.skill, search.origin.skill, body, self.cap), Refusal)


def _favour(mechanism: Mechanism | None) -> dict[str, float]:
    """Factors on the weights of operators, for the way of searching that is in force."""
    match mechanism:
        case Mechanism.HYPERMUTATION:
            return {"hyper-zero-order": FAVOUR, "hyper-first-order": FAVOUR}
        case Mechanism.SECTION:
            return {"section": FAVOUR_OF_SECTION}
        case _:
            return {}
