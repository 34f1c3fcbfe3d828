"""Continue a list of skills: count what their rules have in common, and write one more of that kind.

Counting rules and sampling each by its frequency is what that comes to for a learner of rules: the univariate
marginal distribution algorithm (Mühlenbein & Paaß 1996).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from rsi_cli.models.offline.conditions import Clause
from rsi_cli.models.offline.draft import Draft, understood
from rsi_cli.models.offline.genes import Gene, cut, genes_of, put, split
from rsi_cli.models.offline.prose import added, loose, without
from rsi_cli.models.offline.read_skill import read_skill
from rsi_cli.models.offline.tried import plain
from rsi_cli.models.offline.wording import paraphrase

T = TypeVar("T")

_TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a list is continued.

    growth: how much more each text counts than the one before it; 1 = all alike. copied: chance, 0…1, that
    what the text at hand says is taken over without a look at the others.
    """

    growth: float
    copied: float


IN_NO_ORDER = Manner(growth=1.0, copied=0.5)
TO_OUTDO = Manner(growth=1.35, copied=0.7)
ASCENDING = Manner(growth=1.7, copied=0.85)


def continued(texts: Sequence[str], manner: Manner, rng: Random) -> str:
    """Return a text that could stand next in the list, and does not stand in it; "" for an empty list."""
    known = [text for text in texts if text.strip()]
    if not known:
        return ""
    weights = [manner.growth**number for number in range(len(known))]
    listed = {plain(text) for text in known}
    for _ in range(_TRIES):
        text = _mixed(known, weights, manner.copied, rng)
        if plain(text) not in listed:
            return text
    return paraphrase(rng.choices(known, weights)[0], rng)


def _mixed(texts: Sequence[str], weights: Sequence[float], copied: float, rng: Random) -> str:
    """Take one text of the list, and give it the rules and sentences that a draw by frequency wants."""
    number = _at_hand(texts, weights, rng)
    draft = Draft.of(texts[number])
    policy = understood(draft)
    held = [tuple(gene for gene in genes_of(text) if gene.fits(policy)) for text in texts]
    own = split(draft.rules)
    fixed = {gene.place for gene in held[number] if gene not in own}
    shares = _shares(held, weights)
    drawn = _drawn(shares, [gene for gene in own if rng.random() < copied], rng)
    for gene in own:
        if gene in shares and gene not in drawn:
            cut(draft, gene)
    for gene in drawn:
        if gene not in own and gene.place not in fixed:
            put(draft, gene)
    sentences = _shares([tuple(loose(text).values()) for text in texts], weights)
    return _with_sentences(draft.text(), sentences, copied, rng)


def _at_hand(texts: Sequence[str], weights: Sequence[float], rng: Random) -> int:
    """Draw the text to start from, among those whose answers have the shape that most texts ask for."""
    shapes = [_shape_of_answers(text) for text in texts]
    votes: dict[str, float] = {}
    for shape, weight in zip(shapes, weights, strict=True):
        votes[shape] = votes.get(shape, 0.0) + weight
    usual = max(votes, key=lambda shape: votes[shape])
    fit = [number for number, shape in enumerate(shapes) if shape == usual]
    return rng.choices(fit, [weights[number] ** 2 for number in fit])[0]


def _shape_of_answers(text: str) -> str:
    policy = read_skill(text)
    return "object" if policy.keys else "text" if policy.template else "label"


def _shares(held: Sequence[Sequence[T]], weights: Sequence[float]) -> dict[T, float]:
    """Return how often each thing is held, 0…1, in the order of the texts."""
    whole = sum(weights)
    shares: dict[T, float] = {}
    for things, weight in zip(held, weights, strict=True):
        for thing in dict.fromkeys(things):
            shares[thing] = shares.get(thing, 0.0) + weight / whole
    return shares


def _drawn(shares: Mapping[Gene, float], copied: Collection[Gene], rng: Random) -> tuple[Gene, ...]:
    """Draw genes by their shares; where several give values for one place, at most one of them.

    copied: genes that are not left to the draw.
    """
    places: dict[tuple[str, Clause], list[Gene]] = {}
    for gene in shares:
        places.setdefault(gene.place, []).append(gene)
    drawn: list[Gene] = []
    for rivals in places.values():
        settled = [gene for gene in rivals if gene in copied]
        drawn += (
            settled[:1]
            or rng.choices(
                [*([gene] for gene in rivals), []],
                [*(shares[gene] for gene in rivals), max(0.0, 1.0 - sum(shares[gene] for gene in rivals))],
            )[0]
        )
    return tuple(drawn)


def _with_sentences(text: str, shares: Mapping[str, float], copied: float, rng: Random) -> str:
    """Take sentences out of a text, and put others in, as often as the texts do without or with them."""
    own = loose(text)
    wanted = [said for said, share in shares.items() if rng.random() < share]
    unwanted = [number for number, said in own.items() if said not in wanted and rng.random() >= copied]
    mine = set(own.values())
    return added(without(text, unwanted), [said for said in wanted if said not in mine])
