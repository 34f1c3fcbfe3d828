"""`rsi status`: what a running or interrupted run is doing."""

from __future__ import annotations

from rsi_cli.cli import options as opt


def status(as_json: opt.AsJson = False) -> None:
    """Show what the running, interrupted or last run is doing."""
    from rsi_cli.cli.history import standing

    standing.show_status(as_json=as_json)
