"""`rsi doctor`: look at everything that a run needs, and say for each failure what mends it."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from rsi_cli.cli.screen import console, print_json, tell
from rsi_cli.errors import RsiError

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround
    from rsi_cli.cli.nights.forecast import Forecast
    from rsi_cli.cli.settings import Flags

OLDEST_GIT = (2, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. fix: what to do, empty where all is well."""

    check: str
    state: Literal["ok", "warn", "fail"]
    message: str
    fix: str = ""


def run(skill: str | None, flags: Flags, *, as_json: bool) -> None:
    """Check, show, and exit 3 if something would stop a run."""
    findings = [*_machine(), *_repository()]
    if skill is not None:
        findings.extend(_skill(skill, flags))
    ok = all(finding.state != "fail" for finding in findings)
    if as_json:
        print_json({"passed": ok, "checks": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    if not ok:
        raise typer.Exit(3)


def _show(findings: list[Finding]) -> None:
    out = console()
    styles = {"ok": "green", "warn": "yellow", "fail": "red"}
    for finding in findings:
        tell(out, f"{finding.state:<5}{finding.check:<12}{finding.message}", styles[finding.state], hang=17)
        if finding.fix:
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

    yield from _tried(
        "repository",
        lambda: f"{(repo := Repo.at(Path.cwd())).root}, on {repo.branch() or 'no branch (detached HEAD)'}",
    )


def _skill(skill: str, flags: Flags) -> Iterator[Finding]:
    from rsi_cli.cli.ground import survey

    try:
        ground = survey(skill, flags)
    except RsiError as error:
        problems = getattr(error, "problems", ())
        message = "; ".join([error.message, *map(str, problems)])
        yield Finding(check="skill", state="fail", message=message, fix=error.hint)
        return
    yield from _spec(ground)
    yield from _ready(ground)
    yield from _must(ground)
    yield from _suite(ground)
    yield from _models(ground)


def _spec(ground: SkillGround) -> Iterator[Finding]:
    from rsi_cli.skill.spec import check

    shown = ground.shown(ground.file.path)
    found = check(ground.skill, folder=ground.file.name if ground.file.folder else None)
    for finding in found:
        state: Literal["warn", "fail"] = "fail" if finding.severity == "error" else "warn"
        yield Finding(check="skill", state=state, message=f"{shown}:{finding.line}  {finding.message}")
    if not found:
        yield Finding(check="skill", state="ok", message=shown)


def _ready(ground: SkillGround) -> Iterator[Finding]:
    from rsi_cli.cli.ground import files_in

    def ready() -> str:
        repo = ground.need_repo()
        files = files_in(repo, ground.file.path)
        repo.require_ready([files.skill, files.sidecar])
        return "skill and sidecar are committed and clean"

    yield from _tried("commit", ready)


def _must(ground: SkillGround) -> Iterator[Finding]:
    """Whether the skill's text keeps to the suite's hard constraints, and whether any answer can."""
    from rsi_cli.trust.must import breaches, locked_in, told, unmeetable

    must, skill = ground.suite.must, ground.skill
    try:
        hopeless = locked_in(must, skill)
    except RsiError:  # its markers are unbalanced: told above
        return
    broken = breaches(must, skill.text_for_models)
    for one in broken:
        fix = "mend the skill, or let `rsi evolve` try: no child that breaks it is measured"
        message = f"the skill breaks a hard constraint: {one}"
        yield Finding(check="must", state="warn", message=message, fix="" if hopeless else fix)
    if hopeless:
        message = f"no child can mend that, as locked text breaks it: {'; '.join(hopeless)}"
        fix = f"change `must` in {ground.shown(ground.suite_path)}, or the text between the keep markers"
        yield Finding(check="must", state="fail", message=message, fix=fix)
    if told(must) and not broken and not hopeless:
        yield Finding(check="must", state="ok", message="the skill keeps to the hard constraints on its text")
    if lost := unmeetable(ground.suite.cases):
        yield _lost(lost)


def _lost(cases: Sequence[str]) -> Finding:
    """Cases whose expected answer breaks a hard constraint, however many, in one line."""
    if len(cases) == 1:
        message = f"case {cases[0]}: its expected answer breaks a hard constraint, so no answer can pass"
    else:
        names = ", ".join(cases[:3]) + (f" and {len(cases) - 3} more" if len(cases) > 3 else "")
        message = (
            f"the expected answers of {len(cases)} cases break a hard constraint, so none can pass: {names}"
        )
    return Finding(check="must", state="warn", message=message, fix="correct one of the two in the suite")


def _suite(ground: SkillGround) -> Iterator[Finding]:
    from rsi_cli.cli.evals.sealed_past import standing
    from rsi_cli.cli.nights.forecast import forecast
    from rsi_cli.evolution.night import Shape
    from rsi_cli.nouns import Split

    counts = ", ".join(f"{len(ground.suite.cases_of(split))} {split}" for split in Split)
    yield Finding(check="suite", state="ok", message=f"{ground.shown(ground.suite_path)}: {counts}")
    try:
        ahead = forecast(ground, Shape())
    except RsiError as error:
        yield Finding(check="holdout", state="fail", message=error.message, fix=error.hint)
        return
    yield from _holdout(ahead)
    if words := standing(ground):
        yield Finding(check="sealed", state="ok", message=words)
    if not ground.suite.gold:
        fix = "label some outputs under `gold:`, so that `rsi audit` can check the graders"
        yield Finding(check="gold", state="warn", message="no gold labels", fix=fix)


def _holdout(ahead: Forecast) -> Iterator[Finding]:
    """What the held-out cases can show tonight, what may be spent on them, and whether they are worn out."""
    outlook, purse = ahead.outlook(), ahead.purse
    if ahead.too_small:
        fix = "raise `budget:` in the suite or rsi.yaml, or RSI_MAX_CALLS"
        yield Finding(check="budget", state="warn", message=ahead.too_small, fix=fix)
    yield Finding(check="holdout", state="ok", message=outlook.sentence)
    for warning in outlook.warnings:
        yield Finding(check="holdout", state="warn", message=warning)
    yield Finding(check="allowance", state="ok", message=purse.allowance.sentence)
    for gap in purse.gaps:
        yield Finding(check="allowance", state="warn", message=gap)
    tired = purse.wear.worn_out
    yield Finding(
        check="wear",
        state="warn" if tired else "ok",
        message=purse.wear.sentence or "no look has used these held-out cases",
        fix="give them `split: train` in the suite, and new cases `split: holdout`" if tired else "",
    )


def _models(ground: SkillGround) -> Iterator[Finding]:
    from rsi_cli.models.readiness import obstacle

    settings = ground.settings
    choices = [(str(role), choice) for role, choice in settings.models.items()]
    choices += [("improver", choice) for choice in settings.improvers[1:]]
    for role, choice in choices:
        found, origin = obstacle(choice), settings.origin.get(f"models.{role}", "default")
        yield Finding(
            check=role,
            state="ok" if found is None else "fail" if found.sure else "warn",
            message=f"{choice.name} ({origin})" if found is None else f"{found.message} ({origin})",
            fix=found.fix if found else "",
        )


def _tried(check: str, look: Callable[[], str]) -> Iterator[Finding]:
    try:
        yield Finding(check=check, state="ok", message=look())
    except RsiError as error:
        yield Finding(check=check, state="fail", message=error.message, fix=error.hint)
