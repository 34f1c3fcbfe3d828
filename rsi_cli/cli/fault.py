"""The only place that turns an exception into words and an exit code."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rsi_cli.errors import BugError, InputError, RsiError
from rsi_cli.report.words import printable

INTERRUPTED = 130


class Interrupted(Exception):
    """Ctrl-C during work that can be gone on with. hint: the command that does."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def explain(error: BaseException, *, as_json: bool) -> int:
    """Tell the person what happened and what to do next; return the exit code.

    as_json: stdout then gets exactly one JSON document, `{"error": {…}}`.
    """
    whole, error = error, _first(error)
    if isinstance(error, RsiError):
        problems = [str(p) for p in error.problems] if isinstance(error, InputError) else []
        as_json = as_json and not error.shown
        return _say(error.message, error.hint, error.exit_code, problems, as_json=as_json)
    if isinstance(error, Interrupted):
        return _say(error.message, error.hint, INTERRUPTED, [], as_json=as_json)
    if isinstance(error, KeyboardInterrupt):
        hint = "nothing was changed, and answers are kept: run the same command again"
        return _say("interrupted", hint, INTERRUPTED, [], as_json=as_json)
    place = _keep_traceback(whole)
    message = error.message if isinstance(error, BugError) else f"{type(error).__name__}: {error}"
    hint = f"please report it with the traceback in {place}"
    return _say(f"a bug in rsi: {message}", hint, 1, [], as_json=as_json)


def _first(error: BaseException) -> BaseException:
    """Of several failures side by side the one that a person can mend, else the first."""
    leaves = list(_leaves(error))
    return next((leaf for leaf in leaves if isinstance(leaf, RsiError)), leaves[0])


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error


def _say(message: str, hint: str, code: int, problems: list[str], *, as_json: bool) -> int:
    lines = [f"rsi: {message}", *(f"  {problem}" for problem in problems), f"  → {hint}"]
    sys.stderr.write(printable("\n".join(lines), lines=True) + "\n")  # may quote a file or a provider
    if as_json:
        from rsi_cli.cli.screen import print_json

        error = {"message": message, "hint": hint, "exit_code": code, "problems": problems}
        print_json({"error": error})
    return code


def _keep_traceback(error: BaseException) -> Path:
    """Write the traceback where the user's programs keep their logs; else where temporary files go."""
    from platformdirs import user_log_path

    text = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace")
    name = f"traceback-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    for folder in (user_log_path("rsi", appauthor=False), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text)
        except OSError:
            continue
        return folder / name
    sys.stderr.buffer.write(text)
    return Path("the lines above")
