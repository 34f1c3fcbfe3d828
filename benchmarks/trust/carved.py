"""Is the reported gain true? Looks at candidates of known gain; what is said of those that get through.

kind: what a candidate mends and breaks, of all cases; its gain over the population of cases is known.
promoted: part of the looks. plain, reported: mean error in points, over promotions, of the fresh mean and of
`trust.carved`. every look: the latter, with a 0 for each look that promoted nothing. holds: part of the
promotions whose 95 % interval holds the truth. Simulated: no model answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nights import World, mean, options, show

from rsi_cli.suite.model import GateRule
from rsi_cli.trust.carved import Accepted, Drawn, gain_after
from rsi_cli.trust.gate import HOPELESS, Stage, stage_limits
from rsi_cli.trust.intervals import Gain, paired_gain
from rsi_cli.trust.signflip import sign_flip_p

RULE, SHARE, FRESH = GateRule(alpha=0.025), 0.8, 2
KINDS = {"nothing": (0.2, 0.2), "small": (0.3, 0.15), "middling": (0.35, 0.05), "large": (0.5, 0.02)}


@dataclass(frozen=True)
class Reported:
    """Of one promotion: what would be said of it without a correction, and with it."""

    plain: Gain
    carved: Gain


def looked(world: World, mends: float, breaks: float, rng: Random) -> Reported | None:
    """One look, stage by stage as `gate.decide` holds it, and the fresh draws after an acceptance."""
    before = world.incumbent(rng)
    after = world.candidate(before, mends, breaks, rng)
    limits = stage_limits(RULE, Stage(share=SHARE, fresh_draws=not world.cold))
    draws: list[list[float]] = [[] for _ in before]
    for index, limit in enumerate(limits):
        more = RULE.repeats[index] - len(draws[0])
        draws = [[*have, *drawn(a, b, more, rng)] for have, a, b in zip(draws, before, after, strict=True)]
        p = sign_flip_p([sum(have) for have in draws])
        if p <= limit:
            how = Accepted(
                p=p, limit=limit, last_limit=limits[-1], last_repeats=RULE.repeats[len(limits) - 1]
            )
            fresh = [
                [] if world.cold else drawn(a, b, FRESH, rng) for a, b in zip(before, after, strict=True)
            ]
            return reported(draws, fresh, how)
        if index < len(limits) - 1 and p > HOPELESS[min(index, 1)]:
            return None
    return None


def drawn(before: float, after: float, count: int, rng: Random) -> list[float]:
    """Paired differences of single draws."""
    return [float((rng.random() < after) - (rng.random() < before)) for _ in range(count)]


def reported(gate: list[list[float]], fresh: list[list[float]], how: Accepted) -> Reported:
    """What the night would say."""
    cases = [
        Drawn(gate=tuple(one), fresh=tuple(other), cluster=str(number))
        for number, (one, other) in enumerate(zip(gate, fresh, strict=True))
    ]
    plain = paired_gain([mean(other or one) for one, other in zip(gate, fresh, strict=True)])
    return Reported(plain=plain, carved=gain_after(cases, how))


def row(kind: str, world: World, looks: int, seed: int) -> dict[str, object]:
    """One line of the table."""
    rng = Random(f"{seed}/{kind}/{world}")
    truth = world.gain(*KINDS[kind])
    told = [said for _ in range(looks) if (said := looked(world, *KINDS[kind], rng))]
    off = mean(said.carved.estimate - truth for said in told)
    return {
        "kind": kind,
        "held-out cases": f"{world.cases}{' cold' if world.cold else ''}",
        "truth": f"{100 * truth:.1f}",
        "promoted": f"{len(told) / looks:.3f}",
        "plain": f"{100 * mean(said.plain.estimate - truth for said in told):+.1f}",
        "reported": f"{100 * off:+.1f}",
        "every look": f"{100 * off * len(told) / looks:+.2f}",
        "plain holds": f"{mean(said.plain.low <= truth <= said.plain.high for said in told):.3f}",
        "reported holds": f"{mean(said.carved.low <= truth <= said.carved.high for said in told):.3f}",
        "width": f"{100 * mean(said.carved.high - said.carved.low for said in told):.0f}",
    }


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 1000).parse_args()
    worlds = [World(cases, cold) for cases in (20, 50, 100) for cold in (False, True)]
    rows = [
        row(kind, world, asked.seeds * (10 if kind == "nothing" else 1), asked.seed)
        for kind in KINDS
        for world in worlds
    ]
    show(rows, asked.json)


if __name__ == "__main__":
    main()
