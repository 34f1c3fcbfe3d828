"""Grade one answer by all demands of its case, and draw the sum.

score = Σ score·weight / Σ weight. A case passes if no assertion failed, or, where it has a threshold, if its
score reaches it. An assertion that could not be measured makes the whole case unmeasured: it is no zero, and
leaving it out of the sum would be a guess. Where no assertion weighs anything there is no score either.

Hard constraints count in no sum: an answer that breaks one is worth 0.0 and does not pass, whatever else is
to be said of it. One that could not be measured leaves the answer unmeasured, unless another is known to be
broken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rsi_cli.errors import BugError, InputError
from rsi_cli.graders.exam import Exam, Unmeasurable
from rsi_cli.graders.judge import JUDGE_GRADERS
from rsi_cli.graders.menu import GRADERS
from rsi_cli.nouns import Blame, Failed, Json, Measured, Result, Talk, Verdict
from rsi_cli.prompts.render import render_user_text
from rsi_cli.suite.model import Assertion, Case

SET = "assert-set"
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Graded:
    """The sum of a case. passed is False where result is Failed."""

    result: Result
    passed: bool
    verdicts: tuple[Verdict, ...]


def grade(case: Case, output: str, judge_skill: str = "") -> Talk[Graded]:
    """Grade one answer to one case; yields prompts where a judge is needed.

    judge_skill: the system message for the judge. Whatever the answer is, this raises nothing.
    """
    exams = [
        Exam(assertion=assertion, output=output, case=case, judge_skill=judge_skill, mark=_marked)
        for assertion in (*demands(case), *case.must)
    ]
    asked, musts = exams[: len(exams) - len(case.must)], exams[len(exams) - len(case.must) :]
    held = yield from _verdicts([exam for exam in musts if not asks_judge(exam.assertion)])
    lost = any(not verdict.passed and isinstance(verdict.result, Measured) for verdict in held)
    scored = yield from _verdicts([exam for exam in asked if not (lost and asks_judge(exam.assertion))])
    if not lost:  # else no judge is paid for: whatever it said, the answer would be worth nothing
        held += yield from _verdicts([exam for exam in musts if asks_judge(exam.assertion)])
    held = tuple(replace(verdict, must=True) for verdict in held)
    if not asked:
        nothing = Failed(Blame.GRADER, f"case {case.id} has neither assertions nor an expected answer")
        return Graded(nothing, passed=False, verdicts=held)
    if veto := _vetoed(held):
        return Graded(veto, passed=False, verdicts=(*scored, *held))
    result, passed = _sum(scored, case.threshold)
    return Graded(result, passed, (*scored, *held))


def _marked(case: Case, output: str) -> Talk[Result]:
    return (yield from grade(case, output)).result


def asks_judge(assertion: Assertion) -> bool:
    """Whether a model is asked to grade by this."""
    return assertion.type in JUDGE_GRADERS or any(map(asks_judge, assertion.parts))


def _vetoed(musts: Sequence[Verdict]) -> Result | None:
    """What hard constraints make of an answer: worth nothing, or not measured; None where all are kept to."""
    broken = [v.result.why for v in musts if v.broke_must and isinstance(v.result, Measured)]
    if broken:
        return Measured(0.0, f"hard constraint broken: {_listed(broken)}")
    return next((verdict.result for verdict in musts if isinstance(verdict.result, Failed)), None)


def demands(case: Case) -> tuple[Assertion, ...]:
    """Return the assertions of a case; without any, `expected` stands for one `equals`."""
    if case.asserts or case.expected is None:
        return case.asserts
    return (Assertion(type="equals", value=case.expected),)


def _verdicts(exams: Sequence[Exam]) -> Talk[tuple[Verdict, ...]]:
    verdicts: tuple[Verdict, ...] = ()
    for exam in exams:
        verdicts += ((yield from _verdict(exam)),)
    return verdicts


def _verdict(exam: Exam) -> Talk[Verdict]:
    """Grade by one assertion, or by a set of them."""
    assertion = exam.assertion
    parts = yield from _verdicts([replace(exam, assertion=part) for part in assertion.parts])
    if assertion.type == SET:
        result, passed = _sum(parts, assertion.threshold)
    else:
        result, passed = yield from _outcome(exam)
    # As in promptfoo, a set that weighs nothing must still pass; a single assertion is then for information.
    informs_only = assertion.weight == 0 and assertion.type != SET
    return Verdict(
        type=assertion.written,
        result=result,
        passed=isinstance(result, Measured) and (passed or informs_only),
        weight=assertion.weight,
        metric=assertion.metric,
        parts=parts,
    )


def _outcome(exam: Exam) -> Talk[tuple[Result, bool]]:
    """Ask the grader of the assertion's type; every failure to measure becomes a value."""
    assertion = exam.assertion
    grader = GRADERS.get(assertion.type)
    if grader is None:
        raise BugError(f"there is no grader for assertions of type {assertion.type!r}")
    try:
        value = (
            assertion.value if _is_expected(assertion, exam.case) else _rendered(assertion.value, exam.case)
        )
        opinion = yield from grader(replace(exam, assertion=replace(assertion, value=value)))
    except Unmeasurable as error:
        return Failed(Blame.GRADER, f"{assertion.written}: {error}"), False
    except InputError as error:
        return Failed(Blame.GRADER, f"{assertion.written}: {error.message} ({error.hint})"), False
    if assertion.negated:
        opinion = opinion.negated()
    why = " ".join(f"{assertion.written}: {opinion.why}".splitlines())  # a quoted answer may break lines
    return Measured(opinion.score, why), opinion.passed


def _sum(verdicts: Sequence[Verdict], threshold: float | None) -> tuple[Result, bool]:
    """Draw the sum of some verdicts: the score, and whether they pass together."""
    for verdict in verdicts:
        if isinstance(verdict.result, Failed) and (verdict.weight > 0 or verdict.type == SET):
            return verdict.result, False
    pairs = [(v.result.score, v.weight) for v in verdicts if isinstance(v.result, Measured)]
    weight = math.fsum(w for _, w in pairs)
    if verdicts and not weight:
        return Failed(Blame.GRADER, "no assertion weighs anything, so there is no score"), False
    score = math.fsum(s * w for s, w in pairs) / weight if weight else 0.0
    counted = [v for v in verdicts if isinstance(v.result, Measured)]
    passed = all(v.passed for v in counted) if threshold is None else score >= threshold
    return Measured(score, _why(counted)), passed


def _why(verdicts: Sequence[Verdict]) -> str:
    """Say in one line what decided: the reasons of what failed, or that all is well."""
    reasons = [v.result.why for v in verdicts if not v.passed and isinstance(v.result, Measured)]
    if len(verdicts) == 1 and isinstance(verdicts[0].result, Measured):
        return verdicts[0].result.why
    if not reasons:
        return f"all {len(verdicts)} assertions passed" if verdicts else "there was nothing to measure"
    return f"{len(reasons)} of {len(verdicts)} failed: {_listed(reasons)}"


def _listed(reasons: Sequence[str]) -> str:
    more = f"; and {len(reasons) - _MOST_REASONS} more" if len(reasons) > _MOST_REASONS else ""
    return "; ".join(reasons[:_MOST_REASONS]) + more


def _is_expected(assertion: Assertion, case: Case) -> bool:
    """Whether the value is the expected answer: an answer, which may hold braces, and no template."""
    return assertion.type == "equals" and assertion.value == case.expected


def _rendered(value: Json, case: Case) -> Json:
    """Fill in the templates of a text or of a list of texts; mappings (schemas) are taken as they are."""
    if isinstance(value, str) and ("{{" in value or "{%" in value):
        return render_user_text(value, {"expected": case.expected, **case.vars, "input": case.input})
    if isinstance(value, (list, tuple)):
        return [_rendered(item, case) if isinstance(item, str) else item for item in value]
    return value
