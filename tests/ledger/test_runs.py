"""Runs have readable names, are found again, and are held by one process at a time."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from rsi_cli.errors import InputError, RepoError
from rsi_cli.ledger.events import Event
from rsi_cli.ledger.runs import Runs, new_run_id
from rsi_cli.nouns import RunId
from tests.fakes.night import NIGHT, STARTED

HOLDER = """
import sys, time
from pathlib import Path
from rsi_cli.ledger.runs import Runs
runs = Runs(Path(sys.argv[1]))
with runs.hold_skill("skill.md"), runs.hold_run("r1"):
    print("held", flush=True)
    time.sleep(60)
"""
NO_RUN = """
import sys, time
from pathlib import Path
from rsi_cli.ledger.runs import Runs
with Runs(Path(sys.argv[1])).hold_skill("skill.md", "a rollback"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "rsi")


def night(runs: Runs, name: str, facts: tuple[Event, ...]) -> RunId:
    journal = runs.open(RunId(name))
    for fact in facts:
        journal.append(fact)
    journal.close()
    return RunId(name)


def test_a_run_is_named_by_its_time_and_sorts_by_it() -> None:
    now = datetime(2026, 11, 20, 17, 30, 5, tzinfo=UTC)
    assert new_run_id(now, Random(1)) == "20261120-173005-44cb"
    assert new_run_id(now, Random(1)) < new_run_id(now.replace(minute=31), Random(0))


def test_runs_are_listed_newest_first_and_found_by_a_part_of_their_name(runs: Runs) -> None:
    old, new = night(runs, "20261119-0000-aaaa", NIGHT), night(runs, "20261120-0000-bbbb", NIGHT[:3])
    assert runs.ids() == (new, old)
    assert (runs.find("20261119"), runs.find("bbbb")) == (old, new)
    for text in ("2026", "cccc", ""):
        with pytest.raises(InputError) as caught:
            runs.find(text)
        assert new in caught.value.hint


def test_the_newest_run_of_a_skill_is_resumed_only_if_it_was_interrupted(runs: Runs) -> None:
    assert runs.newest() is None
    cut = night(runs, "r1", NIGHT[:10])
    assert runs.newest(STARTED.skill, unfinished=True) == cut
    assert runs.newest("another.md", unfinished=True) is None
    night(runs, "r0", NIGHT)  # an older one that ended
    assert runs.newest(STARTED.skill, unfinished=True) == cut
    night(runs, "r3", ())  # killed before its first fact
    assert runs.newest(STARTED.skill, unfinished=True) == cut
    ended = night(runs, "r2", NIGHT)
    assert runs.newest(STARTED.skill) == ended
    assert runs.newest(STARTED.skill, unfinished=True) is None
    assert runs.state(cut).looks != ()


def test_one_process_at_a_time_evolves_a_skill_and_a_kill_frees_it(runs: Runs) -> None:
    assert runs.running(RunId("r1")) is None
    other = subprocess.Popen([sys.executable, "-c", HOLDER, str(runs.state_dir)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    try:
        with pytest.raises(RepoError, match=f"process {other.pid}") as caught, runs.hold_skill("skill.md"):
            pass
        assert caught.value.message.endswith(f"by process {other.pid}: run r1")
        assert "`rsi status` shows how far it is" in caught.value.hint
        assert runs.running(RunId("r1")) == other.pid
        with pytest.raises(RepoError, match="run r1"), runs.hold_run(RunId("r1")):
            pass
        with runs.hold_skill("another.md"), runs.hold_run(RunId("r2")):
            pass
    finally:
        other.kill()
        other.wait()
        other.stdout.close()
    assert runs.running(RunId("r1")) is None
    with runs.hold_skill("skill.md"), runs.hold_run(RunId("r1")):
        pass
    with runs.hold_skill("skill.md"):
        pass


def test_what_is_no_run_is_called_by_its_name_and_is_not_looked_for_in_the_status(runs: Runs) -> None:
    """Runs of others, and what a killed one left, have nothing to do with it."""
    left = runs.folder(RunId("r0"))
    left.mkdir(parents=True)
    (left / "run.pid").write_text("no number\n")
    other = subprocess.Popen([sys.executable, "-c", NO_RUN, str(runs.state_dir)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    try:
        with (
            runs.hold_run(RunId("r1")),
            pytest.raises(RepoError) as caught,
            runs.hold_skill("skill.md"),
        ):
            pass
        assert caught.value.message.endswith(f"by process {other.pid}: a rollback")
        assert "shows how far" not in caught.value.hint
        assert "Ctrl-C" not in caught.value.hint
        assert caught.value.hint.startswith("wait until it is done")
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


def test_a_journal_whose_maker_was_killed_at_once_is_an_empty_run(runs: Runs) -> None:
    folder = runs.folder(RunId("r9"))
    folder.mkdir(parents=True)
    (folder / "journal.sqlite").touch()
    assert runs.state(RunId("r9")).run is None
    assert runs.newest("skill.md", unfinished=True) is None
