"""The race: hard cases first, the better half goes on, and what was not measured counts for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.evaluation.race import RUNGS, Field, Runner, course, race
from rsi_cli.nouns import Blame, CandidateId, CaseId, CaseResult, Failed, Measured, Result
from rsi_cli.suite.model import Case

Score = Callable[[CandidateId, CaseId], float | None]


def cases(count: int) -> tuple[Case, ...]:
    return tuple(Case(id=CaseId(f"c{number:02}"), input="x") for number in range(count))


def champion(count: int, failing: int) -> dict[CaseId, float]:
    """The first so many cases fail."""
    return {case.id: float(number >= failing) for number, case in enumerate(cases(count))}


def result(case_id: CaseId, score: float | None) -> CaseResult:
    outcome: Result = Failed(Blame.MODEL, "rate limit") if score is None else Measured(score, "why")
    return CaseResult(case_id=case_id, repeat=0, output="x", result=outcome, passed=score == 1.0)


class Track:
    """Measures by a function; the children that were asked for last are ready first."""

    def __init__(self, score: Score) -> None:
        self.score = score
        self.asked: list[tuple[CandidateId, tuple[CaseId, ...]]] = []

    async def __call__(self, child: CandidateId, leg: Sequence[Case]) -> tuple[CaseResult, ...]:
        self.asked.append((child, tuple(case.id for case in leg)))
        for _ in range(20 - len(self.asked)):
            await asyncio.sleep(0)
        return tuple(result(case.id, self.score(child, case.id)) for case in leg)


def run(
    names: Sequence[str], base: Mapping[CaseId, float], score: Score, seed: int = 0
) -> tuple[tuple[Runner, ...], Track]:
    track = Track(score)
    entrants = [CandidateId(name) for name in names]
    runners = asyncio.run(race(entrants, base, cases(len(base)), track, Random(seed)))
    return runners, track


def solves(**counts: int) -> Score:
    """Each child solves the first so many cases."""
    return lambda child, case_id: float(int(case_id[1:]) < counts[child])


@given(count=st.integers(0, 60), failing=st.integers(0, 60), seed=st.integers())
def test_the_course_holds_every_case_once(count: int, failing: int, seed: int) -> None:
    order = course(cases(count), champion(count, failing), Random(seed))
    assert sorted(case.id for case in order) == [case.id for case in cases(count)]


@given(failing=st.integers(0, 24), seed=st.integers())
def test_the_first_rung_asks_what_the_champion_fails(failing: int, seed: int) -> None:
    base = champion(24, failing)
    first = course(cases(24), base, Random(seed))[: RUNGS[0]]
    assert sum(base[case.id] < 1.0 for case in first) == min(failing, RUNGS[0])


def test_after_it_passing_and_failing_cases_come_in_turn() -> None:
    base = champion(24, 12)
    rest = course(cases(24), base, Random(0))[RUNGS[0] :]
    assert [base[case.id] for case in rest[:12]] == [1.0, 0.0] * 6


def test_a_case_that_the_champion_has_no_score_for_counts_as_hard() -> None:
    base = {case_id: 1.0 for case_id in champion(24, 0) if case_id != "c07"}
    assert course(cases(24), base, Random(0))[0].id == "c07"


def test_half_go_on_at_each_rung_over_one_order_for_all() -> None:
    names = ("a", "b", "c", "d")
    worth = dict(zip(names, (0.2, 0.9, 0.6, 0.4), strict=True))
    runners, track = run(names, champion(60, 60), lambda child, _: worth[child])
    assert [len(runner.results) for runner in runners] == [4, 60, 12, 4]
    assert [runner.finished for runner in runners] == [False, True, False, False]
    legs = [leg for child, leg in track.asked if child == "b"]
    assert [len(leg) for leg in legs] == [4, 8, 12, 24, 12]
    for child, leg in track.asked:
        assert leg in legs, f"{child} ran on another course"


def test_results_are_in_the_order_of_the_entrants_whatever_finishes_first() -> None:
    runners, _ = run(("a", "b", "c", "d"), champion(4, 4), solves(a=1, b=2, c=3, d=4))
    assert [runner.candidate for runner in runners] == ["a", "b", "c", "d"]
    assert [sum(r.score or 0 for r in runner.results) for runner in runners] == [1, 2, 3, 4]


def test_a_suite_no_larger_than_the_first_rung_lets_everybody_finish() -> None:
    runners, _ = run(("a", "b"), champion(4, 4), solves(a=0, b=0))
    assert all(runner.finished for runner in runners)


def test_without_rungs_all_run_on_all_cases_at_once() -> None:
    track, names = Track(solves(a=0, b=9)), [CandidateId("a"), CandidateId("b")]
    runners = asyncio.run(race(names, champion(60, 60), cases(60), track, Random(0), ()))
    assert [(len(runner.results), runner.finished) for runner in runners] == [(60, True)] * 2
    assert [len(leg) for _, leg in track.asked] == [60, 60]


def test_nobody_survives_who_gained_nothing() -> None:
    runners, track = run(("a", "b"), champion(24, 12), lambda _, case_id: champion(24, 12)[case_id])
    assert [runner.finished for runner in runners] == [False, False]
    assert len(track.asked) == 2, "one rung each, and no call more"


def test_who_breaks_more_than_it_repairs_is_dropped_before_the_end() -> None:
    base = champion(60, 6)
    runners, _ = run(("a",), base, lambda _, case_id: float(case_id == "c00"))
    assert not runners[0].finished
    assert len(runners[0].results) < 60


def test_the_estimate_gives_each_half_its_true_weight() -> None:
    base = champion(20, 5)
    repaired = [result(CaseId(f"c{number:02}"), 1.0) for number in range(5)]
    broken = [result(CaseId(f"c{number:02}"), 0.0) for number in (5, 6)]
    mean, _ = Field(base).estimate([*repaired, *broken])
    assert mean == pytest.approx(5 / 20 * 1.0 + 15 / 20 * -1.0), "asked 5 to 2, they weigh 5 to 15"


def test_the_estimate_knows_less_of_fewer_cases() -> None:
    base = champion(40, 20)
    errors = [
        Field(base).estimate([result(CaseId(f"c{number:02}"), 1.0) for number in range(count)])[1]
        for count in (1, 5, 20)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] > 0


def test_an_unmeasured_result_is_no_zero() -> None:
    base = champion(20, 10)
    measured = [result(CaseId("c00"), 1.0), result(CaseId("c15"), 1.0)]
    lost = [result(CaseId(f"c{number:02}"), None) for number in (1, 2, 16, 17)]
    assert Field(base).estimate([*measured, *lost]) == Field(base).estimate(measured)


def test_a_child_with_lost_measurements_can_still_win() -> None:
    def score(child: CandidateId, case_id: CaseId) -> float | None:
        lost = child == "lucky" and int(case_id[1:]) % 3 == 0
        return None if lost else float(int(case_id[1:]) < (24 if child == "lucky" else 12))

    for seed in range(5):
        runners, _ = run(("plain", "lucky"), champion(24, 24), score, seed)
        assert [runner.finished for runner in runners] == [False, True]


def test_a_child_that_was_never_measured_does_not_finish() -> None:
    runners, _ = run(("a",), champion(24, 12), lambda *_: None)
    assert not runners[0].finished


def test_of_equals_the_first_born_go_on() -> None:
    runners, _ = run(("a", "b", "c", "d"), champion(12, 12), solves(a=12, b=12, c=12, d=12))
    assert [runner.finished for runner in runners] == [True, True, False, False]


def test_without_entrants_nothing_is_asked() -> None:
    runners, track = run((), champion(24, 12), lambda *_: 1.0)
    assert (runners, track.asked) == ((), [])


@given(seed=st.integers(), count=st.integers(1, 60), scores=st.lists(st.integers(0, 60), max_size=6))
def test_a_runner_has_a_result_for_every_case_of_its_rungs(seed: int, count: int, scores: list[int]) -> None:
    solved = {f"n{number}": score for number, score in enumerate(scores)}
    runners, _ = run(tuple(solved), champion(count, count // 2), solves(**solved), seed)
    for runner in runners:
        assert len({r.case_id for r in runner.results}) == len(runner.results)
        assert len(runner.results) in {count, *(size for size in RUNGS if size < count)}
        assert runner.finished == (len(runner.results) == count)
