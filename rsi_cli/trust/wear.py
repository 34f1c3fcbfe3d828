"""Is the holdout worn out, and which cases should be rotated? Pure.

A look costs error (see `wealth`), and every promotion chose by these cases, so what they say of the incumbent
gets rosier. A case is worn after twelve looks or four promotions, or when less than a tenth of its error is
left; the holdout when most of its cases are, or when tonight may spend less than a tenth of a first night.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rsi_cli.nouns import CaseId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.holdout import PastLook, mark, wear
from rsi_cli.trust.remembered import merged
from rsi_cli.trust.wealth import PART, Allowance, tonight

MOST_LOOKS = 12
MOST_PROMOTIONS = 4
LEAST_LEFT = 0.1  # of alpha, on a case's account
LEAST_TONIGHT = 0.1  # of what a first night may spend
RESTORED = 0.5  # of what a first night may spend: what a rotation should bring back
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How used the held-out cases are.

    looks, promotions: how often each case, by id, stood in a look, and in one that promoted. worn: cases that
    have served, the most used first. worn_out: the holdout as a whole. rotate: cases to move to train, never
    empty where worn_out; as many new ones should take their place.
    """

    looks: dict[CaseId, int]
    promotions: dict[CaseId, int]
    worn: tuple[CaseId, ...]
    worn_out: bool
    rotate: tuple[CaseId, ...] = ()

    @property
    def sentence(self) -> str:
        """For people; '' for a holdout that no look has used."""
        most = max(self.looks.values(), default=0)
        if not most:
            return ""
        said = f"Held-out cases have been looked at up to {most} time{'' if most == 1 else 's'}"
        if not self.worn_out:
            worn = f"; {len(self.worn)} of {len(self.looks)} are worn" if self.worn else ""
            return f"{said}{worn}; the holdout still serves."
        names = ", ".join(self.rotate[:_NAMED]) + (" …" if len(self.rotate) > _NAMED else "")
        return (
            f"{said}: the holdout is worn out. Move the {len(self.rotate)} most used to train ({names}) "
            f"and write {len(self.rotate)} new held-out ones."
        )


def worn(looks: Sequence[PastLook], case_ids: Collection[CaseId], rule: GateRule) -> Wear:
    """Judge the held-out cases of today by all looks of earlier runs, in any order."""
    once = merged(looks)
    seen = wear(once, case_ids)
    won = Counter(name for look in once if look.promoted for name in look.marks)
    promotions = {case_id: won[mark(case_id)] for case_id in sorted(case_ids)}
    allowed = tonight(once, case_ids, rule)
    by_use = sorted(seen, key=lambda case: (allowed.offers[case], -promotions[case], -seen[case], case))
    tired = tuple(
        case
        for case in by_use
        if seen[case] >= MOST_LOOKS
        or promotions[case] >= MOST_PROMOTIONS
        or allowed.offers[case] < LEAST_LEFT * PART * rule.alpha
    )
    spent = allowed.alpha < LEAST_TONIGHT * PART * rule.alpha
    worn_out = bool(seen) and (spent or 2 * len(tired) > len(seen))
    count = max(_to_restore(allowed), math.ceil(len(tired) / 2)) if worn_out else 0
    return Wear(
        looks=dict(seen),
        promotions=promotions,
        worn=tired,
        worn_out=worn_out,
        rotate=tuple(by_use[:count]),
    )


def _to_restore(allowed: Allowance) -> int:
    """How many of the poorest cases to replace before a night may spend half of what a first one may."""
    full = PART * allowed.full
    offers = sorted(allowed.offers.values())
    for count in range(len(offers) + 1):
        if count * full + math.fsum(offers[count:]) >= RESTORED * full * len(offers) - 1e-12:
            return count
    return len(offers)
