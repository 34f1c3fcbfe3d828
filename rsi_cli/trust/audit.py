"""Checks of the evaluator that need no labels: whether it changed, and can tell anything apart at all.

Together with `gold` this is what `rsi audit` concludes from; nothing here asks a model or reads a file.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from rsi_cli.graders.grade import demands
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Verdict
from rsi_cli.suite.model import Assertion, Case
from rsi_cli.suite.templates import texts_of
from rsi_cli.trust.findings import Finding, Severity
from rsi_cli.trust.gold import GoldVerdict

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


def degenerate(
    results: Sequence[CaseResult],
    cases: Sequence[Case],
    golds: Sequence[GoldVerdict] = (),
    *,
    max_unmeasured: float,
) -> tuple[Finding, ...]:
    """Find suites that cannot tell a better skill from a worse one.

    results: every answer on record, of all versions and not only of the best one, which may well pass
    everything. Answers that could not be measured say nothing of the skill, but something of the graders.
    cases: what was asked, as the results were graded by it. golds: labelled outputs; one that is told from
    these answers shows that others can be. max_unmeasured: part of the answered cases that graders may leave
    unjudged, 0…1.
    """
    measured = [result for result in results if result.score is not None]
    silent = tuple(_silent(results))
    return (
        *_all_alike(measured, cases, golds),
        *silent,
        *_unjudged(results, silent, max_unmeasured),
        *_never_fires(measured),
    )


def measured_nothing(results: Sequence[CaseResult]) -> tuple[Finding, ...]:
    """Say so where there are answers, and not one has a score. No verdict on the suite follows then."""
    if not results or any(result.score is not None for result in results):
        return ()
    why = next((f": {r.result.message}" for r in results if isinstance(r.result, Failed)), "")
    message = f"none of {len(results)} answers could be measured{why}"
    ids = _ids(results)
    return (Finding(check="nothing-measured", severity="warn", message=message, value=0.0, case_ids=ids),)


def _all_alike(
    measured: Sequence[CaseResult], cases: Sequence[Case], golds: Sequence[GoldVerdict]
) -> Iterator[Finding]:
    """All answers pass, or all fail. Whether that is the suite's doing or the skill's is told by the rest.

    Scores that move with the answers show progress short of a pass. A labelled output on the other side of
    the line shows that the line can be crossed. Without either, nothing says that any skill would differ.
    """
    passes = sum(result.passed for result in measured)
    if not measured or 0 < passes < len(measured):
        return
    everything = passes > 0
    check, do = ("all-pass", "pass") if everything else ("all-fail", "fail")
    said, part = f"all {len(measured)} answers on record {do}", float(everything)
    scores = [result.score for result in measured if result.score is not None]
    across = sum(gold.right is True and gold.good is not everything for gold in golds)
    vary = min(scores) < max(scores)
    if vary and _tells_apart(measured, cases):
        what = "little is left to be gained" if everything else "the skill is weak, and the suite can see how"
        message = f"{said}, with scores from {min(scores):.2f} to {max(scores):.2f}: {what}"
        yield Finding(check=check, severity="info", message=message, value=part)
        return
    said += " and no demand tells two of them apart" if vary else " with one score"
    if across:
        but = f"{across} {'output' if across == 1 else 'outputs'} labelled {'bad' if everything else 'good'}"
        what = "fail: nothing is left to be gained" if everything else "pass: first steps cannot be seen"
        yield _degenerate(check, "warn", f"{said}, but {but} {what}", part, _ids(measured))
    else:
        what = (
            "nothing can be improved, and nothing would be noticed"
            if everything
            else "the suite cannot see progress"
        )
        severity: Severity = "fail" if len(measured) >= FEWEST_RESULTS else "warn"
        yield _degenerate(check, severity, f"{said}: {what}", part, _ids(measured))


def _tells_apart(measured: Sequence[CaseResult], cases: Sequence[Case]) -> bool:
    """Whether one and the same demand gave different scores to different answers.

    A demand that nobody can meet and another that everybody meets, of two cases, tell nothing apart, though
    they may have one type and one metric.
    """
    asked = {case.id: case for case in cases}
    seen: defaultdict[Hashable, dict[tuple[CaseId, str | None], float]] = defaultdict(dict)
    for result in measured:
        if result.case_id not in asked or result.broke_must:
            continue
        case = asked[result.case_id]
        for demand, score in _marks(demands(case), result.verdicts, (case.id,)):
            seen[demand][result.case_id, result.output] = score
    return any(len(set(scores.values())) > 1 for scores in seen.values())


def _marks(
    asked: Sequence[Assertion], verdicts: Sequence[Verdict], place: tuple[str | int, ...]
) -> Iterator[tuple[Hashable, float]]:
    """What each single demand that counts gave to an answer, by its place and by its words.

    The words are those of `defaults`, or of cases that happen to ask the same. A template asks something else
    of each case, so that there half marks alone tell of the answers.
    """
    for at, (demand, verdict) in enumerate(zip(asked, verdicts, strict=False)):  # hard constraints come last
        here = (*place, at)
        if verdict.weight <= 0:
            continue
        if verdict.parts:
            yield from _marks(demand.parts, verdict.parts, here)
        elif isinstance(verdict.result, Measured):
            score = verdict.result.score
            yield here, score
            if 0 < score < 1 or not any(texts_of(demand)):
                yield json.dumps([demand.written, demand.value, demand.threshold], sort_keys=True), score


def _degenerate(
    check: str, severity: Severity, message: str, value: float | None, ids: tuple[CaseId, ...]
) -> Finding:
    return Finding(check=check, severity=severity, message=message, value=value, threshold=None, case_ids=ids)


def _silent(results: Sequence[CaseResult]) -> Iterator[Finding]:
    """Assertions that could not judge a single answer. That leaves the answers themselves unmeasured."""
    seen: defaultdict[str, list[tuple[CaseId, Verdict]]] = defaultdict(list)
    for result in results:
        for verdict in _leaves(result.verdicts):
            seen[_name(verdict)].append((result.case_id, verdict))
    for name, said in sorted(seen.items()):
        failed = [verdict.result for _, verdict in said if isinstance(verdict.result, Failed)]
        if len(failed) == len(said):
            several = len(said) > 1
            message = f"`{name}` never came to a verdict on {len(said)} answer{'s' * several}: "
            ids = tuple(dict.fromkeys(case_id for case_id, _ in said))
            severity: Severity = "fail" if several else "warn"
            yield _degenerate("grader-silent", severity, message + failed[0].message, None, ids)


def _unjudged(
    results: Sequence[CaseResult], known: Sequence[Finding], max_unmeasured: float
) -> Iterator[Finding]:
    """Cases whose graders could judge none of the answers to them, unless one of `known` says so already."""
    told = {case_id for finding in known for case_id in finding.case_ids}
    by_case: defaultdict[CaseId, list[CaseResult]] = defaultdict(list)
    for result in results:
        if result.score is not None or _graders_failed(result):
            by_case[result.case_id].append(result)
    silent = [
        case_id for case_id, own in by_case.items() if all(map(_graders_failed, own)) and case_id not in told
    ]
    if not silent:
        return
    answers = [one for case_id in silent for one in by_case[case_id]]
    why = next(one.result.message for one in answers if isinstance(one.result, Failed))
    part = len(silent) / len(by_case)
    fails = part > max_unmeasured and len(answers) >= FEWEST_RESULTS
    yield Finding(
        check="cases-unjudged",
        severity="fail" if fails else "warn",
        message=f"no answer to {len(silent)} of {len(by_case)} cases could be judged: {why}",
        value=part,
        threshold=max_unmeasured,
        case_ids=tuple(silent),
    )


def _graders_failed(result: CaseResult) -> bool:
    return isinstance(result.result, Failed) and result.result.blame is Blame.GRADER


def _never_fires(measured: Sequence[CaseResult]) -> Iterator[Finding]:
    """Assertions that have judged many answers and refused none of them."""
    seen: defaultdict[str, list[tuple[CaseId, Verdict]]] = defaultdict(list)
    for result in measured:
        for verdict in result.verdicts:
            if isinstance(verdict.result, Measured):
                seen[_name(verdict)].append((result.case_id, verdict))
    for name, judged in sorted(seen.items()):
        if any(verdict.must for _, verdict in judged):  # a hard constraint is there to be kept to
            continue
        if len(judged) >= FEWEST_RESULTS and all(verdict.passed for _, verdict in judged):
            ids = tuple(dict.fromkeys(case_id for case_id, _ in judged))
            message = f"`{name}` passed all {len(judged)} answers: it never made a difference"
            yield _degenerate("grader-never-fires", "warn", message, 1.0, ids)


def _leaves(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """The verdicts of single assertions, those inside of sets included."""
    for verdict in verdicts:
        if verdict.parts:
            yield from _leaves(verdict.parts)
        else:
            yield verdict


def _name(verdict: Verdict) -> str:
    return verdict.metric or verdict.type


def _ids(results: Sequence[CaseResult]) -> tuple[CaseId, ...]:
    return tuple(dict.fromkeys(result.case_id for result in results))
