"""`rsi rollback SKILL`: restore an earlier version as a new commit."""

from __future__ import annotations

from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def rollback(
    skill: opt.Skill,
    to: Annotated[
        str | None, typer.Option("--to", metavar="REV", help="Any commit that holds the skill.")
    ] = None,
    steps: Annotated[
        int, typer.Option("--steps", metavar="N", min=1, help="How many promotions to go back.")
    ] = 1,
    best: Annotated[
        bool, typer.Option("--best", help="Go to the promotion with the highest held-out score.")
    ] = False,
    recheck: Annotated[
        bool, typer.Option("--recheck", help="Measure the restored version on its suite.")
    ] = False,
    as_json: opt.AsJson = False,
) -> None:
    """Restore an earlier version of SKILL, as a new commit."""
    from rsi_cli.cli.history import versions

    versions.roll_back(
        skill, versions.Target(to=to, steps=steps, best=best), recheck=recheck, as_json=as_json
    )
