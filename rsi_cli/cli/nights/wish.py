"""What the person asked `rsi evolve` for, and how to ask for the same again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from rsi_cli.cli.layers import Flags
from rsi_cli.evolution.night import Shape

DEFAULT_POPULATION = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A command line of `rsi evolve`. generations: None = as many as the budget pays for."""

    skill: str
    flags: Flags
    generations: int | None = None
    population: int = DEFAULT_POPULATION
    branch: str | None = None
    resume: bool = False
    fresh: bool = False
    as_json: bool = False
    yes: bool = False

    @property
    def shape(self) -> Shape:
        """How the night is laid out."""
        return Shape(size=self.population, generations=self.generations)

    def words(self, skill: str) -> tuple[str, ...]:
        """The arguments of `rsi` that ask for the same night from any folder; neither resumed nor fresh.

        skill: named from any folder.
        """
        return ("evolve", skill, *self._flags(), *self._own())

    def _flags(self) -> Iterator[str]:
        for one in fields(Flags):
            value = getattr(self.flags, one.name)
            if value is None or value is False:
                continue
            yield f"--{one.name.strip('_').replace('_', '-')}"
            if value is not True:
                yield str(Path(value).resolve()) if one.name == "suite" else str(value)

    def _own(self) -> Iterator[str]:
        if self.generations is not None:
            yield from ("--generations", str(self.generations))
        if self.population != DEFAULT_POPULATION:
            yield from ("--population", str(self.population))
        if self.branch is not None:
            yield from ("--branch", self.branch)
        if self.as_json:
            yield "--json"
