"""litellm behind one small door. Importing it takes seconds, so that happens at the first call."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import logging
import os
import time
import warnings
from collections.abc import Mapping
from types import ModuleType
from urllib.parse import urlsplit

from rsi_cli.models.answers import judged
from rsi_cli.models.call import Call, Completion, Refused
from rsi_cli.models.refusals import refusal, timed_out
from rsi_cli.suite.model import ModelChoice

_OFFLINE = "offline"  # the provider name of the embedded model
_FREE = frozenset({_OFFLINE, "ollama", "ollama_chat"})
_PLACEHOLDER_KEY = "not-needed"  # local servers ignore it, but the client will not start without one
_GRACE_S = 1.0  # litellm's own timeout comes first, as it knows how to hang up


class LitellmProvider:
    """Every model that litellm knows, and `offline/…`. Keys come from the environment."""

    async def complete(self, call: Call) -> Completion | Refused:
        """Send the call once. What goes wrong on the other side is a Refused; only cancellation is raised."""
        litellm = _litellm()
        from openai import OpenAIError

        if call.choice.name.startswith(f"{_OFFLINE}/"):
            _embed()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(call.choice.timeout_s + _GRACE_S):
                response = await litellm.acompletion(**_arguments(call))
        except TimeoutError:
            return timed_out(call)
        except (
            OpenAIError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RuntimeError,
            OSError,
        ) as error:
            # All but the first are slips of litellm's own over an odd reply: no answer, but no bug of ours.
            return refusal(error, call, missing_keys(call.choice))
        return judged(response, call, self.prices(call.choice), time.perf_counter() - began)

    def prices(self, choice: ModelChoice) -> tuple[float, float] | None:
        """Dollars per million tokens in and out: the user's own, else litellm's; None where neither knows."""
        given, got = choice.usd_per_million_input, choice.usd_per_million_output
        if given is not None and got is not None:
            return given, got
        listed = _listed_prices(choice.name)
        if listed is None:
            return None
        return listed[0] if given is None else given, listed[1] if got is None else got

    async def aclose(self) -> None:
        """Close all connections that litellm keeps open in this event loop."""
        if _litellm.cache_info().currsize == 0:
            return
        from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
        from openai import AsyncOpenAI

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_S):  # the queue of an earlier event loop would never empty
                await GLOBAL_LOGGING_WORKER.flush()
        await GLOBAL_LOGGING_WORKER.stop()
        cache = _litellm().in_memory_llm_clients_cache
        for client in list(cache.cache_dict.values()):
            if isinstance(client, AsyncOpenAI):  # older versions of the function below leave these open
                await client.close()
        await _litellm().close_litellm_async_clients()
        cache.flush_cache()


@functools.cache
def _litellm() -> ModuleType:
    """litellm, imported once and silenced.

    Without the first variable it fetches a price list while importing, without the second it reads a `.env`
    from the current folder.
    """
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.drop_params = False  # a parameter that is silently not sent would belie the cache key
    # A call that is cancelled before it begins leaves its coroutine behind; nothing was sent.
    warnings.filterwarnings("ignore", message="coroutine '.*acompletion' was never awaited")
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings", category=UserWarning)
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    module: ModuleType = litellm
    return module


@functools.cache
def _embed() -> None:
    """Put the embedded model on litellm's menu, once."""
    _litellm()
    import litellm

    from rsi_cli.models.offline.provider import handler

    litellm.custom_provider_map = [{"provider": _OFFLINE, "custom_handler": handler()}]
    # Without an entry litellm looks for a price many times a call, a quarter of all its work.
    free = {
        "input_cost_per_token": 0.0,
        "output_cost_per_token": 0.0,
        "litellm_provider": _OFFLINE,
        "mode": "chat",
    }
    litellm.register_model({f"{_OFFLINE}/apprentice": free})


def _arguments(call: Call) -> dict[str, object]:
    choice = call.choice
    wanted: Mapping[str, object] = {
        "api_base": choice.api_base,
        "api_key": _local_key(choice),
        "temperature": choice.temperature,
        "max_tokens": choice.max_tokens,
        "seed": call.seed,
    }
    return {
        "model": choice.name,
        "messages": [{"role": message.role, "content": message.content} for message in call.messages],
        "timeout": choice.timeout_s,
        "max_retries": 0,  # hidden retries would be paid for and not counted; the gateway has its own
        "num_retries": 0,
        **{name: value for name, value in wanted.items() if value is not None},
    }


def _local_key(choice: ModelChoice) -> str | None:
    """A placeholder where the server is on this machine and the environment holds no key; else None."""
    return _PLACEHOLDER_KEY if is_local(choice) and missing_keys(choice) else None


def is_local(choice: ModelChoice) -> bool:
    """Whether the model is asked at an address on this machine, where no key is wanted."""
    host = urlsplit(choice.api_base or "").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def missing_keys(choice: ModelChoice) -> tuple[str, ...]:
    """The environment variables that this model's provider wants and that are not set."""
    if choice.name.partition("/")[0] in _FREE:
        return ()
    return tuple(str(name) for name in _litellm().validate_environment(choice.name)["missing_keys"])


def provider_of(choice: ModelChoice) -> str | None:
    """The provider that this model's name and address lead to; None where there is no such. Asks nobody."""
    given = choice.name.partition("/")[0]
    if given in _FREE:
        return given
    litellm = _litellm()
    from openai import OpenAIError

    try:
        return str(litellm.get_llm_provider(choice.name, api_base=choice.api_base)[1])
    except OpenAIError:
        return None


def _listed_prices(name: str) -> tuple[float, float] | None:
    """Dollars per million tokens by litellm's list, which names only some models with their provider."""
    provider, _, rest = name.partition("/")
    if provider in _FREE:
        return 0.0, 0.0
    costs: Mapping[str, Mapping[str, object]] = _litellm().model_cost
    for entry in (costs.get(name), costs.get(rest)):
        if entry is None or (rest and not str(entry.get("litellm_provider", "")).startswith(provider)):
            continue
        given, got = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
        if isinstance(given, int | float) and isinstance(got, int | float):
            return given * 1e6, got * 1e6
    return None
