"""Reads what came back with a 200, which is not always an answer."""

from __future__ import annotations

from typing import Protocol

from rsi_cli.models.call import Call, Completion, Refused
from rsi_cli.nouns import Usage
from rsi_cli.skill.phrases import rough_tokens


class _Words(Protocol):
    content: str | None


class _Choice(Protocol):
    finish_reason: str | None
    message: _Words


class Response(Protocol):
    """As much of litellm's response as we rely on; `usage` and `_hidden_params` may be missing."""

    choices: list[_Choice]


def judged(
    response: Response, call: Call, prices: tuple[float, float] | None, seconds: float
) -> Completion | Refused:
    """A Completion, or a Refused that is charged like one: the provider bills an empty answer too.

    prices: dollars per million tokens in and out; None = take litellm's own sum, which may be None as well.
    An empty text that ended by itself is an answer. Tokens that are not reported are guessed from the texts.
    """
    first = response.choices[0] if response.choices else None
    text = first.message.content if first else None
    why = (first.finish_reason if first else None) or "stop"
    usage = _usage(response, call, text or "", prices)
    paid = Usage(calls=1, input_tokens=usage[0], output_tokens=usage[1], usd=usage[2] or 0.0, seconds=seconds)
    if first is None:
        return Refused(kind="retry", status=200, message="the reply holds no choices", usage=paid)
    if why == "content_filter":
        return Refused(
            kind="useless", status=200, message="the provider's content filter cut the answer", usage=paid
        )
    if why == "length" and not (text or "").strip():
        message = "the token limit was reached before the answer began; raise max_tokens"
        return Refused(kind="useless", status=200, message=message, usage=paid)
    if text is None:
        return Refused(kind="retry", status=200, message="the reply holds no text", usage=paid)
    return Completion(
        text=text,
        finish_reason=why,
        input_tokens=usage[0],
        output_tokens=usage[1],
        usd=usage[2],
        seconds=seconds,
    )


def _usage(
    response: Response, call: Call, text: str, prices: tuple[float, float] | None
) -> tuple[int, int, float | None]:
    """Tokens in, tokens out, dollars."""
    told = getattr(response, "usage", None)
    given, got = int(getattr(told, "prompt_tokens", 0) or 0), int(getattr(told, "completion_tokens", 0) or 0)
    if given <= 0 and got <= 0:  # some local servers report none; a budget that counts zeros would never end
        given, got = sum(rough_tokens(message.content) for message in call.messages), rough_tokens(text)
    own = call.choice.usd_per_million_input is not None or call.choice.usd_per_million_output is not None
    summed = (getattr(response, "_hidden_params", None) or {}).get("response_cost")
    if not own and isinstance(summed, int | float) and summed > 0:
        return given, got, float(summed)  # knows of discounts for cached input, which a plain price does not
    return given, got, None if prices is None else (given * prices[0] + got * prices[1]) / 1e6
