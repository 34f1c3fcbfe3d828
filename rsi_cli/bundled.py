"""Where the worked examples and the built-in improver and judge are: in a clone, or in an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def bundled(kind: Literal["skills", "evals"]) -> Path:
    """Find the folder of bundled skills, or the one of their suites.

    A wheel carries both inside the package; a clone, and the editable install that `bootstrap.py` makes, has
    them beside it. Copy what you want to change: an installed folder may be read-only and is no repository.
    Raises FileNotFoundError where neither is there, which means that the installation is damaged.
    """
    package = Path(__file__).resolve().parent
    for place in (package / "bundled" / kind, package.parent / kind):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"no bundled {kind} in or beside {package}: install rsi again")
