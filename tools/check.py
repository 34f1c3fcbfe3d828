"""The whole check, in one command: `python -m tools.check [arguments for pytest]`.

Every part runs even if an earlier one fails, and the exit code is 1 if any did. pytest comes last and speaks
for itself; the others are quiet unless they have something to say. The documents (links, first two commands,
decision records) are checked by pytest.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "format": ("-m", "ruff", "format", "--check", "."),
    "style": ("-m", "ruff", "check", "."),
    "types": ("-m", "mypy"),
    "floors": (
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())",
    ),
}
TESTS = (
    "-m",
    "pytest",
    "-q",
    "--inline-snapshot=disable",
    "-n",
    "auto",
    "--maxprocesses",
    "4",
    "--dist",
    "worksteal",
)


def quietly(name: str, command: tuple[str, ...]) -> bool:
    """Run one part; show what it printed only if it failed."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    print(f"{name:7} {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return passed


def main() -> int:
    """Run all parts, then the tests; say at the end which ones failed."""
    failed = [name for name, command in PARTS.items() if not quietly(name, command)]
    tests = subprocess.run([sys.executable, *TESTS, *sys.argv[1:]], cwd=ROOT, check=False)
    if tests.returncode:
        failed.append("tests")
    print("check FAILED: " + ", ".join(failed) if failed else "check passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
