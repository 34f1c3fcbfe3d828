"""What an operator may be shown beside the parent: relatives, mates, workings-out, what failed."""

from __future__ import annotations

from rsi_cli.evolution.archive import Archive, estimates, lineages
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.crossover import MOST_WORKINGS
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.excerpt import excerpt
from rsi_cli.evolution.operators.edits import Edit, differences
from rsi_cli.evolution.operators.operator import Mate, Ranked
from rsi_cli.evolution.population import Unit
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.selection import difference
from rsi_cli.nouns import CandidateId, CaseId
from rsi_cli.skill.phrases import one_line

MOST_ANCESTORS = 6  # whole documents; the latest
EDITING = frozenset({"first-order", "hyper-first-order", "hyper-zero-order", "analysts", "section"})
MOST_TO_BLAME = 3  # edits of one child
MOST_TRIED = 8  # edits that are told not to be tried again; the newest
MOST_OF_AN_EDIT = 300  # characters of it in words


def archive_of(search: Search) -> Archive:
    """All versions that may have children, with those that they had and their lineages."""
    scores = {version: search.scores(version) for version in search.heritable}
    children: dict[CandidateId, int] = {}
    for candidate in search.candidates.values():
        for parent in candidate.parents:
            children[parent] = children.get(parent, 0) + 1
    parents = {version: candidate.parents for version, candidate in search.candidates.items()}
    roots = search.committed | {search.origin.id, search.incumbent.id}
    return Archive(scores=scores, children=children, niches=lineages(parents, roots))


def population_of(search: Search) -> tuple[Ranked, ...]:
    """The measured texts that are alive, each once, by place, and what each would score on all cases."""
    alive = dict.fromkeys(unit.candidate for unit in search.population.units)
    known = estimates({version: scores for version in alive if (scores := search.scores(version))})
    return tuple(Ranked(text=search.candidates[version].text, score=known[version]) for version in known)


def lineage_of(search: Search, parent: Candidate) -> tuple[str, ...]:
    """The texts that led to a parent, by first parents, oldest first, the parent last."""
    line = [parent]
    while line[-1].parents and len(line) < MOST_ANCESTORS:
        line.append(search.candidates[line[-1].parents[0]])
    return tuple(candidate.text for candidate in reversed(line))


def mate_of(search: Search, pair: tuple[Candidate, CandidateId | None], cases: TrainCases) -> Mate | None:
    """The second parent of a pair with the cases that each alone gets right; None where there is none."""
    parent, chosen = pair
    if chosen is None:
        return None
    mine, theirs = search.scores(parent.id), search.scores(chosen)
    wins = [case for case in theirs if case in mine and theirs[case] > mine[case]]
    losses = [case for case in theirs if case in mine and theirs[case] < mine[case]]
    return Mate(
        text=search.candidates[chosen].text,
        wins=cases.asked(search.train[chosen], wins),
        losses=cases.asked(search.train[parent.id], losses),
    )


def workings_of(search: Search, unit: Unit, parent: Candidate, cases: TrainCases) -> tuple[str, ...]:
    """Cases that a parent answered correctly, the unit's own first."""
    right = {result.case_id: result for result in search.train[parent.id] if result.passed}
    own: list[CaseId] = [case for case in unit.workings if case in right]
    return tuple(cases.worked(right[case]) for case in own or list(right)[:MOST_WORKINGS])


def tried_on(search: Search, parent: Candidate) -> str:
    """Edits of this very text whose children did no better, in words; '' if there are none."""
    return "\n".join(tried_edits(search, parent))


def tried_edits(search: Search, parent: Candidate) -> tuple[str, ...]:
    """Edits of a text whose children did no better, the newest first, at most MOST_TRIED, in words.

    A child counts that was measured on at least one case and gained nothing over the parent on those that
    both answered; only children of operators that edit the parent, and with so few edits that each may be to
    blame.
    """
    mine = search.scores(parent.id)
    found: dict[str, None] = {}
    for child in reversed(list(search.candidates.values())):
        if child.parents[:1] != (parent.id,) or child.operator not in EDITING:
            continue
        theirs, edits = search.scores(child.id), differences(parent.text, child.text)
        if theirs and difference(theirs, mine) <= 0 and len(edits) <= MOST_TO_BLAME:
            found.update(dict.fromkeys(in_words(parent.text, edit) for edit in edits))
        if len(found) >= MOST_TRIED:
            break
    return tuple(found)[:MOST_TRIED]


def in_words(text: str, edit: Edit, most: int = MOST_OF_AN_EDIT) -> str:
    """Say what an edit does to a text, in one line of at most `most` characters (>= 120).

    Old and new lines each have half of the room, and what the other one leaves.
    """
    old, new = text.split("\n")[edit.start : edit.end], edit.new
    gone, put = one_line(" ".join(old)), one_line(" ".join(new))
    if not gone:
        return f"put in: {excerpt(new, most - len('put in: '))}"
    if not put:
        return f"took out: {excerpt(old, most - len('took out: '))}"
    room = most - len("instead of:  / put: ")
    before = excerpt(old, max(room // 2, room - len(put)))
    return f"instead of: {before} / put: {excerpt(new, room - len(before))}"
