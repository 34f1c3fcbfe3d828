"""The gate: is a candidate better on held-out cases, beyond what luck can do? Pure, and in stages.

    one draw a case ─► p small: accept │ p hopeless: reject │ else ─► two draws ─► … ─► four draws: decide

Each stage tests all draws so far with the exact sign-flip test. The limits of the stages add up to the
error that the look may spend, so a look that compares equals accepts at most that often. That every look
is paid for, also a second one at the same candidate, is the caller's part of the promise.

A better draw never hurts: every step from scores to decision is monotone, and nothing but the scores'
differences depends on the candidate's answers (tests/trust/test_gate_properties.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, TypeAlias

from rsi_cli.errors import BugError
from rsi_cli.nouns import CaseId, CaseResult
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.intervals import Gain, by_cluster, paired_gain
from rsi_cli.trust.known_good import Clear, Unclear, Veto
from rsi_cli.trust.paired import Draw, mean_of, missing, paired, sums, sums_at_worst
from rsi_cli.trust.parsimony import NO_DEMAND, Demand
from rsi_cli.trust.signflip import sign_flip_p

EARLY_PART = 0.2  # of the look's error, divided over all stages but the last
HOPELESS = (0.50, 0.25)  # p above which the first and any later stage gives up; spends no error
MOST_DIGITS = 17  # that tell any two floating-point numbers apart
PESSIMISM = -0.5  # the pseudo-case of graded scores, per draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Which of its stages a look is in.

    share: part of the night's alpha that this look may spend, 0…1. index: into `GateRule.repeats`, from 0.
    fresh_draws: False where a repeat would give the same answer (temperature 0): one draw then decides.
    clusters: the cluster of each case that has one; cases of a cluster flip signs together.
    graded: whether a case of the look can score between 0 and 1 (`graders.levels`). Known before anything
    is answered: read off the scores, a candidate's half mark could change the test that it is put to.
    demand: what the candidate's length asks for; it can only tighten the gate.
    """

    share: float
    index: int = 0
    fresh_draws: bool = True
    clusters: Mapping[CaseId, str] = field(default_factory=dict)
    graded: bool = False
    demand: Demand = NO_DEMAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a decision rests on.

    p: how often luck alone does this where the two versions are equal, had the candidate failed in each draw
    that it lacks. limit: what p may be at this stage. better, worse, ties: measured cases, by their mean over
    the draws. unmeasured: part of the pairs of draws that could not be measured, 0…1.
    cases, repeats: what was asked for. gain: on the gate's own draws, so selected; never what is reported.
    """

    p: float
    limit: float
    better: int
    worse: int
    ties: int
    cases: int
    repeats: int
    unmeasured: float
    gain: Gain

    def __str__(self) -> str:
        draws = "" if self.repeats == 1 else f", over {self.repeats} repeats"
        counts = (
            f"better on {self.better} held-out case{'' if self.better == 1 else 's'}, worse on {self.worse}"
        )
        chance, limit = told_apart(self.p, self.limit)
        return f"{counts}{draws}; luck alone does this {chance} of the time, limit {limit}"


@dataclass(frozen=True, slots=True)
class Accept:
    """The candidate is better; the only thing that opens the door to a commit."""

    word: ClassVar[str] = "accept"
    numbers: Numbers

    @property
    def sentence(self) -> str:
        """The decision for people, with its numbers."""
        return f"Promoted: {self.numbers}."


@dataclass(frozen=True, slots=True)
class Reject:
    """The candidate did not show that it is better, or broke something. reasons: every one, never empty."""

    word: ClassVar[str] = "reject"
    numbers: Numbers
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The decision for people, with its numbers."""
        return f"Not promoted ({'; '.join(self.reasons)}): {self.numbers}."


@dataclass(frozen=True, slots=True)
class Continue:
    """Neither clear nor hopeless yet. next_index, next_repeats: the stage to measure next."""

    word: ClassVar[str] = "continue"
    numbers: Numbers
    next_index: int
    next_repeats: int

    @property
    def sentence(self) -> str:
        """The decision for people, with its numbers."""
        return f"Not clear yet, {self.next_repeats} draws a case come next: {self.numbers}."


@dataclass(frozen=True, slots=True)
class Undecided:
    """Too little could be measured to say anything. reasons: never empty."""

    word: ClassVar[str] = "undecided"
    numbers: Numbers
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The decision for people, with its numbers."""
        return f"Undecided ({'; '.join(self.reasons)}): {self.numbers}."


Decision: TypeAlias = Accept | Reject | Continue | Undecided


def decide(
    incumbent: Sequence[CaseResult], candidate: Sequence[CaseResult], rule: GateRule, stage: Stage
) -> Decision:
    """Say whether the candidate is better, given all draws of this look so far.

    incumbent, candidate: results of the SAME held-out cases, any order, the repeats 0 … R - 1 of each with
    R = `rule.repeats[stage.index]`; they are paired by case and repeat. A candidate's own failure scores
    0.0; a pair with any other failure is left out, and more than `rule.max_unmeasured` of those make the
    look Undecided. With fewer, an Accept has to stand even if the candidate had failed in every draw that it
    lacks. Nothing else is made of those: they reject nobody. Raises BugError if the cases differ, or a case
    has two results for one repeat.
    """
    limits = stage_limits(rule, stage)
    if stage.index >= len(limits):
        raise BugError(f"a look of {len(limits)} stages has no stage {stage.index}")
    repeats = rule.repeats[stage.index]
    pairs = paired(incumbent, candidate, repeats)
    measured, at_worst = sums(pairs), sums_at_worst(pairs)
    numbers = _numbers(pairs, at_worst, repeats, stage, limits[stage.index])
    if too_little := _too_little(numbers, rule):
        return Undecided(numbers, (too_little,))
    if numbers.p <= numbers.limit and _is_gain(at_worst, repeats, stage.demand):
        return Accept(numbers)
    p = numbers.p if measured == at_worst else _p(measured, repeats, stage)
    if stage.index == len(limits) - 1:
        if p > numbers.limit:
            return Reject(numbers, ("luck explains it",))
        if not _is_gain(measured, repeats, stage.demand):
            return Reject(numbers, (_too_small(stage.demand),))
        return Undecided(numbers, ("had its unmeasured draws failed, it would be refused",))
    if p > HOPELESS[min(stage.index, len(HOPELESS) - 1)]:
        return Reject(numbers, ("more draws would hardly help",))
    return Continue(numbers, stage.index + 1, rule.repeats[stage.index + 1])


def stage_limits(rule: GateRule, stage: Stage) -> tuple[float, ...]:
    """Give the limit of p at each stage; they add up to `rule.alpha * stage.share`, less for longer texts."""
    spend = rule.alpha * stage.share * stage.demand.strictness
    early = len(rule.repeats) - 1 if stage.fresh_draws else 0
    if early == 0:
        return (spend,)
    return (*[EARLY_PART * spend / early] * early, (1.0 - EARLY_PART) * spend)


def with_known_good(decision: Decision, finding: Veto | Unclear | Clear) -> Decision:
    """Let the known-good cases have the last word: broken ones reject, unmeasured ones leave no Accept.

    A Reject names every reason, the held-out cases' and the known-good cases'.
    """
    match finding:
        case Clear():
            return decision
        case Veto():
            reasons = decision.reasons if isinstance(decision, Reject | Undecided) else ()
            return Reject(decision.numbers, (*reasons, finding.sentence))
        case Unclear():
            return (
                Undecided(decision.numbers, (finding.sentence,)) if isinstance(decision, Accept) else decision
            )


def _p(differences: Mapping[CaseId, float], repeats: int, stage: Stage) -> float:
    """The test, for graded scores with one pessimistic case more: rare catastrophes fool it otherwise."""
    groups = _groups(differences, stage)
    if not stage.graded:
        return sign_flip_p(list(differences.values()), groups)
    return sign_flip_p([*differences.values(), PESSIMISM * repeats], [*groups, "pessimism"])


def _groups(differences: Mapping[CaseId, float], stage: Stage) -> list[str]:
    """What flips together: the case's cluster, or the case alone."""
    clusters = stage.clusters
    return [f"cluster {clusters[case]}" if case in clusters else f"case {case}" for case in differences]


def _numbers(
    pairs: Mapping[CaseId, tuple[Draw, ...]],
    at_worst: Mapping[CaseId, float],
    repeats: int,
    stage: Stage,
    limit: float,
) -> Numbers:
    measured = sums(pairs)
    gains = [value / repeats for value in measured.values()]
    return Numbers(
        p=_p(at_worst, repeats, stage),
        limit=limit,
        better=sum(value > 0 for value in gains),
        worse=sum(value < 0 for value in gains),
        ties=sum(value == 0 for value in gains),
        cases=len(pairs),
        repeats=repeats,
        unmeasured=missing(pairs) / max(1, len(pairs) * repeats),
        gain=paired_gain(by_cluster(gains, _groups(measured, stage))),
    )


def _is_gain(differences: Mapping[CaseId, float], repeats: int, demand: Demand) -> bool:
    """Whether the mean is a gain at all (with a large alpha a p does not say so), and large enough."""
    mean = mean_of(differences, repeats)
    return mean > 0.0 and mean >= demand.least_gain


def _too_little(numbers: Numbers, rule: GateRule) -> str:
    if numbers.cases == 0:
        return "there are no held-out cases"
    if numbers.unmeasured > rule.max_unmeasured:
        part, limit = told_apart(numbers.unmeasured, rule.max_unmeasured)
        return f"{part} of the held-out draws could not be measured, limit {limit}"
    return ""


def _too_small(demand: Demand) -> str:
    if demand.least_gain <= 0.0:
        return "there is no gain"
    return f"the gain is under the {100 * demand.least_gain:.1f} points that its growth asks for"


def percent(part: float) -> str:
    """Write 0…1 for people: 0.2 %, 3.2 %, 45 %, under 0.1 %."""
    points = 100 * part
    if 0 < points < 0.1:
        return "under 0.1 %"
    return f"{points:.0f} %" if points >= 10 or points == round(points) else f"{points:.1f} %"


def told_apart(part: float, limit: float) -> tuple[str, str]:
    """Write two parts 0…1 in percent, with two significant digits or as many as tell them apart."""
    needed = range(2, MOST_DIGITS + 1)
    apart = (digits for digits in needed if _significant(part, digits) != _significant(limit, digits))
    digits = next(apart, 2)  # equal numbers may look alike
    return _significant(part, digits), _significant(limit, digits)


def _significant(part: float, digits: int) -> str:
    points = Decimal(f"{100 * Decimal(part):.{digits - 1}e}")
    return f"{points.normalize():f} %"
