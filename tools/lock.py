"""Write the hash-locked requirement files from pyproject.toml: `python -m tools.lock [--upgrade]` (needs uv).

The compiler runs without the settings of this machine, so that the files name no host but the public index.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "requirements/runtime.txt"
DEV = ROOT / "requirements/dev.txt"
COMPILE = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-config", "-q")
OF_THIS_MACHINE = re.compile(r"https?://|file:|^--(index|extra-index|find-links|trusted)", re.MULTILINE)


def fingerprint() -> str:
    """Hash everything in pyproject.toml that the lock files follow from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        project["build-system"]["requires"],
        project["project"]["requires-python"],
        project["project"]["dependencies"],
        project["project"]["optional-dependencies"],
    ]
    return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()


def header(made_for: str) -> str:
    """The first lines of a lock file; the last of them tells whether it is still in step."""
    return f"# {made_for}. Written by `python -m tools.lock`; do not edit.\n# pyproject: {fingerprint()}\n"


def _compile(target: Path, made_for: str, *arguments: str) -> None:
    """Pin what pyproject.toml asks for, and what builds it, into `target`."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if uv is None:
        sys.exit("uv is not here: python -m pip install uv")
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    done = subprocess.run(
        [uv, "pip", "compile", *COMPILE, *arguments, "pyproject.toml", "-", "-o", str(target)],
        cwd=ROOT,
        env=settings,
        input="\n".join(build),
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.returncode)
    pins = target.read_text(encoding="utf-8").replace("# via -r -", "# via the build system")
    if found := OF_THIS_MACHINE.search(pins):
        target.unlink()
        sys.exit(f"{target.name} would name a place of this machine: {found.group()}")
    target.write_text(header(made_for) + pins, encoding="utf-8")


def main() -> None:
    """Write both files; what runs is pinned alike in both."""
    RUNTIME.parent.mkdir(exist_ok=True)
    upgrade = [argument for argument in sys.argv[1:] if argument == "--upgrade"]
    _compile(RUNTIME, "What `rsi` runs on", *upgrade)
    _compile(
        DEV, "What the whole check runs on", "--extra", "dev", "-c", "requirements/runtime.txt", *upgrade
    )


if __name__ == "__main__":
    main()
