"""The screen tells a night line by line, and takes nothing that it shows for markup."""

from __future__ import annotations

import io
from dataclasses import replace

from inline_snapshot import snapshot
from rich.console import Console

from rsi_cli.ledger.events import Bred, Event, GenerationPlanned, LookTaken
from rsi_cli.nouns import CaseId, CaseResult, Measured
from rsi_cli.report.terminal import NightScreen
from tests.fakes.night import NIGHT, STARTED, result

MARKUP = "[bold red]evil[/bold red] [/] [link=http://x]"


def told(*events: Event) -> str:
    stream = io.StringIO()
    with NightScreen(Console(file=stream, force_terminal=False, width=200)) as screen:
        for event in events:
            screen.fact(event)
    return stream.getvalue()


def test_a_night_is_told_in_a_few_lines() -> None:
    assert told(*NIGHT) == snapshot("""\
run 20261120-173005-ab12 · triage · seed 7 · on main
baseline holdout: 38 % over 2 cases, 1 could not be measured
generation 0: 3 children, 1 refused (same)
  race: 3 answers, 1 child ran to the end
  c1 leads now: +50.0 points on fresh train draws
better on 14, worse on 2
better on 14, worse on 2
committed 333333333333 (first-order)
  brought +20.0 points (95 % interval +10.0 to +30.0)
no look at the held-out cases: no new champion
whole run: +20.0 points (95 % interval +10.0 to +30.0)
""")


def test_facts_that_are_for_no_one_are_not_told() -> None:
    assert told(GenerationPlanned(generation=1, spent=0.1, stop="", share=0.0)) == ""


def test_one_fact_is_one_line() -> None:
    for event in NIGHT:
        assert told(event).count("\n") <= 1


def test_markup_in_a_fact_is_only_text() -> None:
    look = next(event for event in NIGHT if isinstance(event, LookTaken))
    assert MARKUP in told(replace(look, sentence=MARKUP))
    assert MARKUP in told(replace(STARTED, skill_name=MARKUP))


def test_why_children_were_refused_is_told_without_the_models_words() -> None:
    bred = next(event for event in NIGHT if isinstance(event, Bred))
    still = replace(bred.stillbirths[0], reason="locked region", detail="MODEL WORDS")
    line = told(replace(bred, births=(), stillbirths=(still, still)))
    assert line == "generation 0: 0 children, 2 refused (locked region)\n"


def test_the_moving_line_shows_a_case_by_its_name_whatever_that_looks_like() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, force_interactive=True, width=200, color_system=None)
    with NightScreen(console, lambda: "3 of [bold]9[/] calls") as screen:
        for name in ("plain", "[/red] odd", "[bold]"):
            answer = CaseResult(
                case_id=CaseId(name), repeat=0, output="x", result=Measured(1.0, "why"), passed=True
            )
            screen.measured(answer)
            console.print("between")  # draws the moving line anew
            assert name in stream.getvalue()
    assert "3 answers graded" in stream.getvalue()
    assert "3 of [bold]9[/] calls" in stream.getvalue()


def test_a_narrow_terminal_gets_one_moving_line() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, force_interactive=True, width=30, color_system=None)
    with NightScreen(console) as screen:
        screen.measured(result("a case with a very long name that does not fit", Measured(1.0, "why")))
        console.print("between")
    assert "does not fit" not in stream.getvalue()


def test_without_a_terminal_nothing_moves() -> None:
    stream = io.StringIO()
    with NightScreen(Console(file=stream, force_terminal=False)) as screen:
        screen.measured(result("t1", Measured(1.0, "why")))
    assert stream.getvalue() == ""
