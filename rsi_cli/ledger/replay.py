"""Facts in, state out: what status, log and report know of a run. Pure; live objects never come here."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rsi_cli.ledger import events as facts
from rsi_cli.ledger.events import Event
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.promotions import ChampionKept, Promoted, PromotionGain, PromotionPlanned
from rsi_cli.nouns import Blame, CandidateId, CaseId, CaseResult, Failed, Interval, Measured, RunId, Sha


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A commit the run made. gain, holdout_score: on fresh draws; None until they are measured."""

    candidate: CandidateId
    commit: Sha
    parent_commit: Sha
    operator: str
    mutation_prompt: str
    gain: Interval | None = None
    holdout_score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """A run as its facts tell it, at any moment. Scores are means 0 … 1 over cases that could be measured.

    noise: what the A/A run found; None before it, and where there was none.
    generations: whose race is over. born: children that could be measured; refused: stillborn, nothing paid.
    quoting: of those born, how many repeat a train case at length.
    measured, unmeasured: raced children with at least one score, and with none.
    champions: crowned candidates in time order, kept: their refs. rejected, undecided: looks so decided.
    planned: an accepted candidate whose commit is not confirmed yet. spent_share: of the budget, 0.0 … 1.0.
    """

    started: facts.RunStarted | None = None
    baseline: Mapping[str, float] = field(default_factory=dict)
    final: Mapping[str, float] = field(default_factory=dict)
    noise: NoiseFound | None = None
    generations: int = 0
    born: int = 0
    quoting: int = 0
    refused: int = 0
    measured: int = 0
    unmeasured: int = 0
    champions: tuple[CandidateId, ...] = ()
    kept: tuple[ChampionKept, ...] = ()
    looks: tuple[facts.LookTaken, ...] = ()
    skipped: tuple[facts.LookSkipped, ...] = ()
    planned: PromotionPlanned | None = None
    promotions: tuple[Promotion, ...] = ()
    spent_share: float = 0.0
    gain: Interval | None = None
    stopped_because: str | None = None

    @classmethod
    def empty(cls) -> RunState:
        """Before the first fact."""
        return cls()

    @property
    def run(self) -> RunId | None:
        """Its id; None before the first fact."""
        return self.started.run if self.started else None

    @property
    def skill(self) -> str | None:
        """The skill's path; None before the first fact."""
        return self.started.skill if self.started else None

    @property
    def suite_hash(self) -> str | None:
        """The suite it is measured by; None before the first fact."""
        return self.started.suite_hash if self.started else None

    @property
    def seed(self) -> int | None:
        """What its choices were drawn from; None before the first fact."""
        return self.started.seed if self.started else None

    @property
    def finished(self) -> bool:
        """The run came to its end by itself; if not, it goes on or was interrupted, and can be resumed."""
        return self.stopped_because is not None

    @property
    def rejected(self) -> int:
        """Looks at a candidate that did not show that it is better, or broke something."""
        return sum(look.decision == "reject" for look in self.looks)

    @property
    def undecided(self) -> int:
        """Looks that concluded nothing, because too little could be measured."""
        return sum(look.decision == "undecided" for look in self.looks)


def replay(events: Iterable[Event]) -> RunState:
    """The state after these facts, oldest first."""
    return functools.reduce(step, events, RunState.empty())


def step(state: RunState, event: Event) -> RunState:  # noqa: C901, PLR0912  one arm for each fact
    """The state after one more fact. Facts that this version does not know change nothing."""
    match event:
        case facts.RunStarted():
            return replace(state, started=event)
        case facts.Measurement():
            return _measured(state, event)
        case NoiseFound():
            return replace(state, noise=event)
        case facts.GenerationPlanned():
            return replace(state, spent_share=event.spent)
        case facts.Bred():
            born, refused = len(event.births), len(event.stillbirths)
            quoting = state.quoting + sum(birth.quotes > 0 for birth in event.births)
            return replace(state, born=state.born + born, refused=state.refused + refused, quoting=quoting)
        case facts.Raced():
            return _raced(state, event)
        case facts.Confirmed():
            return replace(state, champions=(*state.champions, event.candidate)) if event.crowned else state
        case ChampionKept():
            return replace(state, kept=(*state.kept, event))
        case facts.LookTaken():
            return replace(state, looks=(*state.looks, event))
        case facts.LookSkipped():
            return replace(state, skipped=(*state.skipped, event))
        case PromotionPlanned():
            return replace(state, planned=event)
        case Promoted():
            return _promoted(state, event)
        case PromotionGain():
            return _gained(state, event)
        case facts.RunStopped():
            return replace(
                state,
                stopped_because=event.because,
                baseline=event.baseline,
                final=event.final,
                gain=event.gain,
            )
    # A fact only a newer rsi knows. When `Event` grows, mypy finds this ignore unused: add the arm above.
    return state  # type: ignore[unreachable]


def mean_score(results: Iterable[CaseResult]) -> float:
    """Mean over cases of each case's mean over its draws; nan where nothing was measured."""
    by_case: dict[CaseId, list[float]] = {}
    for result in results:
        score = _score(result)
        if score is not None:
            by_case.setdefault(result.case_id, []).append(score)
    means = [math.fsum(scores) / len(scores) for scores in by_case.values()]
    return math.fsum(means) / len(means) if means else math.nan


def _score(result: CaseResult) -> float | None:
    match result.result:
        case Measured(score=score):
            return score
        case Failed(blame=Blame.CANDIDATE):
            return 0.0
        case _:
            return None


def _measured(state: RunState, event: facts.Measurement) -> RunState:
    mean = mean_score(event.results)
    if event.purpose != "baseline" or math.isnan(mean):
        return state
    return replace(state, baseline={**state.baseline, event.split.value: mean})


def _raced(state: RunState, event: facts.Raced) -> RunState:
    scored = sum(any(_score(result) is not None for result in lap.results) for lap in event.laps)
    return replace(
        state,
        generations=state.generations + 1,
        measured=state.measured + scored,
        unmeasured=state.unmeasured + len(event.laps) - scored,
    )


def _promoted(state: RunState, event: Promoted) -> RunState:
    made = Promotion(
        candidate=event.candidate,
        commit=event.commit,
        parent_commit=event.parent_commit,
        operator=event.operator,
        mutation_prompt=event.mutation_prompt,
    )
    return replace(state, planned=None, promotions=(*state.promotions, made))


def _gained(state: RunState, event: PromotionGain) -> RunState:
    promotions = tuple(
        replace(made, gain=event.gain, holdout_score=event.holdout_score)
        if made.candidate == event.candidate
        else made
        for made in state.promotions
    )
    return replace(state, promotions=promotions)
