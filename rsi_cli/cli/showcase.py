"""The demonstration: a bundled example evolves in a scratch repository, and the next commands are shown."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import typer

from rsi_cli.bundled import bundled
from rsi_cli.cli.app import run as rsi
from rsi_cli.errors import InputError, RepoError

CALLS = "2000"


def run(example: str, seed: int) -> None:
    """Copy the example into a new repository, evolve it there, show its log and how to roll back."""
    scratch = _scratch(example)
    skill = str(scratch / "skills" / example)
    _say(f"scratch repository: {scratch}   (this is the only place that is written to)")
    _step(["evolve", skill, "--model", "offline/apprentice", "--seed", str(seed), "--max-calls", CALLS])
    _step(["log", skill])
    _step(["diff", skill])
    _say("\nTo take the newest promotion back, as a new commit:")
    _say(f"  {_command(['rollback', skill])}")


def _step(arguments: list[str]) -> None:
    _say(f"\n$ {_command(arguments)}")
    if code := rsi(arguments):
        raise typer.Exit(code)


def _command(arguments: list[str]) -> str:
    program = Path(sys.argv[0])
    name = "rsi" if shutil.which("rsi") else str(program)
    return " ".join([name, *arguments])


def _scratch(example: str) -> Path:
    """Make a repository with nothing but the example in it; git's own settings decide the rest."""
    source, suite = bundled("skills") / example, bundled("evals") / f"{example}.yaml"
    if not (source / "SKILL.md").is_file() or not suite.is_file():
        names = sorted(path.stem for path in bundled("evals").iterdir() if path.suffix == ".yaml")
        raise InputError(f"there is no bundled example {example!r}", hint=f"one of: {', '.join(names)}")
    scratch = Path(tempfile.mkdtemp(prefix="rsi-demo-"))
    shutil.copytree(source, scratch / "skills" / example)
    (scratch / "evals").mkdir()
    shutil.copy(suite, scratch / "evals" / suite.name)
    git = shutil.which("git")
    if git is None:
        raise RepoError("git is not installed", hint="install git; rsi keeps every version in it")
    author = ["-c", "user.name=rsi demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", f"Start {example}"]):
        subprocess.run([git, *arguments], cwd=scratch, check=True)
    return scratch


def _say(line: str) -> None:
    typer.echo(line)
