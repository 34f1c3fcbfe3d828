"""Too little was measured, or a report would take the place of its source: neither may pass for a result."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from rsi_cli.cli.screen import say, tell
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.workshop import Workshop

STEERING = ("\x1b]0;title\x07", "\x9b31m", "\u202e")


def judged_suite() -> str:
    cases = [
        {"id": f"c{n}", "input": f"Text {n}", "assert": [{"llm-rubric": "It is polite."}]} for n in range(4)
    ]
    return json.dumps({"cases": cases, "gold": [{"case": "c0", "output": "Dear you", "good": True}]})


def test_an_audit_whose_judge_never_answers_is_inconclusive_and_no_baseline(
    shop: Workshop, tmp_path: Path
) -> None:
    shop.fill({"mail.md": "Be polite.", "evals/mail.yaml": judged_suite()})
    report = tmp_path / "junit.xml"
    with OpenAIServer(answer=lambda *_: "no verdict at all") as server:
        model = ("--model", "openai/x", "--api-base", server.base_url)
        outcome = shop.rsi(
            "audit", "evals/mail.yaml", "--json", *model, "--junit", str(report), "--update-baseline"
        )
    assert outcome.code == 6, outcome.err
    assert outcome.document["passed"] is False
    assert "1 of 1 gold labels" in outcome.err
    assert not list(shop.root.glob(".git/rsi/audits/*"))
    assert ET.parse(report).getroot().find(".//testcase[@name='gold-unjudged']/error") is not None  # noqa: S314


def test_a_split_that_was_not_measured_cannot_be_over_the_limit(shop: Workshop) -> None:
    texts = [f"Text {n}" for n in range(8)]
    cases = [
        {
            "id": f"c{n}",
            "input": text,
            "split": "holdout" if n < 4 else "train",
            "assert": [{"llm-rubric": "It is polite."} if n < 4 else {"contains": "a"}],
        }
        for n, text in enumerate(texts)
    ]
    shop.fill({"mail.md": "Be polite.", "evals/mail.yaml": json.dumps({"cases": cases})})
    with OpenAIServer(answer=lambda *_: "a") as server:
        model = ("--model", "openai/x", "--api-base", server.base_url)
        outcome = shop.rsi("eval", "mail.md", "--json", "--fail-under", "0.5", *model)
        free = shop.rsi("eval", "mail.md", "--json", *model)
    assert (outcome.code, free.code) == (6, 0)
    assert outcome.document["splits"]["holdout"]["measured"] == 0
    assert "holdout 4 of 4" in outcome.err


@pytest.mark.parametrize("command", ["eval", "audit"])
@pytest.mark.parametrize("name", ["SKILL.md", "SKILL.rsi.yaml", "suite"])
def test_a_report_does_not_overwrite_what_is_measured(shop: Workshop, command: str, name: str) -> None:
    skill = shop.mail()
    target = shop.root / ("evals/mail.yaml" if name == "suite" else f"skills/mail/{name}")
    before = target.read_bytes() if target.exists() else None
    outcome = shop.rsi(command, skill, "--junit", str(target))
    assert outcome.code == 2
    assert (target.read_bytes() if target.exists() else None) == before


@pytest.mark.parametrize("steering", STEERING)
def test_no_text_can_steer_the_terminal(capsys: pytest.CaptureFixture[str], steering: str) -> None:
    out = io.StringIO()
    tell(Console(file=out, force_terminal=True, color_system=None), f"a\n{steering}b")
    say(f"a{steering}b")
    for said in (out.getvalue(), capsys.readouterr().err):
        assert not set("\x1b\x07\x9b\u202e") & set(said)
        assert "\ufffd" in said
