"""How far a budget reaches, before anything is paid: whether a generation fits, and which looks. Pure.

Asked of the same arithmetic that a night goes by (`evolution.plan`), so that both always say the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from rsi_cli.evolution.plan import Costs, Prospect, affordable_repeats, next_turn
from rsi_cli.suite.model import GateRule

STEP = 10  # calls; needs are said to the next ten
DRAWN = 1  # draws of a held-out case that the baseline leaves for the first look


def paid_stages(
    costs: Costs, rule: GateRule, calls: float, generations: int | None = None
) -> tuple[int, ...]:
    """Give the stages of the last look that a night can count on; empty where not even a generation fits.

    calls: of the whole night, inf where calls are not limited. generations: as many at most. A night breeds
    as long as it can and keeps calls for the last look: those, or what the generations leave, pay for it.
    """
    if math.isinf(calls):
        return rule.repeats if costs.draws else rule.repeats[:1]
    left = calls - costs.baseline
    if not _begins(costs, rule, calls, left):
        return ()
    kept: float = _least_left(costs, rule, calls) - costs.generation
    if generations is not None:
        kept = max(kept, left - generations * costs.generation)
    return affordable_repeats(rule, costs, kept, DRAWN)


def calls_needed(price: Callable[[float], Costs], rule: GateRule) -> int:
    """Give a number of calls that pays for the baseline, a generation and a look, to the next ten.

    price: the parts of a night that has so many calls.
    """

    def enough(steps: int) -> bool:
        calls = STEP * steps
        return bool(paid_stages(price(calls), rule, calls))

    high = 1
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return STEP * high


def _begins(costs: Costs, rule: GateRule, calls: float, left: float) -> bool:
    """Whether a night of so many calls begins a generation when so many are left."""
    if left < 0:
        return False
    first = Prospect(
        generation=1,
        generations=None,
        left=left,
        spent=calls - left,
        solved=False,
        challenger=False,
        shares_spent=0.0,
    )
    return not next_turn(first, costs, rule).stop


def _least_left(costs: Costs, rule: GateRule, calls: float) -> int:
    """The fewest calls left with which a generation begins; there is such a number."""
    low, high = -1, math.floor(calls - costs.baseline)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _begins(costs, rule, calls, middle) else (middle, high)
    return high
