"""What a night would cost in dollars, roughly, before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsi_cli.nouns import Role
from rsi_cli.skill.phrases import rough_tokens

if TYPE_CHECKING:
    from rsi_cli.cli.nights.forecast import Forecast

SHORT_ANSWER, LONG_ANSWER = 16, 512  # tokens; nobody knows yet how long answers will be


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRange:
    """Dollars. low: the baseline alone, short answers. high: all calls, long answers; None = no end."""

    low: float
    high: float | None

    def __str__(self) -> str:
        """For people."""
        if self.low == self.high == 0.0:
            return "cost: nothing, these models are free"
        most = "no upper end without a limit" if self.high is None else f"at most about {self.high:.2f} USD"
        return f"cost: at least about {self.low:.2f} USD, {most}"


def cost_range(ahead: Forecast) -> CostRange | None:
    """The range that a night would fall into; None where a model's price is unknown."""
    from rsi_cli.models.litellm_provider import LitellmProvider

    settings, ground = ahead.ground.settings, ahead.ground
    provider = LitellmProvider()
    choices = (*settings.models.values(), *settings.improvers)
    prices = {choice: provider.prices(choice) for choice in choices}
    known = [price for price in prices.values() if price is not None]
    if len(known) < len(prices):
        return None
    given = rough_tokens(ground.skill.text_for_models) + max(
        rough_tokens(case.input) for case in ground.suite.cases
    )
    actor_in, actor_out = prices[settings.models[Role.ACTOR]] or (0.0, 0.0)
    low = ahead.costs.baseline * (given * actor_in + SHORT_ANSWER * actor_out) / 1e6
    dear_in, dear_out = max(one for one, _ in known), max(other for _, other in known)
    ends = [ahead.limits.max_usd] if ahead.limits.max_usd is not None else []
    if ahead.limits.max_calls is not None:
        ends.append(ahead.limits.max_calls * (given * dear_in + LONG_ANSWER * dear_out) / 1e6)
    return CostRange(low=low, high=min(ends, default=None))
