"""One worktree of a repository: where it is, and what is checked out in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import entries
from rsi_cli.ledger.git.run import Git, complaint, one_line
from rsi_cli.nouns import Sha


@dataclass(frozen=True, slots=True)
class Checkout:
    """A worktree. root: its top folder. git_dir: its own; common_dir: shared by all. git: runs in root."""

    root: Path
    git_dir: Path
    common_dir: Path
    git: Git

    @classmethod
    def at(cls, path: Path) -> Self:
        """Find the repository that holds `path`. Raises RepoError: none, bare, owned by another user."""
        folder = next(parent for parent in (path.resolve(), *path.resolve().parents) if parent.is_dir())
        ran = Git(folder).run("rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir")
        places = one_line(ran.out).split("\n")
        if ran.status != 0 or len(places) != 3:
            raise _no_repository(folder, ran.err)
        root, git_dir, common_dir = ((folder / place).resolve() for place in places)
        return cls(root, git_dir, common_dir, Git(root))

    @property
    def state_dir(self) -> Path:
        """Where journals and locks live: inside git's own folder, so that no worktree is ever dirtied."""
        return self.common_dir / "rsi"

    @property
    def scratch(self) -> Path:
        """Where commits in the making live; each worktree has its own."""
        return self.git_dir / "rsi"

    def head(self) -> Sha:
        """The commit that is checked out. Raises RepoError where there is none yet."""
        found = entries.resolve(self.git, "HEAD")
        if found is None:
            raise RepoError(
                f"{self.root} has no commit yet",
                hint="make the first one: `git add -A && git commit -m 'Begin'`",
            )
        return Sha(found)

    def head_ref(self) -> str | None:
        """The full name of the current branch ("refs/heads/main"); None where HEAD is detached."""
        ran = self.git.run("symbolic-ref", "-q", "HEAD")
        return one_line(ran.out) if ran.status == 0 else None

    def branch(self) -> str | None:
        """The branch that is checked out, without "refs/heads/"; None where HEAD is detached."""
        ref = self.head_ref()
        return ref.removeprefix("refs/heads/") if ref else None

    def shows(self, branch: str | None) -> bool:
        """Is this the branch whose files are in the worktree? None stands for the current one."""
        return branch is None or branch == self.branch()

    def tip(self, branch: str | None = None) -> Sha:
        """The commit that a promotion to `branch` goes on top of; HEAD for None and for a new branch."""
        if branch is not None and (found := entries.resolve(self.git, f"refs/heads/{branch}")):
            return Sha(found)
        return self.head()


def _project(folder: Path) -> Path:
    """The folder that should become a repository: where the user stands, if that holds the other."""
    here = Path.cwd()
    return here if folder.is_relative_to(here) and here not in (Path.home(), Path(here.anchor)) else folder


def _no_repository(folder: Path, err: str) -> RepoError:
    if "dubious ownership" in err:
        return RepoError(
            f"git refuses {folder}: it belongs to another user",
            hint=f"if you trust it: `git config --global --add safe.directory {folder}`",
        )
    if "work tree" in err or not err.strip():
        return RepoError(
            f"{folder} is a bare repository or the inside of .git: there are no files to evolve",
            hint="`git worktree add FOLDER`, or run rsi in a clone",
        )
    if "not a git repository" in err:
        hint = f"`git init {_project(folder)}`, then add and commit the skill: rsi keeps every version in git"
        return RepoError(f"{folder} is not in a git repository", hint=hint)
    return RepoError(f"git cannot open {folder}: {complaint(err)}", hint="`rsi doctor` checks git")
