"""Runs one git command at a time in one folder. The only module that touches GitPython.

Only plumbing is run, with an explicit folder, pathspecs taken literally, and without the `GIT_*` variables
that a hook, an alias or an outer git leaves behind: a leaked `GIT_INDEX_FILE` damages other repositories.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rsi_cli.errors import RepoError

# Who the user is and where their settings live; everything else that git reads would redirect us.
_KEPT = (
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
    "GIT_TEMPLATE_DIR",
    "GIT_ASKPASS",
)
_KEPT_PREFIXES = (
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_VALUE_",
    "GIT_PYTHON_",
    "GIT_SSH",
    "GIT_SSL_",
)
_OPTIONS = (
    "--literal-pathspecs",
    "--no-optional-locks",
    "--no-pager",
    "-c",
    "i18n.commitEncoding=UTF-8",
    "-c",
    "core.safecrlf=false",
    "-c",
    "trailer.separators=:",
    "-c",
    "gc.auto=0",
)
# What steers a terminal: CSI and OSC sequences (ECMA-48). Of any other escape the sign itself alone goes.
_STEERING = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
)
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Ran:
    """How a git command ended: exit status, what it printed, what it complained of."""

    status: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class Git:
    """git in `folder`."""

    folder: Path

    def run(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """Run `git ARGS`; a status other than 0 is returned, not raised. Raises RepoError without git."""
        with _without_leaked_variables(), tempfile.TemporaryFile() as source:
            if stdin is not None:
                source.write(stdin)
                source.seek(0)
            status, out, err = _execute(
                self.folder,
                args,
                istream=source,
                env=env,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        if status in (-signal.SIGINT, 128 + signal.SIGINT):
            raise KeyboardInterrupt
        return Ran(status, out, err)

    def out(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """What `git ARGS` prints. Raises RepoError where it fails."""
        ran = self.run(*args, stdin=stdin, env=env)
        if ran.status != 0:
            raise failure(args, ran)
        return ran.out

    def line(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """The one line that `git ARGS` prints, without its newline. Raises RepoError where it fails."""
        return one_line(self.out(*args, stdin=stdin, env=env))


def one_line(out: bytes) -> str:
    """Text of a one-line output; bytes that are no UTF-8 come back as the file system would name them."""
    return os.fsdecode(out.removesuffix(b"\n"))


def failure(args: tuple[str, ...], ran: Ran) -> RepoError:
    """The error for a git command that failed though it should not have."""
    said = complaint(ran.err) or f"exit status {ran.status}"
    return RepoError(
        f"git {args[0]} failed: {said}",
        hint=f"run `git {args[0]}` by hand in this repository, or `rsi doctor`, to see what git needs",
    )


def complaint(err: str) -> str:
    """What git, or a hook of the owner's, complained of, as one line of plain characters.

    Lines are parted by `; `. Of a long text the middle is left out: hooks speak first, git itself last.
    """
    plain = _STEERING.sub("", err)
    lines = ("".join(sign if sign.isprintable() else " " for sign in line) for line in plain.splitlines())
    said = "; ".join(short for line in lines if (short := " ".join(line.split())))
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST // 2]} … {said[-_LONGEST // 2 :]}"


def _execute(folder: Path, args: tuple[str, ...], **options: object) -> tuple[int, bytes, str]:
    """The one call into GitPython: its ways to say that there is no git become one error."""
    try:
        import git  # looks for the program while it is imported
    except ImportError as error:
        raise _no_git(error) from error
    program = git.Git(str(folder))
    command = [program.GIT_PYTHON_GIT_EXECUTABLE, *_OPTIONS, *args]
    try:
        ended = program.execute(command, **options)  # type: ignore[call-overload]
    except git.GitCommandNotFound as error:
        raise _no_git(error) from error
    return cast("tuple[int, bytes, str]", ended)


def _no_git(error: Exception) -> RepoError:
    said = str(error).strip().split("\n", 1)[0]
    return RepoError(f"git cannot be started: {said}", hint="install git and put it on PATH")


@contextmanager
def _without_leaked_variables() -> Iterator[None]:
    """GitPython hands the whole environment to git and cannot drop a variable, so hide them meanwhile."""
    leaked = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("GIT_") and name not in _KEPT and not name.startswith(_KEPT_PREFIXES)
    }
    for name in leaked:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(leaked)
