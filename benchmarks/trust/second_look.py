"""Two looks at one candidate (docs/decisions/0011-a-second-look.md): what they cost and what they bring.

An early look with a quarter of a first night's alpha; at the night's end, where rsi plans one, a second look
at the same candidate with the rest, by all draws in one stage. Through `evolution.second_look` and
`gate.decide` themselves.

suite: passes, one draw passes or fails; marks, four demands share the score; cold, temperature 0. draws: a
case, of the early look and of the second. truth: the candidate's true gain in points; at 0 it mends as many
cases as it breaks. early, again: part of the nights that the early look accepts in, and that take a second.
either: accepted by one of the two; one look: by a single one with all of alpha and all its stages. At 0 with
the upper 95 % bound; promised are at most 2.5 %. reported, holds: of acceptances by a second look, mean error
of the reported gain in points, and the part of the 95 % intervals that hold the truth; in brackets how many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from carved import FRESH, reported
from gate_size import Kind, Night
from nights import bounded, mean, options, show

from rsi_cli.evolution.bar import opened
from rsi_cli.evolution.breeder import seedling
from rsi_cli.evolution.plan import Costs
from rsi_cli.evolution.population import Population
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.second_look import planned_again
from rsi_cli.ledger.events import GenerationPlanned, LookTaken
from rsi_cli.nouns import CandidateId, CaseResult, Split
from rsi_cli.skill.document import parse
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.carved import Accepted
from rsi_cli.trust.gate import Accept, Continue, Decision, Stage, decide
from rsi_cli.trust.holdout import LookPlan
from rsi_cli.trust.intervals import Gain

RULE = GateRule(alpha=0.025)  # what a first night may spend
EARLY = 0.25  # of it
REST = LookPlan.of(RULE).share_due(1.0, EARLY)
CASES, GAINS = (12, 24, 40, 60), (0, 10, 15, 20, 25, 30)
SWAPS, BREAKS = 0.3, 0.1  # part of all demands that a worthless and a better candidate break
PLENTY = 1e6  # calls: the budget is not what is tried here
MORE_NULLS = 5  # times as many nights without a gain, for few are promoted


@dataclass(frozen=True)
class Setting:
    """A kind of suite. early: draws a case at each stage of the early look, as the budget paid for."""

    name: str
    kind: Kind
    cases: int
    cold: bool = False
    early: tuple[int, ...] = RULE.repeats

    @property
    def last(self) -> tuple[int, ...]:
        """Draws a case at each stage of a look that everything is paid for."""
        return RULE.repeats[:1] if self.cold else RULE.repeats


@dataclass(frozen=True)
class Seen:
    """One night. said: what is reported of an acceptance by the second look, if that accepted."""

    early: bool
    again: bool
    whole: bool
    said: Gain | None


def search_of(text: bytes) -> Search:
    """A search that stands where the early look left it: nobody else waits."""
    seed = seedling(parse(text))
    return Search(
        origin=seed,
        incumbent=seed,
        champion=seed,
        population=Population(()),
        candidates={seed.id: seed},
        train={},
    )


SEARCH = search_of(b"---\nname: task\ndescription: A task.\n---\n\nDo it.\n")


def looked(night: Night, after: Sequence[CaseResult], share: float, stages: tuple[int, ...]) -> Decision:
    """One whole look."""
    rule, index = replace(RULE, repeats=stages), 0
    while True:
        stage = Stage(share=share, index=index, fresh_draws=not night.cold, graded=night.kind.marks > 1)
        decision = decide(drawn(night.before, stages[index]), drawn(after, stages[index]), rule, stage)
        if not isinstance(decision, Continue):
            return decision
        index = decision.next_index


def drawn(results: Sequence[CaseResult], repeats: int) -> tuple[CaseResult, ...]:
    """The first draws of each case."""
    return tuple(result for result in results if result.repeat < repeats)


def second_stages(night: Night, after: Sequence[CaseResult], first: Decision) -> tuple[int, ...]:
    """What rsi plans at the night's end; () where it does not look again."""
    numbers = first.numbers
    taken = LookTaken(
        look=0,
        generation=1,
        candidate=CandidateId("candidate"),
        incumbent=SEARCH.incumbent.id,
        decision=first.word,
        sentence=first.sentence,
        share=EARLY,
        p=numbers.p,
        limit=numbers.limit,
        repeats=numbers.repeats,
        better=numbers.better,
        worse=numbers.worse,
        ties=numbers.ties,
        results=drawn(after, numbers.repeats),
        incumbent_results=drawn(night.before, numbers.repeats),
    )
    bar = opened(dict.fromkeys(Split, ()), RULE.repeats).after(taken)
    end = GenerationPlanned(generation=2, spent=1.0, stop="budget spent", share=REST)
    costs = Costs(attempt=1.0, train=0, holdout=night.cases, known_good=0, brood=4, draws=not night.cold)
    turn = planned_again(end, SEARCH, bar, RULE, costs, PLENTY)
    return turn.stages if turn.again else ()


def seen(setting: Setting, gain: float, rng: Random) -> Seen:
    """One night with a candidate of a true gain, 0…1."""
    night = Night(setting.kind, setting.cases, setting.cold, rng)
    reach = 1.0 if setting.cold else 0.8  # from a hard case to an easy one
    breaks = BREAKS if gain else SWAPS
    rates = night.changed(breaks + 2 * gain / reach, breaks)
    after = night.draws(rates, hides=0.0)
    whole = isinstance(looked(night, after, 1.0, setting.last), Accept)
    first = looked(night, after, EARLY, setting.early)
    if isinstance(first, Accept):
        return Seen(early=True, again=False, whole=whole, said=None)
    stages = second_stages(night, after, first)
    second = looked(night, after, REST, stages) if stages else first
    said = told(night, rates, after, second) if isinstance(second, Accept) else None
    return Seen(early=False, again=bool(stages), whole=whole, said=said)


def told(night: Night, rates: Sequence[Sequence[float]], after: Sequence[CaseResult], second: Accept) -> Gain:
    """What is reported after a second look of one stage has accepted."""
    numbers = second.numbers
    how = Accepted(p=numbers.p, limit=numbers.limit, last_limit=numbers.limit, last_repeats=numbers.repeats)
    gate = differences(night, night.before, after, numbers.repeats)
    fresh = 0 if night.cold else FRESH
    before = night.draws(night.rates, hides=0.0)
    return reported(gate, differences(night, before, night.draws(rates, hides=0.0), fresh), how).carved


def differences(
    night: Night, before: Sequence[CaseResult], after: Sequence[CaseResult], repeats: int
) -> list[list[float]]:
    """Candidate minus incumbent, by case and draw."""
    rows: list[list[float]] = [[] for _ in range(night.cases)]
    pairs = zip(drawn(before, repeats), drawn(after, repeats), strict=True)
    for at, (old, new) in enumerate(pairs):  # one repeat of all cases after the other
        rows[at % night.cases].append((new.score or 0.0) - (old.score or 0.0))
    return rows


def row(setting: Setting, points: int, count: int, seed: int) -> dict[str, object]:
    """One line of the table."""
    rng = Random(f"{seed}/{setting}/{points}")
    nights = [seen(setting, points / 100, rng) for _ in range(count)]
    said = [night.said for night in nights if night.said]
    either = sum(night.early or night.said is not None for night in nights)
    whole = sum(night.whole for night in nights)
    shown = bounded if points == 0 else lambda hits, trials: f"{hits / trials:.3f}"
    return {
        "suite": setting.name,
        "held-out cases": setting.cases,
        "draws": f"{setting.early[-1]}, {setting.last[-1]}",
        "truth": points,
        "early": f"{mean(night.early for night in nights):.4f}",
        "again": f"{mean(night.again for night in nights):.4f}",
        "either": shown(either, count),
        "one look": shown(whole, count),
        "reported": f"{100 * mean(one.estimate - points / 100 for one in said):+.1f} ({len(said)})",
        "holds": f"{mean(one.low <= points / 100 <= one.high for one in said):.3f}" if said else "",
    }


def settings() -> list[Setting]:
    """Everything that is tried."""
    passes, marks = Kind(swaps=True), Kind(marks=4, swaps=True)
    return [
        setting
        for cases in CASES
        for setting in (
            Setting("passes", passes, cases),
            Setting("passes", passes, cases, early=RULE.repeats[:1]),
            Setting("marks", marks, cases),
            Setting("marks", marks, cases, early=RULE.repeats[:1]),
            Setting("cold", passes, cases, cold=True, early=RULE.repeats[:1]),
        )
    ]


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 1000).parse_args()
    rows = [
        row(setting, points, asked.seeds * (1 if points else MORE_NULLS), asked.seed)
        for setting in settings()
        for points in GAINS
    ]
    show(rows, asked.json)


if __name__ == "__main__":
    main()
