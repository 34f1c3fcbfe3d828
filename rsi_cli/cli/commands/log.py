"""`rsi log SKILL`: the promotions, newest first, with what each brought; or what ways of working brought."""

from __future__ import annotations

from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def log(
    skill: opt.Skill,
    operators: Annotated[
        bool,
        typer.Option(
            "--operators",
            help="Show instead which ways of working earned children, and what was learned.",
        ),
    ] = False,
    as_json: opt.AsJson = False,
) -> None:
    """List promotions and rollbacks of SKILL, newest first."""
    from rsi_cli.cli.history import earned, versions

    if operators:
        earned.show_operators(skill, as_json=as_json)
    else:
        versions.show_log(skill, as_json=as_json)
