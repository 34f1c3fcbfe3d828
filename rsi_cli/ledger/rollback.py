"""Restore an earlier version of a skill as a new commit; history is never rewritten.

A rollback undoes promotions, newest first. A second one goes further back: it reads, from the first one's
trailer, which version is in force now, and undoes the newest promotion that this version still contains.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.errors import InputError, RepoError
from rsi_cli.ledger.git import CommitMessage, Repo, Version
from rsi_cli.ledger.git.log import ROLLBACK_TO
from rsi_cli.ledger.parting import Parting, in_words, parting
from rsi_cli.nouns import Sha

_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackPlan:
    """What a rollback will do. files: the skill first, then its sidecar. head: what it goes on top of.

    restored_from: the commit whose version comes back. undone: versions of skill or sidecar whose effect
    ends, newest first; those that are not promotions are edits of people. sidecar: what goes with it.
    """

    repo: Repo
    files: tuple[Path, ...]
    head: Sha
    restored_from: Sha
    subject: str
    undone: tuple[Version, ...]
    sidecar: Parting

    @property
    def edits(self) -> tuple[Version, ...]:
        """What people did by hand and will no longer be in force, newest first."""
        return tuple(version for version in self.undone if not version.is_promotion)

    @property
    def message(self) -> CommitMessage:
        """The commit's message."""
        undone = [f"- {version.commit[:12]} {version.subject}" for version in self.undone]
        gone = self.sidecar.sentence
        parts = [
            [f"Restores the version of {self.restored_from[:12]} ({self.subject})."],
            ["No longer in force:", *undone] if undone else [],
            [f"{gone}.", *map(in_words, self.sidecar.lessons)] if gone else [],
            [f"To have the sidecar back: git {shlex.join(self.sidecar.way_back)}"] if gone else [],
        ]
        return CommitMessage(
            f"Roll {_name(self.files[0])} back to {self.restored_from[:12]}",
            "\n\n".join("\n".join(part) for part in parts if part),
            ((ROLLBACK_TO, self.restored_from),),
        )


def plan(
    repo: Repo, files: tuple[Path, ...], *, to: str | None = None, steps: int = 1, best: bool = False
) -> RollbackPlan:
    """Find the version to restore: `to`, the `best` one, or the one `steps` promotions ago.

    to: any revision that holds the skill, before the first promotion too; a sidecar not there yet is removed.
    best: highest held-out score among promotions under the newest promotion's suite; the newer one of equals.
    Raises InputError for flags that exclude each other and for a revision without the skill, RepoError where
    the skill has uncommitted changes or there is nothing to go back to.
    """
    if steps < 1 or sum((to is not None, steps != 1, best)) > 1:
        raise InputError(
            "--to, --steps and --best exclude each other", hint="pass one; --steps counts from 1"
        )
    repo.require_ready(files)
    head = repo.head()
    if to is not None:
        source = _chosen(repo, files[0], to)
    elif best:
        source = _best(repo, files[0])
    else:
        source = _steps_back(repo, files, head, steps)
    if repo.same(source, head, files):
        raise RepoError(
            f"{_name(files[0])} already is as {source[:12]} has it",
            hint=f"choose another version with --to: {_candidates(repo, files[0])}",
        )
    origin = repo.history(*files, rev=source)[0]
    return RollbackPlan(
        repo=repo,
        files=files,
        head=head,
        restored_from=source,
        subject=origin.subject,
        undone=_undone(repo, files, source),
        sidecar=parting(repo, files[1], head, source),
    )


def apply(chosen: RollbackPlan) -> Sha:
    """Make the commit and show it. Raises RepoError if the branch or a file moved since `plan`."""
    return chosen.repo.restore(chosen.files, chosen.restored_from, chosen.message, chosen.head)


def _chosen(repo: Repo, skill: Path, rev: str) -> Sha:
    try:
        found = repo.resolve(rev)
    except RepoError:
        raise InputError(
            f"--to {rev}: no such commit", hint=f"choose one of: {_candidates(repo, skill)}"
        ) from None
    if repo.read(found, skill) is None:
        raise InputError(
            f"--to {rev}: {repo.relative(skill)} is not in that commit",
            hint=f"choose one of: {_candidates(repo, skill)}",
        )
    return found


def _best(repo: Repo, skill: Path) -> Sha:
    promotions = [version for version in repo.log(skill) if version.is_promotion]
    suite = promotions[0].suite_hash if promotions else None
    scored = [v for v in promotions if v.suite_hash == suite and v.holdout_score is not None]
    if not scored:
        raise RepoError(f"no promotion of {_name(skill)} has a held-out score", hint=_any_other(repo, skill))
    return max(scored, key=lambda version: version.holdout_score or 0.0).commit


def _steps_back(repo: Repo, files: tuple[Path, ...], head: Sha, steps: int) -> Sha:
    """The commit that made the version from before the newest `steps` promotions still in force at `head`."""
    undoable = [v for v in in_force(repo, files[0], head) if repo.history(*files, rev=v.parents[0])]
    if len(undoable) < steps:
        raise RepoError(_too_few(files[0], len(undoable), steps), hint=_any_other(repo, files[0]))
    (origin, *_) = repo.history(*files, rev=undoable[steps - 1].parents[0])
    while origin.rollback_to and repo.same(origin.rollback_to, origin.commit, files):
        origin = repo.history(*files, rev=origin.rollback_to)[0]
    return origin.commit


def _too_few(skill: Path, left: int, steps: int) -> str:
    if not left:
        return f"no promotion of {_name(skill)} is left to undo"
    promotions = "1 promotion" if left == 1 else f"{left} promotions"
    return f"{promotions} of {_name(skill)} can be undone, not {steps}: the most is --steps {left}"


def in_force(repo: Repo, skill: Path, rev: Sha) -> tuple[Version, ...]:
    """The promotions whose effect is still there at `rev`, newest first.

    A rollback hides what it undid, and a rollback behind that brings it to light again; what a `git revert`,
    or a file restored by hand, took back stays hidden. (`Repo.promotions_in_force` asks for less: what was
    never taken back at all.)
    """
    reverted = _reverted(repo, skill, rev)
    found: list[Version] = []
    while latest := repo.log(skill, 1, rev=rev):
        if latest[0].rollback_to is not None:
            rev = repo.resolve(latest[0].rollback_to)
        elif latest[0].parents:
            if latest[0].commit not in reverted:
                found.append(latest[0])
            rev = latest[0].parents[0]
        else:
            break
    return tuple(found)


def _reverted(repo: Repo, skill: Path, rev: Sha) -> frozenset[Sha]:
    """Promotions that a commit up to `rev`, and no rollback of ours, took back."""
    here = {version.commit: version for version in repo.history(skill, rev=rev)}
    return frozenset(
        promotion
        for promotion, by in repo.taken_back((skill,)).items()
        if by in here and here[by].rollback_to is None
    )


def _undone(repo: Repo, files: tuple[Path, ...], source: Sha) -> tuple[Version, ...]:
    """Versions since `source`, newest first, without rollbacks; none if `source` is no ancestor."""
    kept = {version.commit for version in repo.history(*files, rev=source)}
    return tuple(v for v in repo.history(*files) if v.commit not in kept and v.rollback_to is None)


def _candidates(repo: Repo, skill: Path) -> str:
    known = repo.history(skill)
    listed = "".join(f"\n  {v.commit[:12]}  {v.date[:10]}  {v.subject}" for v in known[:_LISTED])
    more = (
        f"\n  … and {len(known) - _LISTED} more: `git log -- {repo.relative(skill)}`"
        if len(known) > _LISTED
        else ""
    )
    return listed + more


def _any_other(repo: Repo, skill: Path) -> str:
    return f"--to takes any commit that holds it: {_candidates(repo, skill)}"


def _name(skill: Path) -> str:
    return skill.parent.name if skill.name == "SKILL.md" else skill.stem
