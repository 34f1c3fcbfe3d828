from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.errors import InputError
from rsi_cli.models.cache import Cache, MemoryCache, SqliteCache
from rsi_cli.nouns import Reply, Usage

ROOT = Path(__file__).parents[2]
REPLY = Reply(
    text="naïve 日本 \x00 \ud800",
    model="openai/x",
    finish_reason="length",
    usage=Usage(calls=1, input_tokens=3, output_tokens=2, usd=0.001, seconds=0.5),
)


class CacheContract:
    """What every cache promises."""

    @pytest.fixture
    def cache(self, tmp_path: Path) -> Cache:
        raise NotImplementedError

    def test_what_was_put_comes_back_as_it_was(self, cache: Cache) -> None:
        cache.put("key", REPLY)
        assert cache.get("key") == REPLY

    def test_what_was_not_put_is_not_there(self, cache: Cache) -> None:
        cache.put("key", REPLY)
        assert cache.get("other") is None

    def test_an_answer_never_changes(self, cache: Cache) -> None:
        cache.put("key", REPLY)
        cache.put("key", Reply(text="another", model="openai/x"))
        assert cache.get("key") == REPLY

    def test_closing_twice_is_harmless(self, cache: Cache) -> None:
        cache.close()
        cache.close()


class TestMemoryCache(CacheContract):
    @pytest.fixture
    def cache(self, tmp_path: Path) -> Cache:  # noqa: ARG002
        return MemoryCache()


class TestSqliteCache(CacheContract):
    @pytest.fixture
    def cache(self, tmp_path: Path) -> Iterator[Cache]:
        cache = SqliteCache(tmp_path / "deep" / "cache.db")
        yield cache
        cache.close()


def _put(path: Path, key: str, reply: Reply) -> None:
    cache = SqliteCache(path)
    cache.put(key, reply)
    cache.close()


@given(text=st.text(st.characters()), tokens=st.integers(0, 10**9), usd=st.floats(0, 1e6))
def test_any_reply_survives_the_disk(
    text: str, tokens: int, usd: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "law.db"
    reply = Reply(text=text, model="m", usage=Usage(calls=1, input_tokens=tokens, usd=usd))
    cache = SqliteCache(path)
    cache.put(repr(reply), reply)
    assert cache.get(repr(reply)) == reply
    cache.close()


def test_a_new_process_finds_what_an_old_one_put(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    _put(path, "key", REPLY)
    script = """
import pathlib, sys
from rsi_cli.models.cache import SqliteCache
cache = SqliteCache(pathlib.Path(sys.argv[1]))
print(cache.get("key").model)
cache.put("two", cache.get("key"))
cache.close()
"""
    command = [sys.executable, "-c", script, str(path)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "openai/x"
    cache = SqliteCache(path)
    assert cache.get("two") == REPLY
    cache.close()


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    script = """
import pathlib, sys
from rsi_cli.models.cache import SqliteCache
from rsi_cli.nouns import Reply
cache = SqliteCache(pathlib.Path(sys.argv[1]))
for number in range(100):
    cache.put(f"{sys.argv[2]}-{number}", Reply(text=sys.argv[2], model="m"))
    cache.put(f"both-{number}", Reply(text=sys.argv[2], model="m"))
cache.close()
"""
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name], cwd=ROOT) for name in ("one", "two")
    ]
    assert [process.wait() for process in started] == [0, 0]
    cache = SqliteCache(path)
    for number in range(100):
        one, both = cache.get(f"one-{number}"), cache.get(f"both-{number}")
        assert one
        assert both
        assert one.text == "one"
        assert both.text in ("one", "two")
    cache.close()


@pytest.mark.parametrize("junk", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, junk: bytes) -> None:
    path, said = tmp_path / "cache.db", list[str]()
    path.write_bytes(junk)
    cache = SqliteCache(path, said.append)
    cache.put("key", REPLY)
    assert cache.get("key") == REPLY
    cache.close()
    assert (tmp_path / "cache.db.damaged-1").read_bytes() == junk
    assert len(said) == 1
    assert "cache.db.damaged-1" in said[0]


def test_damage_that_shows_late_is_no_crash_either(tmp_path: Path) -> None:
    path, said = tmp_path / "cache.db", list[str]()
    first = SqliteCache(path)
    for number in range(200):
        first.put(f"key-{number}", Reply(text=str(number) * 50, model="m"))
    first.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))  # the first page is sound, the rest is not
    cache = SqliteCache(path, said.append)
    assert cache.get("key-7") is None
    cache.put("key-7", REPLY)
    assert cache.get("key-7") == REPLY
    cache.close()
    assert len(said) == 1


def test_a_second_damaged_file_gets_a_name_of_its_own(tmp_path: Path) -> None:
    path, said = tmp_path / "cache.db", list[str]()
    for _ in range(2):
        path.write_bytes(b"junk" * 500)
        SqliteCache(path, said.append).close()
    assert (tmp_path / "cache.db.damaged-1").exists()
    assert (tmp_path / "cache.db.damaged-2").exists()


def test_a_damaged_entry_counts_as_none_and_can_be_put_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    _put(path, "key", REPLY)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE replies_v1 SET body = x'00'")
    db.close()
    cache = SqliteCache(path)
    assert cache.get("key") is None
    cache.put("key", REPLY)
    assert cache.get("key") == REPLY
    cache.close()


def test_a_place_that_cannot_be_written_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be used"):
        SqliteCache(tmp_path / "file" / "cache.db")


def test_a_receipt_is_on_disk_before_put_returns(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "cache.db")
    with sqlite3.connect(tmp_path / "cache.db") as other:
        cache.put("key", REPLY)
        assert other.execute("SELECT count(*) FROM replies_v1").fetchone() == (1,)
    other.close()
    assert cache._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert cache._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    cache.close()


def test_a_sound_file_is_never_set_aside(tmp_path: Path) -> None:
    said = list[str]()
    cache = SqliteCache(tmp_path / "cache.db", said.append)
    cache.put("key", REPLY)
    cache.close()
    with pytest.raises(sqlite3.ProgrammingError):
        cache.get("key")
    assert [path.name for path in tmp_path.iterdir()] == ["cache.db"]
    assert said == []
