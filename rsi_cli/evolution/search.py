"""The state of the search between two generations: what is committed, what leads, who may have children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rsi_cli.evaluation.run import mean, mean_scores
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.merits import Merits
from rsi_cli.evolution.population import Population
from rsi_cli.evolution.selection import difference
from rsi_cli.evolution.velocity import Mechanism, Velocity
from rsi_cli.nouns import CandidateId, CaseId, CaseResult
from rsi_cli.skill.sidecar import Lesson


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Never changed in place.

    origin: the version the night began with. incumbent: what is committed now. champion: the best
    version, confirmed on fresh train draws or beyond doubt in its race; the incumbent until there is one.
    train: results on train cases by version; for champion and incumbent they are draws that did
    not choose it. candidates: every version that was ever measured. judged: versions that the gate has
    looked at; none is looked at again before the night's end. merits: what ways of working have earned.
    velocity: how fast the night improves. changes: of the way of searching, because it slowed down, oldest
    first.
    lessons: for the nights to come, the owner's own ones among them. left: versions whose lineage was left,
    for what descends from them would carry the same fault. committed: every version that ever was incumbent,
    the origin among them.
    """

    origin: Candidate
    incumbent: Candidate
    champion: Candidate
    population: Population
    candidates: Mapping[CandidateId, Candidate]
    train: Mapping[CandidateId, tuple[CaseResult, ...]]
    judged: frozenset[CandidateId] = frozenset()
    merits: Merits = field(default_factory=Merits)
    velocity: Velocity = field(default_factory=Velocity)
    changes: tuple[Mechanism, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    left: frozenset[CandidateId] = frozenset()
    committed: frozenset[CandidateId] = frozenset()

    def scores(self, version: CandidateId) -> dict[CaseId, float]:
        """Mean train score of each measured case of a version."""
        return mean_scores(self.train.get(version, ()))

    def train_score(self, version: CandidateId) -> float | None:
        """Mean over a version's measured train cases, 0.0 … 1.0."""
        return mean(self.scores(version).values())

    @property
    def has_challenger(self) -> bool:
        """Whether a champion leads that the gate has not judged, and above the incumbent on train cases."""
        if self.champion.id == self.incumbent.id or self.champion.id in self.judged:
            return False
        return self._lead > 0.0

    @property
    def champions_line(self) -> tuple[CandidateId, ...]:
        """The champion and what it descends from, by first parents, up to what was once committed."""
        line, version = list[CandidateId](), self.champion
        roots = self.committed | {self.origin.id, self.incumbent.id}
        while version.id not in roots:
            line.append(version.id)
            version = self.candidates[version.parents[0]]
        return tuple(line)

    @property
    def heritable(self) -> tuple[CandidateId, ...]:
        """Every measured version that may have children: none of a lineage that was left; oldest first."""
        roots = self.committed | {self.origin.id, self.incumbent.id}
        barred = set(self.left - roots)
        for version, candidate in self.candidates.items():  # parents stand before their children
            if version not in roots and not barred.isdisjoint(candidate.parents):
                barred.add(version)
        return tuple(
            version for version in self.candidates if version in self.train and version not in barred
        )

    @property
    def fresh_lead(self) -> float:
        """Train gain of the champion over the incumbent, 0.0 … 1.0; 0.0 if its line was judged.

        Its line: the champion and what it descends from. A second look so soon would see the same again.
        """
        line = self.champions_line
        if not line or not self.judged.isdisjoint(line):
            return 0.0
        return max(0.0, self._lead)

    @property
    def _lead(self) -> float:
        """Over the cases that both were measured on: a gap in one of them must not look like a gain."""
        return difference(self.scores(self.champion.id), self.scores(self.incumbent.id))

    @property
    def mechanism(self) -> Mechanism | None:
        """The change of the way of searching that is in force: the last one, until a gain is confirmed."""
        since = self.velocity.dry >= self.velocity.settled
        return self.changes[-1] if self.changes and since else None

    def is_solved(self, version: CandidateId) -> bool:
        """Whether a version got every train case right; one that was not measured is not right."""
        results = self.train.get(version, ())
        return bool(results) and all(result.score == 1.0 for result in results)


def restarted(search: Search) -> Search:
    """Leave the champion's lineage: every unit goes on from the incumbent, with its own mutation prompt."""
    units = tuple(replace(unit, candidate=search.incumbent.id) for unit in search.population.units)
    left = search.left.union(search.champions_line)
    return replace(search, champion=search.incumbent, population=Population(units), left=left)
