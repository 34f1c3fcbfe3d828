"""A task that adds up: a dozen classes of unequal frequency, each helped by one rule of its own."""

from __future__ import annotations

from random import Random

from benchmarks.arena.laws import Law, Laws, rule

KINDS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord"),
    *("grove", "heath", "islet", "jetty", "knoll", "lagoon"),
)
HELD = 1 / 3  # of the cases: what the seed text's rules help


def triage(seed: int) -> Laws:
    """The laws of one world: frequencies fall from the first class to the last by a factor of four."""
    rng = Random(f"{seed}/triage")
    weights = [4.0 ** (-at / (len(KINDS) - 1)) for at in range(len(KINDS))]
    rng.shuffle(weights)
    laws = tuple(
        Law(kind=kind, share=weight / sum(weights), needs=(rule(kind, rng),))
        for kind, weight in zip(KINDS, weights, strict=True)
    )
    return Laws(seed=seed, laws=laws, held=_held(laws, rng))


def _held(laws: tuple[Law, ...], rng: Random) -> tuple[str, ...]:
    """Rules of classes drawn at random, four of them, whose share is as near to a third as ten draws find."""
    drawn = [rng.sample(laws, 4) for _ in range(10)]
    nearest = min(drawn, key=lambda some: abs(sum(law.share for law in some) - HELD))
    return tuple(law.needs[0] for law in nearest)
