"""Every flag of a command that settings know reaches them: a limit that is dropped on the way is no limit."""

from __future__ import annotations

import ast
from dataclasses import fields

import pytest
import typer

from rsi_cli.cli.app import app
from rsi_cli.cli.settings import Flags
from tests.fakes.workshop import ROOT, Workshop

COMMANDS = dict(getattr(typer.main.get_command(app), "commands"))  # noqa: B009 - see test_reference.py
KNOWN = {f"--{one.name.strip('_').replace('_', '-')}": one.name for one in fields(Flags)}
WITH_SETTINGS = ("evolve", "eval", "audit", "doctor")


def declared(name: str) -> dict[str, str]:
    """By field of Flags: the parameter under which a command is given that flag."""
    options = {option: parameter.name for parameter in COMMANDS[name].params for option in parameter.opts}
    return {field: options[flag] for flag, field in KNOWN.items() if flag in options}


def passed(name: str) -> dict[str, str]:
    """By field of Flags: the expression that the command's file passes for it."""
    tree = ast.parse((ROOT / f"rsi_cli/cli/commands/{name}.py").read_bytes())
    (made,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Flags"
    )
    return {str(keyword.arg): ast.unparse(keyword.value) for keyword in made.keywords}


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_a_command_passes_each_flag_that_it_declares_and_no_other(name: str) -> None:
    assert declared(name)
    assert passed(name) == declared(name)


def test_no_other_command_declares_such_a_flag() -> None:
    others = {name for name in COMMANDS if name not in WITH_SETTINGS and declared(name)}
    assert others == {"demo"}, "whose seed tests/cli/test_flags.py follows to the end"
    assert declared("demo") == {"seed": "seed"}


def test_every_flag_of_the_settings_belongs_to_a_command() -> None:
    assert declared("evolve").keys() == set(KNOWN.values())


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        (("--max-calls", "450"), "450 calls"),
        (("--max-tokens", "450000"), "450000 tokens"),
        (("--for", "3h"), "3 h"),
        (("--model", "offline/apprentice"), "offline/apprentice"),
    ],
)
def test_what_was_said_is_what_the_plan_says(shop: Workshop, flag: tuple[str, str], said: str) -> None:
    outcome = shop.rsi("evolve", shop.mail(), *flag, "--dry-run")
    assert outcome.code == 0, outcome.err
    assert said in outcome.out + outcome.err
