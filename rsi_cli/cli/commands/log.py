"""`rsi log SKILL`: the promotions, newest first, with what each brought."""

from __future__ import annotations

from rsi_cli.cli import options as opt


def log(skill: opt.Skill, as_json: opt.AsJson = False) -> None:
    """List promotions and rollbacks of SKILL, newest first."""
    from rsi_cli.cli.history import versions

    versions.show_log(skill, as_json=as_json)
