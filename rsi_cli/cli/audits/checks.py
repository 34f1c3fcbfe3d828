"""Put the evaluator to the test: its verdicts on labelled outputs, on stored answers, on a skill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from rsi_cli.evaluation.executor import Bench, regrade
from rsi_cli.evaluation.run import evaluate
from rsi_cli.nouns import CaseResult, Sha, Split
from rsi_cli.suite.model import Assertion, Case, GoldLabel, Suite
from rsi_cli.trust.audit import Yardstick, degenerate, hash_findings
from rsi_cli.trust.findings import Finding
from rsi_cli.trust.gold import GoldVerdict, gold_findings, regression_findings
from rsi_cli.trust.goodhart import Record, drift

MOST_ASKED = 3  # a judge's mistake counts when it is confirmed in 2 of 3
MOST_PROBED = 24  # cases that a skill is measured on to see whether the suite can tell anything apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found. baseline: gold key → right, of the evaluator it was compared with."""

    findings: tuple[Finding, ...]
    metrics: Mapping[str, float | None]
    golds: tuple[GoldVerdict, ...]
    baseline: Mapping[str, bool] | None

    @property
    def verdicts(self) -> dict[str, bool]:
        """Gold key → right, as the next audit will want it."""
        return {gold.key: gold.right for gold in self.golds if gold.right is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What earlier runs left.

    answers: stored results. same_suite: they were graded by the suite as it is now.
    promoted: the yardstick of the last promotion, if any. history: promotions in force under the suite as it
    is now, oldest first. version: the committed version, which may be the last of them.
    """

    answers: tuple[CaseResult, ...] = ()
    same_suite: bool = True
    promoted: Yardstick | None = None
    history: tuple[Record, ...] = ()
    version: Sha | None = None


async def audit(
    bench: Bench, skill: str | None, now: Yardstick, records: Records, baseline: Mapping[str, bool] | None
) -> Audit:
    """Run every check. skill: the text to measure where no answers are on record; None without a skill."""
    golds = tuple([await _judged(bench, label) for label in open_gold(bench.suite)])
    findings, metrics = gold_findings(golds, Random(0)) if golds else (_no_gold(), {})
    answers = records.answers or await _probe(bench, skill)
    return Audit(
        findings=(
            *findings,
            *regression_findings(golds, baseline or {}),
            *hash_findings(now, records.promoted),
            *degenerate(answers),
            *await _replayed(bench, records),
            *drift(_with_this_audit(records, golds)),
        ),
        metrics=metrics,
        golds=golds,
        baseline=baseline,
    )


def _with_this_audit(records: Records, golds: Sequence[GoldVerdict]) -> tuple[Record, ...]:
    """The history, in which the committed version has the score of this audit."""
    right = [gold.right for gold in golds if gold.right is not None]
    if not right:
        return records.history
    score = sum(right) / len(right)
    return tuple(
        replace(record, audit=score, audit_cases=len(right)) if record.commit == records.version else record
        for record in records.history
    )


def open_gold(suite: Suite) -> tuple[GoldLabel, ...]:
    """The labelled outputs, but for those of sealed cases."""
    return tuple(label for label in suite.gold if suite.case(label.case_id).split is not Split.SEALED)


def gold_key(label: GoldLabel) -> str:
    """Name a labelled output across audits."""
    return f"{label.case_id}/{'good' if label.good else 'bad'}/{label.output}"


async def _judged(bench: Bench, label: GoldLabel) -> GoldVerdict:
    """Ask the evaluator about one labelled output; a judge that disagrees is asked again."""
    case = bench.suite.case(label.case_id)
    verdicts: list[bool | None] = []
    while True:
        result = await regrade(case, label.output, len(verdicts), bench)
        verdicts.append(None if result.score is None else result.passed)
        gold = GoldVerdict(
            key=gold_key(label),
            case_id=case.id,
            good=label.good,
            verdicts=tuple(verdicts),
            deterministic=not asks_a_judge(case),
        )
        if not gold.needs_another or len(verdicts) >= MOST_ASKED:
            return gold


def asks_a_judge(case: Case) -> bool:
    """Whether grading this case takes a model."""
    return any(_is_rubric(assertion) for assertion in (*case.asserts, *case.must))


def _is_rubric(assertion: Assertion) -> bool:
    return assertion.type == "llm-rubric" or any(_is_rubric(part) for part in assertion.parts)


async def _probe(bench: Bench, skill: str | None) -> tuple[CaseResult, ...]:
    """Measure the skill on some cases: where it passes everything, or nothing, the suite is blind."""
    if skill is None:
        return ()
    cases = bench.suite.cases_of(Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD)[:MOST_PROBED]
    return await evaluate(skill, cases, [0], bench)


async def _replayed(bench: Bench, records: Records) -> tuple[Finding, ...]:
    """Grade stored answers again: graders that ask no model have to say what they said."""
    known = {case.id: case for case in bench.suite.cases if not asks_a_judge(case)}
    stored = [
        r for r in records.answers if r.case_id in known and r.output is not None and r.score is not None
    ]
    changed = [r for r in stored if (await _again(bench, known[r.case_id], r)).passed != r.passed]
    if not changed:
        return ()
    ids = tuple(dict.fromkeys(result.case_id for result in changed))
    because = "though the suite is the same" if records.same_suite else "after the suite was changed"
    return (
        Finding(
            check="replay",
            severity="fail" if records.same_suite else "warn",
            message=f"{len(changed)} of {len(stored)} stored answers are judged differently now, {because}",
            value=len(changed) / len(stored),
            threshold=0.0,
            case_ids=ids,
        ),
    )


async def _again(bench: Bench, case: Case, stored: CaseResult) -> CaseResult:
    return await regrade(case, stored.output or "", stored.repeat, bench)


def _no_gold() -> tuple[Finding, ...]:
    message = (
        "the suite has no gold labels: nobody has checked the graders against people; add some under `gold:`"
    )
    return (Finding(check="gold-labels", severity="warn", message=message, value=0.0, threshold=1.0),)


def verdicts_under(golds: Sequence[GoldVerdict]) -> dict[str, bool]:
    """Gold key → right, for labels that were judged."""
    return {gold.key: gold.right for gold in golds if gold.right is not None}


async def judge_all(bench: Bench, labels: Sequence[GoldLabel]) -> tuple[GoldVerdict, ...]:
    """Judge labels under another suite, for `--baseline`, but for those of cases that it does not have."""
    known = {case.id for case in bench.suite.cases}
    return tuple([await _judged(bench, label) for label in labels if label.case_id in known])
