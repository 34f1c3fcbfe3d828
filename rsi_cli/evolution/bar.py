"""The bar that a candidate has to clear: the incumbent's draws on held-out cases, and the error spent so far.

Kept apart from the search on purpose: the breeder is handed the search, and never this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rsi_cli.ledger.events import LookTaken
from rsi_cli.nouns import CaseResult, Split
from rsi_cli.trust.power import TYPICAL_WITHIN

NEXT_DRAWS = 200  # repeats from here on serve the looks that a promoted version has to stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Never changed in place.

    held_out: the incumbent's draws on held-out cases, repeats counted from 0 in the order in which they were
    drawn. first_draw: index under which draw 0 was asked for. known_good: its draws on known-good cases.
    spent: sum of the shares of alpha that tonight's looks have used since the last promotion, 0.0 … 1.0.
    opening: the first version's results on every split, as measured at the start. promoted: accepted looks.
    last: the last look, if the candidate may be looked at again; None after a promotion or a veto.
    stages: draws a case at each stage of a look at a steady champion, if there are calls enough. within: the
    noise of a case's draws that is to be expected, mean 2p(1 - p). Both come from train cases alone.
    """

    held_out: tuple[CaseResult, ...]
    known_good: tuple[CaseResult, ...]
    opening: Mapping[Split, tuple[CaseResult, ...]]
    stages: tuple[int, ...]
    within: float = TYPICAL_WITHIN
    promoted: tuple[LookTaken, ...] = ()
    last: LookTaken | None = None
    first_draw: int = 0
    spent: float = 0.0

    @property
    def draws(self) -> int:
        """Draws of the incumbent that there are for each held-out case."""
        return max((result.repeat for result in self.held_out), default=-1) + 1

    def after(self, taken: LookTaken) -> Bar:
        """A look was taken: its share is gone, and the incumbent's draws may be used again."""
        return replace(self, spent=self.spent + taken.share, held_out=taken.incumbent_results, last=taken)


def opened(
    baseline: Mapping[Split, tuple[CaseResult, ...]],
    stages: tuple[int, ...],
    within: float = TYPICAL_WITHIN,
) -> Bar:
    """The bar of a night that begins: every first draw serves the first look as well.

    stages, within: see Bar.
    """
    return Bar(
        held_out=baseline[Split.HOLDOUT],
        known_good=baseline[Split.KNOWN_GOOD],
        opening=dict(baseline),
        stages=stages,
        within=within,
    )


def raised(bar: Bar, taken: LookTaken, *, fresh_draws: bool) -> Bar:
    """A candidate was promoted: the next one has to beat draws that neither chose this one nor are reported.

    What comes next may spend tonight's error anew, as a promotion opens the accounts anew (`trust.wealth`).

    fresh_draws: False at temperature 0, where the candidate's own draws are all there will ever be.
    """
    return replace(
        bar,
        held_out=() if fresh_draws else taken.results,
        first_draw=NEXT_DRAWS if fresh_draws else 0,
        known_good=taken.known_good,
        promoted=(*bar.promoted, taken),
        last=None,
        spent=0.0,
    )


def numbered(results: Sequence[CaseResult], first_draw: int) -> tuple[CaseResult, ...]:
    """Count repeats from 0, as the gate pairs them, whatever index they were drawn under."""
    return tuple(replace(result, repeat=result.repeat - first_draw) for result in results)
