"""stdout for results, stderr for everything else."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rsi_cli.nouns import Role

if TYPE_CHECKING:
    from rich.console import Console

    from rsi_cli.cli.settings import Settings

EMBEDDED = "offline/apprentice"


def console(*, stderr: bool = False) -> Console:
    """A console that honours NO_COLOR, CI and a stream that is no terminal."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def say(line: str) -> None:
    """One line for a person, on stderr."""
    sys.stderr.write(line + "\n")


def print_json(document: Mapping[str, object] | Sequence[object]) -> None:
    """The one JSON document of a command, on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def announce(settings: Settings) -> None:
    """Say first who answers, and if it is the embedded learner, what that is not."""
    names = {role.value: settings.models[role].name for role in (Role.ACTOR, Role.JUDGE)}
    names["improver"] = ",".join(choice.name for choice in settings.improvers)
    if EMBEDDED in names.values():
        who = ", ".join(sorted(role for role, name in names.items() if name == EMBEDDED))
        say(
            f"{EMBEDDED} plays {who}: an embedded rule learner, no language model; "
            "results are simulated. Name a real model with --model."
        )
    if any(name != EMBEDDED for name in names.values()):
        say("models: " + ", ".join(f"{role} {name}" for role, name in names.items()))
