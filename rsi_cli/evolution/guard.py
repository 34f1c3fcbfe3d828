"""What a child may not be, looked at before anything is paid for measuring it."""

from __future__ import annotations

from dataclasses import replace

from rsi_cli.ledger.events import Birth, Bred, Stillbirth
from rsi_cli.skill.lines import to_lf
from rsi_cli.suite.model import Must, TrainQuotes
from rsi_cli.trust.leaks import Watch
from rsi_cli.trust.must import breaches


def guarded(bred: Bred, leaks: Watch, must: Must, train_quotes: TrainQuotes) -> Bred:
    """Refuse the children of a brood that may not be measured, and mark those that repeat train cases.

    leaks: knows the cases, by fingerprint alone. must: the hard constraints on the text. train_quotes: what
    becomes of a child that repeats a train case at length.
    """
    looked = [_looked_at(birth, leaks, must, train_quotes) for birth in bred.births]
    return replace(
        bred,
        births=tuple(child for child in looked if isinstance(child, Birth)),
        stillbirths=(*bred.stillbirths, *(child for child in looked if isinstance(child, Stillbirth))),
    )


def _looked_at(birth: Birth, leaks: Watch, must: Must, train_quotes: TrainQuotes) -> Birth | Stillbirth:
    """Refuse text of a closed case before all else: such a child says nothing about its mutation prompt."""
    if found := leaks.leaks(birth.body):
        return _refused(birth, "leak", found[0].sentence)
    if broken := breaches(must, to_lf(birth.body)):
        return _refused(birth, "must", "; ".join(broken))
    if train_quotes == "allow" or not (quotes := leaks.quotes(birth.body)):
        return birth
    if train_quotes == "reject":
        detail = f"repeats {quotes[0].words} words in a row of the train case {quotes[0].case_id}"
        return _refused(birth, "quotes train", detail)
    return replace(birth, quotes=leaks.quoted_chars(birth.body))


def _refused(birth: Birth, reason: str, detail: str) -> Stillbirth:
    return Stillbirth(
        operator=birth.operator,
        reason=reason,
        detail=detail,
        mutation_prompt=birth.mutation_prompt,
        rounds=birth.rounds,
        depth=birth.depth,
    )
