"""The gate lets real gains through, noise hardly ever, and says why."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Result
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import (
    Accept,
    Continue,
    Decision,
    Reject,
    Stage,
    Undecided,
    decide,
    stage_limits,
    told_apart,
    with_known_good,
)
from rsi_cli.trust.known_good import Clear, Unclear, Veto

RULE = GateRule()
MAIN = Stage(share=0.8)
COLD = Stage(share=0.8, fresh_draws=False)
COLD_GRADED = Stage(share=0.8, fresh_draws=False, graded=True)


def result(case: int, repeat: int, what: float | Blame) -> CaseResult:
    outcome: Result = Measured(what, "graded") if isinstance(what, float | int) else Failed(what, "no answer")
    passed = isinstance(outcome, Measured) and outcome.score >= 0.5
    return CaseResult(
        case_id=CaseId(f"c{case:03}"), repeat=repeat, output=None, result=outcome, passed=passed
    )


def draws(rows: Sequence[Sequence[float | Blame]]) -> list[CaseResult]:
    """One row per case, one column per repeat."""
    return [result(i, r, score) for i, row in enumerate(rows) for r, score in enumerate(row)]


def once(scores: Sequence[float | Blame]) -> list[CaseResult]:
    return draws([[score] for score in scores])


def wins_and_losses(better: int, worse: int, ties: int) -> tuple[list[CaseResult], list[CaseResult]]:
    before = once([0.0] * better + [1.0] * worse + [0.0] * ties)
    after = once([1.0] * better + [0.0] * worse + [0.0] * ties)
    return before, after


TABLE: list[tuple[str, tuple[int, int, int], Stage, type]] = [
    ("eight wins are beyond one draw's luck", (8, 0, 16), MAIN, Accept),
    ("seven are not yet", (7, 0, 17), MAIN, Continue),
    ("one win says nothing but is no reason to stop", (1, 0, 23), MAIN, Continue),
    ("as many losses as wins are hopeless", (3, 3, 18), MAIN, Reject),
    ("more losses than wins are hopeless", (2, 5, 17), MAIN, Reject),
    ("no difference is hopeless", (0, 0, 24), MAIN, Reject),
    ("without fresh draws five wins are enough", (5, 0, 19), COLD, Accept),
    ("four are not", (4, 0, 20), COLD, Reject),
    ("nor are six with one loss", (6, 1, 17), COLD, Reject),
    ("a small share asks for more", (5, 0, 19), Stage(share=0.2, fresh_draws=False), Reject),
]


@pytest.mark.parametrize(
    ("counts", "stage", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_wins_losses_and_ties_decide(counts: tuple[int, int, int], stage: Stage, expected: type) -> None:
    assert isinstance(decide(*wins_and_losses(*counts), RULE, stage), expected)


def test_the_second_and_the_third_stage_use_all_draws() -> None:
    before, after = draws([[0.0, 0.0]] * 24), draws([[1.0, 1.0]] * 4 + [[0.0, 1.0]] * 4 + [[0.0, 0.0]] * 16)
    second = decide(before, after, RULE, Stage(share=0.8, index=1))
    assert isinstance(second, Accept)
    assert (second.numbers.better, second.numbers.repeats, second.numbers.p) == (8, 2, 2**-8)
    before, after = draws([[0.0] * 4] * 24), draws([[0.0, 0.0, 0.0, 1.0]] * 4 + [[0.0] * 4] * 20)
    third = decide(before, after, RULE, Stage(share=0.8, index=2))
    assert isinstance(third, Reject)  # 1/16 is above .8 * .04


def test_a_continuing_look_says_what_to_draw_next() -> None:
    decision = decide(*wins_and_losses(7, 0, 17), RULE, MAIN)
    assert isinstance(decision, Continue)
    assert (decision.next_index, decision.next_repeats) == (1, 2)


@pytest.mark.parametrize("share", [0.2, 0.8, 1.0])
@pytest.mark.parametrize("repeats", [(1,), (1, 2), (1, 2, 4), (1, 2, 4, 8)])
def test_the_limits_of_all_stages_add_up_to_what_the_look_may_spend(
    share: float, repeats: tuple[int, ...]
) -> None:
    limits = stage_limits(GateRule(repeats=repeats), Stage(share=share))
    assert len(limits) == len(repeats)
    assert sum(limits) == pytest.approx(0.05 * share)


def test_the_default_limits_are_a_tenth_a_tenth_and_the_rest() -> None:
    assert stage_limits(RULE, MAIN) == pytest.approx((0.004, 0.004, 0.032))
    assert stage_limits(RULE, COLD) == pytest.approx((0.04,))


def test_a_look_that_can_pay_for_fewer_stages_divides_its_error_over_those() -> None:
    assert stage_limits(GateRule(repeats=(1, 2)), MAIN) == pytest.approx((0.008, 0.032))
    assert stage_limits(GateRule(repeats=(1,)), MAIN) == pytest.approx((0.04,))


def test_the_candidates_own_failure_counts_as_a_loss() -> None:
    before, after = wins_and_losses(8, 0, 16)
    worse = [*after[:-8], *(result(i, 0, Blame.CANDIDATE) for i in range(16, 24))]
    assert decide(before, worse, RULE, MAIN) == decide(
        before, after, RULE, MAIN
    )  # those scored 0.0 before too
    solved = [result(i, 0, 1.0) for i in range(24)]
    assert isinstance(decide(solved, worse, RULE, MAIN), Reject)


@pytest.mark.parametrize("blame", [Blame.MODEL, Blame.GRADER, Blame.SANDBOX, Blame.BUDGET])
def test_a_failed_measurement_counts_neither_as_a_loss_nor_as_a_win(blame: Blame) -> None:
    before, after = wins_and_losses(8, 0, 16)
    with_gap = [*after[:-1], result(23, 0, blame)]
    decision = decide(before, with_gap, RULE, MAIN)
    assert isinstance(decision, Accept)
    assert (decision.numbers.better, decision.numbers.worse, decision.numbers.ties) == (8, 0, 15)
    gap_in_incumbent = [*before[:-1], result(23, 0, blame)]
    assert decide(gap_in_incumbent, after, RULE, MAIN).numbers == decision.numbers


def test_too_many_failed_measurements_leave_it_undecided_even_if_the_rest_is_clear() -> None:
    before, after = wins_and_losses(20, 0, 4)
    holes = [*after[:-3], *(result(i, 0, Blame.MODEL) for i in (21, 22, 23))]
    decision = decide(before, holes, RULE, MAIN)
    assert isinstance(decision, Undecided)
    assert decision.sentence.startswith(
        "Undecided (12 % of the held-out draws could not be measured, limit 10 %)"
    )


def test_a_candidate_is_not_accepted_for_the_draws_that_it_lost() -> None:
    before = once([0.0] * 8 + [1.0] * 16)
    seven = once([1.0] * 8 + [1.0] * 15 + [0.0])  # one loss: p is 10 in 512
    lost = [*seven[:-1], result(23, 0, Blame.MODEL)]
    cold = GateRule(alpha=0.02)
    assert isinstance(decide(before, seven, cold, COLD), Reject)
    decision = decide(before, lost, cold, COLD)
    assert isinstance(decision, Undecided)
    assert decision.sentence.startswith("Undecided (had its unmeasured draws failed, it would be refused): ")
    assert isinstance(decide(before, lost, cold, Stage(share=0.8)), Continue)


def test_what_the_incumbent_lost_is_left_out() -> None:
    before = [*once([0.0] * 8 + [1.0] * 15), result(23, 0, Blame.MODEL)]
    assert isinstance(decide(before, once([1.0] * 23 + [0.0]), RULE, COLD), Accept)


def test_a_case_that_misses_one_of_its_draws_weighs_as_much_as_the_others() -> None:
    before = draws([[0.0, 0.0]] * 24)
    gap: list[float | Blame] = [1.0, Blame.MODEL]
    after = draws([gap, *[[1.0, 1.0]] * 7, *[[0.0, 0.0]] * 16])
    decision = decide(before, after, RULE, Stage(share=0.8, index=1))
    assert isinstance(decision, Accept)
    assert decision.numbers.gain.estimate == pytest.approx(8 / 24)


def test_no_held_out_cases_are_undecided() -> None:
    assert isinstance(decide([], [], RULE, MAIN), Undecided)


def test_graded_scores_carry_a_pessimistic_case() -> None:
    before, after = once([0.5] * 8), once([0.6] * 8)
    assert isinstance(
        decide(before, after, RULE, COLD_GRADED), Reject
    )  # .8 in all, against a possible loss of .5
    before, after = once([0.1] * 8), once([0.9] * 8)
    assert isinstance(decide(before, after, RULE, COLD_GRADED), Accept)


def test_many_small_gains_and_a_rare_catastrophe_are_no_gain() -> None:
    before, after = once([0.8] * 24), once([0.84] * 23 + [0.0])
    assert isinstance(decide(before, after, RULE, COLD_GRADED), Reject)


def test_clusters_flip_together() -> None:
    before, after = wins_and_losses(8, 0, 0)
    pairs = {CaseId(f"c{i:03}"): f"k{i // 2}" for i in range(8)}
    decision = decide(before, after, RULE, Stage(share=0.8, clusters=pairs))
    assert decision.numbers.p == 1 / 16
    assert isinstance(decision, Continue)


def test_the_interval_of_the_gain_counts_a_cluster_once() -> None:
    before, after = wins_and_losses(8, 4, 0)
    pairs = {CaseId(f"c{i:03}"): f"k{i // 4}" for i in range(12)}
    alone, together = (
        decide(before, after, RULE, Stage(share=0.8, clusters=c)).numbers.gain for c in ({}, pairs)
    )
    assert together.estimate == pytest.approx(alone.estimate)
    assert together.high - together.low > alone.high - alone.low


def test_fewer_clusters_than_luck_would_need_can_never_be_accepted() -> None:
    before, after = wins_and_losses(40, 0, 0)
    for count, expected in ((4, Reject), (5, Accept)):
        clusters = {CaseId(f"c{i:03}"): f"k{i % count}" for i in range(40)}
        assert isinstance(
            decide(before, after, RULE, Stage(share=0.8, fresh_draws=False, clusters=clusters)), expected
        )


@pytest.mark.parametrize("counts", [(2, 2, 0), (2, 3, 0), (0, 0, 3)])
def test_no_gain_is_none_even_where_luck_may_do_nearly_anything(counts: tuple[int, int, int]) -> None:
    lavish = Stage(share=1.0, fresh_draws=False)
    assert isinstance(decide(*wins_and_losses(*counts), GateRule(alpha=0.99), lavish), Reject)


def test_a_case_named_like_a_cluster_is_not_part_of_it() -> None:
    before, after = wins_and_losses(2, 0, 0)
    stage = Stage(share=0.8, clusters={CaseId("c000"): "c001"})
    assert decide(before, after, RULE, stage).numbers.p == 1 / 4


def test_different_cases_are_our_mistake() -> None:
    with pytest.raises(BugError, match="different cases"):
        decide(once([0.0, 1.0]), once([0.0]), RULE, MAIN)
    with pytest.raises(BugError, match="two results"):
        decide([*once([0.0]), *once([1.0])], once([0.0]), RULE, MAIN)
    with pytest.raises(BugError, match="no stage 1"):
        decide(once([0.0]), once([0.0]), RULE, Stage(share=0.8, index=1, fresh_draws=False))


def test_decisions_speak_to_people() -> None:
    before = draws([[0.0] * 4] * 14 + [[1.0] * 4] * 2 + [[0.0] * 4] * 8)
    after = draws([[1.0, 1.0, 1.0, 1.0]] * 14 + [[0.0] * 4] * 2 + [[0.0] * 4] * 8)
    third = Stage(share=0.8, index=2)
    assert decide(before, after, RULE, third).sentence == (
        "Promoted: better on 14 held-out cases, worse on 2, over 4 repeats; "
        "luck alone does this 0.21 % of the time, limit 3.2 %."
    )
    assert decide(*wins_and_losses(1, 1, 2), RULE, MAIN).sentence == (
        "Not promoted (more draws would hardly help): better on 1 held-out case, worse on 1; "
        "luck alone does this 75 % of the time, limit 0.4 %."
    )
    assert decide(*wins_and_losses(3, 0, 2), RULE, MAIN).sentence.startswith(
        "Not clear yet, 2 draws a case come next"
    )


@pytest.mark.parametrize(
    ("part", "limit", "said"),
    [
        (0.00098, 0.00078, ("0.098 %", "0.078 %")),
        (0.0204, 0.02, ("2.04 %", "2 %")),
        (0.0999, 0.1, ("9.99 %", "10 %")),
        (0.002, 0.002, ("0.2 %", "0.2 %")),
        (0.0, 1.0, ("0 %", "100 %")),
        (2.0**-40, 1e-6, ("0.000000000091 %", "0.0001 %")),
    ],
)
def test_a_chance_and_its_limit_have_as_many_digits_as_tell_them_apart(
    part: float, limit: float, said: tuple[str, str]
) -> None:
    assert told_apart(part, limit) == said


@given(part=st.floats(0, 1), limit=st.floats(0, 1))
def test_what_is_written_of_a_chance_and_its_limit_compares_as_they_do(part: float, limit: float) -> None:
    written, allowed = (Decimal(words.removesuffix(" %")) for words in told_apart(part, limit))
    assert (written < allowed, written > allowed) == (part < limit, part > limit)


@given(chance=st.integers(0, 300).map(lambda x: x / 4096), limit=st.integers(1, 300).map(lambda x: x / 5000))
def test_a_decision_is_one_line_that_shows_on_which_side_of_its_limit_the_chance_is(
    chance: float, limit: float
) -> None:
    numbers = replace(decide(*wins_and_losses(1, 1, 2), RULE, MAIN).numbers, p=chance, limit=limit)
    said = re.fullmatch(r".*luck alone does this (\S+) % of the time, limit (\S+) %", str(numbers))
    assert said is not None
    assert (float(said[1]) <= float(said[2])) == (chance <= limit)


def test_what_could_not_be_measured_is_told_apart_from_what_may_be_missing() -> None:
    holes = once([*[1.0] * 224, *[Blame.MODEL] * 26])
    decision = decide(once([1.0] * 250), holes, replace(RULE, max_unmeasured=0.1036), MAIN)
    assert isinstance(decision, Undecided)
    assert decision.reasons == ("10.4 % of the held-out draws could not be measured, limit 10.36 %",)


def test_a_broken_known_good_case_turns_any_decision_into_a_rejection_with_every_reason() -> None:
    broken = Veto((CaseId("k1"), CaseId("k2")))
    accepted = with_known_good(decide(*wins_and_losses(9, 0, 9), RULE, MAIN), broken)
    assert isinstance(accepted, Reject)
    assert accepted.reasons == ("known-good cases broken: k1, k2",)
    rejected = with_known_good(decide(*wins_and_losses(0, 0, 9), RULE, MAIN), broken)
    assert isinstance(rejected, Reject)
    assert len(rejected.reasons) == 2


def test_known_good_cases_that_could_not_be_measured_keep_the_door_shut() -> None:
    accepted, rejected = (
        decide(*wins_and_losses(9, 0, 9), RULE, MAIN),
        decide(*wins_and_losses(0, 2, 9), RULE, MAIN),
    )
    missing = Unclear((CaseId("k1"),))
    assert isinstance(with_known_good(accepted, missing), Undecided)
    assert with_known_good(rejected, missing) == rejected
    assert with_known_good(accepted, Clear()) == accepted


BINARY = st.sampled_from([0.0, 1.0])
GRADED = st.floats(0, 1).map(lambda x: round(x, 3))
WHAT = BINARY | st.sampled_from([Blame.MODEL, Blame.CANDIDATE])
STAGES = st.sampled_from(
    [Stage(share=share, index=i) for share in (0.2, 0.8, 1.0) for i in range(3)] + [COLD]
)


@st.composite
def tables(
    draw: st.DrawFn, what: st.SearchStrategy[float | Blame]
) -> tuple[list[CaseResult], list[CaseResult], Stage]:
    stage = draw(STAGES)
    row = st.lists(what, min_size=RULE.repeats[stage.index], max_size=RULE.repeats[stage.index])
    cases = draw(st.integers(1, 12))
    rows = st.lists(row, min_size=cases, max_size=cases)
    return draws(draw(rows)), draws(draw(rows)), stage


@given(table=tables(WHAT | GRADED), seed=st.integers(0, 99))
def test_a_decision_never_depends_on_the_order_of_cases(
    table: tuple[list[CaseResult], list[CaseResult], Stage], seed: int
) -> None:
    before, after, stage = table
    decision = decide(before, after, RULE, stage)
    rng = random.Random(seed)
    rng.shuffle(before)
    rng.shuffle(after)
    assert decide(before, after, RULE, stage) == decision


RANK: dict[type, int] = {Reject: 0, Undecided: 0, Continue: 1, Accept: 2}


def rank(decision: Decision) -> int:
    return RANK[type(decision)]


@given(table=tables(BINARY), where=st.integers(0, 99), lower_incumbent=st.booleans())
def test_one_more_solved_case_never_counts_against_a_candidate(
    table: tuple[list[CaseResult], list[CaseResult], Stage], where: int, *, lower_incumbent: bool
) -> None:
    before, after, stage = table
    was = decide(before, after, RULE, stage)
    side, score = (before, 0.0) if lower_incumbent else (after, 1.0)
    i = where % len(side)
    side[i] = result(int(side[i].case_id[1:]), side[i].repeat, score)
    now = decide(before, after, RULE, stage)
    assert now.numbers.p <= was.numbers.p
    assert rank(now) >= rank(was)


@given(table=tables(GRADED.filter(lambda x: 0 < x < 1)), where=st.integers(0, 99), more=st.floats(0, 1))
def test_a_higher_graded_score_never_counts_against_a_candidate(
    table: tuple[list[CaseResult], list[CaseResult], Stage], where: int, more: float
) -> None:
    before, after, stage = table
    was = decide(before, after, RULE, stage)
    i = where % len(after)
    raised = (after[i].score or 0.0) * (1 - more) + more
    after[i] = result(int(after[i].case_id[1:]), after[i].repeat, raised)
    assert rank(decide(before, after, RULE, stage)) >= rank(was)


Draw = Callable[[random.Random, int], float]


def whole_look(
    rng: random.Random, before: Sequence[Draw], after: Sequence[Draw], *, has_marks: bool = False
) -> Decision:
    """All stages of a look; cases are answered anew for every draw."""
    ours: list[CaseResult] = []
    theirs: list[CaseResult] = []
    index = done = 0
    while True:
        for repeat in range(done, RULE.repeats[index]):
            ours += [result(i, repeat, draw(rng, i)) for i, draw in enumerate(before)]
            theirs += [result(i, repeat, draw(rng, i)) for i, draw in enumerate(after)]
        done = RULE.repeats[index]
        decision = decide(ours, theirs, RULE, Stage(share=0.8, index=index, graded=has_marks))
        if not isinstance(decision, Continue):
            return decision
        index = decision.next_index


def answers(rate: float) -> Draw:
    return lambda rng, _: float(rng.random() < rate)


def graded(mean: float) -> Draw:
    return lambda rng, _: round(min(1.0, max(0.0, rng.gauss(mean, 0.2))), 3)


def accepted(
    make: Callable[[random.Random], tuple[list[Draw], list[Draw]]], looks: int, *, has_marks: bool = False
) -> int:
    count = 0
    for seed in range(looks):
        rng = random.Random(seed)
        count += isinstance(whole_look(rng, *make(rng), has_marks=has_marks), Accept)
    return count


def equals(rng: random.Random) -> tuple[list[Draw], list[Draw]]:
    cases = [answers(rng.betavariate(0.5, 0.5)) for _ in range(30)]
    return cases, cases


def graded_equals(rng: random.Random) -> tuple[list[Draw], list[Draw]]:
    cases = [graded(rng.random()) for _ in range(30)]
    return cases, cases


def clearly_better(rng: random.Random) -> tuple[list[Draw], list[Draw]]:
    rates = [rng.betavariate(1, 1) for _ in range(30)]
    return [answers(rate) for rate in rates], [answers(rate + (1 - rate) * 0.6) for rate in rates]


@pytest.mark.parametrize("null", [equals, graded_equals])
def test_a_whole_look_at_equals_accepts_no_more_often_than_its_limit(
    null: Callable[[random.Random], tuple[list[Draw], list[Draw]]],
) -> None:
    looks = 500
    limit = 0.04 * looks
    assert (
        accepted(null, looks, has_marks=null is graded_equals) <= limit + 2 * (limit * 0.96) ** 0.5
    )  # limit plus two standard errors: 28


def test_a_whole_look_at_a_gain_of_thirty_points_accepts_nearly_always() -> None:
    assert accepted(clearly_better, 60) >= 51
