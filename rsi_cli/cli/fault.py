"""The only place that turns an exception into words and an exit code."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from rsi_cli.errors import BugError, InputError, RsiError

INTERRUPTED = 130


def explain(error: BaseException, *, as_json: bool) -> int:
    """Tell the person what happened and what to do next; return the exit code.

    as_json: stdout then gets exactly one JSON document, `{"error": {…}}`.
    """
    error = _first(error)
    if isinstance(error, RsiError):
        problems = [str(p) for p in error.problems] if isinstance(error, InputError) else []
        as_json = as_json and not error.shown
        return _say(error.message, error.hint, error.exit_code, problems, as_json=as_json)
    if isinstance(error, KeyboardInterrupt):
        hint = "nothing is lost; go on with `rsi evolve … --resume`"
        return _say("interrupted", hint, INTERRUPTED, [], as_json=as_json)
    place = _keep_traceback(error)
    message = error.message if isinstance(error, BugError) else f"{type(error).__name__}: {error}"
    return _say(f"a bug in rsi: {message}", f"please report it with the traceback in {place}", 1, [], as_json=as_json)


def _first(error: BaseException) -> BaseException:
    """Of several failures side by side the one that a person can mend, else the first."""
    while isinstance(error, BaseExceptionGroup):
        leaves: tuple[BaseException, ...] = error.exceptions
        error = next((leaf for leaf in leaves if isinstance(leaf, RsiError)), leaves[0])
    return error


def _say(message: str, hint: str, code: int, problems: list[str], *, as_json: bool) -> int:
    lines = [f"rsi: {message}", *(f"  {problem}" for problem in problems), f"  → {hint}"]
    sys.stderr.write("\n".join(lines) + "\n")
    if as_json:
        error = {"message": message, "hint": hint, "exit_code": code, "problems": problems}
        sys.stdout.write(json.dumps({"error": error}, ensure_ascii=False, indent=2) + "\n")
    return code


def _keep_traceback(error: BaseException) -> Path:
    from platformdirs import user_log_path

    folder = user_log_path("rsi", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"traceback-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
    place.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return place
