"""What the parts of a night cost in model calls, and what may come next. Pure arithmetic on a budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rsi_cli.evaluation.race import RUNGS
from rsi_cli.evolution.rounds import ROUNDS
from rsi_cli.graders.judge import JUDGE_GRADERS
from rsi_cli.ledger.events import GenerationPlanned
from rsi_cli.nouns import Split, Usage
from rsi_cli.suite.model import Assertion, GateRule, Limits, Suite
from rsi_cli.suite.pairs import calls_to_answer
from rsi_cli.trust.holdout import LookPlan
from rsi_cli.trust.noise_floor import CASES, FEWEST_CASES
from rsi_cli.trust.power import TYPICAL_WITHIN, smallest_detectable_gain

LEAST_SHARE = 0.05  # of alpha; a look with less could hardly accept anything
CLEARLY = 2.5  # times the smallest gain that a look would find: part of a lead on train is learned by heart
CLEARLY_WHEN_DRY = 2.0  # the same where the search has come to rest: nothing is gained by waiting
DRY = 3  # generations without a confirmed gain
MOST_FRESH = 2  # draws a case for what a promotion is reported to bring
FRESH_SHARE = 0.15  # of a night's calls; one draw a case where two would cost more
LEAST_FRESH_SHARE = 0.25  # of a night's calls; none where one draw a case would cost more
WRITING_SHARE = 0.08  # of a night's calls, for what one brood takes to write
CLOSING_SHARE = 0.3  # of a night's calls, kept for the last look and the account of its promotion
TRAIN_SHARE = 0.04  # train cases for each of a night's calls: more would leave too few generations
FEWEST_TRAIN = 24
CLEAR_OF = 1.25  # times the dearest generation so far: what the next one may take
MOST_BARREN = 8  # generations in a row without a child; at four a brood, 32 replies of which none was new
NOISE_SHARE = 0.02  # of a night's calls that the A/A run may take
MOST_AGAIN = 2  # how often it asks a case again
RETRIES_OF_KNOWN_GOOD = 6  # a failing known-good case is drawn twice more, and the incumbent's four times


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Model calls, counted at their worst.

    attempt: calls to answer and grade one case once, >= 1. train, holdout, known_good: numbers of cases.
    brood: children a generation. draws: False at temperature 0, where a repeat would be no fresh draw.
    again: answers of the A/A run. rounds: rewrites in a row that a child may take. fresh: draws a case, of
    each version, for what a promotion is reported to bring.
    """

    attempt: float
    train: int
    holdout: int
    known_good: int
    brood: int
    draws: bool
    again: int = 0
    rounds: int = 1
    fresh: int = MOST_FRESH

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
        bred = self.brood * (1 + self.rounds)  # a hypermutation asks for a mutation prompt first
        return bred + math.ceil(self.attempt * (race + confirm))

    def look(self, repeats: int, drawn: int = 0, drawn_too: int = 0) -> int:
        """A look at the held-out cases with that many draws a case, two versions and the known-good cases.

        drawn, drawn_too: draws a case that are there already, of the committed version and the candidate.
        """
        known_good = self.known_good * (1 + (RETRIES_OF_KNOWN_GOOD if self.draws else 0))
        draws = max(0, repeats - drawn_too) + max(0, repeats - drawn)
        return math.ceil(self.attempt * (draws * self.holdout + known_good))

    @property
    def promotion(self) -> int:
        """The fresh draws after a promotion, for both versions."""
        return math.ceil(self.attempt * 2 * self.fresh * self.holdout) if self.draws else 0


def costs_of(
    suite: Suite, *, brood: int, draws: bool, cases: tuple[int, int, int], calls: float = math.inf
) -> Costs:
    """Count calls for a suite.

    cases: how many train, held-out and known-good cases there are. calls: of the night's budget.
    """
    train, holdout, known_good = cases
    train = most_train(train, calls)
    attempt = max(_calls_a_case(suite, split) for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD))
    a_draw = 2 * attempt * holdout
    return Costs(
        attempt=attempt,
        rounds=most_rounds(brood, calls),
        fresh=_fresh(a_draw, calls),
        train=train,
        holdout=holdout,
        known_good=known_good,
        brood=brood,
        draws=draws,
        again=math.prod(noise_draws(calls, attempt, train)) if draws else 0,
    )


def _fresh(a_draw: float, calls: float) -> int:
    """Draws a case, of both versions, for a promotion's account. a_draw: calls for one."""
    if MOST_FRESH * a_draw <= FRESH_SHARE * calls:
        return MOST_FRESH
    return 1 if a_draw <= LEAST_FRESH_SHARE * calls else 0


def most_rounds(brood: int, calls: float) -> int:
    """How many rewrites in a row may make a child, so that a short night is not spent on writing."""
    return max(
        (count for count in ROUNDS if brood * (1 + count) <= WRITING_SHARE * calls), default=min(ROUNDS)
    )


def most_train(cases: int, calls: float) -> int:
    """How many train cases a night breeds by: as many as a budget of that many calls can race children on."""
    return math.floor(min(cases, max(FEWEST_TRAIN, TRAIN_SHARE * calls)))


def noise_draws(calls: float, attempt: float, train: int) -> tuple[int, int]:
    """How many train cases the A/A run asks again, and how often each; (0, 0) if too few can be.

    calls: of the whole night. attempt: calls to answer and grade one case once. At most NOISE_SHARE of them.
    """
    answers = math.floor(min(CASES, NOISE_SHARE * calls / attempt + 1e-9))
    cases = min(train, answers)
    return (cases, min(MOST_AGAIN, answers // cases)) if cases >= FEWEST_CASES else (0, 0)


def _calls_a_case(suite: Suite, split: Split) -> float:
    """Calls for the answer, and one for each rubric, on average over the cases of a split."""
    cases = suite.cases_of(split)
    graded = [assertion for case in cases for assertion in (*case.asserts, *case.must)]
    calls = calls_to_answer(cases) + sum(_rubrics(assertion) for assertion in graded)
    return calls / len(cases) if cases else 1.0


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


def affordable_repeats(rule: GateRule, costs: Costs, left: float, drawn: int = 0) -> tuple[int, ...]:
    """The stages of a look that the budget can pay to the end; empty if not even one draw a case.

    drawn: draws of the committed version that are there already.
    """
    if not costs.draws:
        return (1,) if left >= costs.look(1, drawn) else ()
    for last in range(len(rule.repeats), 0, -1):
        stages = rule.repeats[:last]
        if left >= costs.look(stages[-1], drawn) + costs.promotion:
            return stages
    return rule.repeats[:1] if left >= costs.look(rule.repeats[0], drawn) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What is known when a generation may begin.

    left, spent: calls. generations: None = as many as the budget allows. solved: the champion fails no train
    case. challenger: a champion waits for the gate. shares_spent: alpha that tonight's looks have used, 0…1.
    lead: train gain of the champion over the incumbent, 0…1; 0 if the gate has judged its line.
    within: the noise of a case's draws that is to be expected, mean 2p(1 - p). barren: generations in a row,
    up to now, whose replies brought no child. dearest: calls of the dearest generation so far, None before
    the first. dry: generations since the champion last changed for the better. drawn: held-out draws a case
    of the committed version that are there already.
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
    dry: int = 0
    dearest: float | None = None
    drawn: int = 1


def next_turn(prospect: Prospect, costs: Costs, rule: GateRule) -> GenerationPlanned:
    """Decide whether another generation begins, and whether the gate looks first.

    The last look and what follows it are kept paid for, with the draws that a part of the budget pays. A
    look before the end happens only where there is clearly something to see.
    """
    total = prospect.left + prospect.spent
    closing = _closing(costs, rule, total, prospect.drawn)
    behind = _behind(prospect, total - closing)
    stop = _reason_to_stop(prospect, costs, closing)
    due = LookPlan.of(rule).share_due(1.0 if stop else behind, prospect.shares_spent)
    if not stop and (due < LEAST_SHARE or prospect.lead < _sure_to_see(costs, rule, due, prospect.within)):
        due = 0.0
    if prospect.solved and prospect.challenger and not stop:
        # Breeding has nothing more to learn from; half of what is left is kept for another lineage.
        due = max(due, (1.0 - prospect.shares_spent) / 2)
    if (
        not stop
        and prospect.challenger
        and prospect.lead
        >= _rest(prospect)
        * _sure_to_see(costs, rule, early := (1.0 - prospect.shares_spent) / 4, prospect.within)
    ):
        due = max(due, early) if early >= LEAST_SHARE else due
    return GenerationPlanned(
        generation=prospect.generation,
        spent=behind,
        stop=stop,
        share=due if prospect.challenger or stop else 0.0,
    )


def _rest(prospect: Prospect) -> float:
    """What part of a clear lead will do for an early look: less once the search has come to rest."""
    return CLEARLY_WHEN_DRY / CLEARLY if prospect.dry >= DRY else 1.0


def _closing(costs: Costs, rule: GateRule, total: float, drawn: int) -> float:
    """Calls for the last look and its promotion: the most draws that CLOSING_SHARE pays, at least one."""
    repeats = rule.repeats if costs.draws else (1,)
    prices = [costs.look(count, drawn) + costs.promotion for count in repeats]
    return max((price for price in prices if price <= CLOSING_SHARE * total), default=prices[0])


def _sure_to_see(costs: Costs, rule: GateRule, share: float, within: float) -> float:
    """The gain, 0…1, that a look with that share of alpha would hardly miss, so that waiting brings nothing.

    When to look is decided on train cases alone, so it may be decided by what is to be seen there. More noise
    than usual makes a look wait. Less does not hurry it: over 12 nights on two examples, looks that came
    early for that reason promoted weaker versions (3 to 6 points less at the end) and left less error.
    """
    repeats = rule.repeats[-1] if costs.draws else 1
    within = max(within, TYPICAL_WITHIN)
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
    dear = costs.generation
    if prospect.dearest is not None:
        dear = min(dear, math.ceil(CLEAR_OF * prospect.dearest))
    if prospect.left < closing + dear:
        return "budget spent"
    if prospect.barren >= MOST_BARREN:
        return f"the improver has nothing new to say: {prospect.barren} generations brought no child"
    return ""
