"""An evaluator that changed, or cannot tell anything apart, is a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Verdict
from rsi_cli.suite.model import Assertion, Case
from rsi_cli.trust import audit
from rsi_cli.trust.audit import Yardstick, hash_findings, measured_nothing
from rsi_cli.trust.findings import Finding, passed
from rsi_cli.trust.gold import GoldVerdict


def case(number: int, *asserts: Assertion) -> Case:
    return Case(id=CaseId(f"c{number}"), input="x", asserts=asserts)


def contains(value: str) -> Assertion:
    return Assertion(type="contains", value=value)


ALIKE = [case(i, *map(contains, "abc")) for i in range(40)]  # as `defaults` make them


def degenerate(
    results: Sequence[CaseResult],
    golds: Sequence[GoldVerdict] = (),
    cases: Sequence[Case] = ALIKE,
    max_unmeasured: float = 0.1,
) -> tuple[Finding, ...]:
    return audit.degenerate(results, cases, golds, max_unmeasured=max_unmeasured)


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


def half_right(count: int) -> list[CaseResult]:
    return [
        answer(i, passes=i % 2 == 0, verdicts=(said("is-json", passes=i % 2 == 0),)) for i in range(count)
    ]


def unmeasured(case: int) -> CaseResult:
    failed = Failed(Blame.MODEL, "rate limit")
    return CaseResult(case_id=CaseId(f"c{case}"), repeat=0, output=None, result=failed, passed=False)


def scored(
    case: int,
    *scores: float,
    passes: bool,
    output: str = "x",
    kind: str = "contains",
    metric: str | None = None,
) -> CaseResult:
    """An answer by as many assertions of one type, of equal weight, without a name unless one is given."""
    verdicts = tuple(
        Verdict(type=kind, metric=metric, result=Measured(score, "graded"), passed=score == 1)
        for score in scores
    )
    return CaseResult(
        case_id=CaseId(f"c{case}"),
        repeat=0,
        output=output,
        result=Measured(sum(scores) / len(scores), "graded"),
        passed=passes,
        verdicts=verdicts,
    )


def unjudged(case: int, *verdicts: Verdict) -> CaseResult:
    failed = Failed(Blame.GRADER, "is-json: the schema is wrong")
    verdicts = verdicts or (Verdict(type="is-json", result=failed, passed=False),)
    return CaseResult(
        case_id=CaseId(f"c{case}"), repeat=0, output="x", result=failed, passed=False, verdicts=verdicts
    )


def gold(*, good: bool, verdict: bool | None) -> GoldVerdict:
    return GoldVerdict(
        key=f"c0/{good}", case_id=CaseId("c0"), good=good, verdicts=(verdict,), deterministic=True
    )


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


def test_a_weak_skill_that_a_suite_scores_by_degrees_is_no_fault_of_the_suite() -> None:
    weak = [scored(i, 1, i % 2, 0, passes=False) for i in range(8)]
    found = [one for one in degenerate(weak) if one.check == "all-fail"]
    assert checks(tuple(found)) == [("all-fail", "info")]
    assert "scores from 0.33 to 0.67" in found[0].message


def test_a_strong_skill_that_a_suite_scores_by_degrees_is_none_either() -> None:
    assert checks(degenerate([scored(i, 0.5 + i / 20, passes=True) for i in range(8)])) == [
        ("all-pass", "info")
    ]


@pytest.mark.parametrize("score", [0.0, 0.5])
def test_one_score_for_all_failing_answers_is_degenerate_whatever_the_score(score: float) -> None:
    answers = [scored(i, score, passes=False) for i in range(8)]
    assert checks(degenerate(answers)) == [("all-fail", "fail")]


def told(results: Sequence[CaseResult], cases: Sequence[Case] = ALIKE) -> tuple[str, str]:
    """What is said of answers that all fail: severity and message."""
    (one,) = (one for one in degenerate(results, cases=cases) if one.check == "all-fail")
    return one.severity, one.message


def test_more_demands_that_every_answer_meets_are_no_progress() -> None:
    cases = [case(i, contains(f"never {i}"), contains(f"always {i}")) for i in range(12)]
    cases[1] = case(1, *cases[1].asserts, contains("always too"))
    answers = [scored(i, *((0, 1, 1) if i == 1 else (0, 1)), passes=False) for i in range(12)]
    severity, message = told(answers, cases)
    assert severity == "fail"
    assert message.startswith("all 12 answers on record fail and no demand tells two of them apart: ")


def test_a_name_that_demands_share_does_not_make_them_one() -> None:
    cases = [case(i, contains(f"{'always' if i % 2 else 'never'} {i}")) for i in range(12)]
    answers = [scored(i, 0.5 * (i % 2), passes=False, metric="format") for i in range(12)]
    assert told(answers, cases)[0] == "fail"


def test_other_answers_to_the_same_case_show_progress_whatever_other_cases_ask() -> None:
    cases = [case(i, contains("never {{ input }}"), contains("now and then {{ input }}")) for i in range(12)]
    answers = [scored(i, 0, 0, passes=False) for i in range(12)]
    assert told([*answers, scored(3, 0, 1, passes=False, output="y")], cases)[0] == "info"


def test_a_grader_that_wavers_over_one_answer_shows_no_progress() -> None:
    cases = [case(i, Assertion(type="llm-rubric", value=f"is {i}")) for i in range(12)]
    answers = [scored(i, 0.2, passes=False, kind="llm-rubric") for i in range(12)]
    answers.append(scored(3, 0.4, passes=False, kind="llm-rubric"))
    assert told(answers, cases)[0] == "fail"


def test_what_a_broken_hard_constraint_left_unasked_is_not_mixed_up() -> None:
    """No judge is asked then, so that the verdicts are fewer than the demands."""
    cases = [case(i, Assertion(type="llm-rubric", value="is kind"), contains("x")) for i in range(12)]
    broken = Verdict(type="contains", result=Measured(0.0, "no"), passed=False, must=True)
    kept = [scored(i, 0, 1, passes=False) for i in range(11)]
    lost = answer(11, passes=False, verdicts=(said("contains", passes=True), broken))
    assert told([*kept, lost], cases)[0] == "fail"


@pytest.mark.parametrize(
    ("value", "scores", "severity"),
    [
        ("is kind", (0.0, 1.0), "info"),
        ("is kind", (0.2, 0.4), "info"),
        ("says {{ expected }}", (0.2, 0.4), "info"),
        ("says {{ expected }}", (0.0, 1.0), "fail"),  # may be never and always, in other words
    ],
)
def test_one_rubric_for_all_cases_shows_progress_by_what_it_gives(
    value: str, scores: tuple[float, float], severity: str
) -> None:
    cases = [case(i, contains(f"never {i}"), Assertion(type="llm-rubric", value=value)) for i in range(12)]
    answers = [scored(i, 0, scores[i % 2], passes=False) for i in range(12)]
    assert told(answers, cases)[0] == severity


def in_a_set(one: CaseResult, *, weight: float = 1.0) -> CaseResult:
    whole = Verdict(type="assert-set", result=one.result, passed=False, weight=weight, parts=one.verdicts)
    return replace(one, verdicts=(whole,))


@pytest.mark.parametrize(
    ("values", "weight", "severity"),
    [(("now", "then"), 1, "info"), (("now", "then"), 0, "fail"), (("never {}", "always {}"), 1, "fail")],
)
def test_sets_are_seen_into(values: tuple[str, ...], weight: float, severity: str) -> None:
    cases = [
        case(i, Assertion(type="assert-set", parts=tuple(contains(value.format(i)) for value in values)))
        for i in range(12)
    ]
    answers = [in_a_set(scored(i, 0, i % 2, passes=False), weight=weight) for i in range(12)]
    assert told(answers, cases)[0] == severity


def test_a_broken_hard_constraint_beside_failures_is_no_progress() -> None:
    broken = Verdict(type="contains", result=Measured(0.0, "no"), passed=False, must=True)
    held = Verdict(type="contains", result=Measured(1.0, "yes"), passed=True, must=True)
    answers = [answer(i, passes=False, verdicts=(broken if i % 2 else held,)) for i in range(8)]
    assert ("all-fail", "fail") in checks(degenerate(answers))


def test_labelled_outputs_across_the_line_show_that_it_can_be_crossed() -> None:
    fails, passes = ([answer(i, passes=do) for i in range(6)] for do in (False, True))
    assert checks(degenerate(fails, [gold(good=True, verdict=True)])) == [("all-fail", "warn")]
    assert checks(degenerate(passes, [gold(good=False, verdict=False)])) == [("all-pass", "warn")]
    on_the_same_side = [gold(good=False, verdict=False), gold(good=True, verdict=False)]
    assert checks(degenerate(fails, on_the_same_side)) == [("all-fail", "fail")]
    assert checks(degenerate(passes, [gold(good=True, verdict=True)])) == [("all-pass", "fail")]
    assert checks(degenerate(fails, [gold(good=True, verdict=None)])) == [("all-fail", "fail")]


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


def test_a_grader_that_leaves_every_answer_unmeasured_fails_the_audit_and_is_named() -> None:
    found = degenerate([unjudged(i) for i in range(12)])
    assert checks(found) == [("grader-silent", "fail")]
    assert "`is-json` never came to a verdict on 12 answers: is-json: the schema is wrong" in found[0].message
    assert found[0].case_ids == tuple(f"c{i}" for i in range(12))


def test_a_silent_grader_is_found_inside_of_a_set() -> None:
    broken = Verdict(type="is-json", result=Failed(Blame.GRADER, "wrong"), passed=False)
    whole = Verdict(type="assert-set", result=broken.result, passed=False, parts=(broken,))
    (finding,) = degenerate([unjudged(i, whole) for i in range(3)])
    assert finding.message.startswith("`is-json` never")


def test_one_answer_without_a_verdict_is_no_proof() -> None:
    assert checks(degenerate([unjudged(0), answer(1, passes=True), answer(2, passes=False)])) == [
        ("grader-silent", "warn")
    ]


@pytest.mark.parametrize(("broken", "severity"), [(1, "warn"), (2, "warn"), (5, "fail"), (12, "fail")])
def test_cases_that_no_answer_could_be_judged_on_are_named(broken: int, severity: str) -> None:
    (finding,) = degenerate([*half_right(20), *(unjudged(20 + i) for i in range(broken))])
    assert (finding.check, finding.severity) == ("cases-unjudged", severity)
    assert finding.case_ids == tuple(f"c{20 + i}" for i in range(broken))
    assert f"{broken} of {20 + broken} cases" in finding.message


@pytest.mark.parametrize(("allowed", "severity"), [(0.19, "fail"), (0.2, "warn")])
def test_the_owner_says_how_many_cases_may_stay_unjudged(allowed: float, severity: str) -> None:
    (finding,) = degenerate([*half_right(20), *(unjudged(20 + i) for i in range(5))], max_unmeasured=allowed)
    assert (finding.severity, finding.value, finding.threshold) == (severity, 0.2, allowed)


def test_a_case_that_was_judged_once_is_not_unjudged() -> None:
    assert degenerate([*half_right(6), unjudged(0)]) == ()


def test_answers_of_which_none_was_measured_are_no_success() -> None:
    (finding,) = measured_nothing([unmeasured(1), unmeasured(2)])
    assert (finding.check, finding.case_ids) == ("nothing-measured", ("c1", "c2"))
    assert finding.message == "none of 2 answers could be measured: rate limit"
    assert measured_nothing([]) == measured_nothing([unmeasured(1), answer(2, passes=False)]) == ()
