"""Who plays which role."""

from __future__ import annotations

from dataclasses import dataclass

from rsi_cli.errors import InputError
from rsi_cli.nouns import Role
from rsi_cli.suite.model import ModelChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The models of a run. improvers: the first writes in breadth, the last in depth; never empty.

    Raises InputError for a name that cannot be called.
    """

    actor: ModelChoice
    improvers: tuple[ModelChoice, ...]
    judge: ModelChoice

    def __post_init__(self) -> None:
        if not self.improvers:
            raise InputError("no improver model is named", hint="pass --improver-model MODEL")
        for choice in self.everyone:
            _refuse_odd_name(choice.name)

    @property
    def everyone(self) -> tuple[ModelChoice, ...]:
        """Each choice once, in the order actor, improvers, judge."""
        return tuple(dict.fromkeys((self.actor, *self.improvers, self.judge)))

    def choice(self, role: Role, *, depth: bool = False) -> ModelChoice:
        """The model for that role. depth: the improver for deep work instead of the one for breadth."""
        match role:
            case Role.ACTOR:
                return self.actor
            case Role.JUDGE:
                return self.judge
            case Role.IMPROVER:
                return self.improvers[-1 if depth else 0]


def _refuse_odd_name(name: str) -> None:
    if name.startswith("command:"):
        raise InputError(
            f"model {name!r}: agent programs are not supported yet",
            hint="use a litellm name such as anthropic/…, openai/…, ollama/…, or offline/apprentice",
        )
    if not name.strip() or name != name.strip():
        raise InputError(
            f"model name {name!r} is empty or has spaces around it", hint="write it like openai/gpt-4.1-mini"
        )
