"""The laws of the house that no linter holds (import-linter has imports, ruff style, mypy types)."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rsi_cli"
OURS = (*sorted(PACKAGE.rglob("*.py")), *sorted((ROOT / "tools").rglob("*.py")), ROOT / "bootstrap.py")
TESTS = sorted((ROOT / "tests").rglob("*.py"))
COMMANDS = PACKAGE / "cli" / "commands"
# Of pytest's monkeypatch; the environment and the folder may be set.
REPLACING = ("setattr", "delattr", "setitem", "delitem")
PURE = ("nouns.py", "errors.py", "skill", "suite", "graders", "evolution", "trust", "prompts")
HEAVY = {"litellm", "git", "jinja2", "yaml"}

MODULE_LINES = 300
FUNCTION_LINES = 60
PARAMETERS = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(file: Path, line: int = 0) -> str:
    """The place of an offence, as editors understand it."""
    return f"{file.relative_to(ROOT).as_posix()}:{line}" if line else file.relative_to(ROOT).as_posix()


def functions(file: Path) -> Iterator[Function]:
    """Every function of a file, methods and inner ones too."""
    return (node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, Function))


def is_command(file: Path, function: Function) -> bool:
    """Whether typer reads this signature as a command line: commands/evolve.py holds the command `evolve`.

    There one parameter is one flag, so the signature is as long as the contract is. Nothing else
    is exempt, and the body of a command counts.
    """
    return file.parent == COMMANDS and function.name.rstrip("_") == file.stem


def length(file: Path, function: Function) -> int:
    """Lines from `def` to the end; of a command, those of the body."""
    first = function.body[0].lineno if is_command(file, function) else function.lineno
    return (function.end_lineno or first) - first + 1


def parameters(function: Function) -> int:
    """How many arguments a caller has to know."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return (
        sum(argument.arg not in ("self", "cls") for argument in named)
        + bool(given.vararg)
        + bool(given.kwarg)
    )


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines in a new interpreter, from the root of the project."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lines = {name_of(file): len(file.read_bytes().splitlines()) for file in OURS}
    assert {name: count for name, count in lines.items() if count > MODULE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lines = {name_of(file, f.lineno): length(file, f) for file in OURS for f in functions(file)}
    assert {name: count for name, count in lines.items() if count > FUNCTION_LINES} == {}


def test_no_function_takes_more_than_six_parameters_unless_they_are_flags() -> None:
    counts = {
        f"{name_of(file, f.lineno)} {f.name}": parameters(f)
        for file in OURS
        for f in functions(file)
        if not is_command(file, f)
    }
    assert {name: count for name, count in counts.items() if count > PARAMETERS} == {}


def test_each_command_has_a_file_of_its_name() -> None:
    files = [file for file in COMMANDS.glob("*.py") if file.name != "__init__.py"]
    assert files
    assert [name_of(f) for f in files if not any(is_command(f, function) for function in functions(f))] == []


def test_pure_rooms_know_their_types() -> None:
    files = [
        file
        for room in PURE
        for file in ([PACKAGE / room] if room.endswith(".py") else (PACKAGE / room).rglob("*.py"))
    ]
    assert [
        name_of(f) for f in files if re.search(r"\bimport\b.*\bAny\b|\btyping\.Any\b", f.read_text("utf-8"))
    ] == []


def test_help_loads_no_heavy_library() -> None:
    program = (
        "import sys\n"
        "from rsi_cli.cli.app import main\n"
        "sys.argv = ['rsi', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "print(*sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)\n"
    )
    done = python(program)
    assert done.returncode == 0, done.stderr
    assert "evolve" in done.stdout
    loaded = set(done.stderr.split())
    assert "rsi_cli" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.skipif(os.name == "nt", reason="the processor time of a child is not to be had there")
def test_help_costs_at_most_three_times_the_import_of_its_parser() -> None:
    def seconds(program: str, *arguments: str) -> float:
        before = os.times()
        for _ in range(5):
            assert python(program, *arguments).returncode == 0
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    floor = seconds("import typer")
    assert seconds("from rsi_cli.cli.app import main; main()", "--help") <= 3 * floor


@pytest.mark.parametrize("template", sorted((PACKAGE / "prompts").rglob("*.j2")), ids=lambda path: path.name)
def test_a_prompt_says_what_it_is_for_and_what_it_expects(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    head = text[: text.index("#}")]
    assert head.startswith("{#")
    for word in ("Purpose:", "Variables:"):
        assert word in head
    assert re.search(r"\b[Rr]eply:", head)


def replaced(file: Path) -> Iterator[str]:
    """Every way by which a test could put something else in the place of what is there."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if "mock" in alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from (name for name in names if name == "mock")
        elif isinstance(node, ast.arg) and node.arg == "mocker":
            yield node.arg
        elif isinstance(node, ast.Attribute) and node.attr in REPLACING:
            yield node.attr


def test_tests_replace_nothing_of_ours() -> None:
    found = [(name_of(file), what) for file in TESTS for what in replaced(file)]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [name_of(file) for file in (*OURS, *TESTS) if later.search(file.read_text("utf-8"))] == []


def test_no_test_can_reach_another_machine() -> None:
    with pytest.raises(RuntimeError, match="tests talk to"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(RuntimeError, match="tests talk to"):
        socket.getaddrinfo("example.com", 80)


def test_no_test_sees_the_owners_settings(tmp_path: Path) -> None:
    assert Path.home().is_relative_to(tmp_path.parent)
    assert [name for name in os.environ if name.endswith("_API_KEY") or name.startswith("RSI_")] == []
    listed = ["git", "config", "--list", "--show-origin"]
    settings = subprocess.run(listed, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert {line.split("\t")[0] for line in settings.splitlines()} == {f"file:{Path.home()}/.gitconfig"}
