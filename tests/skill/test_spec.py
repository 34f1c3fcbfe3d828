"""The Agent Skills rules are errors or warnings at their line."""

from __future__ import annotations

import pytest

from rsi_cli.skill.document import parse
from rsi_cli.skill.spec import Finding, check

GOOD = "---\nname: mail-triage\ndescription: Sorts mail.\n---\n\n# Triage\n"


def found(text: str, folder: str | None = "mail-triage") -> list[tuple[str, int, str]]:
    return [(f.severity, f.line, f.message) for f in check(parse(text.encode()), folder=folder)]


def test_a_good_folder_skill_has_no_findings() -> None:
    full = GOOD.replace(
        "---\n\n", "license: MIT\ncompatibility: any\nmetadata:\n  a: b\nallowed-tools: Read\n---\n\n"
    )
    assert found(GOOD) == found(full) == []


@pytest.mark.parametrize(
    "name", ["Mail", "mail--triage", "-mail", "mail-", "mail_triage", "メール", "a" * 65]
)
def test_a_name_outside_the_rules_is_an_error_at_its_line(name: str) -> None:
    findings = found(GOOD.replace("name: mail-triage", f"name: {name}"), folder=name)
    assert [(severity, line) for severity, line, _ in findings] == [("error", 2)]


def test_the_name_must_be_the_folders() -> None:
    ((severity, line, message),) = found(GOOD, folder="other")
    assert (severity, line) == ("error", 2)
    assert "'other'" in message


@pytest.mark.parametrize(
    ("text", "severity", "line", "words"),
    [
        ("# no front matter\n", "error", 1, "needs front matter"),
        (GOOD.replace("name: mail-triage\n", ""), "error", 1, "`name` is missing"),
        (GOOD.replace("Sorts mail.", ""), "error", 3, "`description` is missing"),
        (GOOD.replace("Sorts mail.", "x" * 1025), "error", 3, "1025 characters"),
        (GOOD.replace("---\n\n", "metadata: text\n---\n\n"), "error", 4, "`metadata`"),
        (GOOD.replace("---\n\n", "metadata: {n: 1}\n---\n\n"), "warning", 4, "quotes: n"),
        (GOOD.replace("---\n\n", f"compatibility: {'x' * 501}\n---\n\n"), "error", 4, "500"),
        (GOOD.replace("---\n\n", "allowed-tools: [a]\n---\n\n"), "warning", 4, "one line of text"),
        (GOOD.replace("---\n\n", "colour: red\n---\n\n"), "warning", 4, "`colour` is no key"),
        (GOOD + "x\n" * 500, "warning", 5, "502 lines"),
        (GOOD + "word " * 5000, "warning", 5, "tokens"),
        (GOOD + "<!-- rsi:keep -->\n", "error", 7, "never closed"),
        (GOOD + "<!-- rsi:keeep -->\n", "warning", 7, "locks nothing"),
        (GOOD.replace("name: mail-triage", "name: [a"), "error", 3, ""),
    ],
)
def test_each_broken_rule_is_one_finding(text: str, severity: str, line: int, words: str) -> None:
    ((got_severity, got_line, message),) = found(text)
    assert (got_severity, got_line) == (severity, line)
    assert words in message


def test_a_plain_file_is_asked_only_for_what_applies_to_it() -> None:
    assert found("---\ntitle: My Notes\n---\ntext\n", folder=None) == []
    assert found("just text\n", folder=None) == []


def test_findings_come_in_the_order_of_lines() -> None:
    text = "---\nname: X\ndescription:\n---\n<!-- /rsi:keep -->\n"
    findings = check(parse(text.encode()), folder="y")
    assert [finding.line for finding in findings] == [2, 2, 3, 5]
    assert isinstance(findings[0], Finding)
