"""May we commit here? Every state of a repository that forbids it, each with the way out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import entries
from rsi_cli.ledger.git.checkout import Checkout

_UNFINISHED = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
}


def refuse_unless_ready(repo: Checkout, paths: Iterable[str], branch: str | None) -> None:
    """Raise RepoError where a commit of `paths` to `branch` (None: the current one) must not be made."""
    tip = repo.tip(branch)
    if repo.shows(branch):
        _refuse_unfinished(repo)
        for path in paths:
            refuse_if_touched(repo, path, tip)
    else:
        _refuse_branch(repo, branch or "")


def refuse_if_touched(repo: Checkout, path: str, base: str) -> bytes | None:
    """The worktree file's bytes. Raises RepoError unless file and index still are what `base` holds."""
    committed = entries.in_commit(repo.git, base, path)
    indexed = entries.in_index(repo.git, path)
    if committed is not None and committed.mode not in (entries.REGULAR, entries.EXECUTABLE):
        raise RepoError(f"{path} is committed as a link, not as a file", hint="point rsi at the real file")
    if indexed.conflicted:
        raise RepoError(f"{path} has a merge conflict", hint=f"solve it, then `git add -- {path}` and commit")
    content = entries.on_disk(repo.root, path)
    if committed is None and indexed.entry is None:
        if content is not None:
            raise RepoError(
                f"{path} is not in git yet, so nothing could bring it back",
                hint=f"commit it first: `git add -- {path} && git commit -m 'Begin' -- {path}`",
            )
        return None
    if indexed.entry != committed:
        raise RepoError(f"{path} has staged changes", hint=_commit_first(path))
    if content is None:
        if not indexed.absent:
            raise RepoError(
                f"{path} was deleted but not committed", hint=f"`git checkout -- {path}` brings it back"
            )
    elif committed is not None and entries.stored(repo.git, path, content, write=False) != committed.blob:
        raise RepoError(f"{path} has changes that are not committed", hint=_commit_first(path))
    return content


def _commit_first(path: str) -> str:
    return f"commit it first (`git commit -m '…' -- {path}`) or put it aside (`git stash push -- {path}`)"


def _refuse_unfinished(repo: Checkout) -> None:
    for marker, action in _UNFINISHED.items():
        if (repo.git_dir / marker).exists():
            raise RepoError(
                f"a {action} is in progress in {repo.root}",
                hint=f"finish it, or `git {action} --abort`, then start again",
            )


def _refuse_branch(repo: Checkout, branch: str) -> None:
    """A branch that is not checked out here: its name must be usable, and no other worktree may show it."""
    if repo.git.run("check-ref-format", f"refs/heads/{branch}").status != 0 or branch.startswith("-"):
        raise RepoError(f"{branch!r} cannot be the name of a branch", hint="use letters, digits, - and /")
    shown_by = _worktree_showing(repo, branch)
    if shown_by is not None:
        raise RepoError(
            f"branch {branch} is checked out in {shown_by}",
            hint=f"run rsi there, or name another branch than {branch}",
        )
    refs = (
        repo.git.out("for-each-ref", "--format=%(refname)", "refs/heads/")
        .decode("utf-8", "replace")
        .split("\n")
    )
    for ref in refs:
        other = ref.removeprefix("refs/heads/")
        if other and (branch.startswith(f"{other}/") or other.startswith(f"{branch}/")):
            raise RepoError(
                f"git cannot hold branch {branch} beside branch {other}",
                hint=f"choose a name that is not a folder of {other}, or the other way round",
            )


def _worktree_showing(repo: Checkout, branch: str) -> str | None:
    folder = ""
    for line in repo.git.out("worktree", "list", "--porcelain").decode("utf-8", "replace").split("\n"):
        if line.startswith("worktree "):
            folder = line.removeprefix("worktree ")
        elif line == f"branch refs/heads/{branch}" and Path(folder) != repo.root:
            return folder
    return None


def detached(repo: Checkout) -> RepoError:
    """The error for a HEAD that is on no branch."""
    return RepoError(
        f"{repo.root} is on no branch (HEAD is detached)",
        hint="`git switch -c NAME` makes a branch here; `rsi evolve` also takes --branch NAME",
    )
