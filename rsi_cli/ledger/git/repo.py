"""The user's repository: read versions of a skill, commit a new one, touch nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.errors import BugError, RepoError
from rsi_cli.ledger.git import commit, entries, log, standing, state
from rsi_cli.ledger.git.checkout import Checkout
from rsi_cli.ledger.git.commit import Change, NewFile
from rsi_cli.ledger.git.entries import Entry
from rsi_cli.ledger.git.log import Version
from rsi_cli.ledger.git.message import CommitMessage, flat
from rsi_cli.ledger.git.run import failure
from rsi_cli.ledger.git.worktree import Pending, noted
from rsi_cli.nouns import CandidateId, RunId, Sha

CHAMPIONS = "refs/rsi/champions"


class HalfShown(RepoError):
    """A killed rsi made a commit that the worktree does not show yet; the next night or rollback shows it."""

    def __init__(self, commit: str) -> None:
        super().__init__(
            f"a killed rsi left commit {commit[:12]} half shown",
            hint="the next `rsi evolve` shows it; commit nothing of the skill before that",
        )


@dataclass(frozen=True, slots=True)
class Repo(Checkout):
    """A worktree in which versions of a skill are read and made.

    Paths given to methods are absolute, or relative to `root`; links in them are followed.
    """

    def relative(self, path: Path) -> str:
        """The path as git names it. Raises RepoError if it lies outside the repository or inside .git."""
        full = (self.root / path).resolve()
        if not full.is_relative_to(self.root) or full == self.root or full.is_relative_to(self.git_dir):
            raise RepoError(
                f"{path} is outside the repository {self.root}", hint="move it in, or run rsi in its own"
            )
        return full.relative_to(self.root).as_posix()

    def resolve(self, rev: str) -> Sha:
        """The commit that a user's `rev` names. Raises RepoError where it names none."""
        found = entries.resolve(self.git, rev)
        if found is None:
            raise RepoError(f"{rev!r} names no commit here", hint="`rsi log SKILL` and `git log` list them")
        return Sha(found)

    def require_ready(self, paths: Iterable[Path], branch: str | None = None) -> None:
        """Raise RepoError where `paths` could not be committed to `branch` now; docs/git.md has each case.

        First finishes what a killed rsi left half shown. A path that exists nowhere yet is fine.
        """
        self._require_branch(branch)
        with commit.promoting(self):
            state.refuse_unless_ready(self, [self.relative(path) for path in paths], branch)

    def unready(self, paths: Iterable[Path], branch: str | None = None) -> RepoError | None:
        """Why `paths` could not be committed to `branch` as things stand; finishes and writes nothing.

        HalfShown where a killed rsi left them so: `require_ready` mends that by itself, and to commit what
        the worktree holds then would take the promotion back.
        """
        left: Pending | None = None
        names: list[str] = []
        try:
            left = noted(self)
            names = [self.relative(path) for path in paths]
            self._require_branch(branch)
            state.refuse_unless_ready(self, names, branch)
        except RepoError as error:
            if left is None or not self.shows(branch) or set(names).isdisjoint(left.paths):
                return error
            return HalfShown(left.commit) if self._is_on_top(left) else error
        return None

    def _is_on_top(self, left: Pending) -> bool:
        """Whether the commit was made and is checked out: killed a moment earlier, there is none to show."""
        return left.ref == self.head_ref() and entries.resolve(self.git, left.ref) == left.commit

    def _require_branch(self, branch: str | None) -> None:
        if self.branch() is None and branch is None:
            raise state.detached(self)
        self.head()

    def finish_interrupted(self) -> Sha | None:
        """Show a commit that a killed rsi had made but not yet shown; None if there is none."""
        with commit.promoting(self) as finished:
            return Sha(finished) if finished else None

    def read(self, rev: str, path: Path) -> bytes | None:
        """The file as a checkout of `rev` would show it; None where that commit has no such file."""
        name = self.relative(path)
        entry = entries.in_commit(self.git, self.resolve(rev), name)
        return entries.shown(self.git, name, entry) if entry else None

    def same(self, a: str, b: str, paths: Iterable[Path]) -> bool:
        """Do two commits hold these files alike? Then work done on top of one can go on top of the other."""
        names = [self.relative(path) for path in paths]
        one, other = self.resolve(a), self.resolve(b)
        return all(
            entries.in_commit(self.git, one, n) == entries.in_commit(self.git, other, n) for n in names
        )

    def promote(
        self, files: Mapping[Path, bytes], message: CommitMessage, expected: Sha, branch: str | None = None
    ) -> Sha:
        """Commit exactly `files` on top of `expected`; RepoError if the branch or a file moved meanwhile.

        files: bytes as the worktree shall hold them. The message must name the run and the candidate. Only
        `evolution.promote`, which holds the gate's accepted decision, may call this. On a branch that is not
        checked out, the branch alone moves.
        """
        for key in ("Rsi-Run", "Rsi-Candidate"):
            if message.value(key) is None:
                raise BugError(f"a promotion needs the trailer {key}")
        new = {self.relative(path): content for path, content in files.items()}
        why = f"promote {message.value('Rsi-Candidate')}"
        return self._land(self._stored(new, expected), message, expected, branch, why)

    def restore(self, paths: Iterable[Path], source: Sha, message: CommitMessage, expected: Sha) -> Sha:
        """Commit `paths` as they were at `source`, on top of `expected`, the current branch's head.

        What is absent there is removed. It cannot bring in a text that git does not hold already, and the
        message must say what it restores.
        """
        if message.value(log.ROLLBACK_TO) != source:
            raise BugError(f"a rollback needs the trailer {log.ROLLBACK_TO}: {source}")
        files: dict[str, NewFile | None] = {}
        for name in map(self.relative, paths):
            old = entries.in_commit(self.git, source, name)
            if old is not None or entries.in_commit(self.git, expected, name) is not None:
                files[name] = NewFile(old, entries.shown(self.git, name, old)) if old else None
        return self._land(files, message, expected, None, f"roll back to {source[:12]}")

    def keep(self, ref_name: str, files: Mapping[Path, bytes], parent: Sha, message: CommitMessage) -> Sha:
        """Store a version as a commit under refs/rsi/champions/`ref_name`; no branch, no file moves.

        Doing the same again returns the first commit. Raises BugError if the name holds other files.
        """
        ref = f"{CHAMPIONS}/{ref_name.removeprefix(CHAMPIONS).lstrip('/')}"
        new = {self.relative(path): content for path, content in files.items()}
        stored = self._stored(new, parent)
        if known := entries.resolve(self.git, ref):
            if any(entries.in_commit(self.git, known, name) != file.entry for name, file in stored.items()):
                raise BugError(f"{ref} already holds another version")
            return Sha(known)
        with commit.promoting(self):
            change = Change(
                files=stored, message=message, expected=parent, branch=None, why="keep a champion"
            )
            made = commit.write_commit(self, change, sign=False)
            args = ("update-ref", ref, made, "")
            if (ran := self.git.run(*args)).status != 0:
                raise failure(args, ran)
        return Sha(made)

    def find_promotion(
        self, run: RunId, candidate: CandidateId, since: Sha | None, branch: str | None = None
    ) -> Sha | None:
        """The commit after `since` (None: ever) on `branch` that promoted that run's candidate, else None.

        Candidates of two runs may share a name; after a crash this tells whose commit it is.
        """
        tip = self.tip(branch)
        wanted = (("Rsi-Candidate", flat(candidate)), ("Rsi-Run", flat(run)))
        return log.with_trailers(self.git, wanted, f"{since}..{tip}" if since else tip)

    def log(self, path: Path, limit: int | None = None, *, rev: str | None = None) -> tuple[Version, ...]:
        """Promotions and rollbacks of the skill at `path` up to `rev` (None: HEAD), newest first."""
        tip = self.resolve(rev) if rev else self.head()
        found = log.versions(self.git, tip, (self.relative(path),), grep="Rsi-")
        return tuple(version for version in found if version.ours)[:limit]

    def promotions_in_force(self, paths: Iterable[Path]) -> tuple[Version, ...]:
        """Promotions of a skill on any branch, here or of a remote, that nothing has ever taken back."""
        names = tuple(map(self.relative, paths))
        found = log.on_any_branch(self.git, names)
        gone = standing.taken_back(self.git, names, found)
        return tuple(one for one in found if one.is_promotion and one.commit not in gone)

    def taken_back(self, paths: Iterable[Path]) -> Mapping[Sha, Sha]:
        """Promotions of a skill that no longer stand, each with the commit that took it back.

        paths: the skill file first. `standing.taken_back` says what takes a promotion back.
        """
        names = tuple(map(self.relative, paths))
        return standing.taken_back(self.git, names, log.on_any_branch(self.git, names))

    def is_shallow(self) -> bool:
        """Whether this clone holds only the newest part of its history."""
        return self.git.line("rev-parse", "--is-shallow-repository") == "true"

    def remotes_without_tags(self) -> tuple[str, ...]:
        """Remotes whose tags are never fetched, as `git clone --no-tags` settles it."""
        ran = self.git.run("config", "-z", "--get-regexp", r"^remote\..*\.tagopt$")
        settings = dict(each.split("\n", 1) for each in os.fsdecode(ran.out).split("\0") if "\n" in each)
        refused = (key for key, value in settings.items() if value == "--no-tags")
        return tuple(key.removeprefix("remote.").removesuffix(".tagopt") for key in refused)

    def log_everywhere(self, paths: Iterable[Path]) -> tuple[Version, ...]:
        """Promotions and rollbacks of a skill on any branch, here or of a remote, newest first."""
        return log.on_any_branch(self.git, tuple(map(self.relative, paths)))

    def history(self, path: Path, *others: Path, rev: str | None = None) -> tuple[Version, ...]:
        """Every commit up to `rev` (None: HEAD) that wrote one of the files, whoever made it, newest first.

        Commits that do not hold the first file are left out.
        """
        tip = self.resolve(rev) if rev else self.head()
        names = tuple(self.relative(each) for each in (path, *others))
        return log.holding(self.git, names[0], log.versions(self.git, tip, names))

    def _stored(self, files: Mapping[str, bytes], base: str) -> dict[str, NewFile]:
        stored: dict[str, NewFile] = {}
        for name, content in files.items():
            old = entries.in_commit(self.git, base, name)
            blob = entries.stored(self.git, name, content, write=True)
            stored[name] = NewFile(Entry(old.mode if old else entries.REGULAR, blob), content)
        return stored

    def _land(
        self,
        files: Mapping[str, NewFile | None],
        message: CommitMessage,
        expected: Sha,
        branch: str | None,
        why: str,
    ) -> Sha:
        return Sha(
            commit.land(self, Change(files=files, message=message, expected=expected, branch=branch, why=why))
        )
