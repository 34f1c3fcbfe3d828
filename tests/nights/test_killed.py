"""kill -9 at any moment, then --resume: the same end, and nothing paid twice."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from random import Random

import pytest

from tests.fakes.openai_server import OpenAIServer, apprentice
from tests.fakes.workshop import Workshop

MOMENTS = 20
IN_FLIGHT = 4
NIGHT = ("--seed", "3", "--max-calls", "900", "--no-cache", "--json", "--concurrency", str(IN_FLIGHT))
LONGEST_S = 120


class Nights:
    """Runs the same night again and again against one server; each has its own answers."""

    def __init__(self, shop: Workshop, skill: str, server: OpenAIServer) -> None:
        self.shop = shop
        self.skill = skill
        self.server = server
        self.begun = shop.git("rev-parse", "HEAD")

    def start(self, *more: str) -> subprocess.Popen[str]:
        where = ("--model", "openai/x", "--api-base", self.server.base_url)
        return self.shop.start("evolve", self.skill, *NIGHT, *where, *more)

    def finish(self, *more: str) -> None:
        process = self.start(*more)
        _, err = process.communicate(timeout=LONGEST_S)
        assert process.returncode == 0, err

    def reset(self) -> None:
        self.shop.git("reset", "-q", "--hard", self.begun)
        shutil.rmtree(self.shop.root / ".git/rsi", ignore_errors=True)
        for tag in self.shop.git("tag", "--list", "rsi/*").split():
            self.shop.git("tag", "--delete", tag)

    def killed_after(self, requests: int, *more: str) -> bool:
        """Start, and kill after so many more requests; False where the night ended before that."""
        wanted, process = self.server.count + requests, self.start(*more)
        until = time.monotonic() + LONGEST_S
        while process.poll() is None and time.monotonic() < until:
            if self.server.wait_for(wanted, timeout_s=0.05):
                process.kill()
                break
        process.communicate()
        return process.returncode == -signal.SIGKILL

    def has_run(self) -> bool:
        """Whether there is a run to go on with: a kill may come before the first fact."""
        has_table = self._rows("SELECT name FROM sqlite_master WHERE name = 'facts'")
        return bool(has_table and self._rows("SELECT key FROM facts LIMIT 1"))

    def settled_twice(self) -> list[tuple[str]]:
        """Calls that were answered and paid for more than once in the run."""
        return self._rows("SELECT key FROM attempts WHERE outcome = 'ok' GROUP BY key HAVING count(*) > 1")

    def tree(self) -> str:
        return self.shop.git("rev-parse", "HEAD^{tree}")

    def _rows(self, query: str) -> list[tuple[str]]:
        rows: list[tuple[str]] = []
        for journal in (self.shop.root / ".git/rsi/runs").glob("*/journal.sqlite"):
            with closing(sqlite3.connect(journal)) as db:
                rows.extend(db.execute(query).fetchall())
        return rows


@pytest.mark.timeout(900)
def test_killed_at_twenty_moments_a_night_ends_as_if_it_had_not_been(shop: Workshop) -> None:
    skill, rng, kills = shop.mail(), Random(20), 0
    with OpenAIServer(answer=apprentice) as server:
        nights = Nights(shop, skill, server)
        before = nights.tree()
        nights.finish()
        undisturbed, calls = nights.tree(), server.count
        assert undisturbed != before, "a night without a promotion would show less"
        while kills < MOMENTS:
            nights.reset()
            asked, killed = server.count, 0
            more: tuple[str, ...] = ()
            while killed < 4 and nights.killed_after(rng.randrange(1, calls // 3), *more):
                killed += 1
                more = ("--resume",) if nights.has_run() else ()
            if killed == 4 or nights.tree() != undisturbed:
                nights.finish(*more)
            kills += killed
            assert nights.tree() == undisturbed
            assert nights.settled_twice() == []
            again = server.count - asked - calls
            assert again <= killed * IN_FLIGHT, "more than the calls in flight were asked again"
    assert shop.git("fsck", "--strict", "--no-dangling") == ""  # the tags that `reset` deleted dangle
