"""The night's last look at a champion that an early look did not let through, though it was not hopeless.

An early look may spend a part of the night's error only. Where no other champion follows, what is left of
that error would go unused while the evidence for the old one lies there. So it is looked at once more, by
all its draws together and in a single stage. Two looks at one candidate are two looks: each pays its share
of alpha, and the union bound over looks does not ask what they look at
(docs/decisions/0011-a-second-look.md).
"""

from __future__ import annotations

from rsi_cli.evolution.bar import Bar
from rsi_cli.evolution.plan import Costs
from rsi_cli.nouns import CandidateId, CaseResult
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import HOPELESS


def may_look_again(bar: Bar, champion: CandidateId) -> bool:
    """Whether the last look was at this champion, and more error or more draws might let it through."""
    last = bar.last
    if last is None or last.candidate != champion:
        return False
    return last.decision == "undecided" or last.limit < last.p <= HOPELESS[-1]


def draws_there(bar: Bar, champion: CandidateId) -> tuple[CaseResult, ...]:
    """The champion's held-out draws of the last look, if that was at it; they serve the next one as well."""
    return bar.last.results if bar.last is not None and bar.last.candidate == champion else ()


def stages_again(rule: GateRule, costs: Costs, left: float, bar: Bar) -> tuple[int, ...]:
    """The one stage of a second look: the most draws that the budget pays for, never fewer than are there.

    left: calls. Empty where not even the known-good cases could be asked.
    """
    there = bar.last.repeats if bar.last is not None else 0
    wider = [count for count in rule.repeats if count > there] if costs.draws else []
    for count in reversed((there, *wider)):
        if left >= costs.look(count, bar.draws, there) + costs.promotion:
            return (count,)
    return (there,) if left >= costs.look(there, bar.draws, there) else ()
