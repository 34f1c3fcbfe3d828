"""What earlier audits of a skill's evaluator scored: one line of JSON for each, in git's own folder.

Kept apart from the baseline, which is one audit that the owner chose; this is the history of all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo
from rsi_cli.nouns import Sha
from rsi_cli.suite.model import GoldLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditScore:
    """How many labelled outputs were judged as people judged them.

    commit: the version of the skill then. suite, labels: hashes of the suite and of the labelled outputs;
    scores of others do not compare. judged: labels that came to a verdict, >= 1; right: of those.
    """

    commit: Sha
    suite: str
    labels: str
    right: int
    judged: int

    @property
    def score(self) -> float:
        """0.0 … 1.0."""
        return self.right / self.judged


@dataclass(frozen=True, slots=True)
class Past:
    """All that could be read, oldest first. damaged: lines that say nothing; they are left alone."""

    scores: tuple[AuditScore, ...] = ()
    damaged: int = 0

    def comparable(self, suite: str, labels: str | None = None) -> tuple[AuditScore, ...]:
        """Those under this suite and on these labels; None: on those of the last one."""
        under = [score for score in self.scores if score.suite == suite]
        wanted = under[-1].labels if under and labels is None else labels
        return tuple(score for score in under if score.labels == wanted)


def labels_hash(labels: Iterable[GoldLabel]) -> str:
    """Name a set of labelled outputs, in whatever order they stand."""
    rows = sorted([label.case_id, label.good, label.output] for label in labels)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def place(repo: Repo, skill: Path) -> Path:
    """Where a skill's audits are remembered. skill: relative to the repository's root."""
    name = hashlib.sha256(skill.as_posix().encode()).hexdigest()[:16]
    return repo.state_dir / "audits" / f"{name}.jsonl"


def read(repo: Repo, skill: Path) -> Past:
    """Read what is remembered; a line that is damaged or from another time is counted and skipped."""
    file = place(repo, skill)
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return Past()
    except OSError as error:
        raise RepoError(f"{file} cannot be read: {error.strerror}", hint=f"delete it: rm {file}") from error
    found = [_parsed(line) for line in lines if line.strip()]
    scores = tuple(score for score in found if score is not None)
    return Past(scores, len(found) - len(scores))


def remember(repo: Repo, skill: Path, score: AuditScore) -> None:
    """Add an audit. A line that a crash cut off before it stays damaged and does not spoil this one."""
    file = place(repo, skill)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as out:
        out.seek(max(0, out.tell() - 1))
        whole = out.read() in (b"", b"\n")
        out.write((b"" if whole else b"\n") + json.dumps(asdict(score)).encode() + b"\n")


def _parsed(line: str) -> AuditScore | None:
    try:
        row = json.loads(line)
        commit, suite, labels = (row[key] for key in ("commit", "suite", "labels"))
        right, judged = (row[key] for key in ("right", "judged"))
    except (ValueError, LookupError, TypeError):
        return None
    words = all(isinstance(word, str) for word in (commit, suite, labels))
    if not words or type(right) is not int or type(judged) is not int or not 0 <= right <= judged > 0:
        return None
    return AuditScore(commit=Sha(commit), suite=suite, labels=labels, right=right, judged=judged)
