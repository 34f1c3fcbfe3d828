"""`rsi init [FOLDER]`: scaffold a skill and a suite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def init(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Of the new skill: a-z, 0-9, single hyphens. Files: skills/NAME/SKILL.md, evals/NAME.yaml.",
        ),
    ] = "my-skill",
    folder: Annotated[
        Path, typer.Option("--in", metavar="DIR", help="Where to write them.", show_default="here")
    ] = Path(),
    as_json: opt.AsJson = False,
) -> None:
    """Write a first skill and its suite, to be edited."""
    from rsi_cli.cli import scaffold

    scaffold.write(name, folder, as_json=as_json)
