"""What the doctor finds: one line each, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from rsi_cli.errors import InputError, RsiError

State: TypeAlias = Literal["ok", "warn", "fail"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. fix: what to do, empty where all is well."""

    check: str
    state: State
    message: str
    fix: str = ""


def failures(check: str, error: RsiError) -> Iterator[Finding]:
    """A failure for each mistake that the error lists, in file order; one for an error that lists none."""
    mistakes = [str(problem) for problem in error.problems] if isinstance(error, InputError) else []
    for message in mistakes or [error.message]:
        yield Finding(check=check, state="fail", message=message, fix=error.hint)


def attempt(check: str, look: Callable[[], T]) -> tuple[T | None, tuple[Finding, ...]]:
    """What was looked for; None, and the failures, where that raises an error of the person's."""
    try:
        return look(), ()
    except RsiError as error:
        return None, tuple(failures(check, error))


def tried(check: str, look: Callable[[], str]) -> Iterator[Finding]:
    """What `look` says of a thing that is well, or the failures."""
    said, failed = attempt(check, look)
    yield from failed
    if said is not None:
        yield Finding(check=check, state="ok", message=said)
