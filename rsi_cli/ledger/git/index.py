"""Change single entries of the user's index so that kill -9 at any moment leaves no stale index.lock.

git itself writes the new index into index.lock; killed half-way, it leaves the lock behind. We prepare the
new index aside, take the lock by linking the finished file to its name, and rename: two system calls. Were we
killed between them, the lock is our file: `release_ours` knows it by its inode and completes the rename.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import entries
from rsi_cli.ledger.git.entries import Entry
from rsi_cli.ledger.git.run import Git

_PATIENCE_S = 2.0
_PAUSE_S = 0.02


def put(git: Git, git_dir: Path, changes: Mapping[str, Entry | None]) -> None:
    """Set these paths' entries (None: remove) and no other. Raises RepoError if git is busy."""
    ours = git_dir / "rsi" / "index.new"
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        before = _identity(git_dir / "index")
        _prepare(git, git_dir / "index", ours, changes)
        if _take(ours, git_dir / "index.lock"):
            if _identity(git_dir / "index") == before:
                (git_dir / "index.lock").replace(git_dir / "index")
                ours.unlink(missing_ok=True)
                return
            (git_dir / "index.lock").unlink()
        if time.monotonic() > deadline:
            ours.unlink(missing_ok=True)
            raise locked(git_dir)
        time.sleep(_PAUSE_S)


def wait_until_free(git_dir: Path) -> None:
    """Return once no git command holds the index. Raises RepoError if that takes longer than two seconds."""
    deadline = time.monotonic() + _PATIENCE_S
    while (git_dir / "index.lock").exists():
        if time.monotonic() > deadline:
            raise locked(git_dir)
        time.sleep(_PAUSE_S)


def release_ours(git_dir: Path) -> None:
    """Complete an index change of ours that was killed while it held the lock; leave others' locks alone."""
    ours, lock = git_dir / "rsi" / "index.new", git_dir / "index.lock"
    if ours.exists() and lock.exists() and ours.samefile(lock):
        lock.replace(git_dir / "index")
    ours.unlink(missing_ok=True)
    Path(f"{ours}.lock").unlink(missing_ok=True)


def locked(git_dir: Path) -> RepoError:
    """The error for an index that another git command holds, or left locked when it was killed."""
    lock = git_dir / "index.lock"
    return RepoError(
        f"another git command holds {lock}, or was killed and left it there",
        hint=f"let it finish; if no git is running, delete that file (`rm {lock}`), then start again",
    )


def _prepare(git: Git, index: Path, ours: Path, changes: Mapping[str, Entry | None]) -> None:
    # Never copy onto the old file: killed after the link, it may be the user's index by another name.
    ours.unlink(missing_ok=True)
    if index.exists():
        shutil.copy2(index, ours)  # with its time: git tells unsaved edits from saved ones by it
    env = {"GIT_INDEX_FILE": str(ours)}
    flags = {path: entries.in_index(git, path) for path in changes}
    set_entries(git, changes, env)
    there = [path for path, entry in changes.items() if entry is not None]
    if there:  # with the files' times, so that git need not read them again
        git.run("add", "--refresh", "--", *there, env=env)
    for path in there:
        if flags[path].absent and not (git.folder / path).exists():
            git.out("update-index", "--skip-worktree", "--", path, env=env)
        elif flags[path].assumed:
            git.out("update-index", "--assume-unchanged", "--", path, env=env)


def set_entries(git: Git, changes: Mapping[str, Entry | None], env: Mapping[str, str]) -> None:
    """Write entries into the index that `env` names."""
    gone = "0" * len(next((entry.blob for entry in changes.values() if entry), "0" * 40))
    lines = (
        f"{entry.mode} {entry.blob}\t{path}" if entry else f"0 {gone}\t{path}"
        for path, entry in changes.items()
    )
    git.out(
        "update-index",
        "-z",
        "--index-info",
        stdin=b"".join(os.fsencode(line) + b"\0" for line in lines),
        env=env,
    )


def _take(ours: Path, lock: Path) -> bool:
    try:
        os.link(ours, lock)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the plain lock, as git does it
        try:
            with lock.open("xb") as target:
                target.write(ours.read_bytes())
        except FileExistsError:
            return False
    return True


def _identity(index: Path) -> tuple[int, int, int] | None:
    try:
        found = index.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
