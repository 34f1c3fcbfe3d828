"""A seed repeats a night, and never lets the draws that chose a version measure it again."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest

from rsi_cli.cli.wiring import night_seed
from rsi_cli.models.gateway import draw_seed
from rsi_cli.skill.document import parse
from tests.fakes.openai_server import Body, OpenAIServer, Seen, apprentice
from tests.fakes.workshop import SKILL, Workshop

SEED = 3
FILE = "skills/mail/SKILL.md"
NIGHT = ("evolve", "skills/mail", "--max-calls", "700", "--json", "--model", "openai/x")
REPEATS = range(30_000)  # a brood draws under 1000 × its generation and more


def seeds_of(text: bytes | str) -> list[int]:
    """What may be sent as seed by a night that begins on this text, by number of the repeat."""
    raw = text.encode() if isinstance(text, str) else text
    night = night_seed(SEED, parse(raw))
    return [draw_seed(night, repeat) for repeat in REPEATS]


def held_out(requests: Sequence[Seen], skill: str, inputs: set[str]) -> dict[str, set[int]]:
    """By input of a held-out case: the seeds under which this skill was asked it."""
    drawn: dict[str, set[int]] = {}
    for seen in requests:
        system, *rest = seen.body["messages"]
        if system["content"] == skill and rest and rest[-1]["content"] in inputs:
            drawn.setdefault(rest[-1]["content"], set()).add(seen.body["seed"])
    return drawn


def inputs_of(shop: Workshop) -> set[str]:
    """What the held-out cases ask."""
    suite: Any = json.loads((shop.root / "evals/mail.yaml").read_text("utf-8"))
    return {case["input"] for case in suite["cases"] if case["split"] == "holdout"}


def leave_something_to_learn(shop: Workshop) -> None:
    """Add train cases that contradict each other: a night that has solved all ends with its promotion."""
    suite: Any = json.loads((shop.root / "evals/mail.yaml").read_text("utf-8"))
    for label in ("billing", "outage"):
        suite["cases"].append({"id": label, "split": "train", "input": "Well, well.", "expected": label})
    shop.fill({"evals/mail.yaml": json.dumps(suite, indent=1)})


@pytest.mark.parametrize("stated", ["flag", "rsi.yaml"])
def test_the_next_night_on_a_seed_measures_a_promoted_version_on_draws_that_did_not_choose_it(
    shop: Workshop, stated: str
) -> None:
    shop.mail()
    if stated == "rsi.yaml":
        shop.fill({"rsi.yaml": f"seed: {SEED}\n"})
    seed = ("--seed", str(SEED)) if stated == "flag" else ()
    with OpenAIServer(answer=apprentice) as server:
        night = (*NIGHT, *seed, "--api-base", server.base_url)
        first = shop.rsi(*night)
        assert first.document["promotions"], first.err
        asked, promoted = server.count, (shop.root / FILE).read_bytes()
        second = shop.rsi(*night)
        assert (first.document["seed"], second.document["seed"]) == (SEED, SEED), "the owner's is on record"
        skill, inputs = parse(promoted).text_for_models, inputs_of(shop)
        chose = held_out(server.requests[:asked], skill, inputs)
        measured = held_out(server.requests[asked:], skill, inputs)
    assert chose.keys() == measured.keys() == inputs, "no draw of the second night came from the first"
    assert all(not chose[text] & measured[text] for text in inputs)
    assert {seen.body["seed"] for seen in server.requests[:asked]} <= set(seeds_of(SKILL))
    assert {seen.body["seed"] for seen in server.requests[asked:]} <= set(seeds_of(promoted))


def test_the_same_seed_on_the_same_text_is_the_same_night_and_pays_nothing(shop: Workshop) -> None:
    skill = shop.mail()
    begun = shop.git("rev-parse", "HEAD")
    once = shop.rsi("evolve", skill, "--seed", "3", "--max-calls", "700", "--json").document
    written = (shop.root / FILE).read_bytes()
    shop.git("reset", "-q", "--hard", begun)
    shutil.rmtree(shop.root / ".git/rsi")
    for tag in shop.git("tag", "--list", "rsi/*").split():
        shop.git("tag", "--delete", tag)
    again = shop.rsi("evolve", skill, "--seed", "3", "--max-calls", "700", "--json").document
    assert once["promotions"]
    assert again["usage"]["calls"] == 0
    assert (shop.root / FILE).read_bytes() == written
    assert again["gain"] == once["gain"]


def test_a_night_resumed_after_a_promotion_goes_on_with_the_draws_that_it_began_with(shop: Workshop) -> None:
    shop.mail()
    leave_something_to_learn(shop)
    file, running = shop.root / FILE, list[subprocess.Popen[str]]()

    def answer(messages: list[dict[str, str]], body: Body) -> str:
        if file.read_bytes() != SKILL.encode():  # promoted, and not at its end
            for process in running:
                process.kill()
        return apprentice(messages, body)

    with OpenAIServer(answer=answer) as server:
        more = ("--max-calls", "1000", "--seed", str(SEED), "--no-cache")
        night = (*NIGHT, *more, "--api-base", server.base_url)
        running.append(shop.start(*night))
        running[0].communicate()
        assert running.pop().returncode == -signal.SIGKILL
        asked = server.count
        outcome = shop.rsi(*night, "--resume")
        assert outcome.code == 0, outcome.err
        assert server.count > asked
    assert {seen.body["seed"] for seen in server.requests} <= set(seeds_of(SKILL))
    (journal,) = (shop.root / ".git/rsi/runs").glob("*/journal.sqlite")
    with closing(sqlite3.connect(journal)) as db:
        twice = db.execute("SELECT key FROM attempts WHERE outcome = 'ok' GROUP BY key HAVING count(*) > 1")
        assert twice.fetchall() == []


def test_draws_follow_from_the_owners_seed_and_the_words_that_a_night_begins_on() -> None:
    skill = parse(SKILL.encode())
    assert night_seed(3, skill) == night_seed(3, parse(SKILL.replace("\n", "\r\n").encode()))
    others = [night_seed(4, skill), night_seed(3, parse(SKILL.replace("invoice", "receipt").encode()))]
    assert len({night_seed(3, skill), *others}) == 3
    assert 0 <= night_seed(3, skill) < 2**64
