"""Checks of the evaluator that need no labels: whether it changed, and can tell anything apart at all.

Together with `gold` this is what `rsi audit` concludes from; nothing here asks a model or reads a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rsi_cli.nouns import CaseId, CaseResult, Failed, Verdict
from rsi_cli.trust.findings import Finding, Severity

FEWEST_RESULTS = 5  # below that, "all pass" says little


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What scores were measured with, as hashes. judge: '' for a suite without a judge."""

    suite: str
    judge: str = ""


def hash_findings(now: Yardstick, promoted: Yardstick | None) -> tuple[Finding, ...]:
    """Compare the yardstick with the one of the last promotion; None: nothing was promoted yet."""
    if promoted is None:
        return ()
    findings = []
    for part, old, new in (("suite", promoted.suite, now.suite), ("judge", promoted.judge, now.judge)):
        if old != new:
            change = f"{old[:12] or 'none'} then, {new[:12] or 'none'} now"
            message = f"the {part} has changed since the last promotion ({change}); gains do not compare"
            findings.append(Finding(check=f"{part}-changed", severity="warn", message=message))
    return tuple(findings)


def degenerate(results: Sequence[CaseResult]) -> tuple[Finding, ...]:
    """Find suites that cannot tell a better skill from a worse one.

    results: every measured answer on record, of all versions and not only of the best one, which may well
    pass everything. Answers that could not be measured say nothing here.
    """
    measured = [result for result in results if result.score is not None]
    if not measured:
        return ()
    severity: Severity = "fail" if len(measured) >= FEWEST_RESULTS else "warn"
    passes = sum(result.passed for result in measured)
    findings = []
    if passes == len(measured):
        message = (
            f"all {passes} answers on record pass: nothing can be improved, and nothing would be noticed"
        )
        findings.append(_degenerate("all-pass", severity, message, 1.0, _ids(measured)))
    elif passes == 0:
        message = f"all {len(measured)} answers on record fail: the suite cannot see progress"
        findings.append(_degenerate("all-fail", severity, message, 0.0, _ids(measured)))
    return (*findings, *_never_fires(measured))


def _degenerate(
    check: str, severity: Severity, message: str, value: float | None, ids: tuple[CaseId, ...]
) -> Finding:
    return Finding(check=check, severity=severity, message=message, value=value, threshold=None, case_ids=ids)


def _never_fires(measured: Sequence[CaseResult]) -> Iterator[Finding]:
    """Assertions that have judged many answers and refused none of them, or could not judge a single one."""
    seen: defaultdict[str, list[tuple[CaseId, Verdict]]] = defaultdict(list)
    for result in measured:
        for verdict in result.verdicts:
            seen[verdict.metric or verdict.type].append((result.case_id, verdict))
    for name, verdicts in sorted(seen.items()):
        ids = tuple(dict.fromkeys(case_id for case_id, _ in verdicts))
        judged = [verdict for _, verdict in verdicts if not isinstance(verdict.result, Failed)]
        if not judged:
            message = f"`{name}` never came to a verdict on {len(verdicts)} answers"
            yield _degenerate("grader-silent", "fail", message, None, ids)
        elif any(verdict.must for verdict in judged):  # a hard constraint is there to be kept to
            continue
        elif len(judged) >= FEWEST_RESULTS and all(verdict.passed for verdict in judged):
            message = f"`{name}` passed all {len(judged)} answers: it never made a difference"
            yield _degenerate("grader-never-fires", "warn", message, 1.0, ids)


def _ids(results: Sequence[CaseResult]) -> tuple[CaseId, ...]:
    return tuple(dict.fromkeys(result.case_id for result in results))
