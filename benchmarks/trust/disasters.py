"""Many small gains that hide a rare total loss: how often does a cold look accept what gains nothing.

Exact, by counting. Each case gains a part of its marks or loses all of them, a part of the cases stays as it
is, and the mean is 0. worst: the mixture that fools the look most often, with the pseudo-case of graded looks
at 0 (none), 0.5 (the gate's) and 1 point, where the look may spend 4 %. power: of a gain of 15 points, mended
and broken mark by mark, simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from random import Random

from nights import options, show

from rsi_cli.trust.signflip import sign_flip_p

LIMIT = 0.04
PSEUDO = (0.0, 0.5, 1.0)
TIES = (0.0, 0.2, 0.4, 0.6, 0.8)


def accepts(differences: Sequence[float], pseudo: float) -> bool:
    """One cold look."""
    return sign_flip_p([*differences, -pseudo] if pseudo else list(differences)) <= LIMIT


def accepted(cases: int, gain: float, ties: float, pseudo: float) -> float:
    """How likely a look accepts, where gains and total losses cancel out."""
    loss = (1 - ties) * gain / (1 + gain)
    total = 0.0
    for lost in range(cases // 2 + 1):
        for won in range(cases - lost + 1):
            if (ties == 0 and won + lost < cases) or won * gain <= lost:
                continue
            chance = (
                comb(cases, lost)
                * comb(cases - lost, won)
                * loss**lost
                * (1 - ties - loss) ** won
                * ties ** (cases - lost - won)
            )
            if chance > 1e-7 and accepts([gain] * won + [-1.0] * lost, pseudo):
                total += chance
    return total


def worst(cases: int, marks: int, pseudo: float) -> float:
    """The mixture that fools the look most often."""
    return max(accepted(cases, part / marks, ties, pseudo) for part in range(1, marks + 1) for ties in TIES)


def power(cases: int, marks: int, pseudo: float, looks: int) -> float:
    """Looks that accept a candidate that mends 35 and breaks 5 in 100 marks of a version that has half."""
    hits = 0
    for seed in range(looks):
        rng = Random(f"{cases}/{marks}/{seed}")
        differences = []
        for _ in range(cases):
            change = 0
            for _ in range(marks):
                had, luck = rng.random() < 0.5, rng.random()
                change += (not had and luck < 0.35) - (had and luck < 0.05)
            differences.append(change / marks)
        hits += accepts(differences, pseudo)
    return hits / looks


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 300).parse_args()
    rows: list[dict[str, object]] = []
    for marks in (1, 2, 3, 4, 8):
        for cases in (12, 24, 60):
            row: dict[str, object] = {"marks": marks, "held-out cases": cases}
            for pseudo in PSEUDO:
                row[f"worst, {pseudo:g}"] = f"{worst(cases, marks, pseudo):.3f}"
            for pseudo in PSEUDO:
                row[f"power, {pseudo:g}"] = f"{power(cases, marks, pseudo, asked.seeds):.2f}"
            rows.append(row)
    show(rows, asked.json)


if __name__ == "__main__":
    main()
