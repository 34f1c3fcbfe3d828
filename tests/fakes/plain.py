"""A skill and a suite that are learned in a few calls: one word decides each label."""

from __future__ import annotations

import json

WORDS = {"billing": "invoice", "access": "password", "delivery": "parcel"}

SKILL = """\
---
name: plain
description: Sort a mail into one label.
---

# Mail

Sort each mail into one of these labels: `billing`, `access`, `delivery`.

<!-- rsi:keep -->
Reply with the label alone, in lower case.
<!-- /rsi:keep -->
"""


def plain_suite(*, train: int = 9, holdout: int = 18) -> str:
    """A suite file; JSON is YAML."""
    labels = sorted(WORDS)
    cases = [
        {
            "id": f"{split}-{number}",
            "split": split,
            "input": f"Mail {number} in the {split} box. It is about the {WORDS[labels[number % 3]]}.",
            "expected": labels[number % 3],
        }
        for split, count in (("train", train), ("holdout", holdout))
        for number in range(count)
    ]
    return json.dumps({"name": "plain", "cases": cases}, indent=1)


def plain_files(**counts: int) -> dict[str, str]:
    """Both files, where rsi looks for them."""
    return {"skills/plain/SKILL.md": SKILL, "evals/plain.yaml": plain_suite(**counts)}
