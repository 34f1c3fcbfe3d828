"""An evaluator that changed, or cannot tell anything apart, is a finding."""

from __future__ import annotations

from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Verdict
from rsi_cli.trust.audit import Yardstick, degenerate, hash_findings
from rsi_cli.trust.findings import Finding, passed


def answer(case: int, *, passes: bool, verdicts: tuple[Verdict, ...] = ()) -> CaseResult:
    return CaseResult(
        case_id=CaseId(f"c{case}"),
        repeat=0,
        output="x",
        result=Measured(float(passes), "graded"),
        passed=passes,
        verdicts=verdicts,
    )


def said(kind: str, *, passes: bool) -> Verdict:
    return Verdict(type=kind, result=Measured(float(passes), "graded"), passed=passes)


def unmeasured(case: int) -> CaseResult:
    failed = Failed(Blame.MODEL, "rate limit")
    return CaseResult(case_id=CaseId(f"c{case}"), repeat=0, output=None, result=failed, passed=False)


def checks(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.check, finding.severity) for finding in findings]


def test_a_changed_yardstick_is_named_part_by_part() -> None:
    then, now = Yardstick(suite="a" * 64, judge="j" * 64), Yardstick(suite="b" * 64, judge="j" * 64)
    (finding,) = hash_findings(now, then)
    assert (finding.check, finding.severity) == ("suite-changed", "warn")
    assert "aaaaaaaaaaaa then, bbbbbbbbbbbb now" in finding.message
    assert checks(hash_findings(Yardstick(suite="a" * 64), then)) == [("judge-changed", "warn")]
    assert hash_findings(then, then) == hash_findings(now, None) == ()


def test_a_suite_that_everything_passes_or_nothing_is_degenerate() -> None:
    everything = degenerate([answer(i, passes=True) for i in range(6)])
    nothing = degenerate([answer(i, passes=False) for i in range(6)])
    assert checks(everything) == [("all-pass", "fail")]
    assert checks(nothing) == [("all-fail", "fail")]
    assert not passed(everything)
    assert nothing[0].case_ids == tuple(f"c{i}" for i in range(6))


def test_one_answer_that_differs_is_enough() -> None:
    assert degenerate([*(answer(i, passes=True) for i in range(6)), answer(6, passes=False)]) == ()


def test_few_answers_only_warn_and_unmeasured_ones_say_nothing() -> None:
    assert checks(degenerate([answer(1, passes=True), unmeasured(2)])) == [("all-pass", "warn")]
    assert degenerate([unmeasured(1)]) == degenerate([]) == ()


def test_a_grader_that_never_makes_a_difference_is_named() -> None:
    answers = [
        answer(i, passes=i > 2, verdicts=(said("contains", passes=i > 2), said("word-count", passes=True)))
        for i in range(6)
    ]
    (finding,) = degenerate(answers)
    assert (finding.check, finding.severity) == ("grader-never-fires", "warn")
    assert "`word-count` passed all 6 answers" in finding.message


def test_a_grader_that_never_comes_to_a_verdict_fails_the_audit() -> None:
    broken = Verdict(type="llm-rubric", result=Failed(Blame.GRADER, "no verdict"), passed=False)
    answers = [answer(i, passes=bool(i % 2), verdicts=(broken,)) for i in range(3)]
    assert checks(degenerate(answers)) == [("grader-silent", "fail")]
