"""What an unsealing says: the scores of two versions, the gain between them, and what was claimed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from rsi_cli.cli.evals.sealed_cases import Job
from rsi_cli.cli.evals.sealed_past import told
from rsi_cli.cli.evals.view import SplitScore, score_of
from rsi_cli.cli.screen import tell
from rsi_cli.evaluation.run import mean_scores
from rsi_cli.ledger.git import Version
from rsi_cli.ledger.unsealed import Unsealing
from rsi_cli.nouns import CaseResult, Interval, Usage
from rsi_cli.report.view import gain_json
from rsi_cli.report.words import counted, interval, percent, points
from rsi_cli.suite.model import Case
from rsi_cli.trust.intervals import by_cluster, paired_gain

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the cases. now, before: the two versions' scores. gain: from before to now, paired by case."""

    now: SplitScore
    before: SplitScore | None
    gain: Interval | None

    def as_json(self) -> dict[str, object]:
        """As the document has it."""
        before = None if self.before is None else asdict(self.before)
        return {"score": asdict(self.now), "against_score": before, "gain": gain_json(self.gain)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedView:
    """An unsealing that was made.

    first: the cases that were scored for the first time; again: those that had been before; None without any.
    """

    job: Job
    first: Part | None
    again: Part | None

    @classmethod
    def of(cls, job: Job, now: Sequence[CaseResult], before: Sequence[CaseResult]) -> SealedView:
        """Pair the two versions' draws."""
        unused = [case for case in job.cases if case not in job.used]
        draws = job.record.draws
        return cls(
            job=job,
            first=part_of(unused, now, before, draws=draws) if unused else None,
            again=part_of(job.used, now, before, draws=draws) if job.used else None,
        )

    @property
    def record(self) -> Unsealing:
        """The record with what came out: of untouched cases, where there are some."""
        job, part = self.job, self.first or self.again
        if part is None or part.now.score is None:
            return job.record
        score = Interval(estimate=part.now.score, low=part.now.low or 0.0, high=part.now.high or 1.0)
        against = job.before.commit if job.before else None
        return replace(job.record, score=score, gain=part.gain, against=against)

    @property
    def sentence(self) -> str:
        """The gain that the promotions claimed beside the one that was found here."""
        part = self.first or self.again
        if part is None or part.gain is None:
            return self.job.alone[:1].upper() + self.job.alone[1:] + "."
        return beside_the_claim(part.gain, self.job.promotions)

    def as_json(self) -> dict[str, object]:
        """The part of the document that `--unseal` adds."""
        job = self.job
        claims = [version.gain.estimate for version in job.promotions if version.gain]
        return {
            "record": self.record.name,
            "commit": job.now.commit,
            "against": job.before.commit if job.before else None,
            "draws": job.record.draws,
            "untouched": self.again is None and not job.seen,
            "first_time": self.first.as_json() if self.first else None,
            "again": self.again.as_json() if self.again else None,
            "left_out": job.left_out,
            "seen_by_nights": list(job.seen),
            "claimed": {"gain": sum(claims), "promotions": len(job.promotions)} if job.promotions else None,
            "sentence": self.sentence,
            "earlier": [_earlier_json(record) for record in job.past],
        }

    def show(self, out: Console, usage: Usage) -> None:
        """For a person: each part, the claim, the record. The cases one by one stand in the JSON alone."""
        if self.first is not None:
            self._part(out, "sealed cases, scored for the first time", self.first)
        if self.again is not None:
            self._part(out, "sealed cases that had been scored before: no untouched number", self.again)
            tell(out, "  if the skill changed since, what was known of them may have chosen it", "yellow")
        if self.job.seen:
            seen = counted(len(self.job.seen), "case")
            line = f"  {seen} had been measured by nights before being sealed: no untouched number"
            tell(out, line, "yellow")
        for record in self.job.past:
            tell(out, f"  earlier: {told(record)}", "dim")
        if self.job.left_out:
            left = counted(self.job.left_out, "case")
            tell(out, f"  {left} left out, as scored before; --again takes them in", "dim")
        tell(out, self.sentence)
        tell(out, f"recorded as {self.record.name}; to take it to other clones: git push --follow-tags")
        tell(out, f"{usage.calls} calls, {usage.cached_calls} cached, {usage.usd:.4f} USD", "dim")

    def _part(self, out: Console, title: str, part: Part) -> None:
        tell(out, title, "bold")
        for name, version, score in (
            ("now", self.job.now, part.now),
            ("before", self.job.before, part.before),
        ):
            if version is not None and score is not None:
                share = f"{score.measured} of {score.cases} cases"
                line = f"  {name:<7}{version.commit[:12]} {percent(score.score):>6}{score.bounds}, {share}"
                tell(out, line)
        if part.gain is not None:
            tell(out, f"  gain   {interval(part.gain)}, {part.gain.basis}", "bold")


def part_of(
    cases: Sequence[Case], now: Sequence[CaseResult], before: Sequence[CaseResult], *, draws: int
) -> Part:
    """Score some cases for both versions. before: empty without another one. draws: per case, for people."""
    ids = {case.id for case in cases}
    weights = {case.id: case.weight for case in cases}
    mine, theirs = ([r for r in results if r.case_id in ids] for results in (now, before))
    return Part(
        now=score_of(mine, weights),
        before=score_of(theirs, weights) if theirs else None,
        gain=_gain(cases, mine, theirs, draws) if theirs else None,
    )


def _gain(
    cases: Sequence[Case], now: Sequence[CaseResult], before: Sequence[CaseResult], draws: int
) -> Interval:
    """Mean difference over the cases that both versions were measured on; a cluster counts as one."""
    new, old = mean_scores(now), mean_scores(before)
    shared = [case for case in cases if case.id in new and case.id in old]
    clusters = [f"cluster {case.cluster}" if case.cluster else f"case {case.id}" for case in shared]
    gain = paired_gain(by_cluster([new[case.id] - old[case.id] for case in shared], clusters))
    basis = f"{counted(draws, 'draw')} each of {counted(len(shared), 'sealed case')}"
    return Interval(estimate=gain.estimate, low=gain.low, high=gain.high, basis=basis)


def beside_the_claim(gain: Interval, promotions: Sequence[Version]) -> str:
    """What sealed cases say of the gain that promotions claimed, on the held-out cases that chose them."""
    claims = [version.gain.estimate for version in promotions if version.gain]
    if not claims:
        return "No promotion in force lies between the two versions, so no gain was claimed."
    claimed = sum(claims)
    made = counted(len(claims), "promotion")
    said = f"The {made} between them claimed {points(claimed)}{' in sum' if len(claims) > 1 else ''}"
    nothing = " These cases alone do not tell the gain from none." if gain.low <= 0 <= gain.high else ""
    if gain.low <= claimed <= gain.high:
        return f"{said}; the sealed cases do not contradict that: it lies within their interval.{nothing}"
    side = "below" if claimed < gain.low else "above"
    found = "more" if side == "below" else "less"
    return f"{said}; the sealed cases show {found}: the claim lies {side} their interval.{nothing}"


def _earlier_json(record: Unsealing) -> dict[str, object]:
    return {
        "record": record.name,
        "date": record.began,
        "commit": record.commit,
        "score": record.score.estimate if record.score else None,
        "gain": gain_json(record.gain),
    }
