"""A small night as facts, in the order in which they happen, and hypothesis strategies for any fact."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from rsi_cli.ledger import events as facts
from rsi_cli.ledger import promotions
from rsi_cli.ledger.events import Event
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.nouns import (
    Blame,
    CandidateId,
    CaseId,
    CaseResult,
    Failed,
    Interval,
    Measured,
    Result,
    RunId,
    Sha,
    Split,
    Verdict,
)

STARTED = facts.RunStarted(
    run=RunId("20261120-173005-ab12"),
    at="2026-11-20T17:30:05+00:00",
    skill="skills/triage/SKILL.md",
    skill_name="triage",
    suite="evals/triage.yaml",
    suite_hash="abc",
    judge_hash="def",
    seed=7,
    models={"actor": "offline/apprentice"},
    base_commit=Sha("1" * 40),
    branch="main",
    fresh_draws=True,
    settings={"population": "8"},
    command=("rsi", "evolve"),
)


def result(case: str, outcome: Result, repeat: int = 0) -> CaseResult:
    verdict = Verdict(type="not-contains", result=outcome, passed=False, parts=())
    return CaseResult(
        case_id=CaseId(case),
        repeat=repeat,
        output=None,
        result=outcome,
        passed=False,
        verdicts=(Verdict(type="assert-set", result=outcome, passed=False, parts=(verdict,)),),
    )


HALF, ZERO = Measured(0.5, "half"), Failed(Blame.CANDIDATE, "broke its format")
LOST = Failed(Blame.MODEL, "rate limit")
GAIN = Interval(estimate=0.2, low=0.1, high=0.3, basis="fresh draws on 2 held-out cases")
C1, C2, C3 = CandidateId("c1"), CandidateId("c2"), CandidateId("c3")
SEED = CandidateId("seed")


def birth(candidate: CandidateId, replaces: int) -> facts.Birth:
    return facts.Birth(
        candidate=candidate,
        parents=(SEED,),
        operator="first-order",
        body="# Grüße \ud83d\n",
        mutation_prompt="be brief",
        thinking_style="",
        replaces=replaces,
    )


def look(number: int, candidate: CandidateId, decision: str) -> facts.LookTaken:
    return facts.LookTaken(
        look=number,
        generation=0,
        candidate=candidate,
        incumbent=SEED,
        decision=decision,
        sentence="better on 14, worse on 2",
        share=0.2,
        p=0.002,
        limit=0.01,
        repeats=1,
        better=14,
        worse=2,
        ties=4,
        results=(result("h1", HALF),),
    )


NOISE = NoiseFound(
    version=SEED,
    cases=12,
    flipped=(CaseId("t3"),),
    within=0.08,
    low=0.0,
    high=0.25,
    expected=0.12,
    stages=(1, 2, 4),
    sentence="Against itself the committed version differs on 8 % of draws (0 % to 25 %).",
)

NIGHT: tuple[Event, ...] = (
    STARTED,
    facts.Measurement(
        purpose="baseline",
        version=SEED,
        split=Split.HOLDOUT,
        results=(result("h1", HALF), result("h1", ZERO, 1), result("h2", LOST), result("h3", HALF)),
    ),
    NOISE,
    facts.GenerationPlanned(generation=0, spent=0.0, stop="", share=0.0),
    facts.Bred(
        generation=0,
        births=(birth(C1, 0), birth(C2, 1), birth(C3, 2)),
        stillbirths=(facts.Stillbirth(operator="zero-order", reason="same", detail="", mutation_prompt="x"),),
    ),
    facts.Raced(
        generation=0,
        laps=(
            facts.Lap(candidate=C1, results=(result("t1", HALF),), finished=True),
            facts.Lap(candidate=C2, results=(result("t1", LOST),), finished=False),
            facts.Lap(candidate=C3, results=(result("t1", ZERO),), finished=False),
        ),
    ),
    facts.Confirmed(
        generation=0, candidate=C1, results=(result("t1", HALF, 1),), difference=0.5, crowned=True
    ),
    promotions.ChampionKept(candidate=C1, ref="refs/rsi/champions/x/1", commit=Sha("2" * 40)),
    look(0, C1, "reject"),
    facts.GenerationPlanned(generation=1, spent=0.9, stop="", share=0.8),
    look(1, C1, "accept"),
    promotions.PromotionPlanned(candidate=C1, parent_commit=Sha("1" * 40)),
    promotions.Promoted(
        candidate=C1,
        commit=Sha("3" * 40),
        parent_commit=Sha("1" * 40),
        operator="first-order",
        mutation_prompt="b",
    ),
    promotions.PromotionGain(candidate=C1, gain=GAIN, holdout_score=0.7),
    facts.LookSkipped(look=2, generation=1, why="no new champion"),
    facts.RunStopped(because="generations", baseline={"holdout": 0.5}, final={"holdout": 0.7}, gain=GAIN),
)


def any_fact() -> st.SearchStrategy[Event]:
    """Any fact of any kind, with whatever values its types allow."""
    return st.one_of([st.from_type(kind) for kind in get_args(Event)])
