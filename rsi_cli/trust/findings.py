"""What an audit says: findings for people and machines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rsi_cli.nouns import CaseId

Severity: TypeAlias = Literal["fail", "warn", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of one check of the evaluator.

    check: a fixed name in kebab case. value, threshold: what was measured and what it was held against;
    None where the check has no number. message: one sentence. case_ids: the cases it is about.
    """

    check: str
    severity: Severity
    message: str
    value: float | None = None
    threshold: float | None = None
    case_ids: tuple[CaseId, ...] = ()


def passed(findings: Iterable[Finding]) -> bool:
    """Say whether the evaluator may be trusted: nothing failed; warnings are for people."""
    return all(finding.severity != "fail" for finding in findings)
