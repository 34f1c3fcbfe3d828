"""Broken hard constraints and repeated train cases, as a night tells of them."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from rsi_cli.ledger.events import Bred, Event, Measurement
from rsi_cli.ledger.replay import replay
from rsi_cli.nouns import CandidateId, CaseId, CaseResult, Measured, Split, Usage, Verdict
from rsi_cli.report.terminal import NightScreen
from rsi_cli.report.view import night_lines, status_lines
from rsi_cli.report.words import broken_must
from tests.fakes.night import C1, C2, NIGHT, birth


def line_of(event: Event) -> str:
    out = io.StringIO()
    NightScreen(Console(file=out, width=200)).fact(event)
    return out.getvalue().strip()


def answer(name: str, *, repeat: int = 0, holds: bool) -> CaseResult:
    held = Verdict(type="contains", result=Measured(float(holds), "x"), passed=holds, must=True)
    return CaseResult(
        case_id=CaseId(name),
        repeat=repeat,
        output="x",
        result=held.result,
        passed=holds,
        verdicts=(held,),
    )


RESULTS = (answer("h1", holds=False), answer("h1", repeat=1, holds=False), answer("h2", holds=True))


def test_broken_answers_are_counted_on_their_cases() -> None:
    assert broken_must(RESULTS) == "2 of 3 answers, on 1 case, break a hard constraint"
    assert broken_must(RESULTS[2:]) == ""


def test_the_baseline_says_how_often_the_committed_version_breaks_one() -> None:
    fact = Measurement(purpose="baseline", version=CandidateId("seed"), split=Split.HOLDOUT, results=RESULTS)
    said = line_of(fact)
    assert said == "baseline holdout: 50 % over 2 cases; 2 of 3 answers, on 1 case, break a hard constraint"
    assert line_of(replace(fact, results=RESULTS[2:])) == "baseline holdout: 100 % over 1 case"


def test_children_that_repeat_train_cases_are_counted() -> None:
    brood = Bred(generation=1, births=(replace(birth(C1, 0), quotes=54), birth(C2, 1)))
    assert line_of(brood) == "generation 1: 2 children, 1 quoting train cases"
    assert line_of(replace(brood, births=brood.births[1:])) == "generation 1: 1 child"
    state = replay([NIGHT[0], brood])
    assert state.quoting == 1
    status = "\n".join(status_lines(state, Usage(), pid=None, resume="x"))
    assert "2 candidates (1 quoting train cases)" in status
    assert "2 candidates (1 quoting train cases)" in "\n".join(night_lines(state, Usage()))
