"""The door by which litellm reaches the apprentice: a provider that nobody can tell from a real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rsi_cli.models.offline.mind import answer

if TYPE_CHECKING:
    from litellm import CustomLLM, ModelResponse

MODEL = "apprentice"
_CHARS_PER_TOKEN = 4


def handler() -> CustomLLM:
    """Return a litellm handler for `litellm.custom_provider_map`, provider "offline"; imports litellm.

    Reads `seed` (default 0), `temperature` and `max_tokens` from the call's optional parameters.
    """
    from litellm import CustomLLM

    class Apprentice(CustomLLM):
        """Answers by `mind.answer`; same messages and seed, same reply."""

        def completion(self, *_: Any, **call: Any) -> ModelResponse:  # noqa: ANN401 - as litellm has it
            """Answer at once."""
            return _respond(call)

        async def acompletion(self, *_: Any, **call: Any) -> ModelResponse:  # noqa: ANN401
            """Answer at once."""
            return _respond(call)

    return Apprentice()


def _respond(call: Mapping[str, Any]) -> ModelResponse:
    """Fill the response object that litellm hands over; it passes everything by name."""
    from litellm import Usage

    model, messages = str(call["model"]), call["messages"]
    response: ModelResponse = call["model_response"]
    _refuse_unknown(model)
    asked = call.get("optional_params")
    asked = asked if isinstance(asked, Mapping) else {}
    temperature = asked.get("temperature")
    text = answer(messages, seed=int(asked.get("seed") or 0), temperature=temperature)
    limit = asked.get("max_tokens") or asked.get("max_completion_tokens")
    whole = limit is None or count_tokens(text) <= int(limit)
    text = text if whole or limit is None else text[: int(limit) * _CHARS_PER_TOKEN]
    response.model = model
    response.choices[0].message.content = text
    response.choices[0].finish_reason = "stop" if whole else "length"
    spent = sum(count_tokens(str(one.get("content") or "")) + 4 for one in messages), count_tokens(text)
    usage = Usage(prompt_tokens=spent[0], completion_tokens=spent[1], total_tokens=sum(spent))
    setattr(response, "usage", usage)  # noqa: B010 - an attribute that litellm does not declare
    return response


def _refuse_unknown(model: str) -> None:
    from litellm.llms.custom_llm import CustomLLMError

    if model.rpartition("/")[2] != MODEL:
        raise CustomLLMError(
            status_code=404, message=f"the offline provider has one model, offline/{MODEL}, not {model!r}"
        )


def count_tokens(text: str) -> int:
    """Estimate the tokens of a text: a quarter of its characters, rounded up."""
    return -(-len(text) // _CHARS_PER_TOKEN)
