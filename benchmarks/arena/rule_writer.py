"""THE improver of the worlds of rules: reads which classes fail, and writes rules for some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.arena.laws import Law, Laws, rule
from benchmarks.arena.world import Shown

SURER = (1.0, 1.3, 1.6)  # how much likelier a rule is right with 1, 2, 3 or more failing cases of its class
SUREST = 0.95  # chance of a right rule that no mutation prompt passes
CARE = 2  # how often another wrong rule is thought of, where the first spoils a class that is seen to pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """How good the improver is.

    picks: failing classes, at most, that one rewrite is about. right: chance that what is written for one
    failing case helps. blind: the same, for a class that nobody showed. whole: chance that all lines that a
    class needs are written at once. loses: chance that a rewrite drops a line.
    """

    picks: int = 3
    right: float = 0.33
    blind: float = 0.1
    whole: float = 0.0
    loses: float = 0.05

    def edited(
        self, laws: Laws, text: Sequence[str], shown: Sequence[Shown], luck: tuple[Random, float]
    ) -> list[str]:
        """The rules of a rewrite. text: the parent's rules. luck: a generator, and the guidance's quality."""
        rng, quality = luck
        lines = list(text)
        failing = Counter(each.task.kind for each in shown if not each.passed)
        passing = {each.task.kind for each in shown if each.passed} - set(failing)
        if lines and rng.random() < self.loses:
            lines.remove(rng.choice(lines))
        for kind in self._picked(laws, failing, rng):
            count = failing[kind]
            chance = self.right * SURER[min(count, len(SURER)) - 1] if count else self.blind
            pieces = missing(laws, laws.by_kind[kind], lines)
            if pieces and rng.random() < min(SUREST, chance * quality):
                whole = rng.random() < self.whole
                for line in pieces if whole else [rng.choice(pieces)]:
                    _toggle(laws, kind, lines, line)
            else:
                _toggle(laws, kind, lines, wrong(laws, kind, passing, rng))
        return lines

    def _picked(self, laws: Laws, failing: Counter[str], rng: Random) -> list[str]:
        """Classes without repetition, those of many failing cases likelier; any one if none fails."""
        if not failing:
            return [rng.choice(laws.laws).kind]
        keys = {kind: rng.random() ** (1 / count) for kind, count in failing.items()}
        return sorted(keys, key=keys.__getitem__, reverse=True)[: self.picks]


def missing(laws: Laws, law: Law, lines: Sequence[str]) -> list[str]:
    """Each line that a class lacks, and each that spoils it: what a right edit writes, or takes out."""
    pieces = [line for line in law.needs if line not in lines]
    if law.at_war(lines):
        pieces.append(law.truce)
    return pieces + [line for line in lines if laws.spoiled_by(line) == law.kind]


def wrong(laws: Laws, kind: str, passing: set[str], rng: Random) -> str:
    """A rule for a class that does not help it; less likely one that spoils what is seen to pass."""
    line = rule(kind, rng)
    for _ in range(CARE):
        if laws.spoiled_by(line) not in passing:
            break
        line = rule(kind, rng)
    return line


def _toggle(laws: Laws, kind: str, lines: list[str], line: str) -> None:
    """Take a line out that is there; else add it, in place of a wrong rule for the same class."""
    if line in lines:
        lines.remove(line)
        return
    old = [each for each in lines if each not in laws.known and each.startswith(f"- {kind}:")]
    for each in old:
        lines.remove(each)
    lines.append(line)
