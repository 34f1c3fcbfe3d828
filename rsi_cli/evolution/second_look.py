"""The night's last look at a candidate that the look before did not let through, though it was not hopeless.

An early look may spend a part of the night's error only. Where no other champion waits at the end, what is
left of that error would go unused while the evidence for the old one lies there. So it is looked at once
more, by all its draws together and in a single stage. Two looks at one candidate are two looks: each pays its
share of alpha, and the union bound over looks does not ask what they look at
(docs/decisions/0011-a-second-look.md). Only the last look's candidate may come back: to choose among several
by what looks said of them would be one look more.
"""

from __future__ import annotations

from dataclasses import replace

from rsi_cli.evolution.bar import Bar
from rsi_cli.evolution.plan import Costs
from rsi_cli.evolution.search import Search
from rsi_cli.ledger.events import GenerationPlanned, LookTaken
from rsi_cli.nouns import CandidateId, CaseResult
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import HOPELESS, Stage, stage_limits
from rsi_cli.trust.parsimony import demand


def planned_again(
    turn: GenerationPlanned, search: Search, bar: Bar, rule: GateRule, costs: Costs, left: float
) -> GenerationPlanned:
    """The end of a night, with a second look where one could let the last look's candidate through.

    turn: ends the night; its share is what the last look of all may spend. left: calls.
    """
    last = bar.last
    if last is None or search.has_challenger or not _is_open(last):
        return turn
    stages = stages_again(rule, costs, left, bar)
    if not stages or not _may_pass(last, replace(rule, repeats=stages), turn.share, costs):
        return turn
    return replace(turn, stages=stages, again=True)


def brought_back(search: Search, bar: Bar) -> Search:
    """The search with the last look's candidate as its champion; it may have been left meanwhile."""
    return search if bar.last is None else replace(search, champion=search.candidates[bar.last.candidate])


def draws_there(bar: Bar, candidate: CandidateId) -> tuple[CaseResult, ...]:
    """The candidate's held-out draws of the last look, if that was at it; they serve the next one as well."""
    return bar.last.results if bar.last is not None and bar.last.candidate == candidate else ()


def stages_again(rule: GateRule, costs: Costs, left: float, bar: Bar) -> tuple[int, ...]:
    """The one stage of a second look: the most draws that rule and budget pay for, no fewer than are there.

    left: calls. Empty where not even the gaps of the first look and the known-good cases could be asked.
    """
    if bar.last is None:
        return ()
    there, gaps = bar.last.repeats, costs.attempt * _gaps(bar.last)
    wider = [count for count in rule.repeats if count > there] if costs.draws else []
    for count in reversed((there, *wider)):
        if left >= gaps + costs.look(count, bar.draws, there) + costs.promotion:
            return (count,)
    return (there,) if left >= gaps + costs.look(there, bar.draws, there) else ()


def _is_open(last: LookTaken) -> bool:
    """Whether luck alone kept the candidate out, and not by far; or too little could be measured."""
    return last.decision == "undecided" or last.limit < last.p <= HOPELESS[-1]


def _may_pass(last: LookTaken, rule: GateRule, share: float, costs: Costs) -> bool:
    """Whether anything is new: draws, or a limit that what is there already keeps to.

    Else the look would be sure to refuse, and would spend what later nights could use.
    """
    if rule.repeats[-1] > last.repeats or last.decision == "undecided" or _gaps(last):
        return True
    asked = demand(last.incumbent_chars, last.candidate_chars, rule)
    return last.p <= stage_limits(rule, Stage(share=share, fresh_draws=costs.draws, demand=asked))[-1]


def _gaps(last: LookTaken) -> int:
    return sum(result.score is None for result in (*last.results, *last.incumbent_results))
