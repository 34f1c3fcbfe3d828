"""What git holds for one path: in a commit, in the index, and as the bytes on disk would be stored."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git.run import Git, failure, one_line

REGULAR, EXECUTABLE, SYMLINK = "100644", "100755", "120000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree or in the index: git's mode ("100644") and the blob's id."""

    mode: str
    blob: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """A path's place in the index. entries: more than one, or none at stage 0, while a merge is unsolved.

    absent: sparse checkout leaves the file out of the worktree. assumed: the user told git not to look.
    """

    entries: tuple[Entry, ...]
    conflicted: bool
    absent: bool
    assumed: bool

    @property
    def entry(self) -> Entry | None:
        """The one entry; None where the path is not in the index, or in conflict."""
        return self.entries[0] if self.entries and not self.conflicted else None


def in_commit(git: Git, rev: str, path: str) -> Entry | None:
    """The entry of `path` in a commit; None where it is absent or a folder."""
    for record in git.out("ls-tree", "-z", "--full-tree", rev, "--", path).split(b"\0"):
        head, _, name = record.partition(b"\t")
        if os.fsdecode(name) == path:
            mode, kind, blob = head.decode().split()
            return Entry(mode, blob) if kind == "blob" else None
    return None


def in_index(git: Git, path: str) -> Indexed:
    """What the user's index says of `path`."""
    found: list[tuple[str, Entry, str]] = []
    for record in git.out("ls-files", "-z", "-v", "--stage", "--", path).split(b"\0"):
        head, _, name = record.partition(b"\t")
        if os.fsdecode(name) == path:
            tag, mode, blob, stage = head.decode().split()
            found.append((tag, Entry(mode, blob), stage))
    return Indexed(
        entries=tuple(entry for _, entry, _ in found),
        conflicted=any(stage != "0" for _, _, stage in found),
        absent=any(tag in "Ss" for tag, _, _ in found),
        assumed=any(tag.islower() for tag, _, _ in found),
    )


def stored(git: Git, path: str, content: bytes, *, write: bool) -> str:
    """The blob id of `content` as the worktree file `path`, through the filters that `git add` would use."""
    options = ("-w",) if write else ()
    return git.line("hash-object", *options, "--stdin", f"--path={path}", stdin=content)


def shown(git: Git, path: str, entry: Entry) -> bytes:
    """The bytes that a checkout of that blob would put into the worktree file `path`."""
    args = ("cat-file", "--filters", f"--path={path}", entry.blob)
    ran = git.run(*args)
    if ran.status != 0:
        raise failure(args, ran)
    return ran.out


def on_disk(root: Path, path: str) -> bytes | None:
    """The worktree file's bytes; None where there is none. Raises RepoError for a link or a folder there."""
    file = root / path
    try:
        mode = file.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(mode) or file.parent.resolve() != (root / path).parent:
        raise RepoError(
            f"{path} is not a plain file of this repository (a link or a folder is in its place)",
            hint="point rsi at the real file",
        )
    return file.read_bytes()


def resolve(git: Git, rev: str) -> str | None:
    """The commit that `rev` names; None where it names none. `rev` may be anything a user typed."""
    ran = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    found = one_line(ran.out)
    return found if ran.status == 0 and found.isalnum() else None  # `^main` names what to leave out
