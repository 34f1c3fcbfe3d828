from __future__ import annotations

from rsi_cli.cli.evals.view import score_of
from rsi_cli.nouns import CaseId, CaseResult, Measured

A, B = CaseId("a"), CaseId("b")


def result(case_id: CaseId, score: float) -> CaseResult:
    return CaseResult(
        case_id=case_id, repeat=0, result=Measured(score, "why"), passed=score == 1, output="x", verdicts=()
    )


def test_a_score_of_a_split_goes_by_the_weights_of_its_cases() -> None:
    results = [result(A, 1.0), result(B, 0.0)]
    assert score_of(results, {A: 3, B: 1}).score == 0.75
    assert score_of(results, {A: 0, B: 1}).score == 0.0


def test_a_split_whose_cases_weigh_nothing_has_no_score() -> None:
    score = score_of([result(A, 1.0), result(B, 0.0)], {A: 0, B: 0})
    assert (score.score, score.low, score.high, score.cases, score.measured) == (None, None, None, 2, 2)
