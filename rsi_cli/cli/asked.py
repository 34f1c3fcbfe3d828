"""How a model is asked, as records tell it, and how a difference between two records is told to people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rsi_cli.suite.model import ModelChoice

_SECRETS = re.compile(r"(?<=//)[^/?#]*@|[?#].*")
_LONGEST = 40


def manners(role: str, choice: ModelChoice) -> dict[str, str]:
    """How a model is asked, without secrets in its address; "default" where the provider decides."""
    address = _SECRETS.sub("", choice.api_base or "")
    told = {"temperature": choice.temperature, "max_tokens": choice.max_tokens, "api_base": address or None}
    return {f"{role} {name}": "default" if value is None else str(value) for name, value in told.items()}


def change(name: str, then: str | None, now: str | None) -> str:
    """One difference for people; hashes say nothing to them."""
    if max(len(then or ""), len(now or "")) > _LONGEST:
        return name
    return f"{name} (was {then or 'not set'}, is {now or 'not set'})"
