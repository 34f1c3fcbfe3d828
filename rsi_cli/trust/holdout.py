"""The holdout's purse: when the gate may look, what a look may spend, and what a look was.

Each look at held-out cases costs a part of the error that the owner allows. Few, strict looks keep
the holdout honest; greedy search belongs to the train cases.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rsi_cli.nouns import CaseId, RunId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.power import TYPICAL_WITHIN, cases_to_see, fewest_cases, smallest_detectable_gain

_MARK = re.compile(r"#[0-9a-f]{6}")
_TARGETS = (0.10, 0.05, 0.02)  # gains worth naming


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPlan:
    """The looks of one night: look k may happen once `points[k]` of the budget is spent.

    shares: what each look may spend of alpha, in time order. points: 0…1, rising, as many.
    """

    shares: tuple[float, ...]
    points: tuple[float, ...]

    @classmethod
    def of(cls, rule: GateRule) -> LookPlan:
        """Spread the rule's looks evenly over the budget: two looks are at half and at the end."""
        count = len(rule.shares)
        return cls(shares=rule.shares, points=tuple((k + 1) / count for k in range(count)))

    def share_due(self, budget_spent: float, shares_spent: float) -> float:
        """Give the part of alpha that a look now may spend; 0.0 if none is due.

        budget_spent: 0…1. shares_spent: what the night's looks so far could have spent. The share of a look
        that was not taken is added to the next one: whether to look is decided on train cases alone.
        """
        unlocked = sum(
            share
            for share, point in zip(self.shares, self.points, strict=True)
            if budget_spent >= point - 1e-9
        )
        due = unlocked - shares_spent
        return due if due > 1e-9 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLook:
    """A look that was taken, as the ledger remembers it.

    run: sorts by time. number: of the look within its run, from 0. alpha: what it could spend, the night's
    alpha times its share. case_ids: the held-out cases it looked at, by id or, read from text, by `mark`.
    promoted: its candidate was committed and not rolled back since. decision: the gate's word, '' if unknown.
    everywhere: which cases it looked at could not be read, so it counts for all of them.
    """

    run: RunId
    alpha: float
    case_ids: frozenset[CaseId]
    promoted: bool
    number: int = 0
    decision: str = ""
    everywhere: bool = False

    @property
    def marks(self) -> frozenset[str]:
        """The marks of the cases it looked at."""
        return frozenset(mark(case_id) for case_id in self.case_ids)


def mark(case_id: CaseId) -> str:
    """Name a case without telling its id: '#' and six hex digits; a mark stays what it is."""
    if _MARK.fullmatch(case_id):
        return case_id
    return f"#{hashlib.sha256(case_id.encode()).hexdigest()[:6]}"


def wear(looks: Sequence[PastLook], case_ids: Collection[CaseId]) -> Mapping[CaseId, int]:
    """Count how often each held-out case has been looked at."""
    seen = Counter(name for look in looks for name in look.marks)
    anywhere = sum(look.everywhere for look in looks)
    return {case_id: seen[mark(case_id)] + anywhere for case_id in sorted(case_ids)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What tonight's holdout can and cannot show. smallest_gain: 0…1. warnings: one sentence each."""

    smallest_gain: float
    sentence: str
    warnings: tuple[str, ...] = ()


def before_spending(
    rule: GateRule, cases: int, *, failing: int | None, fresh_draws: bool, within: float = TYPICAL_WITHIN
) -> Outlook:
    """Say, before the first paid call, which gain these held-out cases can tell from luck, at best.

    It is the outlook of the largest planned look at a candidate no longer than the committed version: what
    early looks spend and what a longer text has to show come on top.

    cases: held-out cases, or clusters of them. failing: how many of them the incumbent fails, None before
    the baseline. within: mean 2p(1 - p) of a case's draws, where repeats were measured.
    """
    repeats = rule.repeats[-1] if fresh_draws else 1
    staged = fresh_draws and len(rule.repeats) > 1
    alpha = rule.alpha * max(rule.shares) * (0.8 if staged else 1.0)
    gain = smallest_detectable_gain(cases, repeats, within, alpha=alpha)
    sentence = f"With {cases} held-out cases, gains under {_points(gain)} cannot be told from luck"
    target = next((t for t in _TARGETS if t < gain - 0.005), None)
    if target is not None:
        missing = max(5, 5 * round((cases_to_see(target, repeats, within, alpha=alpha) - cases) / 5))
        sentence += f"; add about {missing} cases to see {_points(target)}"
    needed = fewest_cases(rule.alpha * max(rule.shares))
    return Outlook(
        smallest_gain=gain, sentence=sentence + ".", warnings=_warnings(cases, failing, needed, fresh_draws)
    )


def _warnings(cases: int, failing: int | None, needed: int, fresh_draws: bool) -> tuple[str, ...]:  # noqa: FBT001
    if cases < needed:
        return (f"Nothing can be promoted: that takes at least {needed} held-out cases, there are {cases}.",)
    if failing is None or failing >= needed:
        return ()
    if fresh_draws:
        few = f"Only {failing} held-out case{_s(failing)} failed at first"
        return (f"{few}; fewer than {needed} leave hardly any room.",)
    fails = f"the committed version fails {failing} held-out case{_s(failing)}"
    return (f"Nothing can be promoted: {fails}, and {needed} have to get better. Add cases that it fails.",)


def _points(gain: float) -> str:
    points = round(100 * gain)
    return f"{points} point{_s(points)}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
