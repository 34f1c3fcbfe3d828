"""Suite files → `Suite`. Every mistake of a file is reported at once, each at its line and column.

YAML and JSON are read alike. `parse_suite` is pure; `load_suite` reads the file.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from rsi_cli.errors import InputError, Problem
from rsi_cli.skill.document import Skill, parse
from rsi_cli.suite.document import suite_of
from rsi_cli.suite.model import Suite
from rsi_cli.suite.nodes import Node, Trail
from rsi_cli.suite.pairs import Shelf

SUFFIXES = (".yaml", ".yml", ".json")

_HINT = "mend the file and try again; docs/suite.md describes every key"


def load_suite(path: Path) -> Suite:
    """Read a suite file. Raises InputError with every problem found, or where there is no such file."""
    return parse_suite(read_text(path), file=str(path), name=path.stem, shelf=_Beside(path.parent))


def parse_suite(text: str, *, file: str, name: str, shelf: Shelf | None = None) -> Suite:
    """Read a suite's text. file: for messages. name: unless the suite says its own. Raises InputError.

    shelf: where the files of pairs are; without one they are not read, and such cases cannot be measured.
    """
    trail = Trail(file, [])
    root = compose_text(text, trail)
    suite = None if root is None else suite_of(root, trail, name, shelf)
    refuse(trail)
    if suite is None:
        raise InputError(f"{file} is empty", hint="write `cases:` and a list of {id, input, expected}")
    return suite


class _Beside:
    """Files that a suite names, found from its own folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._skills: dict[str, Skill] = {}
        self._suites: dict[str, Suite] = {}

    def skill(self, name: str) -> Skill:
        """A skill file, or the SKILL.md of a folder."""
        if name not in self._skills:
            path = self._folder / name
            file = path / "SKILL.md" if path.is_dir() else path
            self._skills[name] = parse(read_text(file).encode())
        return self._skills[name]

    def suite(self, name: str) -> Suite:
        """A suite; if it names pairs itself, those are not followed."""
        if name not in self._suites:
            path = self._folder / name
            self._suites[name] = parse_suite(read_text(path), file=str(path), name=path.stem)
        return self._suites[name]


def compose_text(text: str, trail: Trail) -> Node | None:
    """The root node of a YAML or JSON text; None where it is empty or broken."""
    from rsi_cli.suite.compose import compose

    return compose(text.removeprefix("\ufeff"), trail)


def refuse(trail: Trail, *, hint: str = _HINT) -> None:
    """Raise InputError if any problem was noted, all of them in file order. hint: what to do then."""
    if not trail.found:
        return
    problems = tuple(sorted(dict.fromkeys(trail.found), key=lambda problem: (problem.line, problem.col)))
    count = "a mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    raise InputError(f"{trail.file} has {count}", hint=hint, problems=problems)


def read_text(path: Path) -> str:
    """The text of a file in UTF-8. Raises InputError where it is missing, a folder, unreadable or no text."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", hint=_near(path)) from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder", hint=f"name a file in it{_files_in(path)}") from None
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror}", hint="check the path and its permissions"
        ) from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        col = error.start - raw.rfind(b"\n", 0, error.start)
        problem = Problem(str(path), line, col, "", f"byte 0x{raw[error.start]:02x} is not UTF-8")
        message = f"{path} is not a UTF-8 text file"
        raise InputError(message, hint="save it as UTF-8 text", problems=(problem,)) from None
    if "\0" in text:
        raise InputError(f"{path} is a binary file", hint="name a YAML or JSON file")
    return text


def _near(path: Path) -> str:
    """A hint that names files which were probably meant."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix in SUFFIXES)
    except OSError:
        return f"there is no folder {path.parent} either; check the path"
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(str(path.with_name(name)) for name in near) + "?"
    return (
        f"the folder has {', '.join(names[:5])}" if names else "check the path, or write one with `rsi init`"
    )


def _files_in(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.iterdir() if entry.suffix in SUFFIXES)
    except OSError:
        return ""
    return f": {', '.join(names[:5])}" if names else ""
