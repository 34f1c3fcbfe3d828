"""Where runs live, how they are named, and who holds them: one run at a time per skill."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from rsi_cli.errors import InputError, RepoError
from rsi_cli.ledger.events import Event
from rsi_cli.ledger.journal import Journal
from rsi_cli.ledger.replay import RunState, replay
from rsi_cli.nouns import RunId, Usage


def new_run_id(now: datetime, rng: Random) -> RunId:
    """A name that sorts by time and can be read out: `20261120-173005-ab12`."""
    return RunId(f"{now:%Y%m%d-%H%M%S}-{rng.randrange(16**4):04x}")


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one repository; `state_dir` is `Repo.state_dir`, shared by all its worktrees."""

    state_dir: Path

    def folder(self, run: RunId) -> Path:
        """Where everything about that run is kept."""
        return self.state_dir / "runs" / run

    def open(self, run: RunId) -> Journal:
        """The run's journal, to be written; made if it is new."""
        return Journal.open(self.folder(run) / "journal.sqlite")

    def state(self, run: RunId) -> RunState:
        """What the run's journal says happened; may be read while the run goes on."""
        return replay(self.events(run))

    def events(self, run: RunId, *kinds: type[Event]) -> tuple[Event, ...]:
        """The run's facts, in order, or those of some kinds; may be read while the run goes on."""
        with closing(self._read(run)) as journal:
            return journal.events(*kinds)

    def ids(self) -> tuple[RunId, ...]:
        """All runs that have a journal, newest first."""
        found = (self.state_dir / "runs").glob("*/journal.sqlite")
        return tuple(sorted((RunId(journal.parent.name) for journal in found), reverse=True))

    def spent(self, run: RunId) -> Usage:
        """What the run's requests cost so far; may be read while the run goes on."""
        with closing(self._read(run)) as journal:
            return journal.spent()

    def has_something_to_lose(self, run: RunId) -> bool:
        """Whether the run got anything: a wrong key or an unknown price ends one before its first answer."""
        with closing(self._read(run)) as journal:
            return journal.answered() > 0 or len(journal.events()) > 1

    def _read(self, run: RunId) -> Journal:
        return Journal.open(self.folder(run) / "journal.sqlite", read_only=True)

    def find(self, text: str) -> RunId:
        """The run whose id begins or ends with `text`. Raises InputError for none or several."""
        hits = [run for run in self.ids() if text and (run.startswith(text) or run.endswith(text))]
        if len(hits) != 1:
            listed = ", ".join((hits or self.ids())[:5]) or "none yet"
            what = "no run is" if not hits else "several runs are"
            raise InputError(f"{what} called {text!r}", hint=f"the newest are: {listed}")
        return hits[0]

    def newest(self, skill: str | None = None, *, unfinished: bool = False) -> RunId | None:
        """The newest run, of one skill (as `RunStarted.skill` names it) or any; None where there is none.

        unfinished: only if no run of that skill came later, and it did not come to its end by itself.
        """
        for run in self.ids():
            state = self.state(run)
            if state.run is not None and (skill is None or state.skill == skill):
                return None if unfinished and state.finished else run
        return None

    @contextmanager
    def hold_skill(self, skill: str, doing: str = "") -> Iterator[None]:
        """Be the only process that evolves that skill or rolls it back. Raises RepoError if another is.

        doing: what it is held for, as others are told; "a rollback". A night is told by its run, once it has
        one.
        """
        name = hashlib.sha256(skill.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        with self._hold(self.state_dir / "locks" / f"skill-{name}.lock", skill, doing):
            yield

    @contextmanager
    def hold_run(self, run: RunId) -> Iterator[None]:
        """Be the only process that writes that run's journal. Raises RepoError if another is."""
        with self._hold(self.folder(run) / "run.lock", f"run {run}", f"run {run}"):
            yield

    def running(self, run: RunId) -> int | None:
        """The process that is working on the run now; None if it was interrupted or has ended."""
        lock = self.folder(run) / "run.lock"
        if not lock.parent.is_dir():
            return None
        try:
            with self._hold(lock, run):
                return None
        except RepoError:
            return _holder(lock)[0]

    @contextmanager
    def _hold(self, lock: Path, what: str, doing: str | None = None) -> Iterator[None]:
        """Hold a lock that the system frees when its process dies, kill -9 included.

        doing: noted beside it for others, with our number; None only tries whether it is free.
        """
        from filelock import FileLock, Timeout

        held = FileLock(lock)
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            held.acquire(timeout=0 if doing is None else 0.2, poll_interval=0.05)
        except Timeout:
            raise self._busy(lock, what) from None
        except OSError as error:
            raise RepoError(
                f"{lock} cannot be written: {error.strerror}",
                hint="rsi keeps its journals inside .git: check the permissions of that folder",
            ) from error
        try:
            if doing is not None:
                _note(lock).write_text(f"{os.getpid()}\n{doing}\n", "utf-8")
            yield
        finally:
            if doing is not None:
                with suppress(OSError):
                    _note(lock).unlink(missing_ok=True)
            held.release()

    def _busy(self, lock: Path, what: str) -> RepoError:
        """Who holds a lock, for what, and how long to wait: `rsi status` knows of nothing but runs."""
        pid, doing = _holder(lock)
        notes = (self.state_dir / "runs").glob("*/run.pid")
        of_runs = (_noted(note) for note in notes) if pid else ()
        run = next((said for number, said in of_runs if number == pid), "")
        by = f"process {pid or 'unknown'}" + (f": {run or doing}" if run or doing else "")
        return RepoError(
            f"{what} is already being worked on, by {by}",
            hint="`rsi status` shows how far it is; wait for it, or stop it with Ctrl-C"
            if run
            else "wait until it is done, and try again; `rsi status` tells of runs alone",
        )


def _note(lock: Path) -> Path:
    return lock.with_suffix(".pid")  # beside the lock: locking empties the lock file itself


def _holder(lock: Path) -> tuple[int, str]:
    return _noted(_note(lock))


def _noted(note: Path) -> tuple[int, str]:
    """The process that holds a lock, and what for; 0 and '' where that is not known."""
    try:
        number, _, doing = note.read_text("utf-8").partition("\n")
        return int(number), doing.strip()
    except (OSError, ValueError):
        return 0, ""
