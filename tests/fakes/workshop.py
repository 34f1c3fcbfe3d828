"""A repository with a small skill and suite, and rsi run on it: here, or in a process that can be killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rsi_cli.cli.app import run

ROOT = Path(__file__).resolve().parents[2]

SIGNALS = {
    "billing": ("invoice", "receipt", "charged", "payment"),
    "access": ("password", "login", "locked", "reset"),
    "delivery": ("parcel", "courier", "shipment", "tracking"),
}
OPENINGS = ("Hello,", "Good morning,", "Hi there,", "Dear team,", "One question:")
TAILS = ("Could you look at it?", "Thank you.", "Regards, M.", "It is urgent.", "Any news?")

SKILL = """\
---
name: mail
description: Sort a customer's mail into one label.
---

# Mail

Sort each mail into one of these labels: `billing`, `access`, `delivery`.

- If the mail mentions "invoice", answer `billing`.

<!-- rsi:keep -->
## Answer

Reply with the label alone, in lower case.
<!-- /rsi:keep -->
"""


@dataclass(frozen=True)
class Outcome:
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - whatever JSON the command prints
        """The one JSON document on stdout; fails if there is anything else."""
        return json.loads(self.out)


def mails(count: int, split: str, rng: Random, *, noise: bool = False) -> list[dict[str, str]]:
    """Cases whose label follows from one signal word; with noise, from nothing."""
    cases = []
    for number in range(count):
        label = sorted(SIGNALS)[number % len(SIGNALS)]
        word = SIGNALS[label][number // len(SIGNALS) % 4]
        matter = f"I have a problem with the {word} number {rng.randrange(1000)}."
        text = f"{rng.choice(OPENINGS)} {matter} {rng.choice(TAILS)}"
        expected = rng.choice(sorted(SIGNALS)) if noise else label
        cases.append({"id": f"{split}-{number}", "split": split, "input": text, "expected": expected})
    return cases


def suite_text(*, train: int = 24, holdout: int = 24, seed: int = 0, noise: bool = False) -> str:
    """A suite file; JSON is YAML."""
    rng = Random(seed)
    cases = [*mails(train, "train", rng, noise=noise), *mails(holdout, "holdout", rng, noise=noise)]
    if noise:  # cases of their own for each seed, so that no night pays for what another one spent
        cases = [{**case, "id": f"{case['id']}-of-{seed}"} for case in cases]
    else:
        good = "Where is my invoice for March?"
        cases.append({"id": "good-1", "split": "known-good", "input": good, "expected": "billing"})
    gold = [
        {"case": cases[0]["id"], "output": cases[0]["expected"], "good": True},
        {"case": cases[0]["id"], "output": "something else", "good": False},
    ]
    return json.dumps({"name": "mail", "cases": cases, "gold": gold}, indent=1)


class Workshop:
    """A folder that is a git repository with one committed skill and its suite."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._capsys = capsys
        self._patch = patch

    def fill(self, files: Mapping[str, str | bytes], *, commit: bool = True) -> None:
        """Write files, and commit them all."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if commit:
            self.git("add", "-A")
            self.git("commit", "-q", "-m", "Fill")

    def mail(self, *, train: int = 24, holdout: int = 24, seed: int = 0, noise: bool = False) -> str:
        """The mail skill with its suite; returns the SKILL argument."""
        suite = suite_text(train=train, holdout=holdout, seed=seed, noise=noise)
        self.fill({"skills/mail/SKILL.md": SKILL, "evals/mail.yaml": suite})
        return "skills/mail"

    def example(self, name: str) -> str:
        """A bundled example; returns the SKILL argument."""
        shutil.copytree(ROOT / "skills" / name, self.root / "skills" / name)
        (self.root / "evals").mkdir(exist_ok=True)
        shutil.copy(ROOT / "evals" / f"{name}.yaml", self.root / "evals")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"Start {name}")
        return f"skills/{name}"

    def rsi(self, *arguments: str) -> Outcome:
        """Run a command line in this process, from the repository's root."""
        self._patch.chdir(self.root)
        self._capsys.readouterr()
        code = run(arguments)
        captured = self._capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command line in a process of its own."""
        command = [sys.executable, "-c", "from rsi_cli.cli.app import main; main()", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=dict(os.environ),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def git(self, *arguments: str) -> str:
        """Run git here."""
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def files(self, but: Iterable[str] = ()) -> dict[str, bytes]:
        """Every file outside of .git by name, with its bytes."""
        skip = set(but)
        found = (path for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {
            name: path.read_bytes()
            for path in found
            if (name := path.relative_to(self.root).as_posix()) not in skip
        }
