"""stdout for results, stderr for everything else; wide or narrow, coloured or plain, in any encoding."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rsi_cli.nouns import Role
from rsi_cli.report.words import printable

if TYPE_CHECKING:
    from rich.console import Console

    from rsi_cli.cli.settings import Settings

EMBEDDED = "offline/apprentice"
PROGRAM = "rsi"


def console(*, stderr: bool = False) -> Console:
    """A console that honours NO_COLOR, CI (nothing moves there) and a stream that is no terminal."""
    from rich.console import Console

    moving = False if os.environ.get("CI") else None
    return Console(stderr=stderr, highlight=False, emoji=False, force_interactive=moving)


def tell(out: Console, line: str, style: str = "", *, exact: bool = False, hang: int = 0) -> None:
    """Write a line, wrapped at words on a terminal. exact: never wrapped, as it will be copied.

    hang: how far the second row of a wrapped line is set in, in columns.
    """
    line = printable(line, lines=True)
    if hang and out.is_terminal and not exact:
        line = textwrap.fill(line, out.width, subsequent_indent=" " * hang, break_on_hyphens=False)
    out.print(line, style=style, markup=False, soft_wrap=exact or not out.is_terminal)


def say(line: str) -> None:
    """One line for a person, on stderr."""
    sys.stderr.write(printable(line) + "\n")


def print_json(document: Mapping[str, object] | Sequence[object]) -> None:
    """The one JSON document of a command, on stdout; plain ASCII where stdout cannot take more."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") not in ("utf8", "utf8sig")
    sys.stdout.write(json.dumps(document, ensure_ascii=plain, indent=2, allow_nan=False) + "\n")


def be_printable() -> None:
    """Let no character end the program: what a stream cannot encode is written as its code.

    Lines leave one by one, so that stdout and stderr stay in order where both go to one file.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace", line_buffering=True)


def command(*words: str) -> str:
    """A command line of ours that can be pasted into a shell, in any folder."""
    return shlex.join([_program(), *words])


def _program() -> str:
    """`rsi` if PATH leads to this very program, else the place that it was started from."""
    own, found = Path(sys.argv[0]), shutil.which(PROGRAM)
    if own.stem != PROGRAM or not own.is_file():
        return PROGRAM
    return PROGRAM if found and own.samefile(found) else str(own.absolute())


def announce(settings: Settings) -> None:
    """Say first who answers, and if it is the embedded learner, what that is not."""
    names = {role.value: settings.models[role].name for role in (Role.ACTOR, Role.JUDGE)}
    names |= _improvers([choice.name for choice in settings.improvers])
    if EMBEDDED in names.values():
        say(f"model: {EMBEDDED}, a built-in rule learner and no language model")
        say("       what follows is a simulation; name a real model with --model")
    if len(set(names.values())) > 1:
        say("models: " + ", ".join(f"{name} ({role})" for role, name in names.items()))
    elif EMBEDDED not in names.values():
        say(f"model: {names[Role.ACTOR.value]}")


def _improvers(names: Sequence[str]) -> dict[str, str]:
    """By what they are for; of several the first writes in breadth, the last in depth."""
    if len(names) == 1:
        return {Role.IMPROVER.value: names[0]}
    return {f"{Role.IMPROVER}, breadth": names[0], f"{Role.IMPROVER}, depth": names[-1]}
