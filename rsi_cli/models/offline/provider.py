"""The door by which litellm reaches the apprentice: a custom provider that nobody can tell from a real one."""

from __future__ import annotations

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
    from litellm import CustomLLM  # noqa: PLC0415 - two seconds, and only nights need it

    class Apprentice(CustomLLM):
        """Answers by `mind.answer`; same messages and seed, same reply."""

        def completion(self, *args: Any, **kwargs: Any) -> ModelResponse:
            """Answer at once."""
            return _respond(*args, **kwargs)

        async def acompletion(self, *args: Any, **kwargs: Any) -> ModelResponse:  # type: ignore[override]
            """Answer at once."""
            return _respond(*args, **kwargs)

    return Apprentice()


def _respond(*args: Any, **kwargs: Any) -> ModelResponse:
    from litellm import Usage  # noqa: PLC0415

    model, messages = (*args, *(kwargs[name] for name in ("model", "messages")[len(args) :]))[:2]
    asked = kwargs.get("optional_params") or {}
    _refuse_unknown(str(model))
    text = answer(messages, seed=int(asked.get("seed") or 0), temperature=asked.get("temperature"))
    limit = asked.get("max_tokens") or asked.get("max_completion_tokens")
    whole = limit is None or count_tokens(text) <= int(limit)
    text = text if whole else text[: int(limit) * _CHARS_PER_TOKEN]
    response: ModelResponse = kwargs["model_response"]
    response.model = str(model)
    response.choices[0].message.content = text  # type: ignore[union-attr]
    response.choices[0].finish_reason = "stop" if whole else "length"
    spent = (
        sum(count_tokens(str(message.get("content") or "")) + 4 for message in messages),
        count_tokens(text),
    )
    response.usage = Usage(prompt_tokens=spent[0], completion_tokens=spent[1], total_tokens=sum(spent))  # type: ignore[attr-defined]
    return response


def _refuse_unknown(model: str) -> None:
    from litellm.llms.custom_llm import CustomLLMError  # noqa: PLC0415

    if model.rpartition("/")[2] != MODEL:
        raise CustomLLMError(
            status_code=404, message=f"the offline provider has one model, offline/{MODEL}, not {model!r}"
        )


def count_tokens(text: str) -> int:
    """Estimate the tokens of a text: a quarter of its characters, rounded up."""
    return -(-len(text) // _CHARS_PER_TOKEN)
