"""The command `rsi`: parse, call, show. Heavy libraries are imported inside the commands that need them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, cast

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
from rsi_cli.cli.fault import INTERRUPTED, explain
from rsi_cli.cli.screen import PROGRAM, be_printable
from rsi_cli.errors import InputError

NOBODY_READS = 128 + 13  # what a shell reports for SIGPIPE
# Typer exports this class's child alone; the class itself was click's once and is its own now.
UsageError = cast("type[Exception]", typer.BadParameter.__mro__[1])

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Evolve a prompt or skill file overnight, and promote only what is really better.",
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"{PROGRAM} {version('rsi-cli')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
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
    as_json = "--json" in argv
    try:
        code = app(args=list(argv) or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except typer.Abort:  # Ctrl-C, as older versions of typer say it
        code = INTERRUPTED
    except UsageError as error:
        return explain(_misused(error), as_json=as_json)
    except (BrokenPipeError, SystemExit):  # the latter is typer's answer to the former
        return NOBODY_READS
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last line of defence
        return explain(error, as_json=as_json)
    if code == INTERRUPTED:
        return explain(KeyboardInterrupt(), as_json=as_json)
    return code if isinstance(code, int) else 0


def _misused(error: Exception) -> InputError:
    """A wrong command line, in the words of the parser."""
    said: str = error.format_message()  # type: ignore[attr-defined]
    if near := getattr(error, "possibilities", None):
        said = f"{error}; did you mean {' or '.join(near)}?"
    context = getattr(error, "ctx", None)
    path = context.command_path if context else PROGRAM
    return InputError(said[:1].lower() + said[1:].rstrip("."), hint=f"see `{path} --help`")


def main() -> None:
    """Entry point of the console script."""
    be_printable()
    _end_in_good_order()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or it is flushed once more at exit
        code = NOBODY_READS
    sys.exit(code)


def _end_in_good_order() -> None:
    """Hear a kill, and a terminal that is closed, like Ctrl-C; what `nohup` has us not hear stays unheard."""
    terminals = [stream for stream in (sys.stdout, sys.stderr) if stream.isatty()]

    def interrupted(*_: object) -> None:
        for stream in terminals:
            if not stream.isatty():  # it was closed: whatever is written there now fails
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs behind a script
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupted)
