"""Searches in the making, without a night: a breeder, texts with known answers, generations told by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from rsi_cli.evolution.asking import Litter
from rsi_cli.evolution.breeder import Breeder, seedling
from rsi_cli.evolution.candidate import Candidate, candidate_id
from rsi_cli.evolution.crossover import RATE
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.evolution.population import Population, found
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.traits import Traits
from rsi_cli.ledger.events import Birth, Bred, Confirmed, Lap, LookTaken, Raced
from rsi_cli.nouns import Blame, CandidateId, CaseId, CaseResult, Failed, Measured, Result, Split
from rsi_cli.skill.document import parse
from rsi_cli.skill.regions import GrowthCap
from rsi_cli.skill.sidecar import MutationPrompt
from tests.fakes.letters import KEEP, SKILL, STYLES, case

SEED = 7
CASES = {each.id: each for each in (case(f"t{number}", Split.TRAIN, "cdefgh"[number]) for number in range(6))}
TRAIN = TrainCases(cases=CASES, template="{{ input }}")
BODY = parse(SKILL.encode()).text_for_models
POOL = tuple(MutationPrompt(text=f"way {number}") for number in range(8))
OWN_TEXT = Traits(pareto=False)  # every unit's child is bred of its own text


def breeder(
    cap: GrowthCap | None = None, traits: Traits = OWN_TEXT, models: Mapping[str, float] | None = None
) -> Breeder:
    return Breeder(
        cases=TRAIN,
        task="Answer with the capital.",
        keep=KEEP,
        styles=STYLES,
        improver="Improve.",
        cap=cap or GrowthCap(),
        seed=SEED,
        traits=traits,
        models=models or {"breadth": 1.0},
    )


def answered(scores: Mapping[int, float | None], repeat: int = 0) -> tuple[CaseResult, ...]:
    """A result for each of these cases; None: it was lost."""
    return tuple(
        CaseResult(
            case_id=CaseId(f"t{number}"),
            repeat=repeat,
            output=None if score is None else f"answer {number}",
            result=_outcome(score),
            passed=score == 1.0,
        )
        for number, score in scores.items()
    )


def _outcome(score: float | None) -> Result:
    return Failed(Blame.MODEL, "rate limit") if score is None else Measured(score, "why")


def results(solved: int, repeat: int = 0, *, asked: int = 6) -> tuple[CaseResult, ...]:
    """Of the first `asked` cases so many are solved."""
    return answered({number: float(number < solved) for number in range(asked)}, repeat)


def beginning(size: int = 8, skill: str = SKILL, inherited: Sequence[MutationPrompt] = ()) -> Search:
    """A search whose first version fails every case."""
    seed = seedling(parse(skill.encode()))
    return Search(
        origin=seed,
        incumbent=seed,
        champion=seed,
        population=found(seed.id, inherited, POOL, STYLES, size=size, rng=Random(0)),
        candidates={seed.id: seed},
        train={seed.id: results(0)},
    )


def version(search: Search, body: str, *parents: Candidate) -> Candidate:
    """A version with that body; of the first one where no parent is named."""
    skill = replace(search.origin.skill, body=body)
    return Candidate(
        id=candidate_id(skill),
        skill=skill,
        parents=tuple(parent.id for parent in parents or (search.origin,)),
        operator="first-order",
        generation=1,
    )


def knowing(search: Search, *versions: tuple[Candidate, tuple[CaseResult, ...]]) -> Search:
    """The search after these versions were measured, in this order; no unit holds them."""
    candidates, train = dict(search.candidates), dict(search.train)
    for candidate, measured in versions:
        candidates[candidate.id] = candidate
        train[candidate.id] = measured
    return replace(search, candidates=candidates, train=train)


def holding(search: Search, *versions: Candidate) -> Search:
    """The search whose units hold these versions, the last one for the rest."""
    texts = [*versions, *[versions[-1]] * len(search.population.units)]
    units = tuple(
        replace(unit, candidate=text.id) for unit, text in zip(search.population.units, texts, strict=False)
    )
    return replace(search, population=Population(units))


def draft(litter: Litter, number: int) -> Draft:
    return Draft(body=f"{BODY}\nRule {number}.\n", mutation_prompt=litter.unit.mutation_prompt)


def brood(search: Search, generation: int = 1) -> tuple[Bred, tuple[Litter, ...]]:
    """A generation in which each litter brings a child."""
    litters = breeder().ask(search, generation)
    drafts = [draft(litter, 100 * generation + number) for number, litter in enumerate(litters)]
    return breeder().deliver(search, generation, litters, drafts), litters


def raced(bred: Bred, *solved: int) -> Raced:
    laps = (
        Lap(candidate=birth.candidate, results=results(count), finished=True)
        for birth, count in zip(bred.births, solved, strict=True)
    )
    return Raced(generation=bred.generation, laps=tuple(laps))


def confirmed(child: Birth | CandidateId, solved: int, *, crowned: bool = True) -> Confirmed:
    name = child.candidate if isinstance(child, Birth) else child
    return Confirmed(
        generation=1, candidate=name, results=results(solved, 1), difference=0.5, crowned=crowned
    )


def deliver(search: Search, *drafts: Draft | Failed, cap: GrowthCap | None = None) -> Bred:
    """Deliver these drafts for the first tournaments."""
    litters = breeder().ask(search, 1)[: len(drafts)]
    return breeder(cap).deliver(search, 1, litters, drafts)


def body(text: str, prompt: MutationPrompt = POOL[0]) -> Draft:
    return Draft(body=text, mutation_prompt=prompt)


def is_quiet(generation: int, size: int) -> bool:
    """Whether no unit of so many goes on from another one's text in that generation."""
    rng = Random(f"{SEED}/{generation}/crossover")
    return all(rng.random() >= RATE for _ in range(size))


def quiet(size: int, count: int) -> list[int]:
    """The first so many generations, from the second on, without prompt crossover."""
    return [generation for generation in range(2, 100) if is_quiet(generation, size)][:count]


def bred_of_what_was_left(broods: Sequence[Bred], look: LookTaken) -> list[Birth]:
    """Children after a look of the lineage that it left.

    That is the champion, what it descends from since the incumbent, and what descends from it.
    """
    births = [birth for bred in broods for birth in bred.births]
    parents = {birth.candidate: birth.parents for birth in births}
    left, version = {look.candidate}, look.candidate
    while (version := parents.get(version, (look.incumbent,))[0]) != look.incumbent:
        left.add(version)
    found = []
    for bred in broods:
        for birth in bred.births:
            if bred.generation >= look.generation and not left.isdisjoint(birth.parents):
                left.add(birth.candidate)
                found.append(birth)
    return found
