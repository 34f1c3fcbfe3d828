"""docs/cli.md and the program say the same."""

from __future__ import annotations

import re

import pytest
import typer

from rsi_cli.cli.app import app
from tests.fakes.plain import plain_files
from tests.fakes.workshop import ROOT, Workshop

TEXT = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
GROUP = typer.main.get_command(app)
COMMANDS = dict(getattr(GROUP, "commands"))  # noqa: B009 - typer's own class has it, its base does not
FLAG = re.compile(r"--[a-z][a-z-]*")


def flags_of(name: str) -> set[str]:
    """The flags of a command, hidden ones too."""
    options = {flag for parameter in COMMANDS[name].params for flag in parameter.opts}
    return {flag for flag in options if flag.startswith("--")}


def test_every_command_stands_in_the_table_and_no_other() -> None:
    assert set(re.findall(r"^\| `rsi ([a-z]+)", TEXT, re.MULTILINE)) == set(COMMANDS)


def test_every_flag_is_described_and_every_described_flag_is_there() -> None:
    known = set().union(*(flags_of(name) for name in COMMANDS))
    written = set(FLAG.findall(TEXT)) - {"--help"}
    assert written - known == set()
    assert known - written - {"--help", "--in"} == set()


def test_the_commands_that_talk_to_models_take_the_same_flags() -> None:
    shared = set(FLAG.findall(TEXT[TEXT.index("share these") : TEXT.index("`evolve` adds")]))
    for name in ("evolve", "eval", "audit"):
        assert shared <= flags_of(name), name


def test_every_command_but_the_demonstration_prints_json() -> None:
    assert {name for name in COMMANDS if "--json" not in flags_of(name)} == {"demo"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("eval", ("eval", "skills/plain")),
        ("evolve", ("evolve", "skills/plain", "--seed", "1", "--max-calls", "400")),
        ("audit", ("audit", "skills/plain")),
        ("status", ("status",)),
        ("init", ("init", "second")),
        ("doctor", ("doctor", "skills/plain")),
    ],
)
def test_the_documents_have_the_keys_that_are_written_down(
    shop: Workshop, name: str, arguments: tuple[str, ...]
) -> None:
    shop.fill(plain_files())
    if name == "status":
        shop.rsi("evolve", "skills/plain", "--max-calls", "60")
    written = re.search(rf"^{name} +(\{{.*?)(?=^\S)", TEXT, re.MULTILINE | re.DOTALL)
    assert written is not None
    document = shop.rsi(*arguments, "--json").document
    assert set(document) <= set(re.findall(r'"([a-z_]+)"', written[1])), "an undocumented key"
