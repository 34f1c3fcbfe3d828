"""The fact of the A/A run: how much the committed version differs from itself."""

from __future__ import annotations

from dataclasses import dataclass

from rsi_cli.nouns import CandidateId, CaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFound:
    """Some train cases were asked again of the version that the night began with, before anything was bred.

    cases: that were answered twice or more. flipped: those whose draws did not all pass or all fail. within:
    mean squared difference of two draws of a case, 0 … 1, None where nothing was measured; low, high: its
    95 % interval. expected: the noise to plan with. stages: draws a held-out case at each stage of tonight's
    looks. sentence: for people; it says why, where nothing was measured.
    """

    version: CandidateId
    cases: int
    flipped: tuple[CaseId, ...]
    within: float | None
    low: float
    high: float
    expected: float
    stages: tuple[int, ...]
    sentence: str

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return "noise"
