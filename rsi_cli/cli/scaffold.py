"""Write a first skill and a first suite, and never over a file that is there."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import typer

from rsi_cli.errors import InputError

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 64  # Agent Skills


def write(name: str, folder: Path, *, as_json: bool) -> None:
    """Write skills/NAME/SKILL.md and evals/NAME.yaml below the folder. Raises InputError rather than overwrite."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise InputError(
            f"{name!r} is no name for a skill",
            hint="use 1 to 64 of a-z, 0-9 and single hyphens, such as `rsi init support-triage`",
        )
    texts = {
        folder / "skills" / name / "SKILL.md": _starter("SKILL.md", name),
        folder / "evals" / f"{name}.yaml": _starter("suite.yaml", name),
    }
    if there := [str(path) for path in texts if path.exists()]:
        raise InputError(f"already there: {', '.join(there)}", hint="choose another name, or move the file away")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    skill, suite = texts
    if as_json:
        typer.echo(json.dumps({"skill": str(skill), "suite": str(suite)}))
        return
    typer.echo(f"wrote {skill}\nwrote {suite}\n")
    typer.echo(f"Next: edit both, `git add` and `git commit` them, then\n  rsi eval {skill.parent}\n  rsi evolve {skill.parent}")


def _starter(file: str, name: str) -> str:
    text = resources.files("rsi_cli.cli.starter").joinpath(file).read_text(encoding="utf-8")
    return text.replace("NAME", name)
