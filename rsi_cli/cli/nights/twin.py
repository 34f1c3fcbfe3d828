"""A night that would repeat an earlier one: the same seed on the same version draws the same children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsi_cli.errors import RepoError
from rsi_cli.ledger.events import RunStarted

if TYPE_CHECKING:
    from rsi_cli.evolution.night import SkillFiles
    from rsi_cli.ledger.git import Repo
    from rsi_cli.ledger.runs import Runs
    from rsi_cli.nouns import RunId


def twin_of(started: RunStarted, runs: Runs, repo: Repo, files: SkillFiles) -> RunId | None:
    """The newest earlier run that began with this seed, on these very files, by this suite and these models.

    With answers kept in the cache it costs nothing to repeat such a night, but its looks spend error anew.
    """
    for run in runs.ids():
        if run != started.run and _is_twin(run, started, runs, repo, files):
            return run
    return None


def _is_twin(run: RunId, started: RunStarted, runs: Runs, repo: Repo, files: SkillFiles) -> bool:
    """A run whose journal cannot be read, or whose commit is gone, is no reason to warn."""
    try:
        [earlier] = runs.events(run, RunStarted) or (None,)
        return (
            isinstance(earlier, RunStarted)
            and _alike(earlier, started)
            and repo.same(earlier.base_commit, started.base_commit, (files.skill, files.sidecar))
        )
    except RepoError:
        return False


def _alike(one: RunStarted, other: RunStarted) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("skill", "seed", "suite_hash", "judge_hash", "models", "train_cases")
    )


def twin_words(run: RunId, seed: int) -> str:
    """For people."""
    return (
        f"run {run} began with seed {seed} on this very version: tonight breeds the same children and asks "
        "the gate about them again; without --seed, or with another one, it would look elsewhere"
    )
