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
        if words[1] == "doctor":
            assert not re.search(r"^(warn|fail)", outcome.out, re.MULTILINE)
        if words[1] == "evolve":  # it names a model that wants a key
            assert outcome.code == 4
            assert "ANTHROPIC_API_KEY" in outcome.err
            model = words.index("--model")
            outcome = shop.rsi(*words[1:model], "--seed", "5")
            assert re.search(r"^  commit +[0-9a-f]{12}", outcome.out, re.MULTILINE), "the scaffold is of use"
        assert outcome.code == 0, (words, outcome.err)
    assert "Roll support-mail back" in shop.git("log", "-1", "--format=%s")


def without_the_program() -> dict[str, str]:
    """An environment in which `rsi` is not on PATH."""
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not (Path(folder) / PROGRAM.name).exists()]
    return {**os.environ, "PATH": os.pathsep.join(kept)}


def pasted(line: str) -> str:
    """Paste a line into a shell in another folder; what it prints."""
    done = subprocess.run(  # noqa: S602 - a shell is what people paste into
        line, shell=True, cwd="/", env=without_the_program(), capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_commands_at_the_end_of_a_night_and_of_a_rollback_work_in_any_folder(
    shop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.fill(plain_files())
    text = shop.root / "skills/plain/SKILL.md"
    rollback = shop.rsi("evolve", "skills/plain", "--seed", "1", "--max-calls", "400").out.splitlines()[-1]
    assert shlex.split(rollback) == ["rsi", "rollback", str(shop.root / "skills/plain")]
    elsewhere = Workshop(tmp_path, capsys, monkeypatch)
    undo = elsewhere.rsi(*shlex.split(rollback)[1:]).out.splitlines()[-1]
    assert text.read_text() == SKILL
    assert elsewhere.rsi(*shlex.split(undo)[1:]).code == 0
    assert text.read_text() != SKILL


@needs_program
def test_the_demonstration_ends_with_its_commits_and_the_way_back(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(PROGRAM), "demo"],
        cwd=tmp_path,
        env={**without_the_program(), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert "no language model" in lines[0]
    scratch = Path(lines[1].removeprefix("scratch repository: "))
    assert list(tmp_path.iterdir()) == [scratch]
    assert [shlex.split(line)[2] for line in lines if line.startswith("$ ")] == ["evolve", "diff", "log"]
    commits = re.findall(r"^  commit +([0-9a-f]{12})", done.stdout, re.MULTILINE)
    assert commits
    assert set(commits) < set(pasted(f"git -C {scratch} log --format=%h --abbrev=12").split())
    seed = pasted(f"git -C {scratch} show HEAD~{len(commits)}:skills/booking-extract/SKILL.md")
    pasted(next(line for line in lines[-4:] if " rollback " in line).strip())
    assert pasted(f"git -C {scratch} show HEAD:skills/booking-extract/SKILL.md") == seed
    assert pasted(f"git -C {scratch} status --porcelain") == ""
