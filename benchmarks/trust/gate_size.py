"""How often does the gate promote what is no better? Two looks a night, through `gate.decide` itself.

none: part of nights of two worthless candidates (one a look) that promote any, with the upper 95 % bound; at
most 5 % are promised. gain: part of looks at the last share that accept a true gain of about 20 points.

passes: one draw passes or fails. marks: four demands share the score. swaps: mends as many cases as it
breaks. clusters: of three, or of one to twelve cases; a candidate mends or breaks a whole one. lost: one
draw in a hundred, or in fifty, is not measured, of either version. lost failures: of a candidate that draws
like the committed version, a third of the failures on cases that this one mostly fails are not measured.
hidden failures: one in seven of all failures of a candidate is not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from nights import bounded, mean, options, show

from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import Accept, Continue, Stage, decide

RULE = GateRule()
LOST = Failed(Blame.MODEL, "timeout")
GAIN, BREAKS = 0.2, 0.1


@dataclass(frozen=True)
class Kind:
    """A kind of suite and of gaps.

    marks: demands that share a case's score. swaps: worthless candidates change cases; else they draw alike.
    clusters: sizes of clusters in turn; () for none. lost: chance that a draw is lost. hides: chance that a
    candidate's failure is, on hard cases (`hard_only`) or on all.
    """

    marks: int = 1
    swaps: bool = False
    clusters: tuple[int, ...] = ()
    lost: float = 0.0
    hides: float = 0.0
    hard_only: bool = True


KINDS = {
    "passes": Kind(),
    "passes, swaps": Kind(swaps=True),
    "marks": Kind(marks=4),
    "marks, swaps": Kind(marks=4, swaps=True),
    "clusters of 3": Kind(swaps=True, clusters=(3,)),
    "clusters of 1 to 12": Kind(swaps=True, clusters=(1, 1, 1, 2, 4, 12)),
    "lost 1 %": Kind(swaps=True, lost=0.01),
    "lost 2 %": Kind(swaps=True, lost=0.02),
    "lost 2 %, marks": Kind(marks=4, swaps=True, lost=0.02),
    "lost failures": Kind(hides=1 / 3),
    "hidden failures": Kind(swaps=True, hides=1 / 7, hard_only=False),
}


@dataclass
class Night:
    """A committed version with its draws. rates: pass rate of each demand of each case."""

    kind: Kind
    cases: int
    cold: bool
    rng: Random

    def __post_init__(self) -> None:
        levels = (0.0, 1.0) if self.cold else (0.1, 0.9)
        self.rates = [[self.rng.choice(levels) for _ in range(self.kind.marks)] for _ in range(self.cases)]
        sizes: list[int] = []
        while sum(sizes) < self.cases and self.kind.clusters:
            sizes.append(self.kind.clusters[len(sizes) % len(self.kind.clusters)])
        names = [f"k{number}" for number, size in enumerate(sizes) for _ in range(size)]
        self.clusters = {CaseId(f"c{i}"): name for i, name in enumerate(names[: self.cases])}
        self.before = self.draws(self.rates, hides=0.0)

    def worthless(self) -> Sequence[Sequence[float]]:
        """Rates of a version whose true gain is 0."""
        return self.changed(BREAKS, BREAKS) if self.kind.swaps else self.rates

    def changed(self, mends: float, breaks: float) -> Sequence[Sequence[float]]:
        """Rates of a version that mends and breaks these parts of all demands, cluster by cluster."""
        low, high = (0.0, 1.0) if self.cold else (0.1, 0.9)
        lucks: dict[str, float] = {}
        rates = []
        for i, case in enumerate(self.rates):
            name = self.clusters.get(CaseId(f"c{i}"), f"case {i}")
            new = []
            for mark, rate in enumerate(case):
                luck = lucks.setdefault(f"{name} {mark}", self.rng.random())
                new.append(high if luck < mends else low if luck < mends + breaks else rate)
            rates.append(new)
        return rates

    def draws(self, rates: Sequence[Sequence[float]], hides: float) -> list[CaseResult]:
        """Every draw that a look may ask for."""
        return [
            self._draw(i, repeat, case, hides)
            for repeat in range(1 if self.cold else RULE.repeats[-1])
            for i, case in enumerate(rates)
        ]

    def _draw(self, i: int, repeat: int, rates: Sequence[float], hides: float) -> CaseResult:
        score = mean(float(self.rng.random() < rate) for rate in rates)
        hard = mean(self.rates[i]) < 0.5 or not self.kind.hard_only
        gone = self.rng.random() < self.kind.lost or (score < 0.5 and hard and self.rng.random() < hides)
        result = LOST if gone else Measured(score, "drawn")
        return CaseResult(
            case_id=CaseId(f"c{i}"), repeat=repeat, output="", result=result, passed=not gone and score == 1.0
        )

    def accepts(self, rates: Sequence[Sequence[float]], share: float) -> bool:
        """One whole look."""
        after, index = self.draws(rates, self.kind.hides), 0
        while True:
            stage = Stage(
                share=share,
                index=index,
                fresh_draws=not self.cold,
                clusters=self.clusters,
                graded=self.kind.marks > 1,
            )
            so_far = [
                [result for result in results if result.repeat < RULE.repeats[index]]
                for results in (self.before, after)
            ]
            decision = decide(so_far[0], so_far[1], RULE, stage)
            if not isinstance(decision, Continue):
                return isinstance(decision, Accept)
            index = decision.next_index


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "", 1000)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only these rows")
    asked = parser.parse_args()
    rows: list[dict[str, object]] = []
    for name in asked.kind or KINDS:
        for cases in (12, 30, 60):
            for cold in (False, True):
                nights = [
                    Night(KINDS[name], cases, cold, Random(f"{asked.seed}/{name}/{cases}/{cold}/{s}"))
                    for s in range(asked.seeds)
                ]
                wrong = sum(any(n.accepts(n.worthless(), share) for share in RULE.shares) for n in nights)
                right = mean(n.accepts(n.changed(2 * GAIN + BREAKS, BREAKS), 0.8) for n in nights)
                rows.append(
                    {
                        "suite": name,
                        "held-out cases": f"{cases}{' cold' if cold else ''}",
                        "none": bounded(wrong, len(nights)),
                        "gain": f"{right:.2f}",
                    }
                )
    show(rows, asked.json)


if __name__ == "__main__":
    main()
