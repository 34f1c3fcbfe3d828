"""The journal of one run: facts and paid attempts in SQLite, appended and never changed.

Write-ahead log, one writer. Decisions are on the disk when `append` returns; measurements survive the death
of the process, and a power cut may take the newest of them, which then are made again from the cache.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from rsi_cli.errors import BugError, RepoError
from rsi_cli.ledger import events as facts
from rsi_cli.ledger.events import Event
from rsi_cli.nouns import Usage

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from rsi_cli.ledger.facts import Attempt

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
    at REAL NOT NULL, payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attempts (
    key TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL, attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL, status INTEGER, message TEXT NOT NULL, started_at REAL NOT NULL,
    calls INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
    usd REAL NOT NULL, seconds REAL NOT NULL);
"""
SESSIONS = """
CREATE TABLE IF NOT EXISTS sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, began REAL NOT NULL, seen REAL NOT NULL);
"""
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
_MEASUREMENTS = (facts.Measurement, facts.Bred, facts.Raced, facts.Confirmed)
_BUSY_S = 10.0


class Journal:
    """The facts of one run, on disk. Use it from one thread; `open` it, and `close` it when done."""

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Callable[[], float]) -> None:
        self._db = connection
        self._path = path
        self._clock = clock
        self._session: int | None = None

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, clock: Callable[[], float] = time.time) -> Journal:
        """Open a journal, or make an empty one. Raises RepoError if it is missing (read_only) or damaged.

        read_only: look at the journal of a run that may be going on in another process.
        """
        if read_only and not path.exists():
            raise RepoError(f"there is no journal {path}", hint="`rsi status` lists the runs there are")
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
            try:
                _prepare(connection, read_only=read_only)
            except sqlite3.Error:
                connection.close()
                raise
            journal = cls(connection, path, clock)
            if not read_only:
                journal._begin()
            return journal

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        self._db.close()

    def _begin(self) -> None:
        """Note that a session starts: what it takes counts for the time limit of the run."""
        try:
            self._db.executescript(SESSIONS)
            now = self._clock()
            row = self._db.execute("INSERT INTO sessions (began, seen) VALUES (?, ?)", (now, now))
        except sqlite3.Error:
            self._db.close()
            raise
        self._session = row.lastrowid

    def _seen(self) -> None:
        """Note that the session is still at work; a power cut may take the newest note."""
        if self._session is not None:
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("UPDATE sessions SET seen = ? WHERE id = ?", (self._clock(), self._session))

    def elapsed_s(self) -> float:
        """Seconds that earlier sessions of this run were at work; for a journal that is open for writing."""
        with _explained(self._path):
            (seconds,) = self._db.execute(
                "SELECT coalesce(sum(max(0.0, seen - began)), 0.0) FROM sessions WHERE id IS NOT ?",
                (self._session,),
            ).fetchone()
        return float(seconds)

    def append(self, event: Event) -> None:
        """Write a fact for good. The same again is a no-op; another under its key raises BugError."""
        kind, payload = type(event).__name__, encode(event)
        level = "NORMAL" if isinstance(event, _MEASUREMENTS) else "FULL"
        with _explained(self._path):
            self._seen()
            self._db.execute(f"PRAGMA synchronous={level}")
            written = self._db.execute(
                "INSERT INTO facts (kind, key, at, payload) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (kind, event.key, self._clock(), payload),
            )
            if written.rowcount == 1:
                return
            known = self._db.execute("SELECT kind, payload FROM facts WHERE key = ?", (event.key,)).fetchone()
        if known != (kind, payload):
            raise BugError(f"the journal already holds another fact under the key {event.key}")

    def find(self, key: str) -> Event | None:
        """The fact of that key; None where it has not happened."""
        with _explained(self._path):
            row = self._db.execute("SELECT kind, payload FROM facts WHERE key = ?", (key,)).fetchone()
        return _decoded(row, self._path) if row else None

    def get(self, kind: str, key: str) -> Event | None:
        """The fact of that key if it is of that kind (the class's name), else None."""
        found = self.find(key)
        return found if type(found).__name__ == kind else None

    def events(self, *kinds: type[Event]) -> tuple[Event, ...]:
        """All facts in order, or those of some kinds; such as only a newer rsi knows are passed over."""
        with _explained(self._path):
            rows = self._db.execute("SELECT kind, payload FROM facts ORDER BY seq").fetchall()
        names = {kind.__name__ for kind in kinds} or KINDS.keys()
        known = (_decoded(row, self._path) for row in rows if row[0] in names)
        return tuple(event for event in known if event is not None)

    def add(self, attempt: Attempt) -> None:
        """Write down one request to a model, useful or not: a journal is the gateway's `AttemptLog`."""
        used = attempt.usage
        values = (
            *(
                attempt.key,
                str(attempt.role),
                attempt.model,
                attempt.attempt,
                attempt.outcome,
                attempt.status,
            ),
            *(_storable(attempt.message), attempt.started_at),
            *(used.calls, used.input_tokens, used.output_tokens, used.usd, used.seconds),
        )
        with _explained(self._path):
            self._seen()
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def spent(self) -> Usage:
        """What the attempts of this run cost so far, those before a crash included."""
        with _explained(self._path):
            calls, tokens_in, tokens_out, usd, seconds = self._db.execute(
                "SELECT coalesce(sum(calls), 0), coalesce(sum(input_tokens), 0),"
                " coalesce(sum(output_tokens), 0), coalesce(sum(usd), 0.0), coalesce(sum(seconds), 0.0)"
                " FROM attempts"
            ).fetchone()
        return Usage(calls=calls, input_tokens=tokens_in, output_tokens=tokens_out, usd=usd, seconds=seconds)

    def answered(self) -> int:
        """How many requests of this run were answered so far."""
        with _explained(self._path):
            (count,) = self._db.execute("SELECT count(*) FROM attempts WHERE outcome = 'ok'").fetchone()
        return int(count)

    def export(self, path: Path) -> None:
        """Write facts, then attempts, as JSON lines: {"kind", "key", "at", "fact"} and {"attempt": {…}}."""
        with _explained(self._path), path.open("w", encoding="utf-8") as target:
            for kind, key, at, payload in self._db.execute(
                "SELECT kind, key, at, payload FROM facts ORDER BY seq"
            ):
                line = {"kind": kind, "key": key, "at": at, "fact": json.loads(payload)}
                target.write(json.dumps(line) + "\n")
            with closing(self._db.execute("SELECT * FROM attempts ORDER BY rowid")) as rows:
                names = [column[0] for column in rows.description]
                for row in rows:
                    target.write(json.dumps({"attempt": dict(zip(names, row, strict=True))}) + "\n")


def _prepare(connection: sqlite3.Connection, *, read_only: bool) -> None:
    if not read_only:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(SCHEMA)  # also for a reader: its writer may have been killed before this
    if read_only:
        connection.execute("PRAGMA query_only=ON")


def encode(event: Event) -> str:
    """A fact as JSON text; numbers that are not finite and broken characters survive it."""
    return json.dumps(_adapter(type(event).__name__).dump_python(event, mode="json"))


def decode(kind: str, payload: str) -> Event | None:
    """The fact that `encode` wrote, equal in value and in type; None for a kind that is not known here."""
    return _adapter(kind).validate_python(json.loads(payload)) if kind in KINDS else None


def _decoded(row: tuple[str, str], path: Path) -> Event | None:
    try:
        return decode(*row)
    except ValueError as error:
        raise RepoError(
            f"a {row[0]} in {path} cannot be read by this version of rsi: {str(error).splitlines()[0]}",
            hint="use the version that wrote it, or begin anew with --fresh",
        ) from error


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")  # SQLite refuses broken characters


@functools.cache
def _adapter(kind: str) -> TypeAdapter[Event]:
    from pydantic import TypeAdapter

    return TypeAdapter(KINDS[kind])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):  # ours, not the disk's
        raise
    except (sqlite3.DatabaseError, OSError) as error:
        raise RepoError(
            f"the journal {path} cannot be used: {error}",
            hint="check the disk and the folder's permissions; a damaged journal is set aside with --fresh",
        ) from error
