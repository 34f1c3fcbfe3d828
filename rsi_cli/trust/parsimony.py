"""A longer skill has to show more. Pure.

    growth g = (candidate + slack) / (incumbent + slack) in characters, at least 1
    limit of p x 1 / g         twice as long, half as much luck allowed
    least gain 0.05 x log2 g   twice as long, five points at the least

Both only tighten the gate, so its error stays. The slack, `GateRule.growth_slack_chars`, lets a short seed
grow: from 1,500 to 3,000 characters is g = 1.3. Chosen by benchmarks/trust/length.py.

What a text repeats of train cases at length counts twice (`weighed_chars`): an example that was learned by
heart takes the place of a rule, and helps on held-out cases only where they are the same case again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rsi_cli.suite.model import GateRule

POINTS_A_DOUBLING = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a candidate's length asks of it. strictness: factor on the limit of p, above 0, at most 1.

    least_gain: mean gain on the gate's own draws below which it is not worth its length, 0 … 1.
    growth: factor of length, slack included, at least 1.
    """

    strictness: float = 1.0
    least_gain: float = 0.0
    growth: float = 1.0

    @property
    def sentence(self) -> str:
        """For people; '' where length asks for nothing."""
        if self.growth <= 1.0:
            return ""
        return (
            f"It is longer than the committed version: luck is allowed {1 / self.strictness:.1f} times less, "
            f"and a gain under {100 * self.least_gain:.1f} points is none."
        )


NO_DEMAND = Demand()


def demand(incumbent_chars: int, candidate_chars: int, rule: GateRule) -> Demand:
    """Say what the growth from incumbent to candidate asks for; nothing if it is no longer."""
    slack = max(1, rule.growth_slack_chars)
    growth = max(1.0, (max(0, candidate_chars) + slack) / (max(0, incumbent_chars) + slack))
    return Demand(
        strictness=1.0 / growth, least_gain=min(1.0, POINTS_A_DOUBLING * math.log2(growth)), growth=growth
    )


def weighed_chars(chars: int, quoted: int) -> int:
    """Give the length that a text is weighed by. quoted: characters that it repeats from train cases."""
    return chars + quoted
