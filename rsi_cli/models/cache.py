"""Answers that were paid for, kept so that none is paid for twice."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from rsi_cli.errors import InputError
from rsi_cli.nouns import Reply, Usage

_BUSY_S = 30.0
_PAUSE_S = 0.01
# A new shape of the body gets a new table, so that old rows are never misread.
_MAKE = "CREATE TABLE IF NOT EXISTS replies_v1 (key TEXT PRIMARY KEY, body BLOB NOT NULL)"
_GET = "SELECT body FROM replies_v1 WHERE key = ?"
_PUT = "INSERT OR IGNORE INTO replies_v1 (key, body) VALUES (?, ?)"
_DROP = "DELETE FROM replies_v1 WHERE key = ?"


class Cache(Protocol):
    """Answers by `Call.key`. What `put` has returned from survives a kill of the process."""

    def get(self, key: str) -> Reply | None:
        """The reply as it was put, or None."""
        ...

    def put(self, key: str, reply: Reply) -> None:
        """Keep the reply. The first one for a key stays: an answer never changes afterwards."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


class MemoryCache:
    """Answers that last as long as the process."""

    def __init__(self) -> None:
        self._replies: dict[str, Reply] = {}

    def get(self, key: str) -> Reply | None:
        """The reply as it was put, or None."""
        return self._replies.get(key)

    def put(self, key: str, reply: Reply) -> None:
        """Keep the reply, unless there is one."""
        self._replies.setdefault(key, reply)

    def close(self) -> None:
        """Nothing to let go of."""


class SqliteCache:
    """Answers in one SQLite file, safe under several processes.

    path: made where missing, with its folder. say: told, in one sentence, of a damaged file put aside.
    Raises InputError where the file cannot be used at all (no permission, disk full, locked for 30 s).
    """

    def __init__(self, path: Path, say: Callable[[str], None] | None = None) -> None:
        self.path = path
        self._say = say or logging.getLogger(__name__).warning
        self._inode = 0
        self._db = self._reopened()

    def get(self, key: str) -> Reply | None:
        """The reply as it was put, or None. A damaged entry counts as none."""
        with self._mended():
            row = self._db.execute(_GET, (key,)).fetchone()
            if row is None:
                return None
            try:
                return _unpacked(row[0])
            except (zlib.error, ValueError, TypeError, KeyError):
                self._db.execute(_DROP, (key,))
        return None

    def put(self, key: str, reply: Reply) -> None:
        """Keep the reply on disk, unless there is one; returns when it is safe there."""
        body = _packed(reply)
        for _ in range(2):  # once more where the file had to be set aside
            done = False
            with self._mended():
                self._db.execute(_PUT, (key, body))
                done = True
            if done:
                return
        raise self._unusable(sqlite3.DatabaseError("damaged again as soon as it was renewed"))

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._db.close()

    @contextlib.contextmanager
    def _mended(self) -> Iterator[None]:
        """Run the block; where it finds the file damaged, set that aside and go on with an empty one."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._db.close()
            self._set_aside(error)
            self._db = self._reopened()

    def _reopened(self) -> sqlite3.Connection:
        try:
            try:
                return self._opened()
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._set_aside(error)
                return self._opened()
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error

    def _opened(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)
        try:
            _keep_a_log(db)
            db.execute("PRAGMA synchronous = FULL")  # the file is our receipt
            db.execute(_MAKE)
        except sqlite3.Error:
            db.close()
            raise
        finally:
            self._inode = self.path.stat().st_ino if self.path.exists() else 0
        return db

    def _set_aside(self, error: sqlite3.Error) -> None:
        """Rename the damaged file, unless another process already did and made a new one."""
        if not self.path.exists() or self.path.stat().st_ino != self._inode:
            return
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        self.path.replace(aside)
        for tail in ("-wal", "-shm"):  # a log left behind would be played into the new file
            log = self.path.with_name(self.path.name + tail)
            if log.exists():
                log.replace(aside.with_name(aside.name + tail))
        self._say(
            f"the cache {self.path} was damaged ({error}); it is now {aside.name}, and an empty one is in use"
        )

    def _unusable(self, error: Exception) -> InputError:
        return InputError(
            f"the cache {self.path} cannot be used: {error}",
            hint="free some disk space, mend its permissions, or end the other process that holds it",
        )


def _keep_a_log(db: sqlite3.Connection) -> None:
    """Switch to WAL. Where two processes do so at once, SQLite refuses one of them without waiting."""
    ends = time.monotonic() + _BUSY_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > ends:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is damaged, and not merely locked, full, out of reach or closed by us."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _packed(reply: Reply) -> bytes:
    return zlib.compress(json.dumps(asdict(reply), ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _unpacked(body: bytes) -> Reply:
    fields = json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass"))
    return Reply(**{**fields, "usage": Usage(**fields["usage"])})
