"""The first mutation prompts and thinking styles of a run, each a different idea, one per line."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


def mutation_prompts() -> tuple[str, ...]:
    """Ways to go about a revision, from which every population starts. Good ones have to earn their keep."""
    return _lines("mutation_prompts.txt")


def thinking_styles() -> tuple[str, ...]:
    """Ways of thinking that colour a mutation or the birth of a new mutation prompt."""
    return _lines("thinking_styles.txt")


@lru_cache(maxsize=4)
def _lines(name: str) -> tuple[str, ...]:
    text = resources.files("rsi_cli.prompts.pools").joinpath(name).read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())
