"""What a world of rules wants: which lines help which class of cases, together with which, and what harms.

A rule is one line of a text, `- amber: kodibanu`. The lines that a world knows are its laws'. Any other line
of that shape is a wrong rule: by the toss of a coin it spoils one class, or does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from benchmarks.arena.luck import chance, word

SPOILS = 0.6  # chance that a wrong rule spoils a class
_LINE = re.compile(r"^- [a-z]+: [a-z]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What the cases of one class need.

    share: of all cases, 0…1. needs: lines that must all stand; where only some do, they help a part of the
    cases, half, 0…1. foe: a line that gets in their way, unless truce stands as well: they help a part of the
    cases then, torn, 0…1; "" = there is none.
    """

    kind: str
    share: float
    needs: tuple[str, ...]
    half: float = 0.0
    foe: str = ""
    truce: str = ""
    torn: float = 0.0

    def helped(self, lines: Collection[str]) -> float:
        """The part of this class's cases that these lines help, 0…1."""
        standing = sum(line in lines for line in self.needs)
        if standing < len(self.needs):
            return self.half if standing else 0.0
        return self.torn if self.at_war(lines) else 1.0

    def at_war(self, lines: Collection[str]) -> bool:
        """Whether its foe stands unreconciled."""
        return bool(self.foe) and self.foe in lines and self.truce not in lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Dent:
    """A line that hurts while its partners are not all there: part of a class, 0…1, fails by it."""

    line: str
    partners: tuple[str, ...]
    kind: str
    part: float

    def hurts(self, lines: Collection[str]) -> bool:
        """Whether it does, in these lines."""
        return self.line in lines and not all(partner in lines for partner in self.partners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laws:
    """All that one world wants. held: the lines that its seed text has. seed: of its luck."""

    seed: int
    laws: tuple[Law, ...]
    held: tuple[str, ...]
    dents: tuple[Dent, ...] = ()
    by_kind: Mapping[str, Law] = field(init=False, repr=False, compare=False)
    known: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_kind", {law.kind: law for law in self.laws})
        lines = (line for law in self.laws for line in (*law.needs, law.truce) if line)
        object.__setattr__(self, "known", frozenset(lines))

    def spoiled_by(self, line: str) -> str | None:
        """The class that a wrong rule spoils; None for a line that is known, or that does nothing."""
        if line in self.known or chance(self.seed, line, "spoils") >= SPOILS:
            return None
        return self.laws[int(chance(self.seed, line, "spoiled") * len(self.laws))].kind

    def damage(self, lines: Collection[str]) -> tuple[tuple[str, str, float], ...]:
        """What hurts in these lines: line, class, part of the class that fails by it, 0…1."""
        wrong = ((line, self.spoiled_by(line)) for line in lines)
        dents = ((dent.line, dent.kind, dent.part) for dent in self.dents if dent.hurts(lines))
        return (*((line, kind, 1.0) for line, kind in wrong if kind), *dents)


@lru_cache(maxsize=4096)
def rules_in(text: str) -> tuple[str, ...]:
    """The lines of a text that are rules, in order; one that is there twice counts once."""
    return tuple(dict.fromkeys(line for line in map(str.strip, text.splitlines()) if _LINE.match(line)))


def rule(label: str, rng: Random) -> str:
    """A line of that label that no law knows, but by an accident of one in forty million."""
    return f"- {label}: {word(rng.randrange(80**4), 4)}"
