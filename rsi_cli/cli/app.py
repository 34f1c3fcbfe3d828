"""The command `rsi`: parse, call, show. Heavy libraries are imported inside the commands that need them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from rsi_cli.cli.commands.audit import audit
from rsi_cli.cli.commands.demo import demo
from rsi_cli.cli.commands.diff import diff
from rsi_cli.cli.commands.doctor import doctor
from rsi_cli.cli.commands.eval import eval_
from rsi_cli.cli.commands.evolve import evolve
from rsi_cli.cli.commands.init import init
from rsi_cli.cli.commands.log import log
from rsi_cli.cli.commands.rollback import rollback
from rsi_cli.cli.commands.status import status
from rsi_cli.cli.fault import explain

app = typer.Typer(
    name="rsi",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Evolve a prompt or skill file overnight, and promote only what is really better.",
)


def _version(asked: bool) -> None:  # noqa: FBT001 - the shape of a typer callback
    if asked:
        from importlib.metadata import version

        typer.echo(f"rsi {version('rsi-cli')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[  # noqa: ARG001 - eager, does its work in the callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Evolve a prompt or skill file overnight, and promote only what is really better."""


app.command(name="evolve")(evolve)
app.command(name="eval")(eval_)
app.command(name="audit")(audit)
app.command(name="rollback")(rollback)
app.command(name="log")(log)
app.command(name="diff")(diff)
app.command(name="status")(status)
app.command(name="init")(init)
app.command(name="doctor")(doctor)
app.command(name="demo")(demo)


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing but an exit code ever leaves."""
    import click

    as_json = "--json" in argv
    try:
        code = app(args=list(argv), standalone_mode=False)
    except click.exceptions.Abort:
        return explain(KeyboardInterrupt(), as_json=as_json)
    except click.ClickException as error:
        from rsi_cli.errors import InputError

        return explain(InputError(error.format_message(), hint="see `rsi --help`"), as_json=as_json)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last line of defence
        return explain(error, as_json=as_json)
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(sys.argv[1:]))
