"""Binary tournaments: two units meet, the better one stays, the other one's place is given to its child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.evolution.population import Population, Unit
from rsi_cli.nouns import CandidateId, CaseId

# Prior of a mutation prompt's success; few children become champion (docs/trust.md, "Credit").
PRIOR_CONFIRMED = 0.5
PRIOR_MISSED = 4.5

Scores = Mapping[CandidateId, Mapping[CaseId, float]]


@dataclass(frozen=True, slots=True)
class Tournament:
    """Places of the winner, who will be the parent, and of the loser, who will be replaced."""

    winner: int
    loser: int


def tournaments(
    population: Population, scores: Scores, lengths: Mapping[CandidateId, int], rng: Random
) -> tuple[Tournament, ...]:
    """Pair all units at random, each once, and decide every pair.

    The better score on the cases that both were measured on wins. Between equals the mutation prompt
    with the better record tends to win (Thompson sampling), for there the text is not what differs.
    """
    places = rng.sample(range(len(population.units)), len(population.units))
    return tuple(
        _decide(first, second, population, scores, lengths, rng)
        for first, second in zip(places[::2], places[1::2], strict=False)
    )


def _decide(
    first: int,
    second: int,
    population: Population,
    scores: Scores,
    lengths: Mapping[CandidateId, int],
    rng: Random,
) -> Tournament:
    one, other = population.units[first], population.units[second]
    margin = difference(scores.get(one.candidate, {}), scores.get(other.candidate, {}))
    if margin == 0:
        margin = lengths.get(other.candidate, 0) - lengths.get(one.candidate, 0)  # the simpler wins
    if margin == 0:
        margin = _promise(one, rng) - _promise(other, rng)
    return Tournament(first, second) if margin >= 0 else Tournament(second, first)


def difference(one: Mapping[CaseId, float], other: Mapping[CaseId, float]) -> float:
    """Mean of one minus other over the cases that both have; 0.0 where they share none."""
    shared: Sequence[CaseId] = [case_id for case_id in one if case_id in other]
    return sum(one[case_id] - other[case_id] for case_id in shared) / len(shared) if shared else 0.0


def _promise(unit: Unit, rng: Random) -> float:
    record = unit.mutation_prompt
    return rng.betavariate(PRIOR_CONFIRMED + record.confirmed, PRIOR_MISSED + record.tried - record.confirmed)
