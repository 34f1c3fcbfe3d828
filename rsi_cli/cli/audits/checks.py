"""Put the evaluator to the test: its verdicts on labelled outputs, on stored answers, on a skill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from random import Random

from rsi_cli.evaluation.executor import Bench, regrade
from rsi_cli.evaluation.run import evaluate
from rsi_cli.graders.grade import asks_judge
from rsi_cli.graders.improvement import IMPROVEMENT_GRADERS
from rsi_cli.graders.judge import JUDGE_GRADERS
from rsi_cli.nouns import CaseResult, Sha, Split
from rsi_cli.suite.model import Assertion, Case, GoldLabel, Suite
from rsi_cli.trust.audit import Yardstick, degenerate, hash_findings, measured_nothing
from rsi_cli.trust.findings import Finding
from rsi_cli.trust.gold import GoldVerdict, gold_findings, regression_findings
from rsi_cli.trust.goodhart import Record, drift

MOST_ASKED = 3  # a judge's mistake counts when it is confirmed in 2 of 3
ASKING = frozenset((*JUDGE_GRADERS, *IMPROVEMENT_GRADERS))  # types of assertion that ask a model
MOST_PROBED = 24  # cases that a skill is measured on to see whether the suite can tell anything apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found. baseline: gold key → right, of the evaluator it was compared with.

    unmeasured: how many answers there are, where none of them could be measured; else 0.
    """

    findings: tuple[Finding, ...]
    metrics: Mapping[str, float | None]
    golds: tuple[GoldVerdict, ...]
    baseline: Mapping[str, bool] | None
    unmeasured: int = 0

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
    bench: Bench,
    skill: str | None,
    now: Yardstick,
    records: Records,
    baseline: Mapping[str, bool] | None,
    max_unmeasured: float,
) -> Audit:
    """Run every check. skill: the text to measure where no answers are on record; None without a skill.

    max_unmeasured: the gate's setting, 0…1: what graders may leave unjudged.
    """
    golds = tuple([await _judged(bench, label) for label in open_gold(bench.suite)])
    findings, metrics = gold_findings(golds, Random(0)) if golds else (_no_gold(), {})
    replay = await _replayed(bench, records)
    answers = replay.answers or await _probe(bench, skill)
    blind = measured_nothing(answers)
    return Audit(
        findings=(
            *findings,
            *regression_findings(golds, baseline or {}),
            *hash_findings(now, records.promoted),
            *blind,
            *degenerate(answers, bench.suite.cases, golds, max_unmeasured=max_unmeasured),
            *replay.findings,
            *drift(_with_this_audit(records, golds)),
        ),
        metrics=metrics,
        golds=golds,
        baseline=baseline,
        unmeasured=len(answers) if blind else 0,
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
            deterministic=not asks_a_model(case),
        )
        if not gold.needs_another or len(verdicts) >= MOST_ASKED:
            return gold


def asks_a_judge(case: Case) -> bool:
    """Whether grading this case takes a judge."""
    return any(map(asks_judge, (*case.asserts, *case.must)))


def asks_a_model(case: Case) -> bool:
    """Whether grading this case takes any model, so that one answer may be judged in two ways.

    `imp-at-k` asks the actor with what the answer holds: its verdict is of these draws as well.
    """
    return any(map(_asks, (*case.asserts, *case.must)))


def _asks(assertion: Assertion) -> bool:
    return assertion.type in ASKING or any(map(_asks, assertion.parts))


async def _probe(bench: Bench, skill: str | None) -> tuple[CaseResult, ...]:
    """Measure the skill on some cases: where it passes everything, or nothing, the suite may be blind.

    Taken from the splits by turns: known-good cases are those that should pass.
    """
    if skill is None:
        return ()
    splits = [bench.suite.cases_of(split) for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD)]
    cases = [case for turn in zip_longest(*splits) for case in turn if case is not None]
    return await evaluate(skill, cases[:MOST_PROBED], [0], bench)


@dataclass(frozen=True, slots=True)
class _Replay:
    """Stored answers as the suite judges them now, and what follows. None that never reached a grader."""

    answers: tuple[CaseResult, ...] = ()
    findings: tuple[Finding, ...] = ()


async def _replayed(bench: Bench, records: Records) -> _Replay:
    """Grade stored answers again: graders that ask no model have to say what they said.

    Where a model has a say, an answer keeps the verdict that it got, while the suite is the same.
    """
    known = {case.id: case for case in bench.suite.cases}
    now: list[CaseResult] = []
    pairs: list[tuple[CaseResult, CaseResult]] = []
    asked = 0
    for stored in records.answers:
        case = known.get(stored.case_id)
        if case is None:
            continue
        if asks_a_model(case):
            asked += stored.score is not None
            now += [stored] if records.same_suite else []
        elif stored.output is None:
            now.append(stored)
        else:
            again = await regrade(case, stored.output, stored.repeat, bench)
            now.append(again)
            pairs += [(stored, again)] if stored.score is not None else []
    heard = tuple(result for result in now if result.score is not None or result.verdicts)
    return _Replay(heard, (*_changed(pairs, same_suite=records.same_suite), *_not_replayed(asked)))


def _changed(pairs: Sequence[tuple[CaseResult, CaseResult]], *, same_suite: bool) -> Iterator[Finding]:
    """Answers that are judged in another way. pairs: as stored, and as judged now."""
    changed = [stored.case_id for stored, again in pairs if stored.passed != again.passed]
    if not changed:
        return
    because = "though the suite is the same" if same_suite else "after the suite was changed"
    yield Finding(
        check="replay",
        severity="fail" if same_suite else "warn",
        message=f"{len(changed)} of {len(pairs)} stored answers are judged differently now, {because}",
        value=len(changed) / len(pairs),
        threshold=0.0,
        case_ids=tuple(dict.fromkeys(changed)),
    )


def _not_replayed(asked: int) -> Iterator[Finding]:
    if asked:
        message = f"{asked} stored answers are not judged again: a model has a say in it, and may waver"
        yield Finding(check="replay-left-out", severity="info", message=message, value=asked)


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
