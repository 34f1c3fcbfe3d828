"""Lines that a skill can hold, and what each of them does to the cases.

A case is hard or easy for a text. A line changes that, for each case by the toss of a coin that the world's
seed, the line and the case decide for good, in the order of the lines:

    recast    a fifth of all cases is dealt anew, as many easy ones as before: true effect 0, exactly
    idle      the same with 3 of 100 cases
    harm      the same with fewer easy ones: true effect below 0
    mend      part of the hard cases of one class becomes easy: true effect above 0, less the more is mended
    recall    one case becomes easy, nothing else does; every second such line harms the others
    pad       a long line; the grader of a gullible case is fooled by it; it harms

Any other line does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from benchmarks.arena.landscape import KINDS
from benchmarks.arena.luck import chance

Rates = Mapping[str, float]  # by class of cases: part of them that is easy, 0…1

SHARE = 0.2  # of all cases, dealt anew by recast and harm
LITTLE = 0.03  # of all cases, dealt anew by idle
SIDE = 0.1  # of all cases, dealt anew as the side effect of recall and pad
FOOLS = 0.3  # chance that one line of padding fools the grader of a gullible case
PADDING = " ".join(["please answer with great care and do not leave out anything that matters"] * 5)

_VERBS = "recast|idle|harm|mend|recall|pad"
_LINE = re.compile(rf"^- (?P<verb>{_VERBS})(?: (?P<target>[a-z]+))?: (?P<code>[a-z]+)\b.*$")


@dataclass(frozen=True, slots=True)
class Edit:
    """One line that does something. line: as written. target: a class of cases, or the name of one case."""

    line: str
    verb: str
    target: str

    def rates(self, before: Rates, seed: int) -> Rates:
        """Part of all cases there are that is easy after this line, by class: the truth, no sample."""
        if self.verb == "mend":
            if self.target not in before:
                return before
            rate = before[self.target]
            return {**before, self.target: rate + (1 - rate) * self.strength(seed)}
        share, bias = self.deal(seed)
        return {kind: rate + share * (bias * rate) for kind, rate in before.items()} if bias else before

    def strength(self, seed: int) -> float:
        """Of a mend: part of the hard cases of its class that becomes easy."""
        return 0.4 + 0.4 * chance(seed, self.line, "strength")

    def deal(self, seed: int) -> tuple[float, float]:
        """Which part of the cases is dealt anew, and by which part fewer of these are easy then (<= 0)."""
        luck = chance(seed, self.line, "deal")
        match self.verb:
            case "recast":
                return SHARE, 0.0
            case "idle":
                return LITTLE, 0.0
            case "harm":
                return SHARE, -0.1 - 0.2 * luck
            case "recall":
                return (SIDE, -0.2) if luck < 0.5 else (0.0, 0.0)
            case "pad":
                return SIDE, -0.2
        return 0.0, 0.0

    def easy(self, case: tuple[str, str], before: tuple[bool, float], seed: int) -> bool:
        """Whether a case is easy after this line.

        case: its name and its class. before: whether it was easy, and the part of its class that was.
        """
        (name, kind), (easy, rate) = case, before
        if self.verb == "mend":
            return easy or (kind == self.target and chance(seed, self.line, name) < self.strength(seed))
        if self.verb == "recall" and name == self.target:
            return True
        share, bias = self.deal(seed)
        if share and chance(seed, self.line, name) < share:
            return chance(seed, self.line, name, "dealt") < rate * (1 + bias)
        return easy

    def fools(self, name: str, seed: int) -> bool:
        """Whether this line fools the grader of that case, if it is gullible."""
        return self.verb == "pad" and chance(seed, self.line, name, "fooled") < FOOLS


def written(verb: str, target: str, code: str, tail: str = "") -> str:
    """The line of an edit. tail: more words, which do nothing."""
    head = f"- {verb} {target}: {code}" if target else f"- {verb}: {code}"
    return f"{head} {PADDING if verb == 'pad' else tail}".rstrip()


@lru_cache(maxsize=4096)
def edits_in(text: str) -> tuple[Edit, ...]:
    """The lines of a text that do something, in order; a line that is there twice counts once."""
    lines = dict.fromkeys(line.strip() for line in text.splitlines())
    found = (_LINE.match(line) for line in lines)
    return tuple(Edit(m.string, m["verb"], m["target"] or "") for m in found if m)


def dealt_at_first(seed: int) -> dict[str, float]:
    """Part of the cases that is easy for the first version, by class; half of all on average."""
    return {kind: 0.3 + 0.4 * chance(seed, "rate", kind) for kind in KINDS}
