"""A night that is stopped from outside: it says how it is gone on with, and goes on."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys

import pytest

from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

MAIN = "from rsi_cli.cli.app import main; main()"
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


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_kill_that_can_be_heard_is_heard_like_ctrl_c(shop: Workshop, name: str) -> None:
    process = shop.start("evolve", shop.mail(), *NIGHT, "--json")
    assert heard(process, "budget: 900 calls")
    process.send_signal(signal.Signals[name])
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    error = json.loads(out)["error"]
    assert error["exit_code"] == 130
    assert error["hint"].endswith("--json --resume")


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
def test_a_terminal_that_is_closed_ends_a_night_that_can_be_resumed(shop: Workshop) -> None:
    import pty

    skill = shop.mail()
    screen, terminal = pty.openpty()
    own = "import os; os.open(os.ttyname(2), os.O_RDWR);"  # so that closing it hangs up this session
    process = subprocess.Popen(
        [sys.executable, "-c", own + MAIN, "evolve", skill, *NIGHT],
        cwd=shop.root,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""
    while b"generation 1" not in shown:
        try:
            shown += os.read(screen, 4096)
        except OSError:
            pytest.fail(f"it ended too early: {shown.decode()}")
    os.close(screen)
    assert process.wait(timeout=60) == 130
    assert shop.rsi("status", "--json").document["state"] == "interrupted"
    assert shop.rsi("evolve", skill, *NIGHT, "--resume").code == 0


def test_what_nohup_protects_does_not_hear_the_terminal_close(shop: Workshop) -> None:
    skill = shop.mail()
    begin = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
    process = subprocess.Popen(
        [sys.executable, "-c", begin + MAIN, "evolve", skill, "--seed", "3", "--max-calls", "200"],
        cwd=shop.root,
        text=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert heard(process, "budget: 200 calls")
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=120)
    assert process.returncode == 0


def test_what_a_script_started_in_the_background_can_be_ended(shop: Workshop) -> None:
    begin = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);"
    process = subprocess.Popen(
        [sys.executable, "-c", begin + MAIN, "evolve", shop.mail(), *NIGHT],
        cwd=shop.root,
        text=True,
        stderr=subprocess.PIPE,
    )
    assert heard(process, "generation 1")
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in err


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
