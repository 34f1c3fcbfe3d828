"""A night that would repeat an earlier one: the same seed on the same version may draw the same children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsi_cli.errors import RepoError
from rsi_cli.ledger.events import RunStarted

if TYPE_CHECKING:
    from rsi_cli.evolution.night import SkillFiles
    from rsi_cli.ledger.git import Repo
    from rsi_cli.ledger.runs import Runs
    from rsi_cli.nouns import RunId

# Of the settings: a longer night begins like a shorter one; the cache counts apart.
_LEFT_OUT = ("budget", "limits", "generations", "cache")


def twin_of(started: RunStarted, runs: Runs, repo: Repo, files: SkillFiles) -> RunId | None:
    """The newest earlier run that began with this seed, on these very files, and asked in the same way.

    None where the night goes on with a run that got something already, and where no answer is found again:
    then the same questions are answered otherwise. The branch makes no difference, its files do.
    With answers kept in the cache it costs nothing to repeat such a night, but its looks spend error anew.
    """
    if runs.has_something_to_lose(started.run):
        return None
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
    facts = ("skill", "seed", "suite_hash", "judge_hash", "models", "train_cases")
    return (
        all(getattr(one, name) == getattr(other, name) for name in facts)
        and _manners(one) == _manners(other)
        and (_draws_nothing(one) or (_keeps_answers(one) and _keeps_answers(other)))
    )


def _manners(started: RunStarted) -> dict[str, str]:
    """What shapes the breeding, beside the facts; how much of it is paid for is left out."""
    return {name: value for name, value in started.settings.items() if name not in _LEFT_OUT}


def _keeps_answers(started: RunStarted) -> bool:
    return started.settings.get("cache", "yes") == "yes"


def _draws_nothing(started: RunStarted) -> bool:
    """Whether every model is asked at temperature 0."""
    asked = [value for name, value in started.settings.items() if name.endswith(" temperature")]
    return bool(asked) and all(value in ("0", "0.0") for value in asked)


def twin_words(run: RunId, seed: int) -> str:
    """For people."""
    return (
        f"run {run} began with seed {seed} on this very version: tonight may breed the same children and ask "
        "the gate about them again; without --seed, or with another one, it would look elsewhere"
    )
