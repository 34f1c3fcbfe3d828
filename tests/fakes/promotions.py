"""Promotions on a real repository, with whatever scores their trailers are to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.nouns import Sha

SKILL = Path("skills/mail/SKILL.md")


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What a promotion says of itself. Cases: of train, of holdout and of known-good."""

    train: float
    holdout: float
    known_good: float = 1.0
    cases: tuple[int, int, int] = (24, 24, 6)


def promote(root: Path, suite_hash: str, scores: Scores | None, number: int) -> Sha:
    """Commit a new version of the skill as rsi does. scores: None writes the trailers of an older rsi."""
    repo = Repo.at(root)
    text = repo.read("HEAD", SKILL) or b""
    trailers = [
        ("Rsi-Run", "20261120-173005-ab12"),
        ("Rsi-Candidate", f"c{number}"),
        ("Rsi-Gain", "+0.1000 [+0.0100, +0.2000]"),
        ("Rsi-Holdout", f"{scores.holdout if scores else 0.5:.4f}"),
        ("Rsi-Suite", suite_hash),
        ("Rsi-Operator", "first-order"),
    ]
    if scores is not None:
        train, holdout, known_good = scores.cases
        trailers += [
            ("Rsi-Train", f"{scores.train:.4f} ({train})"),
            ("Rsi-Known-Good", f"{scores.known_good:.4f} ({known_good})"),
            ("Rsi-Cases", f"train {train}, holdout {holdout}, known-good {known_good}"),
        ]
    message = CommitMessage(f"mail: version {number}", "Promoted.", tuple(trailers))
    return repo.promote({SKILL: text + b"\nAnother rule.\n"}, message, repo.head())


def promote_all(root: Path, suite_hash: str, history: Sequence[Scores | None]) -> list[Sha]:
    """One promotion on top of the other, oldest first."""
    return [promote(root, suite_hash, scores, number) for number, scores in enumerate(history)]
