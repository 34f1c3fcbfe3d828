"""Every statistic is used by runs or audits, or docs/trust.md says that it is not."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs/trust.md").read_text("utf-8")


def section(title: str) -> str:
    """What stands below a heading, '' where there is none."""
    return (*DOCS.split(f"\n## {title}\n"), "")[1].split("\n## ")[0]


def users(name: str) -> list[str]:
    """Files of the package, but for the module itself, that import a module of this room."""
    return [
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "rsi_cli").rglob("*.py")
        if file.stem != name
        and re.search(rf"rsi_cli\.trust(\.| import (.*\W)?){name}\b", file.read_text("utf-8"))
    ]


def test_what_is_said_to_be_unused_exists_and_is_used_by_no_run_and_the_rest_is() -> None:
    unused = re.findall(r"`rsi_cli/trust/(\w+)\.py`", section("Built, not yet used"))
    there = {file.stem for file in (ROOT / "rsi_cli/trust").glob("*.py")} - {"__init__"}
    assert set(unused) <= there
    used = {name for name in there if any(Path(user).stem not in unused for user in users(name))}
    assert used == there - set(unused), "used, or not used, any more: say so in docs/trust.md"


def test_the_noise_floor_and_the_watch_are_described_where_they_are_used() -> None:
    assert "rsi_cli/evolution/noise.py" in users("noise_floor")
    assert "A/A" in section("The noise floor")
    assert "rsi_cli/cli/audits/checks.py" in users("goodhart")
    assert all(f"`{check}`" in section("Drift over promotions") for check in ("train-apart", "audit-sinks"))
