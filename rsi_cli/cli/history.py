"""What git and the journals remember: log, diff, rollback, status."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from rsi_cli.cli.beginning import files_in
from rsi_cli.cli.screen import console, print_json
from rsi_cli.errors import InputError
from rsi_cli.ledger import rollback
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.runs import Runs
from rsi_cli.report.view import log_json, log_rows, status_json, status_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which version to go back to."""

    to: str | None = None
    steps: int = 1
    best: bool = False


def show_log(skill: str, *, as_json: bool) -> None:
    """Promotions and rollbacks of a skill, newest first."""
    repo, files = _place(skill)
    versions = repo.log(files[0])
    if as_json:
        print_json(log_json(versions))
        return
    out = console()
    if not versions:
        out.print(f"no promotion of {files[0]} yet; `rsi evolve {skill}` makes some", markup=False)
    for commit, date, gain, score, subject in log_rows(versions):
        out.print(f"{commit}  {date}  {subject}", markup=False)
        if gain:
            out.print(f"    {gain}; held-out {score}", markup=False, style="green")


def roll_back(skill: str, target: Target, *, recheck: bool, as_json: bool) -> None:
    """Restore a version as a new commit; measure it again if that was asked for."""
    repo, files = _place(skill)
    planned = rollback.plan(repo, files, to=target.to, steps=target.steps, best=target.best)
    commit = rollback.apply(planned)
    checked = _recheck(skill) if recheck else None
    if as_json:
        print_json({"commit": commit, "restored_from": planned.restored_from, "skill": str(files[0]), "recheck": checked})
        return
    out = console()
    out.print(f"{files[0]} is again as in {planned.restored_from[:12]} ({planned.subject})", markup=False)
    out.print(f"commit {commit[:12]}; undo this with: rsi rollback {skill} --to {planned.head[:12]}", markup=False)
    for name, score in (checked or {}).items():
        out.print(f"{name:<11}{score}", markup=False)


def _recheck(skill: str) -> dict[str, object]:
    """Score the restored version, as `rsi eval` would."""
    import asyncio

    from rsi_cli.cli.eval_view import EvalView, splits_of
    from rsi_cli.cli.evals import OPEN_SPLITS, measure
    from rsi_cli.cli.ground import survey
    from rsi_cli.cli.settings import Flags

    ground = survey(skill, Flags())
    results, usage = asyncio.run(measure(ground, ground.suite.cases_of(*OPEN_SPLITS)))
    splits = splits_of(EvalView(ground=ground, results=results, usage=usage))
    return {name: asdict(split) for name, split in splits.items()}


def show_status(*, as_json: bool) -> None:
    """The newest run of the repository we stand in."""
    runs = Runs(Repo.at(Path.cwd()).state_dir)
    newest = runs.newest()
    if newest is None:
        if as_json:
            print_json({"run": None, "state": "none"})
        else:
            console().print("no run in this repository yet", markup=False)
        return
    state, pid = runs.state(newest), runs.running(newest)
    if as_json:
        print_json(status_json(state, pid=pid))
        return
    for line in status_lines(state, pid=pid):
        console().print(line, markup=False)


def show_diff(skill: str, a: str | None, b: str | None, *, as_json: bool) -> None:
    """Text and per-case differences between two versions; the newest promotion and its parent by default."""
    from rsi_cli.cli.comparison import compare

    repo, files = _place(skill)
    new = repo.resolve(b or "HEAD")
    if a is None:
        promotions = [version for version in repo.log(files[0], rev=new) if version.is_promotion]
        if not promotions:
            raise InputError(f"{files[0]} has no promotion to show", hint="name two revisions: rsi diff SKILL A B")
        old = promotions[0].parents[0]
    else:
        old = repo.resolve(a)
    comparison = compare(repo, files[0], old, new)
    if as_json:
        print_json(comparison.as_json())
    else:
        comparison.show(console())


def _place(skill: str) -> tuple[Repo, tuple[Path, Path]]:
    """The repository of a skill and the two files that promotions touch."""
    from rsi_cli.cli.locate import locate_skill

    file = locate_skill(skill, Path.cwd())
    repo = Repo.at(file.path)
    files = files_in(repo, file.path)
    return repo, (files.skill, files.sidecar)
