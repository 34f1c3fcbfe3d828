"""How long a night may take: `--for 8h`, `--until 07:00`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rsi_cli.errors import InputError
from rsi_cli.suite.durations import FORM, parse_duration

_CLOCK = re.compile(r"(?:until\s+)?(\d{1,2}):(\d{2})", re.ASCII)
_HOURS, _MINUTES = 24, 60


def seconds_for(text: str, *, source: str) -> float:
    """The seconds in `8h`, `90m` or `1h30m`. source: what to blame, `--for`. Raises InputError."""
    seconds = parse_duration(text)
    if seconds is None:
        raise InputError(f"{source}: {text!r} is not {FORM}", hint=f"write it like {source} 8h")
    return seconds


def seconds_until(text: str, now: datetime, *, source: str) -> float:
    """The seconds from `now` to the next time the clock shows `07:00`; at most a day. Raises InputError.

    now: local time without a zone. Nights in which the clocks change count what really passes.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) >= _HOURS or int(match[2]) >= _MINUTES:
        raise InputError(f"{source}: {text!r} is not a time of day", hint=f"write it like {source} 07:00")
    end = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    if end <= now:
        end += timedelta(days=1)
    return end.timestamp() - now.timestamp()
