"""What almost every command stands on: the skill's file, its suite, its repository, the settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rsi_cli.errors import InputError, RepoError
from rsi_cli.skill.document import Skill, in_file, parse

if TYPE_CHECKING:
    from rsi_cli.cli.locate import SkillFile
    from rsi_cli.cli.settings import Flags, Settings
    from rsi_cli.evolution.night import SkillFiles
    from rsi_cli.ledger.git import Repo
    from rsi_cli.suite.model import Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A suite with all that it needs. repo: None outside of git (only `evolve` and its kin insist on one)."""

    suite: Suite
    suite_path: Path
    repo: Repo | None
    settings: Settings

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that are the owner's own: no report may be written over them."""
        return (self.suite_path,)

    def shown(self, path: Path) -> str:
        """A path as facts and people see it: relative to the repository's root where it lies inside."""
        root = self.repo.root if self.repo else Path.cwd()
        full = path.resolve()
        return full.relative_to(root).as_posix() if full.is_relative_to(root) else str(full)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillGround(Ground):
    """A skill on top of it."""

    file: SkillFile
    skill: Skill

    @property
    def sources(self) -> tuple[Path, ...]:
        """The suite, the skill and its sidecar, be it there yet or not."""
        return (self.suite_path, self.file.path, self.file.path.with_suffix(".rsi.yaml"))

    @property
    def full(self) -> str:
        """The skill, named from any folder as a person would name it."""
        path = self.file.path.absolute()
        return str(path.parent if self.file.folder else path)

    def need_repo(self) -> Repo:
        """The repository, or the error that says how to get one."""
        from rsi_cli.ledger.git import Repo

        return self.repo or Repo.at(self.file.path)


def survey(skill: str, flags: Flags) -> SkillGround:
    """Find and read everything that a command on SKILL needs. Raises InputError with every mistake found."""
    from rsi_cli.cli.locate import locate_skill, locate_suite

    file = locate_skill(skill, Path.cwd())
    document = read_skill(file.path)
    repo = repo_of(file.path)
    suite_path = locate_suite(file, document.metadata, flags.suite, repo.root if repo else None)
    suite, settings = _read(suite_path, flags, repo)
    return SkillGround(
        file=file, skill=document, suite=suite, suite_path=suite_path, repo=repo, settings=settings
    )


def survey_suite(suite_path: Path, flags: Flags) -> Ground:
    """Find and read what a command on a suite alone needs."""
    repo = repo_of(suite_path)
    suite, settings = _read(suite_path, flags, repo)
    return Ground(suite=suite, suite_path=suite_path, repo=repo, settings=settings)


def _read(suite_path: Path, flags: Flags, repo: Repo | None) -> tuple[Suite, Settings]:
    from rsi_cli.cli.settings import resolve
    from rsi_cli.suite.load import load_suite

    suite = load_suite(suite_path)
    root = repo.root if repo else None
    return suite, resolve(flags, suite, os.environ, root, user_config())


def files_in(repo: Repo, path: Path) -> SkillFiles:
    """A skill and its sidecar, as git names them: SKILL.md and SKILL.rsi.yaml, both in one folder."""
    from rsi_cli.evolution.night import SkillFiles

    skill = Path(repo.relative(path.absolute()))  # a relative path is one from where we stand
    return SkillFiles(skill=skill, sidecar=skill.with_suffix(".rsi.yaml"))


def read_skill(path: Path) -> Skill:
    """Read a skill, and look at its front matter and locked regions, so that mistakes show at the start."""
    from rsi_cli.skill.markers import locked_regions

    try:
        document = parse(path.read_bytes())
        _ = document.front
        locked_regions(document)
    except InputError as error:
        raise in_file(error, str(path)) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise InputError(message, hint="check the file's permissions") from error
    if not document.text_for_models.strip():
        raise InputError(
            f"{path} says nothing", hint="write what the model is to do; `rsi init` shows a start"
        )
    return document


def repo_of(path: Path) -> Repo | None:
    """The repository that holds a path, if any."""
    from rsi_cli.ledger.git import Repo

    try:
        return Repo.at(path)
    except RepoError:
        return None


def user_config() -> Path:
    """The user's own settings file."""
    from platformdirs import user_config_path

    return user_config_path("rsi", appauthor=False) / "rsi.yaml"
