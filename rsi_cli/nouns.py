"""The small types that every room shares: splits, results, verdicts, prompts, replies.

All of it is frozen; change a value with `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NewType, TypeAlias, TypeVar

T = TypeVar("T")

CandidateId = NewType("CandidateId", str)
CaseId = NewType("CaseId", str)
RunId = NewType("RunId", str)
Sha = NewType("Sha", str)

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


class Split(StrEnum):
    """Who may see a case."""

    TRAIN = "train"  # the improver may see it
    HOLDOUT = "holdout"  # the gate alone sees it
    KNOWN_GOOD = "known-good"  # the gate alone sees it; must never get worse
    SEALED = "sealed"  # scored once, when the owner unseals it


class Role(StrEnum):
    """What a model is asked to be."""

    ACTOR = "actor"
    IMPROVER = "improver"
    JUDGE = "judge"


class Blame(StrEnum):
    """Why there is no measurement. Only CANDIDATE counts as a score of 0.0."""

    CANDIDATE = "candidate"
    MODEL = "model"
    GRADER = "grader"
    SANDBOX = "sandbox"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Measured:
    """A score was obtained. score: 0.0 worst … 1.0 best. why: one line, never empty."""

    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No score was obtained; it counts in no mean unless the candidate is to blame."""

    blame: Blame
    message: str


Result: TypeAlias = Measured | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one assertion said of one output.

    type: as the suite wrote it, `not-` included. passed is False where result is Failed.
    weight: >= 0. parts: the verdicts inside an assert-set. must: a hard constraint of the owner, which
    counts in no score: broken, it makes the answer worth nothing.
    """

    type: str
    result: Result
    passed: bool
    weight: float = 1.0
    metric: str | None = None
    parts: tuple[Verdict, ...] = ()
    must: bool = False

    @property
    def broke_must(self) -> bool:
        """Whether the answer breaks a hard constraint; where that was not measured, it is not known to."""
        return self.must and not self.passed and isinstance(self.result, Measured)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case, answered once and graded.

    repeat: which independent draw this is, from 0 ("epoch" in what people see).
    output: None where the model gave none.
    """

    case_id: CaseId
    repeat: int
    output: str | None
    result: Result
    passed: bool
    verdicts: tuple[Verdict, ...] = ()

    @property
    def score(self) -> float | None:
        """0.0 … 1.0; the candidate's own failure is 0.0; None where nothing was measured."""
        if isinstance(self.result, Measured):
            return self.result.score
        return 0.0 if self.result.blame is Blame.CANDIDATE else None

    @property
    def broke_must(self) -> bool:
        """Whether the answer breaks a hard constraint of the owner."""
        return any(verdict.broke_must for verdict in self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A gain in scores with its 95 % interval; -1.0 … 1.0.

    basis: which draws it rests on, in words ("fresh draws on 26 held-out cases").
    """

    estimate: float
    low: float
    high: float
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Words to send to a model, by role and not by model name: the gateway knows who plays what.

    template: "name@hash" of the words' source; a changed word starts a new cache entry.
    repeat: index of the independent draw; equal prompts with different repeats are different calls.
    depth: deep work, asked of the last improver model and not of the first; no effect on other roles.
    """

    role: Role
    messages: tuple[Message, ...]
    template: str
    repeat: int = 0
    depth: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What calls cost. `calls` were paid for; `cached_calls` were not. seconds: summed call time."""

    calls: int = 0
    cached_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            cached_calls=self.cached_calls + other.cached_calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=self.usd + other.usd,
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A usable answer of a model. model: the name it was asked under."""

    text: str
    model: str
    finish_reason: str = "stop"
    usage: Usage = field(default_factory=Usage)
    cached: bool = False


Talk: TypeAlias = Generator[Prompt, Reply, T]
"""A conversation without I/O: yields a prompt, is sent the reply, returns its conclusion.

One that asks nothing starts with `yield from ()`. `models.converse` drives it.
"""
