"""Paces become the table of who is how fast: one line for a landscape, holdout, budget and contestant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from statistics import fmean

from benchmarks.arena.paces import Pace
from benchmarks.arena.table import Line

PARTS = (0.25, 0.5, 0.75, 0.9)  # of the reachable gain
STOPS = (300, 1000, 3000, 10_000)  # calls after which the score is looked at
TO_COMPARE = "gepa"
LITTLE = 1e-9  # a reachable gain that is none
Group = tuple[str, int, int]


def summary(rows: Sequence[Pace]) -> list[Line]:
    """One line a group; scores 0…1, shares in per cent, calls as medians with quartiles."""

    def group(row: Pace) -> tuple[str, int, int, str]:
        return row.landscape, row.holdout, row.budget, row.contestant

    groups = {key: list(some) for key, some in groupby(sorted(rows, key=group), key=group)}
    measures: Mapping[Group, Sequence[Pace]] = {
        key[:3]: some for key, some in groups.items() if key[3] == TO_COMPARE
    }
    return [_line(some, measures.get(key[:3], ())) for key, some in groups.items()]


def _line(rows: Sequence[Pace], measure: Sequence[Pace]) -> Line:
    first = rows[0]
    line: Line = {
        "landscape": first.landscape,
        "held-out": first.holdout,
        "budget": first.budget,
        "who": first.contestant,
        "nights": len(rows),
        "best": _score([row.best for row in rows]),
        "at 0": _score([row.score_at(0) for row in rows]),
        **{f"at {at}": _score([row.score_at(at) for row in rows]) for at in STOPS if at <= first.budget},
    }
    for part in PARTS:
        line |= _to(part, rows, measure)
    return {
        **line,
        "quality, first ¼": _quality([row.quality_first for row in rows]),
        "last ¼": _quality([row.quality_last for row in rows]),
        "seconds": round(fmean(row.seconds for row in rows), 2),
    }


def _to(part: float, rows: Sequence[Pace], measure: Sequence[Pace]) -> Line:
    """Calls until a part of the reachable gain, the nights that came there, and the ratio of medians."""
    name, budget = f"{round(100 * part)} %", rows[0].budget
    if max(row.reachable for row in rows) <= LITTLE:
        return {name: "-", f"{name} reached": "-", f"{name} ÷ {TO_COMPARE}": "-"}
    calls = [row.calls_to(part) for row in rows]
    low, middle, high = (quantile(calls, at) for at in (0.25, 0.5, 0.75))
    theirs = quantile([row.calls_to(part) for row in measure], 0.5) if measure else math.nan
    return {
        name: f"{_calls(middle, budget)} ({_calls(low, budget)}–{_calls(high, budget)})",
        f"{name} reached": round(100 * sum(map(math.isfinite, calls)) / len(calls)),
        f"{name} ÷ {TO_COMPARE}": _ratio(middle, theirs, budget),
    }


def quantile(values: Sequence[float], at: float) -> float:
    """With linear interpolation (Hyndman and Fan's type 7); infinite where a neighbour that counts is."""
    ordered = sorted(values)
    place = at * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low if low == high else low + (place - math.floor(place)) * (high - low)


def _calls(calls: float, budget: int) -> str:
    return f"{round(calls)}" if math.isfinite(calls) else f">{budget}"


def _ratio(ours: float, theirs: float, budget: int) -> str:
    """Of two medians; a bound where one of them is beyond the budget."""
    if math.isnan(theirs) or (math.isinf(ours) and math.isinf(theirs)):
        return "-"
    if math.isinf(theirs):
        return f"<{ours / budget:.2f}"
    if math.isinf(ours):
        return f">{budget / theirs:.2f}"
    return f"{ours / theirs:.2f}" if theirs else "-"


def _score(scores: Sequence[float]) -> str:
    return f"{fmean(scores):.3f}"


def _quality(qualities: Sequence[float | None]) -> str:
    known = [quality for quality in qualities if quality is not None]
    return f"{fmean(known):.2f}" if known else "-"
