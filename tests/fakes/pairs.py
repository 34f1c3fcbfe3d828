"""A small skill with its suite, in files, and a suite of pairs over them."""

from __future__ import annotations

import json
from pathlib import Path

from rsi_cli.suite.load import load_suite
from rsi_cli.suite.model import Case, Suite

SKILL = """\
---
name: shout
description: Say a word again, loudly.
---

# Shout

Say the word.

<!-- rsi:keep -->
One word alone.
<!-- /rsi:keep -->
"""
TRAIN = 24


def words_suite(*, train: int = TRAIN, **more: object) -> str:
    """The suite of the small skill: words in, the same in capitals out. more: keys at the top."""
    cases: list[dict[str, object]] = [
        {"id": f"t{n}", "input": f"zebra{n} cantered past gate {n}", "expected": f"LOUD{n}", "split": "train"}
        for n in range(train)
    ]
    cases += [
        {"id": f"h{n}", "input": f"Vexqorb{n}", "expected": f"VEXQORB{n}", "split": "holdout"}
        for n in range(4)
    ]
    return json.dumps({"name": "shout", "prompt": "Word: {{ input }}", **more, "cases": cases})


def pairs_suite(*pairs: tuple[str, int], **more: object) -> str:
    """A suite of pairs. pairs: split and seed of each case. more: keys of every pair."""
    files = {"skill": "shout", "suite": "shout.json", **more}
    cases = [
        {"id": f"{split}-{seed}", "split": split, "pair": {**files, "seed": seed}} for split, seed in pairs
    ]
    return json.dumps({"defaults": {"assert": ["imp-at-k"]}, "cases": cases})


def laid_out(folder: Path, text: str, *, skill: str = SKILL, words: str = "") -> Suite:
    """Write the three files and read the suite of pairs."""
    (folder / "shout").mkdir(exist_ok=True)
    (folder / "shout" / "SKILL.md").write_text(skill, encoding="utf-8")
    (folder / "shout.json").write_text(words or words_suite(), encoding="utf-8")
    (folder / "pairs.json").write_text(text, encoding="utf-8")
    return load_suite(folder / "pairs.json")


def a_case(folder: Path, **more: object) -> Case:
    """One case that names the small skill, on the open side of the wall."""
    return laid_out(folder, pairs_suite(("train", 1), **more)).cases[0]
