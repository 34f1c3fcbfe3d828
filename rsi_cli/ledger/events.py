"""The facts of a run, one frozen dataclass each, in the order in which they can happen.

A fact is written once, never changed, and named by `key`: writing the same fact twice is harmless,
writing another fact under the same key is a bug. Report, log, status and resume read facts alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.promotions import ChampionKept, Promoted, PromotionGain, PromotionPlanned
from rsi_cli.nouns import CandidateId, CaseId, CaseResult, Interval, RunId, Sha, Split


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run begins. The first fact of every journal.

    skill, suite: paths relative to the repository's root where they lie inside it.
    base_commit: the branch's head then. models: role → name. fresh_draws: False at temperature 0.
    settings: everything else that shapes the run, as text for people and for the check on resume.
    alpha_tonight: error that all looks of this run together may spend, 0…1, settled by what earlier nights
    spent; None in journals from before that was counted: the whole `gate.alpha` of its settings.
    train_cases: how many of them the night breeds by; 0 = all.
    """

    run: RunId
    at: str
    skill: str
    skill_name: str
    suite: str
    suite_hash: str
    judge_hash: str
    seed: int
    models: dict[str, str]
    base_commit: Sha
    branch: str
    fresh_draws: bool
    settings: dict[str, str]
    command: tuple[str, ...] = ()
    train_cases: int = 0
    alpha_tonight: float | None = None

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A version was measured on a split, outside of a race or a look.

    purpose: "baseline", "a/a" (the same version again, for the noise floor; empty where that was skipped),
    "fresh" (after a promotion).
    """

    purpose: str
    version: CandidateId
    split: Split
    results: tuple[CaseResult, ...]

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"{self.purpose}/{self.version}/{self.split}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A child that may be measured. body: the whole skill text after its front matter.

    quotes: characters that it repeats from train cases at length; 0 in journals from before that was counted.
    rounds: rewrites in a row that made it, at most. depth: the last improver model wrote it, not the first.
    winner: place of the unit that it is a child of, -1 in older journals; replaces: the place that it takes.
    """

    candidate: CandidateId
    parents: tuple[CandidateId, ...]
    operator: str
    body: str
    mutation_prompt: str
    thinking_style: str
    replaces: int
    quotes: int = 0
    rounds: int = 1
    depth: bool = False
    winner: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stillbirth:
    """A child that was refused before anything was paid for measuring it. reason: one of a few words."""

    operator: str
    reason: str
    detail: str
    mutation_prompt: str
    rounds: int = 1
    depth: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bred:
    """The brood of one generation, in the order of its tournaments."""

    generation: int
    births: tuple[Birth, ...]
    stillbirths: tuple[Stillbirth, ...] = ()

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"bred/{self.generation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """How far one child came in its race. finished: it was measured on every train case."""

    candidate: CandidateId
    results: tuple[CaseResult, ...]
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Raced:
    """The brood was measured on train cases, rung by rung."""

    generation: int
    laps: tuple[Lap, ...]

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"raced/{self.generation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The finalist of a race was held against the champion; crowned if it was better.

    fresh: results are draws that did not choose it; False where the race itself left no doubt.
    """

    generation: int
    candidate: CandidateId
    results: tuple[CaseResult, ...]
    difference: float
    crowned: bool
    fresh: bool = True

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"confirmed/{self.generation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTaken:
    """The gate looked at held-out cases. decision: "accept", "reject" or "undecided".

    share: part of alpha this look could spend. stages: draws a case at each stage. p, limit: at the deciding
    stage. repeats: draws a case then.
    incumbent_chars, candidate_chars: length of what models read, repeated train cases counted twice.
    results, incumbent_results: on the held-out cases, so that the decision can be derived again.
    known_good: the candidate's draws on those; certified: which of them may veto; uncertain: which
    the incumbent could not be asked about. answers: how many the look took, known ones not counted.
    """

    look: int
    generation: int
    candidate: CandidateId
    incumbent: CandidateId
    decision: str
    sentence: str
    share: float
    stages: tuple[int, ...] = ()
    p: float
    limit: float
    repeats: int
    better: int
    worse: int
    ties: int
    incumbent_chars: int = 0
    candidate_chars: int = 0
    results: tuple[CaseResult, ...]
    incumbent_results: tuple[CaseResult, ...] = ()
    known_good: tuple[CaseResult, ...] = ()
    certified: tuple[CaseId, ...] = ()
    uncertain: tuple[CaseId, ...] = ()
    answers: int = 0

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"look/{self.look}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookSkipped:
    """A look was due and nothing deserved it; its share of alpha stays unspent."""

    look: int
    generation: int
    why: str

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"look/{self.look}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPlanned:
    """A generation may begin; `spent` is the part of the budget used before it, 0.0 … 1.0.

    Written so that a resumed run takes the same turn as the run that was killed, whatever the clock says.
    stop: why no further generation begins; "" to go on. share: the part of alpha that a look at the held-out
    cases may spend first; 0.0 = no look now. stages: draws a case that such a look can pay for. change: the
    mechanism that is changed from this generation on, '' if none (`evolution.velocity`); why: what for.
    looked: planned once more, after the look that came before this generation. again: that look is a second
    one, at the candidate of the look before.
    """

    generation: int
    spent: float
    stop: str
    share: float
    stages: tuple[int, ...] = ()
    change: str = ""
    why: str = ""
    looked: bool = False
    again: bool = False

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return f"planned-generation/{self.generation}{'/looked' if self.looked else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStopped:
    """The run came to its end by itself. gain: over the whole run, on fresh draws."""

    because: str
    baseline: dict[str, float]
    final: dict[str, float]
    gain: Interval

    @property
    def key(self) -> str:
        """Names the fact within its run."""
        return "stopped"


Event: TypeAlias = (
    RunStarted
    | Measurement
    | NoiseFound
    | Bred
    | Raced
    | Confirmed
    | LookTaken
    | LookSkipped
    | PromotionPlanned
    | Promoted
    | ChampionKept
    | PromotionGain
    | GenerationPlanned
    | RunStopped
)
