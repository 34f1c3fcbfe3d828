"""The facts around a promotion: planned, made, what it brought; and champions that are kept without one."""

from __future__ import annotations

from dataclasses import dataclass

from rsi_cli.nouns import CandidateId, Interval, Sha


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionPlanned:
    """An accepted candidate is about to be committed. After a crash, look for its trailer in git."""

    candidate: CandidateId
    parent_commit: Sha

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"planned/{self.candidate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """A winner passed the gate and is in git. Written after the commit."""

    candidate: CandidateId
    commit: Sha
    parent_commit: Sha
    operator: str
    mutation_prompt: str

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"promoted/{self.candidate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChampionKept:
    """A working champion was stored under a ref of ours. refused: why it was not promoted."""

    candidate: CandidateId
    ref: str
    commit: Sha

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"kept/{self.candidate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionGain:
    """What one promotion brought: the estimate of `trust.carved`, with its 95 % interval.

    On fresh draws of the cases that the gate chose by (at temperature 0 on the gate's own draws), less the
    luck of having been chosen by these cases. holdout_score: the new version's mean on those draws, 0…1.
    """

    candidate: CandidateId
    gain: Interval
    holdout_score: float

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"gain/{self.candidate}"
