"""Make a commit of named files on top of a known commit, and move a branch to it: all or nothing.

Everything happens in git's object store and in an index of our own; the user's index, staged work and other
files are never read into a commit. The branch moves by compare-and-swap.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.errors import BugError, RepoError
from rsi_cli.ledger.git import entries, index, state, worktree
from rsi_cli.ledger.git.checkout import Checkout
from rsi_cli.ledger.git.entries import Entry
from rsi_cli.ledger.git.message import CommitMessage
from rsi_cli.ledger.git.run import Git, complaint, failure

MOST_FILES = 2  # the skill and its sidecar


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it shall be: its entry in the commit, and its bytes in the worktree."""

    entry: Entry
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A commit to be made. files: path → what it becomes, None to remove it. branch: None = current."""

    files: Mapping[str, NewFile | None]
    message: CommitMessage
    expected: str
    branch: str | None
    why: str


def land(repo: Checkout, change: Change) -> str:
    """Make the commit, move the branch, show it. Raises RepoError, nothing changed, if anything moved."""
    if not 1 <= len(change.files) <= MOST_FILES:
        raise BugError(f"a commit holds the skill and its sidecar, not {sorted(change.files)}")
    with promoting(repo):
        state.refuse_unless_ready(repo, (), change.branch)
        ref = _ref_of(repo, change)
        here = repo.shows(change.branch)
        before: dict[str, bytes | None] = {}
        if here:
            index.wait_until_free(repo.git_dir)
            before = {path: state.refuse_if_touched(repo, path, change.expected) for path in change.files}
        commit = write_commit(repo, change, sign=True)
        if not here:
            _swap(repo.git, ref, commit, change)
            return commit
        worktree.Pending(ref, change.expected, commit, tuple(change.files)).write(repo)
        try:
            _swap(repo.git, ref, commit, change)
            _show(repo, ref, change, before)
        except (RepoError, OSError):  # an interrupt leaves the note: the next command shows the commit
            _undo(repo, ref, commit, change, before)
            worktree.Pending.clear(repo)
            raise
        worktree.Pending.clear(repo)
        return commit


def write_commit(repo: Checkout, change: Change, *, sign: bool) -> str:
    """Write tree and commit objects; no ref moves. Raises BugError if it changes nothing, or too much."""
    tree = _tree(repo, change)
    changed = repo.git.out("diff-tree", "-r", "-z", "--name-only", "--no-renames", change.expected, tree)
    names = {os.fsdecode(name) for name in changed.split(b"\0") if name}
    if not names <= set(change.files):
        raise BugError(f"the commit would also carry {sorted(names - set(change.files))}")
    if not names:
        raise BugError("the commit would change nothing")
    signing = repo.git.run("config", "--type=bool", "--get", "commit.gpgSign") if sign else None
    return _commit_tree(repo.git, tree, change, sign=signing is not None and signing.out.strip() == b"true")


@contextmanager
def promoting(repo: Checkout) -> Iterator[str | None]:
    """One commit of ours at a time in a worktree; yields the one that a kill had left to be shown, if any."""
    from filelock import FileLock, Timeout

    try:
        repo.scratch.mkdir(parents=True, exist_ok=True)
        with FileLock(repo.scratch / "commit.lock", timeout=10):
            yield worktree.finish_interrupted(repo)
    except Timeout:
        raise RepoError(
            "another rsi is committing in this worktree", hint="wait until it is done: `rsi status`"
        ) from None
    except OSError as error:
        raise RepoError(
            f"cannot write in {error.filename or repo.root}: {error.strerror}",
            hint="check the folder's owner, its permissions and the free disk space",
        ) from error


def _tree(repo: Checkout, change: Change) -> str:
    handle, name = tempfile.mkstemp(prefix="tree-", dir=repo.scratch)
    os.close(handle)
    Path(name).unlink()
    env = {"GIT_INDEX_FILE": name}
    try:
        repo.git.out("read-tree", change.expected, env=env)
        index.set_entries(
            repo.git, {path: file.entry if file else None for path, file in change.files.items()}, env
        )
        # In a partial clone the other files' contents may be absent; they are not ours to fetch.
        return repo.git.line("write-tree", "--missing-ok", env=env)
    finally:
        Path(name).unlink(missing_ok=True)


def _ref_of(repo: Checkout, change: Change) -> str:
    branch = change.branch or repo.branch()
    if branch is None:
        raise state.detached(repo)
    tip = repo.tip(change.branch)
    if tip != change.expected:
        raise RepoError(
            f"branch {branch} moved from {change.expected[:12]} to {tip[:12]} meanwhile",
            hint="start again from the new commit; the candidate is kept in the journal",
        )
    return f"refs/heads/{branch}"


def _swap(git: Git, ref: str, commit: str, change: Change) -> None:
    exists = entries.resolve(git, ref) is not None
    ran = git.run("update-ref", "-m", f"rsi: {change.why}", ref, commit, change.expected if exists else "")
    if ran.status != 0:
        raise RepoError(
            f"{ref.removeprefix('refs/heads/')} could not be moved: {complaint(ran.err)}",
            hint=_way_on(ran.err),
        )


def _way_on(err: str) -> str:
    """What to do about a branch that git did not move."""
    if "by hook" in err:
        return "this repository's hook `reference-transaction` refused it; let it pass, then start again"
    if ".lock" in err:
        return "let the other git command finish; if none is running, delete the .lock file named above"
    return "another program moved the branch; look at `git log`, then start again"


def _show(repo: Checkout, ref: str, change: Change, before: Mapping[str, bytes | None]) -> None:
    if repo.head_ref() != ref:  # the user switched branches this very moment: their worktree is not ours
        return
    for path, file in change.files.items():
        if entries.on_disk(repo.root, path) != before[path]:
            raise RepoError(
                f"{path} was edited while rsi was committing",
                hint="your edit is kept and nothing was committed; commit it, then start again",
            )
        left_out = before[path] is None and entries.in_index(repo.git, path).absent
        if file is None:
            (repo.root / path).unlink(missing_ok=True)
        elif not left_out:
            executable = file.entry.mode == entries.EXECUTABLE
            worktree.replace_file(repo.root / path, file.content, scratch=repo.scratch, executable=executable)
    index.put(
        repo.git, repo.git_dir, {path: file.entry if file else None for path, file in change.files.items()}
    )


def _undo(repo: Checkout, ref: str, commit: str, change: Change, before: Mapping[str, bytes | None]) -> None:
    """Take the ref back if it is still ours, then every file that still holds what we wrote."""
    if repo.git.run("update-ref", "-m", f"rsi: undo {change.why}", ref, change.expected, commit).status != 0:
        return
    for path, file in change.files.items():
        old = before[path]
        if entries.on_disk(repo.root, path) != (file.content if file else None):
            continue
        if old is None:
            (repo.root / path).unlink(missing_ok=True)
        else:
            known = entries.in_commit(repo.git, change.expected, path)
            executable = known is not None and known.mode == entries.EXECUTABLE
            worktree.replace_file(repo.root / path, old, scratch=repo.scratch, executable=executable)


def _commit_tree(git: Git, tree: str, change: Change, *, sign: bool) -> str:
    options = ("-S",) if sign else ()
    args = ("commit-tree", *options, "-p", change.expected, "-F", "-", tree)
    text = change.message.text().encode()
    ran = git.run("-c", "user.useConfigOnly=true", *args, stdin=text)  # no name guessed from the machine's
    if ran.status != 0 and "who you are" in ran.err:
        ran = git.run(*args, stdin=text, env=_identity(git))
    if ran.status == 0:
        return ran.out.decode().strip()
    if not sign:
        raise failure(args, ran)
    raise RepoError(
        f"the commit could not be signed: {complaint(ran.err)}",
        hint="unlock the key, or `git config commit.gpgSign false` in this repository for the night",
    )


def _identity(git: Git) -> dict[str, str]:
    """A name and an address for author and committer where git lacks one, as on a fresh machine."""
    env: dict[str, str] = {}
    for field, fallback in (("NAME", "rsi"), ("EMAIL", "rsi@localhost")):
        known = git.run("config", "--get", f"user.{field.lower()}").out.decode("utf-8", "replace").strip()
        for who in ("AUTHOR", "COMMITTER"):
            env[f"GIT_{who}_{field}"] = os.environ.get(f"GIT_{who}_{field}") or known or fallback
    return env
