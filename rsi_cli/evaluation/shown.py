"""Cases as an improver is shown them: what was asked, what was answered, what every assertion said."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rsi_cli.nouns import CaseResult, Json, Measured, Verdict
from rsi_cli.prompts.delimit import block
from rsi_cli.suite.model import Case
from rsi_cli.suite.templates import task_text

MOST_CHARS = 4000  # of one input or output; the middle is cut out


def failing_case(case: Case, result: CaseResult, template: str) -> str:
    """A case that went wrong, with the answer that was wanted. template: the suite's `prompt`."""
    parts = [_asked(case, template), block("output", _cut(result.output or ""))]
    if case.expected is not None:
        parts.append(block("expected", _cut(as_text(case.expected))))
    parts.append(block("verdicts", "\n".join(_lines(result.verdicts)) or "failed"))
    return block("case", "\n".join(parts))


def passing_case(case: Case, result: CaseResult, template: str) -> str:
    """A case that went well."""
    return block("case", f"{_asked(case, template)}\n{block('output', _cut(result.output or ''))}")


def as_text(value: Json) -> str:
    """A value as the suite's reader would write it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _asked(case: Case, template: str) -> str:
    return block("input", _cut(task_text(case, template)))


def _lines(verdicts: Sequence[Verdict]) -> list[str]:
    """One line per failed assertion; the parts of a set instead of the set."""
    lines: list[str] = []
    for verdict in verdicts:
        if verdict.passed:
            continue
        if verdict.parts:
            failed = _lines(verdict.parts)
        else:
            why = verdict.result.why if isinstance(verdict.result, Measured) else verdict.result.message
            failed = [" ".join(why.split())]
        lines.extend(f"{line} (hard constraint)" if verdict.must else line for line in failed)
    return lines


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARS:
        return text
    half = MOST_CHARS // 2
    return f"{text[:half]}\n[… {len(text) - MOST_CHARS} characters left out …]\n{text[-half:]}"
