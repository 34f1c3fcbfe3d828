"""What both commands ask on their command line: who, and where."""

from __future__ import annotations

import argparse
import sys

from benchmarks.arena.menu import CONTESTANTS, missing
from benchmarks.arena.worlds import LANDSCAPES


def listed(text: str) -> list[str]:
    """The parts of a flag between its commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def needs_names(parser: argparse.ArgumentParser, *, contestants: str, landscapes: str) -> None:
    """Add the flags that name contestants and landscapes, with these defaults."""
    for flag, default, known in (
        ("--contestants", contestants, CONTESTANTS),
        ("--landscapes", landscapes, LANDSCAPES),
    ):
        parser.add_argument(
            flag, type=listed, default=default, metavar="NAMES", help=f"of {', '.join(known)}"
        )


def able(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line; leave out, with a word of it, contestants that cannot run here."""
    asked = parser.parse_args()
    for what, names, known in (
        ("contestant", asked.contestants, CONTESTANTS),
        ("landscape", asked.landscapes, LANDSCAPES),
    ):
        if unknown := [name for name in names if name not in known]:
            parser.error(f"no {what} is called {', '.join(unknown)}; there are {', '.join(known)}")
    absent = {name: reason for name in asked.contestants if (reason := missing(name))}
    for name, reason in absent.items():
        print(f"{name} cannot run: {reason}", file=sys.stderr)
    asked.contestants = [name for name in asked.contestants if name not in absent]
    return asked
