"""From an exception to words and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rsi_cli.cli.fault import Interrupted, explain
from rsi_cli.errors import BugError, CheckFailed, InputError, ModelError, Problem


def told(capsys: pytest.CaptureFixture[str], error: BaseException) -> tuple[int, str]:
    capsys.readouterr()
    code = explain(error, as_json=False)
    captured = capsys.readouterr()
    assert captured.out == ""
    return code, captured.err


def test_an_unexpected_exception_leaves_its_traceback_in_a_file_that_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def divide() -> None:
        raise ZeroDivisionError("seven by nothing")

    with pytest.raises(ZeroDivisionError) as caught:
        divide()
    code = explain(caught.value, as_json=True)
    captured = capsys.readouterr()
    document = json.loads(captured.out)["error"]
    assert (code, document["exit_code"]) == (1, 1)
    assert "a bug in rsi: ZeroDivisionError" in document["message"]
    place = Path(document["hint"].removeprefix("please report it with the traceback in "))
    assert str(place) in captured.err
    assert "seven by nothing" in place.read_text()
    assert "test_fault.py" in place.read_text()


def test_two_bugs_in_one_second_keep_both_tracebacks(capsys: pytest.CaptureFixture[str]) -> None:
    said = {told(capsys, BugError("odd"))[1] for _ in range(3)}
    assert len(said) == 3


def test_of_several_failures_side_by_side_the_one_that_can_be_mended_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refused = ModelError("openai/x refused", hint="set OPENAI_API_KEY", provider="openai", model="openai/x")
    group = ExceptionGroup("outer", [ValueError("noise"), ExceptionGroup("inner", [refused])])
    assert told(capsys, group) == (4, "rsi: openai/x refused\n  → set OPENAI_API_KEY\n")


def test_every_problem_stands_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    problems = (Problem("a.yaml", 3, 4, "cases", "no cases"), Problem("a.yaml", 0, 0, "", "strange"))
    code, err = told(capsys, InputError("a.yaml has 2 mistakes", hint="mend it", problems=problems))
    assert code == 2
    assert err.splitlines() == [
        "rsi: a.yaml has 2 mistakes",
        "  a.yaml:3:4  cases  no cases",
        "  a.yaml  strange",
        "  → mend it",
    ]


def test_a_document_that_was_shown_is_not_followed_by_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(CheckFailed("under 0.9", hint="look above", shown=True), as_json=True) == 3
    assert capsys.readouterr().out == ""


def test_an_interruption_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    stopped = Interrupted("run x was interrupted", hint="go on with: rsi evolve s --resume")
    assert told(capsys, stopped)[0] == 130
    assert "--resume" in told(capsys, stopped)[1]
    assert told(capsys, KeyboardInterrupt())[0] == 130


def test_what_a_provider_said_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    error = ModelError("refused: \x1b]0;owned\x07\x9b2J", hint="try \u202eagain", provider="x", model="x/y")
    code, err = told(capsys, error)
    assert code == 4
    assert not set(err) & {"\x1b", "\x07", "\x9b", "\u202e"}
    assert len(err.splitlines()) == 2
