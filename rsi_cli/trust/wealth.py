"""How much error tonight may spend, given what earlier nights spent on the same held-out cases. Pure.

    a night may spend half of what is left:  1/2, 1/4, 1/8 … of alpha; a look not taken spends nothing

Every held-out case keeps an account that opens with alpha. A night may spend half of the mean of its cases'
accounts, and each pays in proportion to what it holds. Hence, with looks that keep to what they may spend:

1. If nothing that was bred is better, the chance that any of all nights on the same cases promotes, however
   many there are, is at most alpha. This is the union bound over looks, so they need not be independent. It
   takes for granted that a look which does not accept tells the search nothing that helps to choose the next
   candidate: it tells that it did not, whether an answer broke a hard constraint (the lineage is then left),
   and, by what is left of the budget, after how many draws.
2. A promotion opens the accounts of its cases anew. So the expected number of false promotions is at most
   alpha x (1 + expected number of promotions): the marginal FDR of Foster & Stine 2008, "Alpha-investing".
   What the same night spends from then on, as much again at most, is charged to the new accounts, so none
   spends more than alpha between two promotions. One that is rolled back counts as such here, and opens
   nothing from then on.
3. A case that no look has used brings a full account. All nights together may spend at most
   alpha x (cases ever used) / (cases of the smallest holdout): half of the cases new, half of alpha again.

A decaying series that a discovery restarts is LORD (Javanmard & Montanari 2018, "Online rules for control of
false discovery rate and false discovery exceedance"; Ramdas et al. 2017, "Online control of the false
discovery rate with decaying memory"). A look that gave up early has still spent its share: to give back what
its later stages did not use would undercharge the looks that go on, for those are the promising ones.

Where it ends: a night is never offered less than LEAST of alpha, so each night beyond some twenty fruitless
ones adds as much to the bound. Clones that work at the same time learn of each other's looks when they fetch;
until then each spends as if it were alone.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rsi_cli.nouns import CaseId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import percent
from rsi_cli.trust.holdout import PastLook, mark
from rsi_cli.trust.remembered import merged

PART = 0.5  # of what is left, offered to a night; chosen by benchmarks/trust/schedules.py
NOTHING_STANDS = "without a promotion that stands"
LEAST = 1e-6  # part of alpha that is never withheld, so that an overdrawn holdout still has an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What tonight may spend on these held-out cases.

    alpha: put it in place of `GateRule.alpha`; its shares split it over tonight's looks. full: the owner's.
    left: mean of what the cases' accounts hold before tonight, at most full. cases: held-out cases. used:
    those that a look has used since the last promotion; fresh: those that no look has ever used. nights:
    that looked at any of them since then. promoted: one of their promotions is in force. offers: what each
    case, by id, contributes, 0 … full / 2.
    """

    alpha: float
    full: float
    left: float
    cases: int
    used: int
    fresh: int
    nights: int
    promoted: bool = False
    offers: dict[CaseId, float] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """For people, before the first paid call; never empty."""
        start = f"Tonight may spend {percent(self.alpha)} of error"
        if self.fresh == self.cases:
            return f"{start}: no earlier look has used these {self.cases} held-out cases."
        if not self.nights:
            return f"{start}: no look has used these {self.cases} held-out cases since the last promotion."
        nights = "1 earlier night" if self.nights == 1 else f"{self.nights} earlier nights"
        which = f"these {self.cases}" if self.used == self.cases else f"{self.used} of these {self.cases}"
        new = f"; {self.fresh} are new" if self.fresh else ""
        left = f"{percent(max(0.0, self.left))} of {percent(self.full)} is left for all nights to come"
        which = f"{which} held-out cases {'since the last promotion' if self.promoted else NOTHING_STANDS}"
        return f"{start}: {nights} looked at {which}{new}; {left}."


@dataclass(slots=True)
class _Account:
    """wealth: what may still be spent; below 0 where more was spent than was offered.

    runs: that looked since the last promotion. ever: whether any look ever used the case. promoted: a
    promotion that is in force opened it anew.
    """

    wealth: float
    runs: set[str] = field(default_factory=set)
    ever: bool = False
    promoted: bool = False

    @property
    def offer(self) -> float:
        return max(0.0, self.wealth) * PART


def tonight(looks: Sequence[PastLook], case_ids: Collection[CaseId], rule: GateRule) -> Allowance:
    """Say what tonight's looks together may spend of the owner's `rule.alpha`.

    looks: of all earlier runs on this skill, any order, duplicates allowed; tonight's own run must not be
    among them. case_ids: tonight's held-out cases. Without any case the full offer, for what that is worth.
    """
    today = {mark(case_id): case_id for case_id in case_ids}
    accounts = _replayed(looks, frozenset(today), rule.alpha)
    mine = [accounts[name] for name in today]
    count = max(1, len(mine))
    offers = {case_id: accounts[name].offer for name, case_id in sorted(today.items())}
    mean = math.fsum(offers.values()) / count if mine else _Account(rule.alpha).offer
    return Allowance(
        alpha=min(PART * rule.alpha, max(mean, LEAST * rule.alpha)),
        full=rule.alpha,
        left=min(rule.alpha, math.fsum(account.wealth for account in mine) / count) if mine else rule.alpha,
        cases=len(mine),
        used=sum(bool(account.runs) for account in mine),
        fresh=sum(not account.ever for account in mine),
        nights=len(set().union(*(account.runs for account in mine))),
        promoted=any(account.promoted for account in mine),
        offers=offers,
    )


def _replayed(looks: Sequence[PastLook], today: frozenset[str], alpha: float) -> dict[str, _Account]:
    """Every case's account after all looks, in the order of time."""
    ordered = merged(looks)
    names = today.union(*(look.marks for look in ordered))
    accounts = {name: _Account(alpha) for name in sorted(names)}
    for _, night in groupby(ordered, key=lambda look: look.run):
        offers: dict[str, float] = {}
        for look in night:
            marks = names if look.everywhere else look.marks
            for name in marks:
                offers.setdefault(name, accounts[name].offer)  # as it stood when the night began
            for name, price in _prices(look, {name: offers[name] for name in marks}):
                _charge(accounts[name], price, look.run)
                if look.promoted:
                    accounts[name] = _Account(alpha, ever=True, promoted=True)
                    del offers[name]
    return accounts


def _prices(look: PastLook, offers: dict[str, float]) -> Iterator[tuple[str, float]]:
    """What each case pays; on average a look's alpha. One that cannot be read costs all that is offered."""
    mean = math.fsum(offers.values()) / max(1, len(offers))
    for name, offer in offers.items():
        if look.everywhere:
            yield name, offer
        else:
            yield name, look.alpha * offer / mean if mean > 0 else look.alpha


def _charge(account: _Account, price: float, run: str) -> None:
    account.wealth -= price
    account.runs.add(run)
    account.ever = True
