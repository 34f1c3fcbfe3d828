"""How numbers are said to people: points, intervals, counts."""

from __future__ import annotations

from rsi_cli.ledger.events import Interval


def percent(score: float | None) -> str:
    """A score 0…1 as people read it; a dash where nothing was measured."""
    return "–" if score is None else f"{100 * score:.0f} %"


def points(gain: float) -> str:
    """A difference of scores in points, with its sign."""
    return f"{100 * gain:+.1f} points"


def interval(gain: Interval) -> str:
    """A gain with its 95 % interval."""
    return f"{points(gain.estimate)} (95 % interval {100 * gain.low:+.1f} to {100 * gain.high:+.1f})"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
