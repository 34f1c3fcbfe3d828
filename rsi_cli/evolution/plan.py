"""What the parts of a night cost in model calls, and what may come next. Pure arithmetic on a budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rsi_cli.evaluation.race import RUNGS
from rsi_cli.graders.judge import JUDGE_GRADERS
from rsi_cli.ledger.events import GenerationPlanned
from rsi_cli.nouns import Split, Usage
from rsi_cli.suite.model import Assertion, GateRule, Limits, Suite
from rsi_cli.trust.holdout import LookPlan
from rsi_cli.trust.noise_floor import CASES, FEWEST_CASES
from rsi_cli.trust.power import TYPICAL_WITHIN, smallest_detectable_gain

LEAST_SHARE = 0.05  # of alpha; a look with less could hardly accept anything
CLEARLY = 2.5  # times the smallest gain that a look would find: part of a lead on train is learned by heart
FRESH_REPEATS = 2  # draws a case for what a promotion is reported to bring
MOST_BARREN = 8  # generations in a row without a child; at four a brood, 32 replies of which none was new
CALLS_A_CHILD = 2  # a hypermutation asks the improver twice
NOISE_SHARE = 0.04  # of a night's calls that the A/A run may take
MOST_AGAIN = 2  # how often it asks a case again
RETRIES_OF_KNOWN_GOOD = 6  # a failing known-good case is drawn twice more, and the incumbent's four times


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Model calls, counted at their worst.

    attempt: calls to answer and grade one case once, >= 1. train, holdout, known_good: numbers of cases.
    brood: children a generation. draws: False at temperature 0, where a repeat would be no fresh draw.
    again: answers of the A/A run.
    """

    attempt: float
    train: int
    holdout: int
    known_good: int
    brood: int
    draws: bool
    again: int = 0

    @property
    def baseline(self) -> int:
        """The first version on every split that a night may use, and against itself on some train cases."""
        return math.ceil(self.attempt * (self.train + self.holdout + self.known_good)) + self.noise

    @property
    def noise(self) -> int:
        """The A/A run."""
        return math.ceil(self.attempt * self.again)

    @property
    def generation(self) -> int:
        """A brood that is bred, raced, and whose finalist is confirmed."""
        runners, asked, race = self.brood, 0, 0
        for rung in (*[size for size in RUNGS if size < self.train], self.train):
            race += runners * (rung - asked)
            runners, asked = math.ceil(runners / 2), rung
        confirm = self.train if self.draws else 0
        return CALLS_A_CHILD * self.brood + math.ceil(self.attempt * (race + confirm))

    def look(self, repeats: int) -> int:
        """A look at the held-out cases with that many draws a case, two versions and the known-good cases."""
        known_good = self.known_good * (1 + (RETRIES_OF_KNOWN_GOOD if self.draws else 0))
        return math.ceil(self.attempt * (2 * repeats * self.holdout + known_good))

    @property
    def promotion(self) -> int:
        """The fresh draws after a promotion, for both versions."""
        return math.ceil(self.attempt * 2 * FRESH_REPEATS * self.holdout) if self.draws else 0


def costs_of(
    suite: Suite, *, brood: int, draws: bool, cases: tuple[int, int, int], calls: float = math.inf
) -> Costs:
    """Count calls for a suite.

    cases: how many train, held-out and known-good cases there are. calls: of the night's budget.
    """
    train, holdout, known_good = cases
    attempt = max(_calls_a_case(suite, split) for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD))
    return Costs(
        attempt=attempt,
        train=train,
        holdout=holdout,
        known_good=known_good,
        brood=brood,
        draws=draws,
        again=math.prod(noise_draws(calls, attempt, train)) if draws else 0,
    )


def noise_draws(calls: float, attempt: float, train: int) -> tuple[int, int]:
    """How many train cases the A/A run asks again, and how often each; (0, 0) if too few can be.

    calls: of the whole night. attempt: calls to answer and grade one case once. At most NOISE_SHARE of them.
    """
    answers = math.floor(min(CASES, NOISE_SHARE * calls / attempt + 1e-9))
    cases = min(train, answers)
    return (cases, min(MOST_AGAIN, answers // cases)) if cases >= FEWEST_CASES else (0, 0)


def _calls_a_case(suite: Suite, split: Split) -> float:
    """One call for the answer, and one for each rubric, on average over the cases of a split."""
    cases = suite.cases_of(split)
    graded = [assertion for case in cases for assertion in (*case.asserts, *case.must)]
    return 1 + sum(_rubrics(assertion) for assertion in graded) / max(len(cases), 1)


def _rubrics(assertion: Assertion) -> int:
    return (assertion.type in JUDGE_GRADERS) + sum(_rubrics(part) for part in assertion.parts)


def calls_left(limits: Limits, spent: Usage, elapsed_s: float) -> float:
    """How many more calls the tightest limit allows, by what a call has cost so far; inf without a limit."""
    calls = max(spent.calls, 1)
    answers = max(spent.calls + spent.cached_calls, 1)  # those from the cache cost nothing but time
    tokens = (spent.input_tokens + spent.output_tokens) / calls
    rows = (
        (limits.max_calls, float(spent.calls), 1.0),
        (limits.max_tokens, calls * tokens, tokens),
        (limits.max_usd, spent.usd, spent.usd / calls),
        (limits.max_seconds, elapsed_s, elapsed_s / answers),
    )
    left = [(limit - used) / each for limit, used, each in rows if limit is not None and each > 0]
    over = any(limit is not None and used >= limit for limit, used, _ in rows)
    return 0.0 if over else max(0.0, min(left, default=math.inf))


def affordable_repeats(rule: GateRule, costs: Costs, left: float) -> tuple[int, ...]:
    """The stages of a look that the budget can pay to the end; empty if not even one draw a case."""
    if not costs.draws:
        return (1,) if left >= costs.look(1) else ()
    for last in range(len(rule.repeats), 0, -1):
        stages = rule.repeats[:last]
        if left >= costs.look(stages[-1]) + costs.promotion:
            return stages
    return rule.repeats[:1] if left >= costs.look(rule.repeats[0]) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What is known when a generation may begin.

    left, spent: calls. generations: None = as many as the budget allows. solved: the champion fails no train
    case. challenger: a champion waits for the gate. shares_spent: alpha that tonight's looks have used, 0…1.
    lead: fresh train gain of the champion over the incumbent, 0…1; 0 if the gate has judged its line.
    within: the noise of a case's draws that is to be expected, mean 2p(1 - p). barren: generations in a row,
    up to now, whose replies brought no child.
    """

    generation: int
    generations: int | None
    left: float
    spent: float
    solved: bool
    challenger: bool
    shares_spent: float
    lead: float = 0.0
    within: float = TYPICAL_WITHIN
    barren: int = 0


def next_turn(prospect: Prospect, costs: Costs, rule: GateRule) -> GenerationPlanned:
    """Decide whether another generation begins, and whether the gate looks first.

    The last look and what follows it are kept paid for: at most half of the budget is held back.
    """
    total = prospect.left + prospect.spent
    closing = min(costs.look(rule.repeats[-1] if costs.draws else 1) + costs.promotion, total / 2)
    behind = _behind(prospect, total - closing)
    stop = _reason_to_stop(prospect, costs, closing)
    due = LookPlan.of(rule).share_due(1.0 if stop else behind, prospect.shares_spent)
    due = due if stop or due >= LEAST_SHARE else 0.0
    if prospect.solved and prospect.challenger and not stop:
        # Breeding has nothing more to learn from; half of what is left is kept for another lineage.
        due = max(due, (1.0 - prospect.shares_spent) / 2)
    if (
        not stop
        and prospect.challenger
        and prospect.lead
        >= _sure_to_see(costs, rule, early := (1.0 - prospect.shares_spent) / 4, prospect.within)
    ):
        due = max(due, early) if early >= LEAST_SHARE else due
    return GenerationPlanned(
        generation=prospect.generation,
        spent=behind,
        stop=stop,
        share=due if prospect.challenger or stop else 0.0,
    )


def _sure_to_see(costs: Costs, rule: GateRule, share: float, within: float) -> float:
    """The gain, 0…1, that a look with that share of alpha would hardly miss, so that waiting brings nothing.

    When to look is decided on train cases alone, so it may be decided by what is to be seen there.
    """
    repeats = rule.repeats[-1] if costs.draws else 1
    alpha = max(rule.alpha * share, 1e-9)
    return CLEARLY * smallest_detectable_gain(costs.holdout, repeats, within, alpha=alpha)


def _behind(prospect: Prospect, search: float) -> float:
    """Part of the search that lies behind us, 0.0 … 1.0, by calls or by generations, whichever is further."""
    by_calls = 0.0 if math.isinf(search) else prospect.spent / max(search, 1.0)
    by_count = (prospect.generation - 1) / prospect.generations if prospect.generations else 0.0
    return min(1.0, max(by_calls, by_count))


def _reason_to_stop(prospect: Prospect, costs: Costs, closing: float) -> str:
    small = (1.0 - prospect.shares_spent) / 2 < LEAST_SHARE
    if prospect.solved and (small or not prospect.challenger):
        return "no train case fails any more"
    if prospect.generations is not None and prospect.generation > prospect.generations:
        return "generations done"
    if prospect.left < closing + costs.generation:
        return "budget spent"
    if prospect.barren >= MOST_BARREN:
        return f"the improver has nothing new to say: {prospect.barren} generations brought no child"
    return ""
