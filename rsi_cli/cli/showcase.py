"""The demonstration: a bundled example evolves in a scratch repository, and the next commands are shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import typer

from rsi_cli.bundled import bundled
from rsi_cli.cli.ground import survey
from rsi_cli.cli.history import versions
from rsi_cli.cli.layers import Flags
from rsi_cli.cli.nights import night
from rsi_cli.cli.nights.wish import Wish
from rsi_cli.cli.screen import EMBEDDED, command
from rsi_cli.errors import InputError, RepoError
from rsi_cli.suite.load import load_suite

CALLS = 2000


def run(example: str, seed: int) -> None:
    """Copy the example into a new repository, evolve it there, show its history and how to roll back."""
    scratch = _scratch(example)
    skill = str(scratch / "skills" / example)
    typer.echo(f"a demonstration with {EMBEDDED}, a built-in rule learner and no language model")
    typer.echo(f"scratch repository: {scratch}\n(the only place that is written to; delete it when you like)")
    wish = Wish(skill=skill, flags=Flags(model=EMBEDDED, seed=seed, max_calls=CALLS))
    _announce(*wish.words(skill))
    state = night.run(wish)
    if not state.promotions:
        return
    _announce("diff", skill)
    versions.show_diff(skill, None, None, as_json=False)
    _announce("log", skill)
    versions.show_log(skill, as_json=False)
    typer.echo("\n" + "\n".join(night.way_back(state, survey(skill, wish.flags))))


def _announce(*words: str) -> None:
    """Show the command whose work comes next."""
    typer.echo(f"\n$ {command(*words)}")


def _scratch(example: str) -> Path:
    """Make a repository with nothing but the example in it; git's own settings decide the rest."""
    source, suite = bundled("skills") / example, bundled("evals") / f"{example}.yaml"
    if not (source / "SKILL.md").is_file() or not suite.is_file() or not _stands_alone(suite):
        names = [path.stem for path in sorted(bundled("evals").iterdir()) if _stands_alone(path)]
        raise InputError(f"there is no bundled example {example!r}", hint=f"one of: {', '.join(names)}")
    git = shutil.which("git")
    if git is None:
        raise RepoError("git is not installed", hint="install git; rsi keeps every version in it")
    scratch = Path(tempfile.mkdtemp(prefix="rsi-demo-")).resolve()
    shutil.copytree(source, scratch / "skills" / example)
    (scratch / "evals").mkdir()
    shutil.copy(suite, scratch / "evals" / suite.name)
    outer = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    author = ("-c", "user.name=rsi demo", "-c", "user.email=demo@localhost")
    for arguments in (
        ("init", "-q"),
        ("config", "commit.gpgSign", "false"),  # nobody sits there to unlock a key
        ("add", "."),
        (*author, "commit", "-q", "--no-verify", "-m", f"Start {example}"),
    ):
        subprocess.run([git, *arguments], cwd=scratch, env=outer, check=True)  # noqa: S603 - our own words
    return scratch


def _stands_alone(suite: Path) -> bool:
    """Whether this is a suite of which no case needs the files of another skill."""
    return suite.suffix == ".yaml" and not any(case.pair for case in load_suite(suite).cases)
