"""What the ledger tells of looks, as looks: each once, and with whether its promotion stands. Pure."""

from __future__ import annotations

from dataclasses import replace

from rsi_cli.errors import BugError
from rsi_cli.ledger.git import Version
from rsi_cli.ledger.looks import UNREADABLE, LookMade, Told
from rsi_cli.nouns import RunId
from rsi_cli.trust.holdout import PastLook
from rsi_cli.trust.remembered import decode_look, merged


def past_looks(told: Told) -> tuple[PastLook, ...]:
    """Every look there was, in the order of time.

    One counts as a promotion only where a commit in force says so: not what was rolled back, reverted or
    restored over by hand, what never was committed, or what was thrown away with its branch.
    """
    candidates = {(version.run, version.candidate) for version in told.in_force}
    numbers = set(map(_own_look, told.in_force))
    by_facts = [
        past_look(look, promoted=look.decision == "accept" and (look.run, look.candidate) in candidates)
        for look in told.made
    ]
    lines = map(_read, told.lines)
    by_lines = [
        replace(look, promoted=look.promoted and (look.run, look.number) in numbers) for look in lines
    ]
    return merged([*by_facts, *by_lines])


def past_look(look: LookMade, *, promoted: bool) -> PastLook:
    """A look of a journal; one whose cases are not known counts for all of them."""
    return PastLook(
        run=look.run,
        number=look.number,
        alpha=look.alpha,
        case_ids=look.cases,
        promoted=promoted,
        decision=look.decision,
        everywhere=not look.cases,
    )


def _own_look(version: Version) -> tuple[RunId, int] | None:
    """The look that let this promotion pass: the last one of its run that its commit tells of."""
    looks = [_read(line) for line in version.looks]
    own = [look.number for look in looks if look.run == version.run and look.promoted]
    return (version.run, max(own)) if version.run is not None and own else None


def _read(line: str) -> PastLook:
    """A line that somebody kept as a look is one, whatever it says."""
    look = decode_look(line) or decode_look(f"{UNREADABLE} {line}")
    if look is None:
        raise BugError(f"{UNREADABLE} begins a look")
    return look
