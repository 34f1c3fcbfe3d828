"""The one sentence that holds the sealed cases against what the promotions claimed."""

from __future__ import annotations

import pytest

from rsi_cli.cli.evals.sealed_view import beside_the_claim, part_of
from rsi_cli.ledger.git import Version
from rsi_cli.nouns import CaseId, CaseResult, Interval, Measured, Sha
from rsi_cli.suite.model import Case

UNSURE = "do not tell the gain from none."


def promotion(gain: float | None) -> Version:
    claimed = None if gain is None else Interval(estimate=gain, low=-1.0, high=1.0)
    return Version(commit=Sha("a" * 40), parents=(), date="", subject="", gain=claimed)


def found(low: float, high: float) -> Interval:
    return Interval(estimate=(low + high) / 2, low=low, high=high)


@pytest.mark.parametrize(
    ("gain", "claims", "words", "end"),
    [
        (found(0.05, 0.30), (0.20,), "+20.0 points; the sealed cases do not contradict", "their interval."),
        (found(-0.05, 0.30), (0.10, 0.10), "2 promotions between them claimed +20.0 points in sum", UNSURE),
        (found(0.05, 0.15), (0.20,), "show less: the claim lies above", "their interval."),
        (found(-0.10, 0.15), (0.20,), "show less: the claim lies above", UNSURE),
        (found(0.25, 0.40), (0.10, 0.10), "show more: the claim lies below", "their interval."),
        (found(0.0, 0.1), (None,), "No promotion", "no gain was claimed."),
    ],
)
def test_the_claim_is_held_against_the_interval(
    gain: Interval, claims: tuple[float | None, ...], words: str, end: str
) -> None:
    sentence = beside_the_claim(gain, [promotion(claim) for claim in claims])
    assert words in sentence
    assert sentence.endswith(end)


def results(scores: dict[str, float]) -> list[CaseResult]:
    return [
        CaseResult(
            case_id=CaseId(name), repeat=0, output="x", result=Measured(score, "why"), passed=score == 1
        )
        for name, score in scores.items()
    ]


def test_the_gain_is_paired_by_case_and_a_cluster_counts_once() -> None:
    names = ("a", "b", "c", "d")
    now, before = results(dict.fromkeys(names, 1.0)), results({"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0})
    alone = [Case(id=CaseId(name), input=name) for name in names]
    part = part_of(alone, now, before, draws=1)
    assert part.gain is not None
    assert (part.gain.estimate, part.now.score) == (0.75, 1.0)
    bound = [Case(id=CaseId(name), input=name, cluster="one") for name in names]
    together = part_of(bound, now, before, draws=1)
    assert together.gain is not None
    assert together.gain.estimate == 0.75
    assert together.gain.low < part.gain.low, "one cluster tells less than four cases"


def test_a_case_that_one_version_was_not_measured_on_is_in_no_pair() -> None:
    cases = [Case(id=CaseId(name), input=name) for name in ("a", "b")]
    part = part_of(cases, results({"a": 1.0, "b": 0.0}), results({"a": 0.0}), draws=2)
    assert part.gain is not None
    assert part.gain.estimate == 1.0
    assert part.gain.basis == "2 draws each of 1 sealed case"
