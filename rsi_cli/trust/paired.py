"""Two versions' draws on the same cases, side by side: what the gate's test is made of. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from rsi_cli.errors import BugError
from rsi_cli.nouns import CaseId, CaseResult

Draw: TypeAlias = tuple[float | None, float | None]
"""The scores of incumbent and candidate, 0.0 … 1.0; None where one was not measured."""


def paired(
    incumbent: Sequence[CaseResult], candidate: Sequence[CaseResult], repeats: int
) -> Mapping[CaseId, tuple[Draw, ...]]:
    """Give the draws 0 … repeats - 1 of each case, cases in the order of their ids.

    Raises BugError if the two were not given the same cases, or a case has two results for one repeat.
    """
    ours, theirs = _scores(incumbent), _scores(candidate)
    ids = {case_id for case_id, _ in ours}
    if ids != {case_id for case_id, _ in theirs}:
        raise BugError("the gate was given different cases for incumbent and candidate")
    return {
        case_id: tuple((ours.get((case_id, r)), theirs.get((case_id, r))) for r in range(repeats))
        for case_id in sorted(ids)
    }


def sums(pairs: Mapping[CaseId, Sequence[Draw]]) -> Mapping[CaseId, float]:
    """Per case candidate minus incumbent, summed over the draws; a case that was never measured is left out.

    A draw that is missing is replaced by the mean of the case's others, so that all cases weigh the same.
    """
    differences = {
        case_id: [after - before for before, after in draws if before is not None and after is not None]
        for case_id, draws in pairs.items()
    }
    return {case_id: _total(found, len(pairs[case_id])) for case_id, found in differences.items() if found}


def sums_at_worst(pairs: Mapping[CaseId, Sequence[Draw]]) -> Mapping[CaseId, float]:
    """The same sums, had the candidate failed in every draw that is missing because of it.

    What a candidate loses to a timeout may depend on how it answers: the failures alone may be what is lost.
    What the incumbent loses cannot depend on the candidate, and is left out as in `sums`.
    """
    differences = {
        case_id: [(after or 0.0) - before for before, after in draws if before is not None]
        for case_id, draws in pairs.items()
    }
    return {case_id: _total(found, len(pairs[case_id])) for case_id, found in differences.items() if found}


def _total(differences: Sequence[float], draws: int) -> float:
    total = math.fsum(differences)
    return total if len(differences) == draws else total * draws / len(differences)


def missing(pairs: Mapping[CaseId, Sequence[Draw]]) -> int:
    """How many draws cannot be compared, because one of the two was not measured."""
    return sum(None in draw for draws in pairs.values() for draw in draws)


def mean_of(values: Mapping[CaseId, float], repeats: int) -> float:
    """The mean gain of a draw, -1.0 … 1.0; 0.0 without a case."""
    return math.fsum(values.values()) / (repeats * len(values)) if values else 0.0


def _scores(results: Sequence[CaseResult]) -> Mapping[tuple[CaseId, int], float | None]:
    scores = {(result.case_id, result.repeat): result.score for result in results}
    if len(scores) != len(results):
        raise BugError("the gate was given two results for one case and repeat")
    return scores
