"""Lengths of time as people write them: `8h`, `90m`, `1h30m`, `45s`, `1.5h`."""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"(?=.)(?:(?P<d>\d{1,6}(?:\.\d+)?)d)?(?:(?P<h>\d{1,6}(?:\.\d+)?)h)?"
    r"(?:(?P<m>\d{1,6}(?:\.\d+)?)m)?(?:(?P<s>\d{1,9}(?:\.\d+)?)s)?",
    re.ASCII,
)
_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}

FORM = "a length of time such as 8h, 90m or 1h30m"


def parse_duration(text: str) -> float | None:
    """Seconds, above 0; None where `text` is no length of time. Units d, h, m, s: each once, in order."""
    match = _DURATION.fullmatch(text.strip().lower().replace(" ", ""))
    if match is None:
        return None
    seconds = sum(float(match[unit]) * size for unit, size in _SECONDS.items() if match[unit])
    return seconds or None
