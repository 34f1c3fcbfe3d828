"""What a call may cost, guessed before it is sent; guesses err on the dear side."""

from __future__ import annotations

from rsi_cli.errors import InputError
from rsi_cli.models.call import Call, Provider
from rsi_cli.models.cast import Cast
from rsi_cli.nouns import Usage
from rsi_cli.suite.model import ModelChoice

_FIRST_OUTPUT_GUESS = 512
_TOKENS_PER_MESSAGE = 8  # what chat formats put around a message


class Estimator:
    """Guesses usages. Where `max_tokens` is not sent, the longest answer so far of a model is its guess.

    priced: whether dollars matter; without, nobody is asked for prices.
    """

    def __init__(self, provider: Provider, *, priced: bool) -> None:
        self._provider = provider
        self._priced = priced
        self._prices: dict[ModelChoice, tuple[float, float]] = {}
        self._longest: dict[str, int] = {}

    def refuse_unknown_prices(self, cast: Cast) -> None:
        """Raise InputError where dollars matter and a model's price is unknown."""
        if not self._priced:
            return
        for choice in cast.everyone:
            self._price(choice)

    def of(self, call: Call) -> Usage:
        """A dear guess at what the call will cost: one token per two bytes in, the full `max_tokens` out."""
        said = sum(len(message.content.encode("utf-8", "surrogatepass")) for message in call.messages)
        given = -(-said // 2) + _TOKENS_PER_MESSAGE * len(call.messages)
        got = call.choice.max_tokens or self._longest.get(call.choice.name, _FIRST_OUTPUT_GUESS)
        usd = 0.0
        if self._priced:
            dear_in, dear_out = self._price(call.choice)
            usd = (given * dear_in + got * dear_out) / 1e6
        return Usage(calls=1, input_tokens=given, output_tokens=got, usd=usd)

    def learn(self, call: Call, output_tokens: int) -> None:
        """Remember how long an answer was."""
        name = call.choice.name
        self._longest[name] = max(output_tokens, self._longest.get(name, 0))

    def _price(self, choice: ModelChoice) -> tuple[float, float]:
        if choice not in self._prices:
            price = self._provider.prices(choice)
            if price is None:
                raise InputError(
                    f"the price of {choice.name} is unknown, so a limit in dollars cannot be kept",
                    hint="set usd_per_million_input and usd_per_million_output for it (0 for a free model), "
                    "or limit by --max-calls or --max-tokens instead of --max-usd",
                )
            self._prices[choice] = price
        return self._prices[choice]
