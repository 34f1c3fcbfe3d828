"""How numbers are said to people: points, intervals, counts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rsi_cli.nouns import CaseResult, Interval, Usage
from rsi_cli.suite.model import Limits


def printable(text: str, *, lines: bool = False) -> str:
    """Text that cannot steer a terminal: control and format characters but for tabs become U+FFFD.

    lines: whether the text may have several lines; a line end is replaced as well where it may not.
    """
    kept = "\t\n" if lines else "\t"
    return "".join(
        char if char in kept or unicodedata.category(char) not in ("Cc", "Cf") else "\ufffd" for char in text
    )


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


def broken_must(results: Sequence[CaseResult]) -> str:
    """How many answers break a hard constraint of the owner; '' if none does."""
    lost = [result for result in results if result.broke_must]
    if not lost:
        return ""
    cases = counted(len({result.case_id for result in lost}), "case")
    return f"{len(lost)} of {counted(len(results), 'answer')}, on {cases}, break a hard constraint"


def budget_words(limits: Limits) -> str:
    """A budget: `2000 calls, 5 USD`; `no limit` where there is none."""
    parts = (
        counted(limits.max_calls, "call") if limits.max_calls is not None else "",
        counted(limits.max_tokens, "token") if limits.max_tokens is not None else "",
        f"{limits.max_usd:g} USD" if limits.max_usd is not None else "",
        duration(limits.max_seconds) if limits.max_seconds is not None else "",
    )
    return ", ".join(part for part in parts if part) or "no limit"


def ending(because: str | None, *, bred: bool) -> str:
    """Why a run ended, as people read it. because: as recorded. bred: whether there was a generation.

    A night stops before its last call: it keeps what the next generation and the last look would take.
    """
    if because == "budget spent":
        return f"the budget pays for no {'further ' if bred else ''}generation"
    return because or "not ended"


def spent_words(spent: Usage, limits: Limits, elapsed_s: float) -> str:
    """What was spent, beside each limit that there is: `812 of 2000 calls, 0.41 of 5 USD`."""
    tokens, parts = spent.input_tokens + spent.output_tokens, []
    if limits.max_calls is None:
        parts.append(counted(spent.calls, "call"))
    else:
        parts.append(f"{spent.calls} of {counted(limits.max_calls, 'call')}")
    if limits.max_tokens is not None:
        parts.append(f"{tokens} of {counted(limits.max_tokens, 'token')}")
    if limits.max_usd is not None:
        parts.append(f"{spent.usd:.2f} of {limits.max_usd:g} USD")
    elif spent.usd:
        parts.append(f"{spent.usd:.2f} USD")
    if limits.max_seconds is not None:
        parts.append(f"{duration(elapsed_s)} of {duration(limits.max_seconds)}")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A span of time: `8 h`, `1 h 30 min`, `45 s`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part
    )
