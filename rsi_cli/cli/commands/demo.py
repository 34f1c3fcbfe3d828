"""`rsi demo`: the main job on a bundled example, in a scratch repository of its own."""

from __future__ import annotations

from typing import Annotated

import typer


def demo(
    example: Annotated[str, typer.Argument(metavar="EXAMPLE", help="A bundled example.")] = "booking-extract",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Makes the run repeatable.")] = 7,
) -> None:
    """Evolve a bundled example in a scratch repository, offline."""
    from rsi_cli.cli import showcase

    showcase.run(example, seed)
