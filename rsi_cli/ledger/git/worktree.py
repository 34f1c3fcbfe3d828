"""Show a commit of ours in the user's worktree: those files, those index entries, nothing else.

The ref moves first; a note beside the index says what is still to be shown. Killed in between, the next
rsi command finishes it: only where file and entry still hold the parent's version, so no edit is lost.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import entries, index
from rsi_cli.ledger.git.checkout import Checkout


@dataclass(frozen=True, slots=True)
class Pending:
    """A commit whose ref has moved, or is about to, and which the worktree may not show yet."""

    ref: str
    parent: str
    commit: str
    paths: tuple[str, ...]

    def write(self, repo: Checkout) -> None:
        """Keep the note until `clear`."""
        text = json.dumps(
            {"ref": self.ref, "parent": self.parent, "commit": self.commit, "paths": self.paths}
        )
        replace_file(_note(repo), text.encode(), scratch=repo.scratch)

    @staticmethod
    def clear(repo: Checkout) -> None:
        """The commit is shown, or was never made."""
        _note(repo).unlink(missing_ok=True)


def finish_interrupted(repo: Checkout) -> str | None:
    """Show the commit that a killed rsi had made and not shown yet; return its id, None if there is none."""
    index.release_ours(repo.git_dir)
    _sweep(repo.scratch)
    pending = noted(repo)
    if pending is None:
        return None
    moved = entries.resolve(repo.git, pending.ref) == pending.commit
    if moved and repo.head_ref() == pending.ref:
        for path in pending.paths:
            _catch_up(repo, pending, path)
    Pending.clear(repo)
    return pending.commit if moved else None


def replace_file(file: Path, content: bytes, *, scratch: Path, executable: bool = False) -> None:
    """Write `content` under that name in one step, keeping an existing file's mode and owner."""
    file.parent.mkdir(parents=True, exist_ok=True)
    same_device = scratch.stat().st_dev == file.parent.stat().st_dev
    handle, name = tempfile.mkstemp(prefix=".rsi-", dir=scratch if same_device else file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        _copy_mode(file, fresh, executable=executable)
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _copy_mode(file: Path, fresh: Path, *, executable: bool) -> None:
    if not file.exists():
        mask = os.umask(0)
        os.umask(mask)
        fresh.chmod((0o777 if executable else 0o666) & ~mask)
        return
    known = file.stat()
    fresh.chmod(known.st_mode & 0o7777)
    if hasattr(os, "chown") and (known.st_uid, known.st_gid) != (fresh.stat().st_uid, fresh.stat().st_gid):
        with suppress(PermissionError):
            os.chown(fresh, known.st_uid, known.st_gid)


def _catch_up(repo: Checkout, pending: Pending, path: str) -> None:
    old = entries.in_commit(repo.git, pending.parent, path)
    new = entries.in_commit(repo.git, pending.commit, path)
    content = entries.on_disk(repo.root, path)
    found = entries.stored(repo.git, path, content, write=False) if content is not None else None
    indexed = entries.in_index(repo.git, path)
    if found == (old.blob if old else None) and not (content is None and indexed.absent):
        if new is None:
            (repo.root / path).unlink(missing_ok=True)
        else:
            replace_file(
                repo.root / path,
                entries.shown(repo.git, path, new),
                scratch=repo.scratch,
                executable=new.mode == entries.EXECUTABLE,
            )
    if not indexed.conflicted and indexed.entry == old:
        index.put(repo.git, repo.git_dir, {path: new})


def _note(repo: Checkout) -> Path:
    return repo.scratch / "pending.json"


def noted(repo: Checkout) -> Pending | None:
    """What a killed rsi left between commit and worktree; None if nothing."""
    try:
        found = json.loads(_note(repo).read_bytes())
        return Pending(found["ref"], found["parent"], found["commit"], tuple(found["paths"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise RepoError(
            f"{_note(repo)} cannot be read: {error}", hint="look at `git status`, then delete that file"
        ) from error


def _sweep(scratch: Path) -> None:
    """Remove what killed runs left; the caller holds the lock, so nothing here is in use."""
    for left in (*scratch.glob(".rsi-*"), *scratch.glob("tree-*")):
        left.unlink(missing_ok=True)
