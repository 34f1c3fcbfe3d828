"""`rsi doctor`: look at everything that a run needs, and say for each failure what mends it."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rsi_cli.cli.doctor.finding import Finding, tried
from rsi_cli.cli.screen import console, print_json, tell

if TYPE_CHECKING:
    from rsi_cli.cli.settings import Flags

OLDEST_GIT = (2, 31)


def run(skill: str | None, flags: Flags, *, as_json: bool) -> None:
    """Check, show, and exit 3 if something would stop a run."""
    findings = [*_machine(), *_repository()]
    if skill is not None:
        from rsi_cli.cli.doctor.skill import of_skill

        findings.extend(of_skill(skill, flags))
    ok = all(finding.state != "fail" for finding in findings)
    if as_json:
        print_json({"passed": ok, "checks": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    if not ok:
        raise typer.Exit(3)


def _show(findings: Sequence[Finding]) -> None:
    """One line each; a fix that mends several in a row stands below the last of them."""
    out = console()
    styles = {"ok": "green", "warn": "yellow", "fail": "red"}
    for finding, after in zip_longest(findings, findings[1:]):
        tell(out, f"{finding.state:<5}{finding.check:<12}{finding.message}", styles[finding.state], hang=17)
        again = after is not None and (after.check, after.fix) == (finding.check, finding.fix)
        if finding.fix and not again:
            tell(out, f"{'':<17}→ {finding.fix}", hang=19)


def _machine() -> Iterator[Finding]:
    yield Finding(check="python", state="ok", message=platform.python_version())
    git = shutil.which("git")
    if git is None:
        yield Finding(check="git", state="fail", message="not installed", fix="install git 2.31 or newer")
        return
    ran = subprocess.run([git, "version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    said = ran.stdout.split()
    number = next((word for word in said if word[:1].isdigit()), "0")
    version = tuple(int(part) for part in number.split(".")[:2] if part.isdigit())
    old = version < OLDEST_GIT
    yield Finding(
        check="git",
        state="warn" if old else "ok",
        message=number,
        fix="update git to 2.31 or newer" if old else "",
    )


def _repository() -> Iterator[Finding]:
    from rsi_cli.ledger.git import Repo

    yield from tried(
        "repository",
        lambda: f"{(repo := Repo.at(Path.cwd())).root}, on {repo.branch() or 'no branch (detached HEAD)'}",
    )
