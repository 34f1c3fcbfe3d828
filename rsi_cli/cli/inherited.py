"""The sidecar that the next night would start from, read before anything is paid or committed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rsi_cli.cli.carried import unknown_names
from rsi_cli.cli.ground import files_in
from rsi_cli.errors import InputError
from rsi_cli.skill.sidecar import Sidecar, read_sidecar

if TYPE_CHECKING:
    from rsi_cli.ledger.git import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """A sidecar that can be read. warnings: names in it that this rsi does not know, one sentence each."""

    sidecar: Sidecar
    warnings: tuple[str, ...]


def inherited(repo: Repo | None, skill: Path, branch: str | None = None) -> Inherited | None:
    """The sidecar of a skill as the worktree shows it; as `branch` holds it where that is not checked out.

    None where there is none. Raises InputError with every mistake in it, at file:line:col.
    """
    file = skill.with_suffix(".rsi.yaml")
    if repo is None:
        raw, name = _on_disk(file), str(file)
    else:
        committed = files_in(repo, skill).sidecar
        name = committed.as_posix()
        raw = _on_disk(file) if repo.shows(branch) else repo.read(repo.tip(branch), committed)
    if not raw:
        return None
    return Inherited(sidecar=read_sidecar(raw, file=name), warnings=unknown_names(raw, name))


def _on_disk(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        hint = "remove the folder, or give it another name: rsi keeps a file there"
        raise InputError(f"{file} is a folder, not a file", hint=hint) from None
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise InputError(message, hint="check the file's permissions") from error
