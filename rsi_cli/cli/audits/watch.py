"""The promotions that are still in force, with every score that git and past audits know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rsi_cli.cli.audits import past
from rsi_cli.cli.audits.past import AuditScore, Past
from rsi_cli.cli.ground import Ground, SkillGround, files_in
from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo, Version
from rsi_cli.ledger.rollback import in_force
from rsi_cli.nouns import Sha
from rsi_cli.suite.model import GoldLabel
from rsi_cli.trust.findings import Finding
from rsi_cli.trust.goodhart import Record, note


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """A skill's promotions in force, oldest first, and its past audits. skill: relative to the root."""

    repo: Repo
    skill: Path
    promotions: tuple[Version, ...]
    past: Past

    @classmethod
    def of(cls, repo: Repo, skill: Path) -> Chronicle:
        """Read what there is.

        No promotions where the history does not reach back to what a rollback restored: half of it misleads.
        """
        try:
            made = in_force(repo, skill, repo.head())[::-1]
        except RepoError:
            made = ()
        return cls(repo=repo, skill=skill, promotions=made, past=past.read(repo, skill))

    @property
    def version(self) -> Sha | None:
        """The commit that made what is committed now: a promotion, if nothing changed the skill since."""
        try:
            head = self.repo.head()
            newest = self.promotions[-1:]
            if newest and self.repo.same(newest[0].commit, head, (self.skill,)):
                return newest[0].commit
            return next((version.commit for version in self.repo.history(self.skill)), None)
        except RepoError:
            return None

    def records(self, suite: str, labels: str | None = None) -> tuple[Record, ...]:
        """Scores of promotions under one suite. labels: what audits must have judged; None: as the last."""
        audits = {score.commit: score for score in self.past.comparable(suite, labels)}
        return tuple(
            _record(made, audits.get(made.commit)) for made in self.promotions if made.suite_hash == suite
        )

    @property
    def warning(self) -> str:
        """One line for a log, under the newest promotion's suite; '' if nothing drifts."""
        suite = self.promotions[-1].suite_hash if self.promotions else None
        return note(self.records(suite)) if suite else ""

    @property
    def damage(self) -> tuple[Finding, ...]:
        """Whether a part of the past audits could not be read."""
        if not self.past.damaged:
            return ()
        lines = "1 line" if self.past.damaged == 1 else f"{self.past.damaged} lines"
        message = (
            f"{lines} of {past.place(self.repo, self.skill)} could not be read; those audits are left out"
        )
        return (Finding(check="audit-history", severity="info", message=message, value=self.past.damaged),)

    def remember(self, suite: str, labels: Sequence[GoldLabel], right: Sequence[bool]) -> None:
        """Add an audit of the committed version. right: of each labelled output that was judged."""
        if right and (commit := self.version) is not None:
            score = AuditScore(
                commit=commit,
                suite=suite,
                labels=past.labels_hash(labels),
                right=sum(right),
                judged=len(right),
            )
            past.remember(self.repo, self.skill, score)


def chronicle(ground: Ground) -> Chronicle | None:
    """The chronicle of a skill in a repository; None for a suite alone, and outside of git."""
    if ground.repo is None or not isinstance(ground, SkillGround):
        return None
    return Chronicle.of(ground.repo, files_in(ground.repo, ground.file.path).skill)


def _record(version: Version, audit: AuditScore | None) -> Record:
    """The numbers of one commit; None and 0 where its trailers do not tell them."""
    train, train_cases = version.train or (None, 0)
    known_good, known_good_cases = version.known_good or (None, 0)
    record = Record(
        commit=version.commit,
        train=train,
        train_cases=train_cases,
        holdout=version.holdout_score,
        holdout_cases=version.holdout_cases or 0,
        known_good=known_good,
        known_good_cases=known_good_cases,
    )
    return replace(record, audit=audit.score, audit_cases=audit.judged) if audit else record
