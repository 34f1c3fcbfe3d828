"""A look at the held-out cases: measure champion and incumbent, stage by stage, until the gate decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rsi_cli.errors import BugError
from rsi_cli.evolution.bar import Bar, numbered
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.second_look import draws_there
from rsi_cli.graders.levels import is_graded
from rsi_cli.ledger.events import LookSkipped, LookTaken
from rsi_cli.nouns import CaseId, CaseResult, Split
from rsi_cli.suite.model import Case, GateRule
from rsi_cli.trust.gate import Accept, Continue, Decision, Stage, decide, with_known_good
from rsi_cli.trust.known_good import Certification, Clear, DrawAgain, Unclear, Veto, certify, veto
from rsi_cli.trust.must import broken, with_must
from rsi_cli.trust.parsimony import demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A decision with the draws that it rests on. certified, uncertain: known-good cases, see LookTaken."""

    decision: Decision
    incumbent: tuple[CaseResult, ...]
    candidate: tuple[CaseResult, ...]
    known_good: tuple[CaseResult, ...] = ()
    certified: tuple[CaseId, ...] = ()
    uncertain: tuple[CaseId, ...] = ()
    answers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When a look is taken. number: counts from 0. share: the part of alpha that it may spend, 0.0 … 1.0.

    stages: draws a case at each stage, decided when the look was planned: a run that is killed inside of a
    look and resumed has to make the same test. again: it is a second look at this champion.
    """

    number: int
    generation: int
    share: float
    stages: tuple[int, ...]
    again: bool = False


async def look(night: Night, search: Search, bar: Bar, when: Occasion) -> LookTaken | LookSkipped:
    """Let the gate look at the champion, if one deserves it and the budget can pay for it."""

    async def make() -> LookTaken | LookSkipped:
        if not (search.has_challenger or when.again):
            return LookSkipped(
                look=when.number,
                generation=when.generation,
                why=_why_none(search),
            )
        if not when.stages:
            return LookSkipped(
                look=when.number, generation=when.generation, why="the budget cannot pay for one"
            )
        rule = replace(night.rule, repeats=when.stages)
        weighed = await _weigh(night, search, bar, rule, when)
        return _fact(search, weighed, when)

    return await night.step(f"look/{when.number}", (LookTaken, LookSkipped), make)


def _why_none(search: Search) -> str:
    if search.champion.id == search.incumbent.id or search.champion.id not in search.judged:
        return "no champion beats the committed version on train cases"
    return "the champion had its look, and another one could not let it through"


def decision_of(night: Night, taken: LookTaken) -> Decision:
    """Derive a recorded look's decision again from its draws: a fact alone opens no door."""
    rule = replace(night.rule, repeats=taken.stages)
    lengths = (taken.incumbent_chars, taken.candidate_chars)
    stage = _stage(night, lengths, taken.share, taken.stages.index(taken.repeats))
    decision = decide(taken.incumbent_results, taken.results, rule, stage)
    heard = with_known_good(decision, _known_good(night, taken))
    return with_must(heard, broken(taken.results, taken.known_good))


def vetoed(night: Night, taken: LookTaken) -> bool:
    """Whether the known-good cases or a hard constraint of the owner kept the candidate out."""
    return broke_known_good(night, taken) or broken(taken.results, taken.known_good) is not None


def broke_known_good(night: Night, taken: LookTaken) -> bool:
    """Whether the known-good cases vetoed."""
    return isinstance(_known_good(night, taken), Veto)


def _known_good(night: Night, taken: LookTaken) -> Veto | Unclear | Clear:
    finding = veto(taken.known_good, taken.certified, fresh_draws=night.draws)
    if isinstance(finding, DrawAgain):
        raise BugError(f"look {taken.look} was recorded before the known-good cases had spoken")
    return _doubted(finding, taken.uncertain)


def _doubted(finding: Veto | Unclear | Clear, uncertain: Sequence[CaseId]) -> Veto | Unclear | Clear:
    """A case that the candidate failed and the incumbent could not be asked about keeps the door shut."""
    return Unclear(tuple(uncertain)) if isinstance(finding, Clear) and uncertain else finding


async def _weigh(night: Night, search: Search, bar: Bar, rule: GateRule, when: Occasion) -> Weighed:
    """Draw as often as each stage wants, for both versions, until the gate no longer asks for more."""
    cases = night.cases(Split.HOLDOUT)
    incumbent, candidate, index = bar.held_out, draws_there(bar, search.champion.id), 0
    lengths = (search.incumbent.weighed_chars, search.champion.weighed_chars)
    known = len(incumbent) + len(candidate)
    if when.again:
        known -= sum(result.score is None for result in (*incumbent, *candidate))
        incumbent = await _gaps_asked(night, search.incumbent.text, cases, incumbent, bar.first_draw)
        candidate = await _gaps_asked(night, search.champion.text, cases, candidate, 0)
    while True:
        wanted = rule.repeats[index]
        incumbent = await _drawn(night, search.incumbent.text, cases, incumbent, wanted, bar.first_draw)
        candidate = await _drawn(night, search.champion.text, cases, candidate, wanted, 0)
        used = tuple(result for result in incumbent if result.repeat < wanted)
        decision = decide(used, candidate, rule, _stage(night, lengths, when.share, index))
        decision = with_must(decision, broken(candidate))
        if not isinstance(decision, Continue):
            break
        index = decision.next_index
    answers = len(candidate) + len(incumbent) - known
    weighed = Weighed(decision=decision, incumbent=used, candidate=candidate, answers=answers)
    return await _heard_known_good(night, search, bar, weighed) if isinstance(decision, Accept) else weighed


def _stage(night: Night, lengths: tuple[int, int], share: float, index: int) -> Stage:
    cases = night.cases(Split.HOLDOUT)
    return Stage(
        share=share,
        index=index,
        fresh_draws=night.draws,
        clusters={case.id: case.cluster for case in cases if case.cluster},
        graded=any(map(is_graded, cases)),
        demand=demand(*lengths, night.rule),
    )


async def _drawn(
    night: Night, text: str, cases: Sequence[Case], have: tuple[CaseResult, ...], wanted: int, first_draw: int
) -> tuple[CaseResult, ...]:
    """The draws there are, and as many more as are wanted for each case."""
    there = max((result.repeat for result in have), default=-1) + 1
    more = await night.measure(text, cases, range(first_draw + there, first_draw + wanted))
    return (*have, *numbered(more, first_draw))


async def _gaps_asked(
    night: Night, text: str, cases: Sequence[Case], have: tuple[CaseResult, ...], first_draw: int
) -> tuple[CaseResult, ...]:
    """The draws there are, with those that could not be measured asked for once more."""
    filled = [result for result in have if result.score is not None]
    for repeat in sorted({result.repeat for result in have if result.score is None}):
        lacking = {result.case_id for result in have if result.repeat == repeat and result.score is None}
        again = [case for case in cases if case.id in lacking]
        filled.extend(numbered(await night.measure(text, again, [first_draw + repeat]), first_draw))
    return tuple(filled)


async def _heard_known_good(night: Night, search: Search, bar: Bar, weighed: Weighed) -> Weighed:
    """Ask the candidate all known-good cases; only where it fails is the incumbent asked to certify them.

    An answer that breaks a hard constraint ends it at once, whether the incumbent solves that case or not.
    """
    cases = {case.id: case for case in night.cases(Split.KNOWN_GOOD)}
    results = await night.measure(search.champion.text, tuple(cases.values()), [0])
    if finding := broken(weighed.candidate, results):
        decision = with_must(weighed.decision, finding)
        return replace(weighed, decision=decision, known_good=results, answers=weighed.answers + len(results))
    suspects = _failed(results)
    standing, extra = await _certified(night, search, bar, [cases[case_id] for case_id in suspects])
    while isinstance(verdict := veto(results, standing.certified, fresh_draws=night.draws), DrawAgain):
        for case_id, count in verdict.needs.items():
            first = sum(result.case_id == case_id for result in results)
            again = range(first, first + count)
            results = (*results, *await night.measure(search.champion.text, [cases[case_id]], again))
    return replace(
        weighed,
        decision=with_must(
            with_known_good(weighed.decision, _doubted(verdict, standing.unmeasured)),
            broken(weighed.candidate, results),
        ),
        known_good=results,
        certified=standing.certified,
        uncertain=standing.unmeasured,
        answers=weighed.answers + len(results) + extra,
    )


def _failed(results: Sequence[CaseResult]) -> list[CaseId]:
    return [result.case_id for result in results if not result.passed]


async def _certified(
    night: Night, search: Search, bar: Bar, suspects: Sequence[Case]
) -> tuple[Certification, int]:
    """Which suspects the incumbent always solves (flaky ones veto at random), and the answers that took."""
    ids = [case.id for case in suspects]
    draws = bar.known_good
    while (standing := certify(draws, ids, fresh_draws=night.draws)).open:
        for case in suspects:
            first = sum(result.case_id == case.id for result in draws)
            again = range(first, first + standing.open.get(case.id, 0))
            draws = (*draws, *await night.measure(search.incumbent.text, [case], again))
    return standing, len(draws) - len(bar.known_good)


def _fact(search: Search, weighed: Weighed, when: Occasion) -> LookTaken:
    numbers = weighed.decision.numbers
    return LookTaken(
        look=when.number,
        generation=when.generation,
        candidate=search.champion.id,
        incumbent=search.incumbent.id,
        decision=weighed.decision.word,
        sentence=weighed.decision.sentence,
        share=when.share,
        stages=when.stages,
        p=numbers.p,
        limit=numbers.limit,
        repeats=numbers.repeats,
        better=numbers.better,
        worse=numbers.worse,
        ties=numbers.ties,
        incumbent_chars=search.incumbent.weighed_chars,
        candidate_chars=search.champion.weighed_chars,
        results=weighed.candidate,
        incumbent_results=weighed.incumbent,
        known_good=weighed.known_good,
        certified=weighed.certified,
        uncertain=weighed.uncertain,
        answers=weighed.answers,
    )
