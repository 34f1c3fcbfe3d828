"""`rsi diff SKILL [A] [B]`: text and per-case wins and losses between two versions."""

from __future__ import annotations

from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def diff(
    skill: opt.Skill,
    a: Annotated[
        str | None,
        typer.Argument(metavar="A", help="A revision; default: the one before the newest promotion."),
    ] = None,
    b: Annotated[str | None, typer.Argument(metavar="B", help="A revision; default: HEAD.")] = None,
    as_json: opt.AsJson = False,
) -> None:
    """Compare two versions of SKILL: text, cases won and lost."""
    from rsi_cli.cli.history import versions

    versions.show_diff(skill, a, b, as_json=as_json)
