"""Two versions side by side: their text, and the cases that one wins and the other loses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rsi_cli.cli.screen import tell
from rsi_cli.errors import InputError
from rsi_cli.evaluation.run import mean_scores
from rsi_cli.evolution.candidate import candidate_id
from rsi_cli.ledger.events import LookTaken, Measurement
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import CandidateId, CaseId, CaseResult, RunId, Sha
from rsi_cli.skill.diff import SectionChange, section_changes, unified
from rsi_cli.skill.document import Skill, parse

if TYPE_CHECKING:
    from rich.console import Console

    from rsi_cli.ledger.git import Repo

MOST_NAMED = 8
STYLES = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """From `old` to `new`. scores: per held-out case (before, after), 0…1, where a run measured both."""

    skill: Path
    old: Sha
    new: Sha
    text: str
    sections: tuple[SectionChange, ...]
    scores: Mapping[CaseId, tuple[float, float]]

    @property
    def won(self) -> tuple[CaseId, ...]:
        """Cases that score higher now."""
        return tuple(case_id for case_id, (before, after) in self.scores.items() if after > before)

    @property
    def lost(self) -> tuple[CaseId, ...]:
        """Cases that score lower now."""
        return tuple(case_id for case_id, (before, after) in self.scores.items() if after < before)

    def as_json(self) -> dict[str, object]:
        """The document of `rsi diff --json`."""
        return {
            "skill": str(self.skill),
            "old": self.old,
            "new": self.new,
            "diff": self.text,
            "sections": [asdict(section) for section in self.sections],
            "cases": {case_id: {"before": b, "after": a} for case_id, (b, a) in self.scores.items()},
            "won": list(self.won),
            "lost": list(self.lost),
        }

    def show(self, out: Console) -> None:
        """The text as a diff, then the cases."""
        for line in self.text.splitlines():
            style = "bold" if line.startswith(("---", "+++")) else STYLES.get(line[:1], "")
            tell(out, line, style, exact=True)
        if not self.text:
            tell(out, "the text is the same")
        if not self.scores:
            tell(out, "no run has measured both versions on the same cases")
            return
        same = len(self.scores) - len(self.won) - len(self.lost)
        tell(out, f"held-out cases won  {len(self.won):>4}  {_some(self.won)}".rstrip(), "green")
        tell(out, f"held-out cases lost {len(self.lost):>4}  {_some(self.lost)}".rstrip(), "red")
        tell(out, f"held-out cases same {same:>4}")


def _some(ids: Sequence[CaseId]) -> str:
    """The first few; --json has them all."""
    more = len(ids) - MOST_NAMED
    return ", ".join(ids[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def compare(repo: Repo, path: Path, old: Sha, new: Sha) -> Comparison:
    """Compare the skill at two commits. Raises InputError if one of them does not hold it."""
    before, after = _at(repo, path, old), _at(repo, path, new)
    return Comparison(
        skill=path,
        old=old,
        new=new,
        text=unified(before, after, old_name=f"{path}@{old[:12]}", new_name=f"{path}@{new[:12]}"),
        sections=section_changes(before, after),
        scores=_scores(Runs(repo.state_dir), path.as_posix(), candidate_id(before), candidate_id(after)),
    )


def _at(repo: Repo, path: Path, rev: Sha) -> Skill:
    raw = repo.read(rev, path)
    if raw is None:
        raise InputError(f"{rev[:12]} does not hold {path}", hint="`rsi log` lists the commits that do")
    return parse(raw)


def _scores(runs: Runs, skill: str, old: CandidateId, new: CandidateId) -> dict[CaseId, tuple[float, float]]:
    """Per case, from the newest run that measured both; fresh draws where there are some."""
    for run in runs.ids():
        state = runs.state(run)
        if state.skill != skill:
            continue
        measured = dict(_measured(runs, run))
        if old in measured and new in measured:
            before, after = mean_scores(measured[old]), mean_scores(measured[new])
            return {case_id: (before[case_id], after[case_id]) for case_id in before if case_id in after}
    return {}


def _measured(runs: Runs, run: RunId) -> Iterator[tuple[CandidateId, tuple[CaseResult, ...]]]:
    """Held-out results by version, the more trustworthy last: a look's own draws, then fresh ones."""
    events = runs.events(run)
    for event in events:
        if isinstance(event, LookTaken):
            yield event.incumbent, event.incumbent_results
            yield event.candidate, event.results
    for event in events:
        if isinstance(event, Measurement) and event.purpose == "fresh":
            yield event.version, event.results
