"""Do the scores of several promotions drift apart, so that the measure is met and not the task? Pure.

- train climbs faster than holdout: the skill learns its train cases by heart;
- known-good or audit scores sink while the holdout climbs: the suite is being pleased, not the task.

Every score is held against the mean of those before it (Hawkins 1987, "Self-starting Cusum charts"): no
history has to be known in advance. CUSUM with k = .5 and h = 4 sigma fails; EWMA, weight .2, beyond 2 sigma
warns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rsi_cli.trust.findings import Finding

SLACK, ALARM = 0.5, 4.0  # in sigma
WEIGHT, WARN = 0.2, 2.0
FEWEST_STEPS = 3  # below that, a drift is a step
DRIFTS = frozenset({"train-apart", "known-good-sinks", "audit-sinks"})  # names of the findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one promoted version, in the order of commits; scores 0 … 1, None = not measured.

    *_cases: how many cases the scores rest on.
    """

    commit: str
    train: float | None = None
    holdout: float | None = None
    known_good: float | None = None
    audit: float | None = None
    train_cases: int = 0
    holdout_cases: int = 0
    known_good_cases: int = 0
    audit_cases: int = 0


_Level: TypeAlias = tuple[float, float]  # higher is worse, and its variance


@dataclass(frozen=True, slots=True)
class _Watched:
    check: str
    message: str
    steps: tuple[float, ...]


def drift(records: Sequence[Record]) -> tuple[Finding, ...]:
    """Judge a history; empty for one that is too short or in order. Records of one suite only."""
    return tuple(finding for watched in _watched(records) if (finding := _judged(watched)))


def note(records: Sequence[Record]) -> str:
    """One short line for a log, '' if nothing drifts; the worst finding speaks."""
    findings = sorted(drift(records), key=lambda finding: finding.severity != "fail")
    return f"watch out: {findings[0].message}" if findings else ""


def _watched(records: Sequence[Record]) -> Iterator[_Watched]:
    apart = [_gap(record) for record in records]
    yield _Watched("train-apart", "train scores climb away from held-out ones", _surprises(apart))
    known = [_level(record.known_good, record.known_good_cases) for record in records]
    yield _Watched("known-good-sinks", "known-good scores sink from version to version", _surprises(known))
    audits = [_level(record.audit, record.audit_cases) for record in records]
    yield _Watched("audit-sinks", "audit scores sink from version to version", _surprises(audits))


def _level(score: float | None, cases: int) -> _Level | None:
    """How bad a score is, with the variance that luck gives it."""
    if score is None or cases < 1:
        return None
    return -score, _variance(score, cases)


def _gap(record: Record) -> _Level | None:
    """How far train is ahead of holdout."""
    train, holdout = record.train, record.holdout
    if train is None or holdout is None or record.train_cases < 1 or record.holdout_cases < 1:
        return None
    return train - holdout, _variance(train, record.train_cases) + _variance(holdout, record.holdout_cases)


def _variance(score: float, cases: int) -> float:
    """Of a mean of passes and failures; one of each is added, so that 1.0 is not taken for certain."""
    mean = (score * cases + 1.0) / (cases + 2.0)
    return mean * (1.0 - mean) / cases


def _surprises(levels: Sequence[_Level | None]) -> tuple[float, ...]:
    """How far each level is beyond the mean of all before it, in sigma.

    The cases are the same every time, and so is a part of their luck: the doubt about the mean of many
    levels is taken to be that about one. See benchmarks/trust/drift.py.
    """
    surprises, before = [], list[_Level]()
    for level in levels:
        if level is None:
            continue
        if before:
            centre = math.fsum(value for value, _ in before) / len(before)
            doubt = math.fsum(variance for _, variance in before) / len(before)
            surprises.append((level[0] - centre) / math.sqrt(level[1] + doubt))
        before.append(level)
    return tuple(surprises)


def _judged(watched: _Watched) -> Finding | None:
    if len(watched.steps) < FEWEST_STEPS:
        return None
    summed, smoothed, weight = 0.0, 0.0, 0.0
    for step in watched.steps:
        summed = max(0.0, summed + step - SLACK)
        smoothed = (1 - WEIGHT) * smoothed + WEIGHT * step
        weight = (1 - WEIGHT) ** 2 * weight + WEIGHT**2
    severity, value, limit = "fail" if summed > ALARM else "warn", summed, ALARM
    if summed <= ALARM:
        value, limit = smoothed / math.sqrt(weight), WARN
        if value <= WARN:
            return None
    message = f"{watched.message}: {value:.1f} sigma over {len(watched.steps)} promotions, limit {limit:.0f}"
    return Finding(
        check=watched.check,
        severity="fail" if severity == "fail" else "warn",
        message=message,
        value=value,
        threshold=limit,
    )
