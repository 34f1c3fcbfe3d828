"""A longer skill has to show more, a shorter one never, and more evidence never harms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import CaseId, CaseResult, Measured
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import Accept, Decision, Reject, Stage, decide, stage_limits
from rsi_cli.trust.parsimony import NO_DEMAND, demand

RULE = GateRule()


def once(scores: Sequence[float]) -> list[CaseResult]:
    return [
        CaseResult(
            case_id=CaseId(f"c{at:03}"),
            repeat=0,
            output=None,
            result=Measured(score, "graded"),
            passed=score >= 0.5,
        )
        for at, score in enumerate(scores)
    ]


def test_twice_as_long_is_allowed_half_the_luck_and_has_to_bring_five_points() -> None:
    asked = demand(4000, 12000, RULE)
    assert asked.strictness == pytest.approx(0.5)
    assert asked.least_gain == pytest.approx(0.05)
    assert asked.sentence == (
        "It is longer than the committed version: luck is allowed 2.0 times less, "
        "and a gain under 5.0 points is none."
    )


@given(before=st.integers(0, 50_000), after=st.integers(0, 50_000), more=st.integers(0, 20_000))
def test_longer_never_asks_for_less_and_shorter_for_nothing(before: int, after: int, more: int) -> None:
    asked, longer = demand(before, after, RULE), demand(before, after + more, RULE)
    assert longer.strictness <= asked.strictness
    assert longer.least_gain >= asked.least_gain
    assert (asked == NO_DEMAND) == (after <= before)
    assert 0.0 < longer.strictness <= 1.0


def test_a_short_seed_may_grow() -> None:
    assert demand(200, 1500, RULE).strictness > 0.75


def test_evidence_that_suffices_for_the_short_text_does_not_for_the_long_one() -> None:
    before, after = once([0.0] * 5 + [0.0] * 25), once([1.0] * 5 + [0.0] * 25)
    short = Stage(share=0.8, fresh_draws=False)
    long = replace(short, demand=demand(4000, 12000, RULE))
    assert isinstance(decide(before, after, RULE, short), Accept)
    assert isinstance(decide(before, after, RULE, long), Reject)


def test_a_sure_but_tiny_gain_is_not_worth_a_text_twice_as_long() -> None:
    before, after = once([0.0] * 200), once([1.0] * 3 + [0.0] * 197)
    stage = Stage(share=0.8, fresh_draws=False)
    flat = GateRule(alpha=1.0)
    assert isinstance(decide(before, after, flat, stage), Accept)
    refused = decide(before, after, flat, replace(stage, demand=demand(4000, 12000, RULE)))
    assert isinstance(refused, Reject)
    assert refused.reasons == ("the gain is under the 5.0 points that its growth asks for",)


def test_the_demand_is_part_of_every_stage() -> None:
    plain, strict = Stage(share=0.8), Stage(share=0.8, demand=demand(4000, 12000, RULE))
    assert [2 * limit for limit in stage_limits(RULE, strict)] == pytest.approx(stage_limits(RULE, plain))


def decided(pairs: Sequence[tuple[float, float]], rule: GateRule, stage: Stage) -> Decision:
    """The gate's word when every draw of a case comes out the same."""
    draws = range(rule.repeats[stage.index])
    before = [replace(row, repeat=repeat) for repeat in draws for row in once([b for b, _ in pairs])]
    after = [replace(row, repeat=repeat) for repeat in draws for row in once([a for _, a in pairs])]
    return decide(before, after, rule, stage)


_PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0])), min_size=8, max_size=40
)


@given(
    pairs=_PAIRS,
    at=st.integers(0, 39),
    growth=st.integers(0, 30_000),
    alpha=st.floats(1e-4, 0.2),
    index=st.integers(0, 2),
)
def test_one_case_more_that_gets_better_never_turns_accept_into_anything_else(
    pairs: list[tuple[float, float]], at: int, growth: int, alpha: float, index: int
) -> None:
    stage = Stage(share=0.8, index=index, demand=demand(5000, 5000 + growth, RULE))
    rule = GateRule(alpha=alpha)
    better = [(0.0, 1.0) if i == at % len(pairs) else pair for i, pair in enumerate(pairs)]
    if isinstance(decided(pairs, rule, stage), Accept):
        assert isinstance(decided(better, rule, stage), Accept)


@given(pairs=_PAIRS, growth=st.integers(0, 30_000), alpha=st.floats(1e-4, 0.2), factor=st.floats(1, 50))
def test_what_a_poorer_night_accepts_a_richer_one_accepts_too(
    pairs: list[tuple[float, float]], growth: int, alpha: float, factor: float
) -> None:
    stage = Stage(share=0.8, fresh_draws=False, demand=demand(5000, 5000 + growth, RULE))
    if isinstance(decided(pairs, GateRule(alpha=alpha / factor), stage), Accept):
        assert isinstance(decided(pairs, GateRule(alpha=alpha), stage), Accept)


@given(pairs=_PAIRS, seed=st.integers(), growth=st.integers(0, 30_000))
def test_the_order_of_cases_never_matters_to_the_decision(
    pairs: list[tuple[float, float]], seed: int, growth: int
) -> None:
    stage = Stage(share=0.8, demand=demand(5000, 5000 + growth, RULE))
    before, after = once([b for b, _ in pairs]), once([a for _, a in pairs])
    turned = decide(before[::-1], Random(seed).sample(after, len(after)), RULE, stage)
    assert decide(before, after, RULE, stage) == turned
