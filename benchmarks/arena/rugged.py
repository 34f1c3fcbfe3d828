"""A task with local optima: rules that help in pairs alone, and two styles that exclude each other.

Three classes are helped by the seed text's rules, and four by a rule of their own. Two pairs of classes need
a pair of rules each: one alone helps a few of their cases, and hurts more of others. Three classes want one
style and three another: where both stand, neither does much, until a third rule says which is for whom; that
rule alone hurts too. So whoever adds one rule at a time and keeps only what raises the mean ends below two
thirds of what can be reached, and who keeps a text for the few cases that it alone answers does not.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from benchmarks.arena.laws import Dent, Law, Laws, rule

HELD, FREE = ("amber", "birch", "cedar"), ("delta", "ember", "fjord", "grove")
PAIRED = (("heath", "islet"), ("jetty", "knoll"))  # the classes of one pair of rules, and of the other
ONE_STYLE, OTHER_STYLE = ("lagoon", "marsh", "naze"), ("orchid", "plain", "quarry")
SHARES = {HELD: 0.345, FREE: 0.115, PAIRED[0]: 0.1375, PAIRED[1]: 0.1375, ONE_STYLE: 0.145, OTHER_STYLE: 0.12}
HALF = 0.2  # of a pair's classes: what one rule of the pair helps
TORN = 0.3  # of a style's classes: what it helps beside the other, unreconciled
DENT = 0.7  # of one class that the seed text helps: what fails by one rule of a pair
IDLE_TALK = 0.25  # the same, by a rule for two styles where not both stand


def rugged(seed: int) -> Laws:
    """The laws of one world."""
    rng = Random(f"{seed}/rugged")
    one, other, truce = (rule("style", rng) for _ in range(3))
    single = [
        law for group in (HELD, FREE) for kind in group for law in _laws(group, (kind,), (rule(kind, rng),))
    ]
    pairs = [(rule(kinds[0], rng), rule(kinds[1], rng)) for kinds in PAIRED]
    paired = [law for kinds, pair in zip(PAIRED, pairs, strict=True) for law in _laws(kinds, kinds, pair)]
    styled = [
        replace(law, foe=foe, truce=truce)
        for group, own, foe in ((ONE_STYLE, one, other), (OTHER_STYLE, other, one))
        for law in _laws(group, group, (own,))
    ]
    hurt = rng.sample(HELD, len(HELD))
    dents = [
        Dent(line=line, partners=pair, kind=kind, part=DENT)
        for pair, kind in zip(pairs, hurt, strict=False)
        for line in pair
    ]
    return Laws(
        seed=seed,
        laws=(*single, *paired, *styled),
        held=tuple(law.needs[0] for law in single[: len(HELD)]),
        dents=(*dents, Dent(line=truce, partners=(one, other), kind=hurt[-1], part=IDLE_TALK)),
    )


def _laws(group: tuple[str, ...], kinds: tuple[str, ...], needs: tuple[str, ...]) -> list[Law]:
    share = SHARES[group] / len(group)
    return [Law(kind=kind, share=share, needs=needs, half=HALF, torn=TORN) for kind in kinds]
