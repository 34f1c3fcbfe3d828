"""Who has the next child: a front of versions that are best at something, and an archive of all valid ones.

The front is GEPA's (Agrawal et al., arXiv 2507.19457, algorithm 2): a version that alone gets one case right
may be a parent, however poor its mean. The archive is the Darwin Gödel Machine's (Zhang et al., arXiv
2505.22954, section 3): every valid version stays selectable, the less so the more children it had. Races stop
most versions early, so a mean is taken case by case against all who answered that case, and drawn towards the
middle.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from rsi_cli.evolution.selection import Scores
from rsi_cli.nouns import CandidateId, CaseId

LEAST = 0.5  # part of the cases that a version must have answered to be on the front
STEEP = 10.0  # the paper's lambda
PSEUDO_CASES = 5  # how many cases of middling score an estimate starts from; as in a race
BEST = 3  # versions whose mean is where the archive's sigmoid turns
MOST_OF_ALL = 0.5  # of the weight, for one niche
FROM_ARCHIVE = 0.3  # of the parents


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All valid versions, oldest first.

    scores: of every measured case, 0.0 … 1.0. children: how many each had; 0 for one that is not in there.
    niches: the root of each one's lineage; one that is not in there is a niche of its own.
    """

    scores: Scores
    children: Mapping[CandidateId, int] = field(default_factory=dict)
    niches: Mapping[CandidateId, CandidateId] = field(default_factory=dict)


def front(scores: Scores, least: float = LEAST) -> dict[CandidateId, int]:
    """The versions on the per-case Pareto front, each with the number of cases that it wins, ties included.

    A case is won by those who score best on it; one that nobody scores on, or only one answered, is won by
    none. least: part of all cases that a version must have answered to take part, so that no luck in a few
    cases of a race wins. Of versions that win nothing which another one does not win as well, the weaker is
    dropped, of equals the younger. Empty where nobody wins.
    """
    cases = {case for answered in scores.values() for case in answered}
    entrants = [version for version in scores if len(scores[version]) >= max(1.0, least * len(cases))]
    winners = {case: _winners(case, entrants, scores) for case in sorted(cases)}
    known = estimates(scores)
    youth = {version: -at for at, version in enumerate(entrants)}
    kept = {version for won in winners.values() for version in won}
    for version in sorted(entrants, key=lambda version: (known[version], youth[version])):
        wins = [won & kept for won in winners.values() if version in won]
        if wins and all(len(won) > 1 for won in wins):
            kept.remove(version)
    return {
        version: sum(version in won for won in winners.values()) for version in entrants if version in kept
    }


def _winners(case: CaseId, entrants: Sequence[CandidateId], scores: Scores) -> frozenset[CandidateId]:
    there = {version: scores[version][case] for version in entrants if case in scores[version]}
    best = max(there.values(), default=0.0)
    if best <= 0.0 or len(there) < min(2, len(entrants)):
        return frozenset()
    return frozenset(version for version, score in there.items() if score == best)


def estimates(scores: Scores) -> dict[CandidateId, float]:
    """What each version would score on all cases, 0.0 … 1.0 but for noise.

    A race asks the hard cases first, so the raw mean of one that was stopped says little. Here every answer
    is compared with the mean answer to its case, and the mean of these differences is shrunk as if
    PSEUDO_CASES more of them were 0.
    """
    answers: dict[CaseId, list[float]] = defaultdict(list)
    for answered in scores.values():
        for case, score in answered.items():
            answers[case].append(score)
    usual = {case: sum(there) / len(there) for case, there in answers.items()}
    middle = sum(usual.values()) / len(usual) if usual else 0.0
    return {
        version: middle
        + sum(score - usual[case] for case, score in answered.items()) / (len(answered) + PSEUDO_CASES)
        for version, answered in scores.items()
    }


def weights(
    archive: Archive, *, steep: float = STEEP, midpoint: float | None = None
) -> dict[CandidateId, float]:
    """How gladly each version is made a parent: sigmoid(steep * (estimate - midpoint)) / (1 + children); > 0.

    midpoint: None for the mean of the three best. The paper's fixed .5 makes no difference between versions
    that are all near .9.
    """
    known = estimates(archive.scores)
    best = sorted(known.values(), reverse=True)[:BEST]
    turn = sum(best) / len(best) if midpoint is None and best else midpoint or 0.0
    return {
        version: 1.0 / (1.0 + math.exp(-steep * (estimate - turn))) / (1 + archive.children.get(version, 0))
        for version, estimate in known.items()
    }


def niched(
    weights: Mapping[CandidateId, float],
    niches: Mapping[CandidateId, CandidateId],
    most: float = MOST_OF_ALL,
) -> dict[CandidateId, float]:
    """The weights, scaled so that no niche has more than `most` of the whole while there is another niche.

    most: 0.0 … 1.0; with n niches at least 1/n. What a niche loses goes to the others in proportion, and
    proportions within a niche stay (fitness sharing, explicit). Weights > 0; their sum stays as it was.
    """
    totals: dict[CandidateId, float] = defaultdict(float)
    for version, weight in weights.items():
        totals[niches.get(version, version)] += weight
    whole = sum(totals.values())
    cap = whole * max(most, 1.0 / max(1, len(totals)))
    scale = dict.fromkeys(totals, 1.0)
    full: set[CandidateId] = set()
    while crowded := {niche for niche in totals.keys() - full if totals[niche] * scale[niche] > cap}:
        full |= crowded
        free = sum(total for niche, total in totals.items() if niche not in full)
        rest = (whole - cap * len(full)) / free if free else 1.0
        scale = {niche: cap / total if niche in full else rest for niche, total in totals.items()}
    return {version: weight * scale[niches.get(version, version)] for version, weight in weights.items()}


def pick_parent(archive: Archive, rng: Random, *, from_archive: float = FROM_ARCHIVE) -> CandidateId:
    """Draw a parent: from the archive with that probability, else from the front by cases won.

    The archive also stands in for an empty front. It holds at least one version.
    """
    if rng.random() >= from_archive and (leading := front(archive.scores)):
        return rng.choices(list(leading), list(leading.values()))[0]
    shared = niched(weights(archive), archive.niches)
    return rng.choices(list(shared), list(shared.values()))[0]


def pick_mate(parent: CandidateId, scores: Scores) -> CandidateId | None:
    """The version that does better than the parent in most cases; between equals the one worse in fewest.

    Only cases that both answered count. None where nobody does better in any case.
    """
    mine = scores.get(parent, {})
    ranked: dict[CandidateId, tuple[int, int]] = {}
    for other, theirs in scores.items():
        if other != parent:
            shared = [(score, mine[case]) for case, score in theirs.items() if case in mine]
            wins = sum(theirs > ours for theirs, ours in shared)
            ranked[other] = (wins, -sum(theirs < ours for theirs, ours in shared))
    best = max(ranked, key=lambda other: ranked[other], default=None)
    return best if best is not None and ranked[best][0] > 0 else None


def lineages(
    parents: Mapping[CandidateId, Sequence[CandidateId]], roots: Collection[CandidateId]
) -> dict[CandidateId, CandidateId]:
    """The niche of each version: the child of a root that it descends from by its first parents.

    parents: of every version, oldest first. roots: the origin and all that became incumbent; each is its own.
    """
    found: dict[CandidateId, CandidateId] = {}
    for version, of in parents.items():
        begins = version in roots or not of or of[0] in roots
        found[version] = version if begins else found.get(of[0], version)
    return found
