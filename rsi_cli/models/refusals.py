"""Reads what a provider's failure means.

litellm's exception classes differ between versions; the status does not, so that is asked first.
"""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from socket import gaierror
from typing import get_args

from rsi_cli.models.call import Call, Droppable, Kind, Refused
from rsi_cli.nouns import Usage

_LONGEST_MESSAGE = 300
_SECRET_NAMES = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_SHORTEST_SECRET = 8
_SECRET = re.compile(r"\b(?:sk|pk|gsk|xai|AIza)[-_]?[\w-]{16,}|(?<=[?&]key=)[\w-]+|(?<=Bearer )[\w.-]{8,}")
_MANY_SPACES = re.compile(r"\s+")
_LITELLM_WORDS = re.compile(r"^(?:litellm\.)?(?:\w+(?:Error|Exception)|Timeout): (?=\S)|^\w+Exception - ")
_UNWANTED = re.compile(
    r"unsupported|(?:not|n.t) support|unrecognized|unknown (?:parameter|field|name)|"
    r"not permitted|extra inputs",
    re.IGNORECASE,
)
_NO_KEY = re.compile(
    r"missing credentials|api_key client option must be set|missing .{0,40}api key|no api key", re.IGNORECASE
)
_NO_MODEL = re.compile(
    r"llm provider not provided|model_not_found|model .{0,80}(?:does not exist|not found)|"
    r"(?:invalid|unknown) model|not a valid model",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(
    r"insufficient_quota|credit balance is too low|insufficient (?:credits|funds|balance)", re.IGNORECASE
)

_AUTH, _PAYMENT, _FORBIDDEN, _MISSING = 401, 402, 403, 404
_BAD, _TIMEOUT, _LIMITED, _THEIR_FAULT = 400, 408, 429, 500
_RETRIED = frozenset({_TIMEOUT, 409, 425})


def refusal(error: Exception, call: Call, missing_keys: tuple[str, ...] = ()) -> Refused:
    """What this exception of litellm's means for the call.

    missing_keys: environment variables that the provider wants and that are not set.
    """
    status = _status(error)
    text = " ".join(f"{cause} {getattr(cause, 'body', '')}" for cause in _causes(error))
    told = _plain(str(error))
    if (unwanted := _unwanted(error, status, text, call)) is not None:
        return unwanted
    if (fatal := _fatal(status, text, call, missing_keys)) is not None:
        return Refused(kind="fatal", status=status, message=told, hint=fatal)
    wait_s = retry_after_s(_headers(error))
    if status == _TIMEOUT:
        return timed_out(call)
    if not _reached(error):
        return Refused(kind="retry", status=None, message=told, hint=_nobody(call), reached=False)
    return Refused(kind=_kind(status), status=status, message=told, retry_after_s=wait_s)


def _status(error: Exception) -> int | None:
    """The HTTP status; where litellm only says 500, the 4xx that lies behind it, if there is one."""
    known = [code for each in _causes(error) if isinstance(code := getattr(each, "status_code", None), int)]
    if not known:
        return None
    ours = [code for code in known if _BAD <= code < _THEIR_FAULT]
    return ours[0] if ours and known[0] == _THEIR_FAULT else known[0]


def _kind(status: int | None) -> Kind:
    """What a failure that is not for good asks of us."""
    if status == _LIMITED:
        return "wait"
    if status is None or status in _RETRIED or status >= _THEIR_FAULT:
        return "retry"
    return "useless"


def timed_out(call: Call) -> Refused:
    """No answer in time. It may be billed, so its usage is unknown."""
    message = f"no answer within {call.choice.timeout_s:g} s"
    return Refused(kind="retry", status=_TIMEOUT, message=message, usage=None)


def retry_after_s(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds >= 0 to wait by the headers: `retry-after-ms`, or `retry-after` as seconds or a date."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(lower.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        date = parsedate_to_datetime(lower.get("retry-after", ""))
    except (ValueError, IndexError, TypeError):
        return None
    return max(0.0, date.timestamp() - (time.time() if now is None else now))


def _unwanted(error: Exception, status: int | None, text: str, call: Call) -> Refused | None:
    """A refusal of a parameter that we can do without, or None."""
    if status not in (_BAD, 422) or not _UNWANTED.search(text):
        return None
    sent: dict[Droppable, object] = {"seed": call.seed, "temperature": call.choice.temperature}
    names = frozenset(
        name for name in get_args(Droppable) if sent[name] is not None and re.search(rf"\b{name}\b", text)
    )
    if not names:
        return None
    local = type(error).__name__ == "UnsupportedParamsError"  # litellm knew it; nothing was sent
    message = f"takes no {' and no '.join(sorted(names))}: {_plain(str(error))}"
    return Refused(
        kind="retry",
        status=None if local else status,
        message=message,
        usage=Usage() if local else Usage(calls=1),
        unsupported=names,
    )


def _fatal(status: int | None, text: str, call: Call, missing_keys: tuple[str, ...]) -> str | None:
    """The hint of a refusal that holds for every further call; None where it may not."""
    name = call.choice.name
    if status == _AUTH or _NO_KEY.search(text):
        if missing_keys:
            return f"set {' and '.join(missing_keys)} in the environment"
        return f"the key in the environment is not accepted for {name}: check it, and --api-base"
    if status == _PAYMENT or (status in (_LIMITED, _BAD, _FORBIDDEN) and _NO_MONEY.search(text)):
        return "the account has no credit left: add some with the provider, or use another model"
    if status == _FORBIDDEN:
        return f"the key in the environment may not use {name}: check its rights with the provider"
    if status == _MISSING or (status == _BAD and _NO_MODEL.search(text)):
        where = f" and the address {call.choice.api_base} (most end in /v1)" if call.choice.api_base else ""
        return f"check the model's name{where}; a name is written provider/model, like openai/gpt-4.1-mini"
    return None


def _headers(error: Exception) -> dict[str, str]:
    places = (
        getattr(error, "litellm_response_headers", None),
        getattr(getattr(error, "response", None), "headers", None),
    )
    return {
        str(name): str(value) for place in reversed(places) if place for name, value in dict(place).items()
    }


def _reached(error: Exception) -> bool:
    return not any(isinstance(cause, ConnectionRefusedError | gaierror) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = now.__cause__ or now.__context__


def _nobody(call: Call) -> str:
    if call.choice.api_base:
        return f"nobody answers at {call.choice.api_base}: start the server there, or correct --api-base"
    return f"nobody answers where {call.choice.name} should be: check the network, or start the local server"


def _plain(text: str) -> str:
    """An error text as one short line, without litellm's class names in front and without secrets."""
    text = _MANY_SPACES.sub(" ", _without_secrets(text)).strip()
    while (short := _LITELLM_WORDS.sub("", text)) != text:
        text = short
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"


def _without_secrets(text: str) -> str:
    """Some providers quote the key, or the address that holds it; messages end up in journals and reports."""
    for name, value in os.environ.items():
        if name.endswith(_SECRET_NAMES) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "[secret]")
    return _SECRET.sub("[secret]", text)
