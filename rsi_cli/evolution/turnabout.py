"""When the night slows down it searches in another way, and says so. It ends only where the owner asked."""

from __future__ import annotations

from dataclasses import replace

from rsi_cli.evolution.night import Night
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.velocity import Mechanism, Patience, next_mechanism, reason
from rsi_cli.ledger.events import GenerationPlanned
from rsi_cli.trust.holdout import LookPlan


def patience_of(night: Night) -> Patience:
    """How long this night waits, by the generations that its budget pays for; without a limit, the usual.

    By the tally and never by the bill: a resumed night has to wait as long as the one that was killed.
    """
    if night.shape.generations is not None:
        return Patience.for_night(night.shape.generations)
    limit = night.budget.limits.max_calls
    if limit is None:
        return Patience()
    return Patience.for_night(max(0.0, limit - night.tally.calls) / max(1, night.costs.generation))


def with_change(turn: GenerationPlanned, night: Night, search: Search, spent: float) -> GenerationPlanned:
    """Note the mechanism that is changed before this generation, if the pace asks for a change.

    Where the owner asked for it the night ends instead, after a last look. spent: shares of alpha, 0.0 … 1.0.
    """
    why = reason(search.velocity) if night.breeder.traits.velocity else ""
    if why and night.stop_when_slow:
        return _ended(turn, night, spent, f"a plateau was reached ({why})")
    change = next_mechanism(search.changes, _possible(night)) if why else None
    return replace(turn, change=change.value, why=why) if change else turn


def _ended(turn: GenerationPlanned, night: Night, spent: float, stop: str) -> GenerationPlanned:
    """The end of the night: its last look may spend what the looks before it left, as at a budget's end."""
    return replace(turn, stop=stop, share=LookPlan.of(night.rule).share_due(1.0, spent))


def _possible(night: Night) -> list[Mechanism]:
    breeder = night.breeder
    here = {
        Mechanism.HYPERMUTATION: breeder.traits.hypermutation,
        Mechanism.MODEL: len(breeder.models) > 1,
        Mechanism.ARCHIVE: breeder.traits.pareto,
    }
    return [mechanism for mechanism in Mechanism if here.get(mechanism, True)]
