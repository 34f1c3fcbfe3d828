"""`rsi doctor`: check git, models, keys and suite, each failure with its fix."""

from __future__ import annotations

from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def doctor(
    skill: Annotated[
        str | None, typer.Argument(metavar="SKILL", help="Also check this skill and its suite.")
    ] = None,
    suite: opt.Suite = None,
    model: opt.Model = None,
    api_base: opt.ApiBase = None,
    as_json: opt.AsJson = False,
) -> None:
    """Check machine, repository, models, suite; give each fix."""
    from rsi_cli.cli.doctor import checkup
    from rsi_cli.cli.settings import Flags

    checkup.run(skill, Flags(suite=suite, model=model, api_base=api_base), as_json=as_json)
