"""Can this model be asked at all? Told by its name and the environment, before anything is paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rsi_cli.errors import ModelError
from rsi_cli.models.litellm_provider import is_local, missing_keys, provider_of
from rsi_cli.suite.model import ModelChoice

# With these nothing but the key opens the door. Clouds may know us by their own login, so a variable that is
# not set is no proof there; a server of one's own may want no key at all.
_NO_KEY_NO_CALL = frozenset({"openai", "anthropic", "gemini"})
_NO_KEY_AT_HOME = frozenset({"groq", "deepseek", "xai", "openrouter"})
_EMBEDDED = "offline/apprentice"
_SPELLING = "write it as provider/model, like openai/gpt-4.1-mini, ollama/llama3.2 or offline/apprentice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a model cannot be asked. fix: what to do. sure: False where another login may do.

    nowhere: no key and no login would help, as there is no such provider, or no such embedded model.
    """

    message: str
    fix: str
    sure: bool
    nowhere: bool = False


def obstacle(choice: ModelChoice) -> Obstacle | None:
    """What stands between us and this model; None where nothing is known to. Asks nobody."""
    if choice.name.startswith("command:"):  # no name of litellm's: `Cast` knows about these
        return None
    provider = provider_of(choice)
    if provider is None or (provider == "offline" and choice.name != _EMBEDDED):
        return Obstacle(message=_unknown(choice.name), fix=_SPELLING, sure=True, nowhere=True)
    missing = () if is_local(choice) else missing_keys(choice)
    if not missing:
        return None
    # Google's key goes by either name; elsewhere all of them are wanted.
    joined = (" or " if provider == "gemini" else " and ").join(missing)
    return Obstacle(
        message=f"{choice.name}: {joined} is not set",
        fix=f"export {missing[-1]}=…",
        sure=provider in _NO_KEY_NO_CALL or (provider in _NO_KEY_AT_HOME and choice.api_base is None),
    )


def require_usable(choices: Iterable[ModelChoice]) -> None:
    """Raise ModelError with every model that can surely not be asked, so that no other is paid in vain."""
    _refuse((choice, problem) for choice, problem in _obstacles(choices) if problem.sure)


def require_known(choices: Iterable[ModelChoice]) -> None:
    """Raise ModelError with every model whose name leads nowhere; a key that is missing is no matter here."""
    _refuse((choice, problem) for choice, problem in _obstacles(choices) if problem.nowhere)


def _obstacles(choices: Iterable[ModelChoice]) -> Iterator[tuple[ModelChoice, Obstacle]]:
    for choice in dict.fromkeys(choices):
        if (problem := obstacle(choice)) is not None:
            yield choice, problem


def _refuse(found: Iterable[tuple[ModelChoice, Obstacle]]) -> None:
    if sure := tuple(found):
        raise ModelError(
            "; ".join(problem.message for _, problem in sure),
            hint="; ".join(dict.fromkeys(problem.fix for _, problem in sure)),
            provider=sure[0][0].name.partition("/")[0],
            model=sure[0][0].name,
        )


def _unknown(name: str) -> str:
    given, slash, _ = name.partition("/")
    if given == "offline":
        return f"{name}: there is one embedded model, {_EMBEDDED}"
    return f"{name}: no provider is called {given!r}" if slash else f"{name}: the name leads to no provider"
