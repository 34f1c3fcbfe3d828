"""A fact is there or not, never half, never changed; the fake in memory keeps the same promises."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from rsi_cli.errors import BugError, RepoError
from rsi_cli.ledger.events import Event, GenerationPlanned, LookSkipped
from rsi_cli.ledger.journal import Journal, decode, encode
from rsi_cli.nouns import Role, Usage
from tests.fakes.memory_journal import MemoryJournal
from tests.fakes.night import NIGHT, STARTED, any_fact, look

PRICE = Usage(calls=1, input_tokens=10, output_tokens=2, usd=0.25, seconds=1.5)


@dataclass(frozen=True, kw_only=True)
class Request:
    key: str = "k"
    role: str = Role.ACTOR
    model: str = "openai/x"
    attempt: int = 1
    outcome: str = "ok"
    status: int | None = 200
    usage: Usage = PRICE
    started_at: float = 1.0
    message: str = ""


class JournalContract:
    """What any journal promises."""

    @pytest.fixture
    def journal(self) -> Journal | MemoryJournal:
        raise NotImplementedError

    def test_facts_come_back_in_order_and_equal(self, journal: Journal) -> None:
        for event in NIGHT:
            journal.append(event)
        assert journal.events() == NIGHT
        assert [type(event) for event in journal.events()] == [type(event) for event in NIGHT]

    def test_a_new_journal_is_empty(self, journal: Journal) -> None:
        assert (journal.events(), journal.find("run"), journal.spent()) == ((), None, Usage())

    def test_the_same_fact_twice_is_one_fact(self, journal: Journal) -> None:
        journal.append(STARTED)
        journal.append(replace(STARTED))
        assert journal.events() == (STARTED,)

    def test_another_fact_under_the_same_key_is_a_bug(self, journal: Journal) -> None:
        journal.append(STARTED)
        journal.append(look(0, NIGHT[6].candidate, "reject"))  # type: ignore[union-attr]
        for other in (replace(STARTED, seed=8), LookSkipped(look=0, generation=0, why="x")):
            with pytest.raises(BugError, match=other.key):
                journal.append(other)
        assert journal.find("run") == STARTED

    def test_a_fact_is_found_by_key_and_kind(self, journal: Journal) -> None:
        journal.append(STARTED)
        assert journal.find("run") == STARTED
        assert journal.get("RunStarted", "run") == STARTED
        assert journal.get("RunStopped", "run") is None
        assert journal.get("RunStarted", "else") is None

    def test_what_attempts_cost_adds_up(self, journal: Journal) -> None:
        journal.add(Request())
        journal.add(Request())  # the same key again: a second request was paid for
        free = Usage(seconds=0.5)
        journal.add(Request(attempt=2, outcome="retry", status=None, usage=free, message="re\ud83dset"))
        spent = Usage(calls=2, input_tokens=20, output_tokens=4, usd=0.5, seconds=3.5)
        assert journal.spent() == spent
        assert journal.events() == ()


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    def journal(self) -> MemoryJournal:
        return MemoryJournal()


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        return tmp_path / "runs/x/journal.sqlite"

    @pytest.fixture
    def journal(self, place: Path) -> Iterator[Journal]:
        opened = Journal.open(place)
        yield opened
        opened.close()

    def test_another_process_can_read_while_it_is_written(self, journal: Journal, place: Path) -> None:
        journal.append(STARTED)
        reader = Journal.open(place, read_only=True)
        journal.append(NIGHT[1])
        assert reader.events() == NIGHT[:2]
        with pytest.raises(RepoError):
            reader.append(NIGHT[2])
        reader.close()

    def test_what_was_written_is_there_after_reopening(self, journal: Journal, place: Path) -> None:
        journal.append(STARTED)
        journal.add(Request())
        journal.close()
        again = Journal.open(place)
        assert (again.events(), again.spent()) == ((STARTED,), Request().usage)
        again.close()

    def test_decisions_are_forced_to_the_disk(self, journal: Journal) -> None:
        level = {}
        for event in NIGHT:
            journal.append(event)
            level[type(event).__name__] = journal._db.execute("PRAGMA synchronous").fetchone()[0]
        assert {kind for kind, found in level.items() if found == 1} == {
            "Measurement",
            "Bred",
            "Raced",
            "Confirmed",
        }
        assert level["Promoted"] == level["PromotionPlanned"] == level["LookTaken"] == 2

    def test_facts_of_a_newer_version_are_passed_over(self, journal: Journal) -> None:
        journal.append(STARTED)
        journal._db.execute(
            "INSERT INTO facts (kind, key, at, payload) VALUES ('Dreamt', 'dream/1', 0, '{}')"
        )
        payload = json.loads(encode(NIGHT[3])) | {"mood": "sunny"}
        row = ("GenerationPlanned", "planned-generation/0", json.dumps(payload))
        journal._db.execute("INSERT INTO facts (kind, key, at, payload) VALUES (?, ?, 0, ?)", row)
        assert journal.events() == (STARTED, NIGHT[3])
        assert journal.find("dream/1") is None

    def test_a_fact_that_cannot_be_read_is_named(self, journal: Journal, place: Path) -> None:
        journal._db.execute(
            "INSERT INTO facts (kind, key, at, payload) VALUES ('RunStopped', 'stopped', 0, '{}')"
        )
        with pytest.raises(RepoError, match="RunStopped") as caught:
            journal.events()
        assert str(place) in caught.value.message
        assert "--fresh" in caught.value.hint

    def test_a_damaged_file_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "journal.sqlite").write_bytes(
            b"no database at all, but long enough to be read as one" * 100
        )
        with pytest.raises(RepoError, match=r"journal\.sqlite"):
            Journal.open(tmp_path / "journal.sqlite")
        with pytest.raises(RepoError, match="no journal"):
            Journal.open(tmp_path / "other.sqlite", read_only=True)
        assert not (tmp_path / "other.sqlite").exists()

    def test_the_export_has_one_json_object_a_line(self, journal: Journal, tmp_path: Path) -> None:
        journal.append(STARTED)
        journal.append(NIGHT[4])
        journal.add(Request())
        journal.export(tmp_path / "out.jsonl")
        first, second, third = (
            json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()
        )
        assert (first["kind"], first["key"], first["fact"]["seed"]) == ("RunStarted", "run", 7)
        assert decode(second["kind"], json.dumps(second["fact"])) == NIGHT[4]
        assert third["attempt"]["usd"] == 0.25

    def test_two_writers_take_turns(self, journal: Journal, place: Path) -> None:
        other = Journal.open(place)
        journal.append(STARTED)
        other.append(STARTED)
        with pytest.raises(BugError):
            other.append(replace(STARTED, seed=9))
        other.close()


@given(any_fact())
@settings(max_examples=60, deadline=None)
def test_every_fact_survives_its_encoding_exactly(event: Event) -> None:
    back = decode(type(event).__name__, encode(event))
    assert repr(back) == repr(event)  # nan included, and each type


def test_broken_characters_survive() -> None:  # models send them, as half of an escaped pair
    event = LookSkipped(look=0, generation=0, why="half an emoji: \ud83d, and a \0")
    assert decode("LookSkipped", encode(event)) == event


def test_numbers_that_are_not_finite_survive() -> None:
    event = GenerationPlanned(generation=0, spent=math.inf, stop="", share=0.0)
    assert decode("GenerationPlanned", encode(event)) == event


def test_time_at_work_adds_up_over_sessions_and_a_gap_does_not_count(tmp_path: Path) -> None:
    times = iter([100.0, 130.0, 1000.0, 1012.0, 2000.0, 2500.0])
    for _ in range(2):
        journal = Journal.open(tmp_path / "journal.sqlite", clock=lambda: next(times))
        journal.add(Request())
        journal.close()
    journal = Journal.open(tmp_path / "journal.sqlite", clock=lambda: next(times, 2500.0))
    journal.append(STARTED)
    assert journal.elapsed_s() == 42.0, "the session that is at work now is not an earlier one"
    journal.close()
