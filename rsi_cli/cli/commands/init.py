"""`rsi init [FOLDER]`: scaffold a skill and a suite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the new skill: a-z, 0-9 and single hyphens.")
    ] = "my-skill",
    folder: Annotated[Path, typer.Option("--in", metavar="DIR", help="Where; default: here.")] = Path(),
    as_json: opt.AsJson = False,
) -> None:
    """Scaffold a skill (skills/NAME/SKILL.md) and its suite (evals/NAME.yaml)."""
    from rsi_cli.cli import scaffold

    scaffold.write(name, folder, as_json=as_json)
