"""Train cases as the improver sees them: what was asked, what was answered, what every assertion said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.evaluation.shown import failing_case, passing_case
from rsi_cli.nouns import CaseId, CaseResult
from rsi_cli.suite.model import Case

MOST_FAILING = 10  # many failing cases in one rewrite pay best (docs/trust.md, "Racing")
MOST_PASSING = 10


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

    def asked(self, results: Sequence[CaseResult], wanted: Sequence[CaseId]) -> str:
        """Write down what was asked in some cases, at most MOST_PASSING, and the answers; '' for none."""
        there = {r.case_id: r for r in results if r.case_id in self.cases and r.score is not None}
        return "\n".join(self.worked(there[case]) for case in list(wanted)[:MOST_PASSING] if case in there)

    def worked(self, result: CaseResult) -> str:
        """Write down a case with the answer that it got."""
        return self._passing(result)

    def _failing(self, result: CaseResult) -> str:
        return failing_case(self.cases[result.case_id], result, self.template)

    def _passing(self, result: CaseResult) -> str:
        return passing_case(self.cases[result.case_id], result, self.template)


def _turn(results: Sequence[CaseResult], most: int, number: int) -> Sequence[CaseResult]:
    """The next `most` of them, going round."""
    first = number * most % max(1, len(results))
    return [*results[first:], *results[:first]][:most]


def _one_each(results: Sequence[CaseResult]) -> list[CaseResult]:
    return list({result.case_id: result for result in results}.values())
