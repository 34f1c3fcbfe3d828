"""The story of a night, line by line."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from rsi_cli.ledger.events import Birth, Bred, Confirmed, LookTaken, Measurement, RunStarted, Stillbirth
from rsi_cli.nouns import CandidateId, CaseId, CaseResult, Measured, RunId, Sha, Split
from rsi_cli.report.terminal import NightScreen
from tests.fakes.night import NOISE

SENTENCE = "Not promoted (luck explains it): better on 13 held-out cases, worse on 4, over 4 repeats; " * 2


def result(case: str, score: float) -> CaseResult:
    return CaseResult(
        case_id=CaseId(case), repeat=0, output="x", result=Measured(score, "why"), passed=score == 1.0
    )


STARTED = RunStarted(
    run=RunId("20260101-000000-abcd"),
    at="2026-01-01T00:00:00+00:00",
    skill="skills/mail/SKILL.md",
    skill_name="mail",
    suite="evals/mail.yaml",
    suite_hash="0" * 64,
    judge_hash="1" * 64,
    seed=7,
    models={"actor": "openai/x"},
    base_commit=Sha("2" * 40),
    branch="main",
    fresh_draws=True,
    settings={},
)
BASELINE = Measurement(
    purpose="baseline",
    version=CandidateId("a"),
    split=Split.HOLDOUT,
    results=(result("a", 1.0), result("b", 0.0)),
)
BRED = Bred(
    generation=3,
    births=(
        Birth(
            candidate=CandidateId("b"),
            parents=(CandidateId("a"),),
            operator="first-order",
            body="text",
            mutation_prompt="be terse",
            thinking_style="",
            replaces=0,
        ),
    ),
    stillbirths=(
        Stillbirth(operator="zero-order", reason="duplicate", detail="", mutation_prompt="be kind"),
    ),
)


def screen(*, terminal: bool, width: int = 80) -> tuple[NightScreen, io.StringIO]:
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=terminal, force_interactive=False, color_system=None
    )
    return NightScreen(console), out


@pytest.mark.parametrize("terminal", [True, False])
def test_each_fact_for_people_is_told_in_order(*, terminal: bool) -> None:
    teller, out = screen(terminal=terminal)
    with teller:
        for fact in (STARTED, BASELINE, BRED):
            teller.fact(fact)
    assert out.getvalue().splitlines() == [
        "run 20260101-000000-abcd · mail · seed 7 · on main",
        "baseline holdout: 50 % over 2 cases",
        "generation 3: 1 child, 1 refused (duplicate)",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_long_sentences_are_wrapped_at_words_on_a_terminal_and_kept_whole_elsewhere(width: int) -> None:
    teller, out = screen(terminal=True, width=width)
    teller.say(SENTENCE)
    assert max(map(len, out.getvalue().splitlines())) <= width
    assert out.getvalue().split() == SENTENCE.split()
    teller, out = screen(terminal=False, width=width)
    teller.say(SENTENCE)
    assert out.getvalue().splitlines() == [SENTENCE]


def test_text_of_others_is_never_read_as_markup() -> None:
    teller, out = screen(terminal=True)
    teller.say("[bold]case[/bold] :smile:")
    assert out.getvalue() == "[bold]case[/bold] :smile:\n"


def test_the_moving_line_shows_the_meter_and_takes_one_row() -> None:
    out = io.StringIO()
    console = Console(file=out, width=40, force_terminal=True, force_interactive=True, color_system=None)
    with NightScreen(console, lambda: "12 of 900 calls") as teller:
        teller.measured(result("a-case-with-quite-a-long-name-[red]-of-its-own", 1.0))
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())
    rows = [row for row in re.split(r"[\r\n]+", shown) if row.strip()]
    assert any("12 of 900 calls; 1 answer graded" in row for row in rows)
    assert max(map(len, rows)) <= 40


def test_nothing_moves_where_nothing_may_move() -> None:
    teller, out = screen(terminal=True)
    with teller:
        teller.measured(result("a", 1.0))
    assert out.getvalue() == ""


def test_the_noise_floor_is_told_by_its_own_sentence() -> None:
    teller, out = screen(terminal=False)
    teller.fact(NOISE)
    assert out.getvalue() == f"{NOISE.sentence}\n"


def test_a_look_is_told_by_its_own_sentence() -> None:
    teller, out = screen(terminal=False)
    taken = LookTaken(
        look=0,
        generation=3,
        candidate=CandidateId("b"),
        incumbent=CandidateId("a"),
        decision="reject",
        sentence="Not promoted: luck.",
        share=0.2,
        stages=(1,),
        p=0.5,
        limit=0.01,
        repeats=1,
        better=1,
        worse=1,
        ties=0,
        results=(),
        incumbent_results=(),
        known_good=(),
        certified=(),
    )
    teller.fact(taken)
    assert out.getvalue() == "Not promoted: luck.\n"


def test_a_champion_is_told_with_the_draws_that_it_was_held_to() -> None:
    teller, out = screen(terminal=False)
    held = Confirmed(
        generation=3, candidate=CandidateId("b"), results=(), difference=0.25, crowned=True, fresh=False
    )
    teller.fact(held)
    teller.fact(replace(held, fresh=True, crowned=False, difference=-0.25))
    assert out.getvalue().splitlines() == [
        "  b leads now: +25.0 points on the draws of its race",
        "  b did not hold up: -25.0 points on fresh train draws",
    ]


@pytest.mark.parametrize("steering", ["\x1b]0;title\x07", "\x9b31m", "\u202e", "\r", "\n"])
def test_no_text_can_steer_the_terminal(steering: str) -> None:
    teller, out = screen(terminal=True)
    teller.say(f"a\t{steering}b")
    said = out.getvalue().rstrip("\n")
    assert not set("\x1b\x07\x9b\u202e\r\n") & set(said)
    assert "\ufffd" in said
