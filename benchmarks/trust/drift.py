"""How often the watch over promotions cries wolf, and how often it sees a wolf.

Each history begins at 40 % of the same fixed cases: `cases` train, as many held-out, 8 known-good, 30 gold
labels. A promotion mends a part of the failing train cases, and `share` times that part of the failing
held-out ones. share 1: all that is learned holds everywhere; 0: train cases are learned by heart. sinking:
chance that a promotion spoils a known-good case, or a label's verdict, for good. Cells: part of the histories
with a failure, and with a failure or a warning, after that many promotions. Every score is one draw of each
case: a case that is known passes at 95 %, another at 5 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from nights import mean, options, show

from rsi_cli.trust.goodhart import Record, drift

LENGTHS = (4, 6, 10, 15, 20)
KNOWN_GOOD, LABELS = 8, 30
PACE = 0.12  # part of the failing train cases that a promotion mends


@dataclass(frozen=True)
class History:
    """What a chain of promotions does."""

    cases: int
    share: float = 1.0
    sinking: float = 0.0


def drawn(known: Sequence[bool], rng: Random) -> float:
    """The score of one draw of each case."""
    return mean(rng.random() < (0.95 if right else 0.05) for right in known)


def moved(known: list[bool], mends: float, breaks: float, rng: Random) -> list[bool]:
    """The cases after a promotion."""
    return [rng.random() >= breaks if right else rng.random() < mends for right in known]


def records(history: History, count: int, rng: Random) -> list[Record]:
    """The scores of a chain of promotions."""
    train = [rng.random() < 0.4 for _ in range(history.cases)]
    holdout = [rng.random() < 0.4 for _ in range(history.cases)]
    good, labels = [True] * KNOWN_GOOD, [True] * LABELS
    found = []
    for at in range(count):
        train = moved(train, PACE, 0.0, rng)
        holdout = moved(holdout, PACE * history.share, 0.0, rng)
        good, labels = moved(good, 0.0, history.sinking, rng), moved(labels, 0.0, history.sinking, rng)
        found.append(
            Record(
                commit=f"{at:07}",
                train=drawn(train, rng),
                holdout=drawn(holdout, rng),
                known_good=drawn(good, rng),
                audit=drawn(labels, rng),
                train_cases=history.cases,
                holdout_cases=history.cases,
                known_good_cases=KNOWN_GOOD,
                audit_cases=LABELS,
            )
        )
    return found


def main() -> None:
    """Print the table."""
    asked = options(__doc__ or "", 500).parse_args()
    histories = [History(cases, share) for cases in (24, 60) for share in (1.0, 0.7, 0.3, 0.0)]
    histories += [History(24, sinking=sinking) for sinking in (0.02, 0.05)]
    rows: list[dict[str, object]] = []
    for history in histories:
        rng = Random(f"{asked.seed}/{history}")
        chains = [records(history, max(LENGTHS), rng) for _ in range(asked.seeds)]
        row: dict[str, object] = {
            "cases": history.cases,
            "share": history.share,
            "sinking": history.sinking,
        }
        for length in LENGTHS:
            findings = [drift(chain[:length]) for chain in chains]
            fails = mean(any(one.severity == "fail" for one in each) for each in findings)
            row[str(length)] = f"{fails:.2f} {mean(bool(each) for each in findings):.2f}"
        rows.append(row)
    show(rows, asked.json)


if __name__ == "__main__":
    main()
