"""Every way in which rsi can fail on purpose, with its exit code and its next step.

RsiError                 exit
├── InputError            2   the user's file or flag is wrong; each problem at file:line:col
├── CheckFailed           3   audit or eval found what it looks for
├── ModelError            4   the provider said no for good; has provider and model
├── RepoError             5   the state of the git repository does not allow this
│   └── Overtaken         5   the skill was changed under a run, which can commit nothing any more
└── Inconclusive          6   too little could be measured
BugError (not RsiError)   1   our fault; the traceback goes to a file that the message names

A spent budget, a night without a winner and a refused candidate are results, not errors: exit 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class RsiError(Exception):
    """Something that the person at the keyboard can mend.

    message: what happened, with the value that caused it.
    hint: what to do or type next; never empty.
    shown: the command has printed its document already, and this only sets the exit code.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str, shown: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file the user wrote. `line` and `col` count from 1; 0 where unknown."""

    file: str
    line: int
    col: int
    where: str
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        return "  ".join(part for part in (place, self.where, self.what) if part)


class InputError(RsiError):
    """A file or a flag of the user's is wrong. `problems` holds every mistake found, not the first."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class CheckFailed(RsiError):
    """A check that was asked for did not pass."""

    exit_code = 3


class ModelError(RsiError):
    """The provider refused for good: key, model name, or a quota that will not come back."""

    exit_code = 4

    def __init__(self, message: str, *, hint: str, provider: str, model: str) -> None:
        super().__init__(message, hint=hint)
        self.provider = provider
        self.model = model


class RepoError(RsiError):
    """The state of the git repository does not allow what was asked."""

    exit_code = 5


class Overtaken(RepoError):
    """The skill was changed under a run: going on would end like this again, a new run would not."""


class Inconclusive(RsiError):
    """Nothing could be concluded: too many measurements failed, or the budget ended too early."""

    exit_code = 6


class BugError(Exception):
    """rsi broke one of its own rules. Never the user's fault."""

    def __init__(self, message: str, *, hint: str = "please report this with the traceback") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
