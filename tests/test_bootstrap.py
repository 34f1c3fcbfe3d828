"""The newcomer's way in: the real bootstrap.py on a tiny project of the same shape, and the real wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = '''\
"""Builds a wheel with two commands in it, without a download."""
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name, info = "tiny-1-py3-none-any.whl", "tiny-1.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("_tiny.pth", os.getcwd())
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\nrsi = tiny:main\\n")
        wheel.writestr(info + "RECORD", "")
    return name
'''
RSI = """\
import sys

def main():
    print("ran", *sys.argv[1:])
    return 6 if "--inconclusive" in sys.argv else 0
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project that bootstrap.py takes for rsi: no package to fetch, one command to run."""
    root = tmp_path / "a clone"
    (root / "requirements").mkdir(parents=True)
    (root / "tools").mkdir()
    shutil.copy(ROOT / "bootstrap.py", root)
    for name, content in {
        "pyproject.toml": PYPROJECT,
        "backend.py": BACKEND,
        "tiny.py": RSI,
        "tools/check.py": "import sys\nprint('checked', *sys.argv[1:])\n",
        "requirements/runtime.txt": "# nothing\n",
        "requirements/dev.txt": "# nothing\n",
    }.items():
        (root / name).write_text(content, encoding="utf-8")
    return root


def bootstrap(root: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Call it as a newcomer does, from another folder."""
    return subprocess.run(
        [sys.executable, str(root / "bootstrap.py"), *arguments],
        cwd=root.parent,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_run_installs_and_the_second_only_runs(clone: Path) -> None:
    first = bootstrap(clone, "demo", "--inconclusive", PIP_USER="1", PYTHONPATH="nowhere")
    assert first.returncode == 6, first.stderr
    assert first.stdout == "ran demo --inconclusive\n"
    assert "making .venv" in first.stderr

    second = bootstrap(clone, "demo")
    assert (second.returncode, second.stdout, second.stderr) == (0, "ran demo\n", "")

    checked = bootstrap(clone, "test", "-k", "gate")
    assert (checked.returncode, checked.stdout) == (0, "checked -k gate\n"), checked.stderr
    assert "making" not in checked.stderr  # the same environment, with more in it
    assert bootstrap(clone, "demo").stderr == ""


def test_an_interrupted_installation_is_made_again(clone: Path) -> None:
    (clone / "requirements/runtime.txt").write_text(
        "no-such-package==1 --hash=sha256:" + 64 * "0", encoding="utf-8"
    )
    broken = bootstrap(clone, "demo", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert broken.returncode == 1
    assert "no-such-package" in broken.stderr
    assert "run the same command again" in broken.stderr
    assert json.loads((clone / ".venv/rsi-bootstrap.json").read_text(encoding="utf-8")) == {}
    (clone / ".venv/left-over").touch()

    (clone / "requirements/runtime.txt").write_text("# nothing\n", encoding="utf-8")
    mended = bootstrap(clone, "demo")
    assert mended.returncode == 0, mended.stderr
    assert "making it again" in mended.stderr
    assert not (clone / ".venv/left-over").exists()


def test_somebody_elses_environment_is_left_alone(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv/theirs").touch()
    done = bootstrap(clone, "demo")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (clone / ".venv").iterdir()] == ["theirs"]
    assert (clone / ".venv-rsi/rsi-bootstrap.json").is_file()

    (clone / ".venv-rsi/rsi-bootstrap.json").unlink()
    refused = bootstrap(clone, "demo")
    assert refused.returncode == 1
    assert "move one of them away" in refused.stderr


@pytest.mark.parametrize("arguments", [(), ("install",)])
def test_other_words_are_answered_with_the_two_there_are(clone: Path, arguments: tuple[str, ...]) -> None:
    done = bootstrap(clone, *arguments)
    assert done.returncode == 2
    assert "bootstrap.py demo" in done.stdout
    assert not (clone / ".venv").exists()


def test_without_git_nothing_is_installed(clone: Path, tmp_path: Path) -> None:
    done = bootstrap(clone, "demo", PATH=str(tmp_path / "empty"))
    assert done.returncode == 2
    assert "install git first" in done.stderr
    assert not (clone / ".venv").exists()


def test_the_wheel_carries_the_examples_and_every_prompt(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = set(wheel.namelist())
    source = {f"rsi_cli/{file.relative_to(ROOT / 'rsi_cli').as_posix()}" for file in files(ROOT / "rsi_cli")}
    examples = {
        f"rsi_cli/bundled/{file.relative_to(ROOT).as_posix()}"
        for kind in ("skills", "evals")
        for file in files(ROOT / kind)
    }
    assert examples
    assert source | examples == {name for name in held if ".dist-info/" not in name}


def files(folder: Path) -> list[Path]:
    """What a clone has in a folder, without what Python leaves there."""
    return [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
