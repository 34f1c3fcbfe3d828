"""The doctor looks at a skill: its text, its sidecar, their commit; then at its suite and its settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rsi_cli.cli.doctor.finding import Finding, State, attempt, failures
from rsi_cli.cli.doctor.suite import of_ground
from rsi_cli.cli.ground import SkillGround, files_in, read_skill, repo_of, user_config
from rsi_cli.cli.inherited import inherited
from rsi_cli.cli.locate import SkillFile, locate_skill, locate_suite
from rsi_cli.cli.settings import Flags, mistakes, resolve
from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.repo import HalfShown
from rsi_cli.report.words import counted
from rsi_cli.skill.document import Skill
from rsi_cli.skill.spec import check
from rsi_cli.suite.load import load_suite

if TYPE_CHECKING:
    from rsi_cli.suite.model import Suite


def of_skill(skill: str, flags: Flags) -> Iterator[Finding]:
    """All that can be said of a skill; what cannot be read hides nothing but what rests on it."""
    file, failed = attempt("skill", lambda: locate_skill(skill, Path.cwd()))
    yield from failed
    if file is None:
        return
    document, failed = attempt("skill", lambda: read_skill(file.path))
    yield from (*failed, *(_spec(file, document) if document else ()))
    repo = repo_of(file.path)
    yield from _sidecar(file, repo)
    yield _committed(file)
    if document is None:
        yield from _settings(flags, repo)
        return
    found, failed = attempt("suite", lambda: _suite(file, document, flags, repo))
    unsettled = (*failed, *_settings(flags, repo))
    yield from unsettled
    if found is None or unsettled:
        return
    path, suite = found
    settings, failed = attempt(
        "settings", lambda: resolve(flags, suite, os.environ, repo.root if repo else None, user_config())
    )
    yield from failed
    if settings is not None:
        yield from of_ground(
            SkillGround(file=file, skill=document, suite=suite, suite_path=path, repo=repo, settings=settings)
        )


def _spec(file: SkillFile, document: Skill) -> Iterator[Finding]:
    """What agents would say of the skill. rsi works without all of it, so that nothing here is a failure."""
    found = check(document, folder=file.name if file.folder else None)
    for one in found:
        fix = "mend it: rsi runs without, but agents would not load the skill"
        if file.folder and not document.front_matter:
            lines = f"`---`, `name: {file.name}`, `description: WHAT IT DOES AND WHEN TO USE IT`, `---`"
            fix = f"begin the file with these lines: {lines}; rsi runs without, but agents would not load it"
        yield Finding(
            check="skill",
            state="warn",
            message=f"{file.path}:{one.line}  {one.message}",
            fix=fix if one.severity == "error" else "",
        )
    if not found:
        yield Finding(check="skill", state="ok", message=str(file.path))


def _sidecar(file: SkillFile, repo: Repo | None) -> Iterator[Finding]:
    found, failed = attempt("sidecar", lambda: inherited(repo, file.path))
    yield from failed
    if failed:
        return
    message = "none yet: a night starts from built-in mutation prompts, and a promotion writes it"
    if found is not None:
        prompts, lessons = len(found.sidecar.mutation_prompts), len(found.sidecar.lessons)
        message = f"{counted(prompts, 'mutation prompt')}, {counted(lessons, 'lesson')}"
        fix = "correct the name, or leave it: it changes nothing"
        for warning in found.warnings:
            yield Finding(check="sidecar", state="warn", message=warning, fix=fix)
    yield Finding(check="sidecar", state="ok", message=message)


def _committed(file: SkillFile) -> Finding:
    """Whether a night could commit on top of what is there. What it would mend first is a warning."""
    found: RepoError | None
    try:
        repo = Repo.at(file.path)
        files = files_in(repo, file.path)
        found = repo.unready([files.skill, files.sidecar])
    except RepoError as error:
        found = error
    if found is None:
        return Finding(check="commit", state="ok", message="skill and sidecar are committed and clean")
    state: State = "warn" if isinstance(found, HalfShown) else "fail"
    return Finding(check="commit", state=state, message=found.message, fix=found.hint)


def _suite(file: SkillFile, document: Skill, flags: Flags, repo: Repo | None) -> tuple[Path, Suite]:
    path = locate_suite(file, document.metadata, flags.suite, repo.root if repo else None)
    return path, load_suite(path)


def _settings(flags: Flags, repo: Repo | None) -> Iterator[Finding]:
    """The mistakes of flags, variables and settings files, also where there is no suite."""
    for error in mistakes(flags, os.environ, repo.root if repo else None, user_config()):
        yield from failures("settings", error)
