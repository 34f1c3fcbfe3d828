"""Train cases as the improver sees them: what was asked, what was answered, what every assertion said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.evaluation.executor import task_text
from rsi_cli.nouns import CaseId, CaseResult, Json, Measured, Verdict
from rsi_cli.prompts.delimit import block
from rsi_cli.suite.model import Case

MOST_FAILING = 10  # many failing cases in one rewrite pay best (docs/trust.md, "Racing")
MOST_PASSING = 10
MOST_CHARS = 4000  # of one input or output; the middle is cut out


@dataclass(frozen=True, slots=True)
class TrainCases:
    """The only cases that breeding ever holds. template: the suite's `prompt`, to render their inputs."""

    cases: Mapping[CaseId, Case]
    template: str

    def evidence(
        self, results: Sequence[CaseResult], rng: Random, rounds: int = 1
    ) -> tuple[tuple[str, str], ...]:
        """Choose and write down failing and passing cases of one version, other ones for each round.

        results: of train cases; a result of any other case is passed over. At most one per case is
        shown. Returns for each round the texts for the block of failing and the block of passing cases; where
        there are too few for all rounds, they come again.
        """
        measured = [r for r in results if r.case_id in self.cases and r.score is not None]
        shuffled = rng.sample(measured, len(measured))
        failing = _one_each([r for r in shuffled if not r.passed])
        shown = {r.case_id for r in failing}
        passing = [r for r in _one_each([r for r in shuffled if r.passed]) if r.case_id not in shown]
        return tuple(
            (
                "\n".join(self._failing(r) for r in _turn(failing, MOST_FAILING, number)) or "(none)",
                "\n".join(self._passing(r) for r in _turn(passing, MOST_PASSING, number)) or "(none)",
            )
            for number in range(rounds)
        )

    def _failing(self, result: CaseResult) -> str:
        case = self.cases[result.case_id]
        parts = [self._asked(case), block("output", _cut(result.output or ""))]
        if case.expected is not None:
            parts.append(block("expected", _cut(as_text(case.expected))))
        parts.append(block("verdicts", "\n".join(_lines(result.verdicts)) or "failed"))
        return block("case", "\n".join(parts))

    def _passing(self, result: CaseResult) -> str:
        asked = self._asked(self.cases[result.case_id])
        return block("case", f"{asked}\n{block('output', _cut(result.output or ''))}")

    def _asked(self, case: Case) -> str:
        return block("input", _cut(task_text(case, self.template)))


def _turn(results: Sequence[CaseResult], most: int, number: int) -> Sequence[CaseResult]:
    """The next `most` of them, going round."""
    first = number * most % max(1, len(results))
    return [*results[first:], *results[:first]][:most]


def _one_each(results: Sequence[CaseResult]) -> list[CaseResult]:
    return list({result.case_id: result for result in results}.values())


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


def as_text(value: Json) -> str:
    """A value as the suite's reader would write it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARS:
        return text
    half = MOST_CHARS // 2
    return f"{text[:half]}\n[… {len(text) - MOST_CHARS} characters left out …]\n{text[-half:]}"
