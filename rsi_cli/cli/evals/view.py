"""The results of an evaluation in the shapes that people and programs read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from rsi_cli.cli.junit import Outcome
from rsi_cli.cli.screen import tell
from rsi_cli.evaluation.executor import task_text
from rsi_cli.evaluation.run import mean_scores
from rsi_cli.nouns import CaseId, CaseResult, Failed, Measured, Role, Split, Usage, Verdict
from rsi_cli.report.words import broken_must, percent
from rsi_cli.trust.intervals import mean_interval, weighted_mean
from rsi_cli.trust.must import breaches

if TYPE_CHECKING:
    from rich.console import Console

    from rsi_cli.cli.ground import SkillGround


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalView:
    """An evaluation that was done."""

    ground: SkillGround
    results: tuple[CaseResult, ...]
    usage: Usage

    def as_json(self) -> dict[str, object]:
        """The document of the contract (docs/cli.md)."""
        suite, settings = self.ground.suite, self.ground.settings
        return {
            "skill": self.ground.shown(self.ground.file.path),
            "suite": self.ground.shown(self.ground.suite_path),
            "suite_hash": suite.hash,
            "model": settings.models[Role.ACTOR].name,
            "judge_model": settings.models[Role.JUDGE].name,
            "splits": {name: asdict(split) for name, split in splits_of(self).items()},
            "cases": [self._case(result) for result in self.results],
            "usage": asdict(self.usage),
        }

    def _case(self, result: CaseResult) -> dict[str, object]:
        case = self.ground.suite.case(result.case_id)
        return {
            "id": case.id,
            "description": case.description,
            "split": case.split.value,
            "epoch": result.repeat,
            "prompt_index": 0,
            "prompt": task_text(case, self.ground.suite.prompt),
            "model": self.ground.settings.models[Role.ACTOR].name,
            "output": result.output,
            "score": result.score,
            "passed": result.passed,
            "failed_because": result.result.blame.value if isinstance(result.result, Failed) else None,
            "reason": reason(result.result),
            "asserts": [verdict_json(verdict) for verdict in result.verdicts],
        }

    def show(self, out: Console) -> None:
        """A line per case that was lost or not measured, one per split, and what breaks hard constraints."""
        for result in self.results:
            if not result.passed:
                mark, style = ("?", "yellow") if result.score is None else ("✗", "red")
                split = self.ground.suite.case(result.case_id).split
                tell(out, f"{mark} {result.case_id} ({split})  {reason(result.result)}", style)
        for name, score in splits_of(self).items():
            tell(
                out,
                f"{name:<11}{percent(score.score):>6}{score.bounds}, {score.measured} of {score.cases} cases",
            )
        broken = broken_must(self.results)
        text = breaches(self.ground.suite.must, self.ground.skill.text_for_models)
        for line in (*([broken] if broken else ()), *(f"hard constraint broken: {one}" for one in text)):
            tell(out, f"! {line}", "red")
        usage = self.usage
        tell(out, f"{usage.calls} calls, {usage.cached_calls} cached, {usage.usd:.4f} USD", "dim")

    def outcomes(self) -> Mapping[str, tuple[Outcome, ...]]:
        """The results as tests, by split: one for each case and epoch."""
        split_of = {case.id: case.split.value for case in self.ground.suite.cases}
        return {
            split: tuple(
                _outcome(result, split) for result in self.results if split_of[result.case_id] == split
            )
            for split in splits_of(self)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitScore:
    """Weighted mean over the measured cases of a split with its 95 % interval.

    None where nothing was measured, or nothing that was measured weighs anything.
    """

    score: float | None
    low: float | None
    high: float | None
    cases: int
    measured: int

    @property
    def bounds(self) -> str:
        """The interval in words; '' where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"  (95 % interval {100 * self.low:.0f} to {percent(self.high)})"


def splits_of(view: EvalView) -> Mapping[str, SplitScore]:
    """The score of each split that was measured, in the order of `Split`."""
    cases = view.ground.suite.cases
    split_of = {case.id: case.split for case in cases}
    weights = {case.id: case.weight for case in cases}
    return {
        split.value: score_of(mine, weights)
        for split in Split
        if (mine := [result for result in view.results if split_of[result.case_id] is split])
    }


def score_of(results: Sequence[CaseResult], weights: Mapping[CaseId, float]) -> SplitScore:
    """Summarise the results of one split: epochs are averaged per case first. weights: of each case, >= 0."""
    scores = mean_scores(results)
    cases = len({result.case_id for result in results})
    mine = [weights[case_id] for case_id in scores]
    score = weighted_mean(tuple(scores.values()), mine)
    if score is None:
        return SplitScore(score=None, low=None, high=None, cases=cases, measured=len(scores))
    low, high = mean_interval(tuple(scores.values()), weights=mine)
    return SplitScore(score=score, low=low, high=high, cases=cases, measured=len(scores))


def reason(result: Measured | Failed) -> str:
    """Why the result is what it is."""
    return result.why if isinstance(result, Measured) else f"{result.blame}: {result.message}"


def verdict_json(verdict: Verdict) -> dict[str, object]:
    """One assertion's verdict as the contract writes it."""
    document: dict[str, object] = {
        "type": verdict.type,
        "metric": verdict.metric,
        "score": verdict.result.score if isinstance(verdict.result, Measured) else None,
        "passed": verdict.passed,
        "reason": reason(verdict.result),
    }
    if verdict.must:
        document["must"] = True
    if verdict.parts:
        document["asserts"] = [verdict_json(part) for part in verdict.parts]
    return document


def _outcome(result: CaseResult, split: str) -> Outcome:
    state: Literal["passed", "failure", "error"] = "error" if result.score is None else "failure"
    return Outcome(
        group=split,
        name=f"{result.case_id}#{result.repeat}",
        state="passed" if result.passed else state,
        message=reason(result.result),
        output=result.output or "",
    )
