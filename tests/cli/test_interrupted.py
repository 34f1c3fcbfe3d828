"""A night that is stopped from outside: it says how it is gone on with, and goes on."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess

from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

NIGHT = ("--seed", "3", "--max-calls", "900", "--generations", "4")


def heard(process: subprocess.Popen[str], word: str) -> bool:
    """Read what the process says until a line holds the word; False where it ends before that."""
    assert process.stderr is not None
    return any(word in line for line in process.stderr)


def test_ctrl_c_ends_a_night_in_good_order_and_resume_ends_it_well(shop: Workshop) -> None:
    skill = shop.mail()
    process = shop.start("evolve", skill, *NIGHT)
    assert heard(process, "generation 1")

    second = shop.rsi("evolve", skill, "--json")
    assert second.code == 5
    assert f"process {process.pid}" in second.document["error"]["message"]
    assert shop.rsi("status", "--json").document["state"] == "running"

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "was interrupted after" in err
    resume = next(line for line in err.splitlines() if "→" in line).rpartition("go on with: ")[2]
    assert shlex.split(resume)[1:] == ["evolve", str(shop.root / skill), *NIGHT, "--resume"]

    status = shop.rsi("status").out
    assert "interrupted" in status
    assert "budget     900 calls" in status
    assert status.splitlines()[-1].split() == ["rsi", *resume.split()[1:]]
    stopped = refused(shop, "evolve", skill, *NIGHT)
    assert stopped.code == 2
    assert "--resume" in stopped.hint
    assert "--fresh" in stopped.hint
    changed = refused(shop, "evolve", skill, "--seed", "4", "--generations", "4", "--resume")
    assert changed.code == 2
    assert "seed (was 3, is 4)" in changed.message

    shop.fill({"rsi.yaml": "models: {improver: [{name: offline/apprentice, max_tokens: 99}]}"}, commit=False)
    shorter = refused(shop, *shlex.split(resume)[1:])
    assert shorter.code == 2
    assert "improver 1 max_tokens (was default, is 99)" in shorter.message
    (shop.root / "rsi.yaml").unlink()

    done = shop.rsi(*shlex.split(resume)[1:])
    assert done.code == 0, done.err
    assert shop.rsi("status", "--json").document["state"] == "ended"
    assert refused(shop, "evolve", skill, *NIGHT, "--resume").code == 2


def test_a_kill_that_can_be_heard_is_heard_like_ctrl_c(shop: Workshop) -> None:
    process = shop.start("evolve", shop.mail(), *NIGHT, "--json")
    assert heard(process, "budget: 900 calls")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    error = json.loads(out)["error"]
    assert error["exit_code"] == 130
    assert error["hint"].endswith("--json --resume")


def test_a_resumed_night_keeps_the_budget_that_it_began_with(shop: Workshop) -> None:
    skill = shop.mail()
    process = shop.start("evolve", skill, "--seed", "3", "--max-calls", "500")
    assert heard(process, "generation 1")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    night = shop.rsi("evolve", skill, "--resume", "--json")
    assert night.code == 0, night.err
    assert "budget: 500 calls" in night.err
    assert night.document["usage"]["calls"] <= 500


def test_a_limit_in_dollars_does_not_let_a_free_model_run_for_ever(shop: Workshop) -> None:
    plan = shop.rsi("evolve", shop.mail(), "--max-usd", "1", "--dry-run", "--json").document
    assert plan["limits"] == {"max_calls": 2000, "max_tokens": None, "max_usd": 1.0, "max_seconds": None}
