"""What the journals know of the newest run: is it going on, how far is it, what has it spent."""

from __future__ import annotations

from pathlib import Path

from rsi_cli.cli.screen import command, console, print_json, tell
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.runs import Runs
from rsi_cli.report.view import status_json, status_lines


def show_status(*, as_json: bool) -> None:
    """The newest run of the repository we stand in."""
    runs = Runs(Repo.at(Path.cwd()).state_dir)
    newest = runs.newest()
    if newest is None:
        if as_json:
            print_json({"run": None, "state": "none"})
        else:
            tell(console(), "no run in this repository yet")
        return
    state, spent, pid = runs.state(newest), runs.spent(newest), runs.running(newest)
    if as_json:
        print_json(status_json(state, spent, pid=pid))
        return
    began = state.started.command if state.started else ()
    for line in status_lines(state, spent, pid=pid, resume=command(*began, "--resume")):
        tell(console(), line, exact=line.startswith("    "))
