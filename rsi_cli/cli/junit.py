"""JUnit reports, as continuous integration reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from rsi_cli.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One test. state: an error is a test that could not be made, a failure one that was lost."""

    group: str
    name: str
    state: Literal["passed", "failure", "error"]
    message: str = ""
    output: str = ""


def require_writable(path: Path | None, sources: Sequence[Path] = ()) -> None:
    """Raise InputError, before anything is paid for, where a report could not be written.

    sources: the owner's files, which it must not replace.
    """
    if path is None:
        return
    if path.is_dir():
        raise InputError(f"--junit {path}: that is a folder", hint=f"name a file in it: {path / 'junit.xml'}")
    if not path.absolute().parent.is_dir():
        raise InputError(f"--junit {path}: there is no such folder", hint=f"mkdir -p {path.parent}")
    if any(_same(path, source) for source in sources):
        raise InputError(
            f"--junit {path}: the report would overwrite what is measured", hint="name another file"
        )


def _same(path: Path, other: Path) -> bool:
    """Whether two names lead to one file, by links too."""
    both_there = path.exists() and other.exists()
    return path.resolve() == other.resolve() or (both_there and path.samefile(other))


def write(path: Path, name: str, groups: Mapping[str, Sequence[Outcome]]) -> None:
    """Write a report: one test suite for each group. Raises InputError where that fails."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<testsuites name={_attribute(name)}>"]
    for group, outcomes in groups.items():
        failures = sum(outcome.state == "failure" for outcome in outcomes)
        errors = sum(outcome.state == "error" for outcome in outcomes)
        counts = f'tests="{len(outcomes)}" failures="{failures}" errors="{errors}"'
        lines.append(f"<testsuite name={_attribute(group)} {counts}>")
        lines.extend(_test(outcome) for outcome in outcomes)
        lines.append("</testsuite>")
    try:
        path.write_text("\n".join([*lines, "</testsuites>"]) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"--junit {path}: {error.strerror}", hint="name a file that may be written"
        ) from error


def _test(outcome: Outcome) -> str:
    head = f"<testcase classname={_attribute(outcome.group)} name={_attribute(outcome.name)}"
    if outcome.state == "passed":
        return f"{head}/>"
    said = f"<system-out>{escape(_printable(outcome.output))}</system-out>" if outcome.output else ""
    return f"{head}><{outcome.state} message={_attribute(outcome.message)}/>{said}</testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    """XML 1.0 has no control characters and no half surrogates, not even escaped ones."""
    return "".join(char if _allowed(ord(char)) else "\ufffd" for char in text)


def _allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
