"""What docs/trust.md says is not used yet is not used yet, and is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_said_to_be_unused_exists_and_is_used_by_no_run() -> None:
    section = (ROOT / "docs/trust.md").read_text("utf-8").split("## Built, not yet used")[1].split("\n## ")[0]
    named = re.findall(r"`rsi_cli/trust/(\w+)\.py`", section)
    assert named
    assert all((ROOT / f"rsi_cli/trust/{name}.py").is_file() for name in named)
    users = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / "rsi_cli").rglob("*.py")
        if file.stem not in named
        for name in named
        if re.search(rf"rsi_cli\.trust(\.| import (.*\W)?){name}\b", file.read_text("utf-8"))
    ]
    assert users == [], "used now: say so in docs/trust.md"
