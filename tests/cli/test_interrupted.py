"""A night that is stopped from outside: it says how it is gone on with, and goes on."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess

import pytest

from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

NIGHT = ("--seed", "3", "--max-calls", "900", "--generations", "4")


def heard(process: subprocess.Popen[str], word: str) -> bool:
    """Read what the process says until a line holds the word; False where it ends before that."""
    assert process.stderr is not None
    return any(word in line for line in process.stderr)


@pytest.mark.parametrize(("number", "extra"), [(signal.SIGINT, ()), (signal.SIGTERM, ("--json",))])
def test_a_signal_ends_a_night_in_good_order_and_resume_ends_it_well(
    shop: Workshop, number: signal.Signals, extra: tuple[str, ...]
) -> None:
    skill = shop.mail()
    process = shop.start("evolve", skill, *NIGHT, *extra)
    assert heard(process, "generation 1")

    second = shop.rsi("evolve", skill, "--json")
    assert second.code == 5
    assert f"process {process.pid}" in second.document["error"]["message"]
    assert shop.rsi("status", "--json").document["state"] == "running"

    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "was interrupted after" in err
    resume = next(line for line in err.splitlines() if "→" in line).rpartition("go on with: ")[2]
    assert shlex.split(resume)[1:] == [
        "evolve",
        str(shop.root / skill),
        *NIGHT[:4],
        *NIGHT[4:],
        *extra,
        "--resume",
    ]
    if extra:
        assert json.loads(out)["error"]["exit_code"] == 130

    status = shop.rsi("status")
    assert "interrupted" in status.out
    assert "budget     900 calls" in status.out
    assert status.out.splitlines()[-1].strip().split(maxsplit=1)[1] == resume.split(maxsplit=1)[1]
    stopped = refused(shop, "evolve", skill, *NIGHT)
    assert stopped.code == 2
    assert "--resume" in stopped.hint
    assert "--fresh" in stopped.hint
    changed = refused(shop, "evolve", skill, "--seed", "4", "--generations", "4", "--resume")
    assert changed.code == 2
    assert "seed (was 3, is 4)" in changed.message

    done = shop.rsi(*shlex.split(resume)[1:])
    assert done.code == 0, done.err
    assert shop.rsi("status", "--json").document["state"] == "ended"
    assert refused(shop, "evolve", skill, *NIGHT, "--resume").code == 2
