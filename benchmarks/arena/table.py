"""Rows become the table that people read: one line for a contestant, a landscape, a holdout and a budget."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import fmean, median, stdev

from benchmarks.arena.nights import BETTER, Row
from rsi_cli.trust.beta import rate_bounds

Line = dict[str, object]


def summary(rows: Sequence[Row]) -> list[Line]:
    """One line a group, by landscape, holdout, budget, who; gains in points, rates in per cent."""

    def group(row: Row) -> tuple[str, int, int, str]:
        return row.landscape, row.holdout, row.budget, row.contestant

    return [_line(list(rows_of)) for _, rows_of in groupby(sorted(rows, key=group), key=group)]


def _line(rows: Sequence[Row]) -> Line:
    first = rows[0]
    shipped = [row for row in rows if row.shipped]
    false = sum(row.true_gain <= 0 for row in shipped)
    chances = [row for row in rows if row.best_seen >= BETTER]
    return {
        "landscape": first.landscape,
        "held-out": first.holdout,
        "budget": first.budget,
        "who": first.contestant,
        "nights": len(rows),
        "ship %": _percent(len(shipped), len(rows)),
        "false ship %": _percent(false, len(rows)),
        "false ship < %": round(100 * rate_bounds(false, len(rows) - false)[1], 1),
        **_honesty(rows),
        "true gain": _points([row.true_gain for row in rows]),
        "true gain, median": round(100 * median(row.true_gain for row in rows), 1),
        "best seen": _points([row.best_seen for row in rows]),
        "accepted %": _percent(sum(row.shipped and row.true_gain > 0 for row in chances), len(chances)),
        "chances": len(chances),
        "texts": round(fmean(row.texts for row in rows), 1),
        "calls": round(fmean(row.calls for row in rows)),
        "seconds": round(fmean(row.seconds for row in rows), 2),
    }


def _honesty(rows: Sequence[Row]) -> Line:
    """How far claims lie above the truth: that of all cases there are, and that of the held-out ones."""
    claims = [row for row in rows if row.claimed is not None]
    shipped = [row for row in claims if row.shipped]
    bounds = [row for row in shipped if row.low is not None and row.high is not None]
    return {
        "over": _over(claims, lambda row: row.true_gain),
        "over, shipped": _over(shipped, lambda row: row.true_gain),
        "over, held-out": _over(shipped, lambda row: row.true_on_holdout),
        "covered %": _covered(bounds, lambda row: row.true_gain),
        "covered, held-out %": _covered(bounds, lambda row: row.true_on_holdout),
        "intervals": len(bounds),
    }


def _over(rows: Sequence[Row], truth: Callable[[Row], float]) -> str:
    return _points([(row.claimed or 0.0) - truth(row) for row in rows])


def _covered(rows: Sequence[Row], truth: Callable[[Row], float]) -> object:
    return _percent(sum((row.low or 0.0) <= truth(row) <= (row.high or 0.0) for row in rows), len(rows))


def _points(values: Sequence[float]) -> str:
    """A mean in points with the half width of its 95 % interval (normal approximation)."""
    if not values:
        return "-"
    half = 1.96 * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return f"{100 * fmean(values):+.1f} ±{100 * half:.1f}"


def _percent(part: int, whole: int) -> object:
    return round(100 * part / whole, 1) if whole else "-"


def printed(lines: Sequence[Line]) -> str:
    """A plain table."""
    columns = list(dict.fromkeys(column for line in lines for column in line))
    cells = [columns, *([str(line.get(column, "")) for column in columns] for line in lines)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
