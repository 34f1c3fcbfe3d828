"""How fast the night still improves, and what to change when it hardly does.

Confirmed gain per call, lately against since the start. A signal means: search in another way. It never
means stop, for where wins are rare it comes in many nights that go well (benchmarks/breeding/velocity.py).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

LEAST_Z = 1.28  # of a fresh difference that counts: one-sided 10 %
SLOW = 0.25  # of the usual pace
_LONG = 54  # generations of a night that the usual patience is made for
_SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in generations. first: for the first gain. later: for the next one.

    least: before paces are compared, and after each change. half_life: of what counts as lately.
    """

    first: int = 18
    later: int = 36
    least: int = 8
    half_life: float = 8.0

    @classmethod
    def for_night(cls, expected: float) -> Patience:
        """The patience for a night of so many generations: a third and two thirds of it, 3 at least.

        A night of 54 or more has the usual one; benchmarks/breeding/velocity.py shows what each brings.
        """
        part = min(1.0, max(0.0, expected) / _LONG)
        usual = cls()
        return cls(
            first=max(_SHORTEST, math.ceil(part * usual.first)),
            later=max(_SHORTEST + 1, math.ceil(part * usual.later)),
            least=max(_SHORTEST, math.ceil(part * usual.least)),
            half_life=max(2.0, part * usual.half_life),
        )


class Signal(StrEnum):
    """Why the search should change."""

    NOTHING_YET = "nothing yet"
    NOTHING_LATELY = "nothing lately"
    SLOWER = "slower"


@dataclass(frozen=True, slots=True, kw_only=True)
class Velocity:
    """The pace of a night so far. Never changed in place.

    gain: confirmed, in score units, summed. calls: summed. dry: generations since the last confirmed gain.
    settled: generations since the search last changed. recent, recent_calls: gains and calls, each
    generation counting half as much after every half-life.
    """

    patience: Patience = field(default_factory=Patience)
    generations: int = 0
    gain: float = 0.0
    calls: float = 0.0
    confirmed: int = 0
    dry: int = 0
    settled: int = 0
    recent: float = 0.0
    recent_calls: float = 0.0

    def after(self, gain: float, z: float, calls: float) -> Velocity:
        """The pace after one more generation.

        gain: fresh difference of its finalist to the champion before, -1.0 … 1.0; 0.0 if there was none. z:
        that difference in standard errors; a gain counts from 1.28 on. calls: what the generation took.
        """
        counts = gain > 0.0 and z >= LEAST_Z
        won = gain if counts else 0.0
        fade = 0.5 ** (1.0 / self.patience.half_life)
        return replace(
            self,
            generations=self.generations + 1,
            gain=self.gain + won,
            calls=self.calls + calls,
            confirmed=self.confirmed + counts,
            dry=0 if counts else self.dry + 1,
            settled=self.settled + 1,
            recent=fade * self.recent + won,
            recent_calls=fade * self.recent_calls + calls,
        )

    def changed(self) -> Velocity:
        """The search was changed: no signal for a while, so that the change can show."""
        return replace(self, settled=0)

    @property
    def fast(self) -> float:
        """Confirmed gain per call lately."""
        return self.recent / self.recent_calls if self.recent_calls else 0.0

    @property
    def slow(self) -> float:
        """Confirmed gain per call since the start."""
        return self.gain / self.calls if self.calls else 0.0

    @property
    def signal(self) -> Signal | None:
        """Why the search should change now; None while it goes well, or nobody can tell yet."""
        wait = self.patience
        if self.settled < min(self.generations, wait.least):
            return None
        if not self.confirmed:
            return Signal.NOTHING_YET if self.generations >= wait.first else None
        if self.dry >= wait.later:
            return Signal.NOTHING_LATELY
        slower = self.generations >= wait.least and self.fast < SLOW * self.slow
        return Signal.SLOWER if slower else None


class Mechanism(StrEnum):
    """What is changed when a signal comes, in this order."""

    HYPERMUTATION = "hypermutation"
    STYLES = "thinking styles"
    MODEL = "other model"
    SECTION = "other section"
    ARCHIVE = "archive"

    @property
    def words(self) -> str:
        """One sentence for the screen."""
        return _WORDS[self]


_WORDS = {
    Mechanism.HYPERMUTATION: "The next children are bred with newly written mutation prompts.",
    Mechanism.STYLES: "All thinking styles are drawn anew.",
    Mechanism.MODEL: "The two improver models change places.",
    Mechanism.SECTION: "Most of the next children change one section of the skill alone.",
    Mechanism.ARCHIVE: "Most of the next parents come from the archive of all versions.",
}
_REASONS = {
    Signal.NOTHING_YET: "no gain stood out from noise in {generations} generations",
    Signal.NOTHING_LATELY: "no gain stood out from noise for {dry} generations",
    Signal.SLOWER: "gains come at {share:.0f} % of the pace since the start",
}


def reason(velocity: Velocity) -> str:
    """Say why the search should change, without a full stop; '' where it should not."""
    if velocity.signal is None:
        return ""
    share = 100 * velocity.fast / velocity.slow if velocity.slow else 0.0
    return _REASONS[velocity.signal].format(generations=velocity.generations, dry=velocity.dry, share=share)


def next_mechanism(
    history: Sequence[Mechanism], possible: Collection[Mechanism] = tuple(Mechanism)
) -> Mechanism | None:
    """What to change next: of what is possible, what was never changed, in order, or else longest ago.

    history: what was changed in this night, oldest first. None where nothing is possible.
    """
    last = {mechanism: at for at, mechanism in enumerate(history)}
    return min(
        (mechanism for mechanism in Mechanism if mechanism in possible),
        key=lambda mechanism: last.get(mechanism, -1),
        default=None,
    )
