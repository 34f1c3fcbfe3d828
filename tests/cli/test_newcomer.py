"""What the README tells a newcomer to type, typed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.plain import SKILL, plain_files
from tests.fakes.workshop import ROOT, Workshop

PROGRAM = Path(sys.executable).with_name("rsi")
needs_program = pytest.mark.skipif(not PROGRAM.exists(), reason="the console script is not installed")


def lines_of_the_readme() -> list[list[str]]:
    """The commands of the section on one's own skill, as words, without their comments."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"## Use it on your own skill.*?```sh\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return [words for line in block[1].splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.filterwarnings("ignore:Item .* on TypedDict")  # litellm's, where it imports late
def test_the_readmes_commands_work_word_for_word(shop: Workshop) -> None:
    typed = lines_of_the_readme()
    assert [words[1] for words in typed if words[0] == "rsi"] == [
        "init",
        "doctor",
        "eval",
        "evolve",
        "log",
        "rollback",
    ]
    for words in typed:
        if words[0] == "git":
            subprocess.run(shlex.join(words).replace("'&&'", "&&"), shell=True, cwd=shop.root, check=True)  # noqa: S602
            continue
        outcome = shop.rsi(*words[1:])
        if words[1] == "evolve":  # it names a model that wants a key
            assert outcome.code == 4
            assert "ANTHROPIC_API_KEY" in outcome.err
            model = words.index("--model")
            outcome = shop.rsi(*words[1:model], "--seed", "1")
        assert outcome.code == 0, (words, outcome.err)
    assert "Roll support-mail back" in shop.git("log", "-1", "--format=%s")


def test_the_scaffold_is_enough_for_a_first_promotion(shop: Workshop) -> None:
    assert shop.rsi("init", "first").code == 0
    shop.fill({})
    report = shop.rsi("doctor", "skills/first", "--json").document
    assert {check["state"] for check in report["checks"]} == {"ok"}
    for seed in ("1", "2", "3"):
        night = shop.rsi(
            "evolve", "skills/first", "--seed", seed, "--branch", f"night-{seed}", "--json"
        ).document
        assert night["promotions"], seed
        assert night["gain"]["low"] > 0


@needs_program
def test_the_commands_at_the_end_of_a_night_can_be_pasted_anywhere(shop: Workshop) -> None:
    """The program is not on PATH, and the person stands in another folder."""
    shop.fill(plain_files())
    environ = {**os.environ, "PATH": "/usr/bin:/bin"}
    line = [str(PROGRAM), "evolve", "skills/plain", "--seed", "1", "--max-calls", "400"]
    done = subprocess.run(line, cwd=shop.root, env=environ, capture_output=True, text=True, check=True)
    rollback = done.stdout.splitlines()[-1].strip()
    assert rollback == f"{PROGRAM} rollback {shop.root / 'skills/plain'}"
    assert (shop.root / "skills/plain/SKILL.md").read_text() != SKILL
    back = subprocess.run(
        rollback, shell=True, cwd="/", env=environ, capture_output=True, text=True, check=True
    )  # noqa: S602
    assert (shop.root / "skills/plain/SKILL.md").read_text() == SKILL
    undo = back.stdout.splitlines()[-1].strip()
    subprocess.run(undo, shell=True, cwd="/", env=environ, capture_output=True, check=True)  # noqa: S602
    assert (shop.root / "skills/plain/SKILL.md").read_text() != SKILL


@needs_program
def test_the_demonstration_ends_with_its_commits_and_the_way_back(tmp_path: Path) -> None:
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [str(PROGRAM), "demo"],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert "no language model" in lines[0]
    scratch = Path(lines[1].removeprefix("scratch repository: "))
    assert scratch.parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == [scratch.name]
    steps = [shlex.split(line)[2] for line in lines if line.startswith("$ ")]
    assert steps == ["evolve", "diff", "log"]
    commits = re.findall(r"^  commit +([0-9a-f]{12})", done.stdout, re.MULTILINE)
    assert commits
    log = subprocess.run(
        ["git", "log", "--format=%h", "--abbrev=12"], cwd=scratch, capture_output=True, text=True, check=True
    )
    assert set(commits) < set(log.stdout.split())
    subprocess.run(lines[-1].strip(), shell=True, cwd="/", env=environ, capture_output=True, check=True)  # noqa: S602
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=scratch, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
