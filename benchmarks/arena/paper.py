"""What a night of rsi writes to, without a disk: a journal and a repository that forget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Never

from rsi_cli.errors import BugError, RepoError
from rsi_cli.evolution.night import SkillFiles
from rsi_cli.ledger.events import Event
from rsi_cli.ledger.git import CommitMessage
from rsi_cli.nouns import CandidateId, CaseResult, RunId, Sha

FILES = SkillFiles(skill=Path("skills/requests/SKILL.md"), sidecar=Path("skills/requests/SKILL.rsi.yaml"))


class PaperFacts:
    """A journal without a disk."""

    def __init__(self) -> None:
        self._facts: dict[str, Event] = {}

    def append(self, event: Event) -> None:
        """Write a fact for good. Raises BugError where the key holds another."""
        if self._facts.setdefault(event.key, event) != event:
            raise BugError(f"the journal already holds another fact under the key {event.key}")

    def find(self, key: str) -> Event | None:
        """The fact of that key; None where it has not happened."""
        return self._facts.get(key)

    def events(self) -> tuple[Event, ...]:
        """All facts in order."""
        return tuple(self._facts.values())


class PaperGit:
    """Refuses everything. A night that cannot leave tags for clones warns and goes on, so none are left."""

    def run(self, *args: str, stdin: bytes | None = None) -> Never:
        """Raises RepoError."""
        del stdin
        raise RepoError(f"there is no git to run {args[0]}", hint="none is needed in the arena")

    out = run


@dataclass(slots=True)
class PaperRepo:
    """What a night asks of `ledger.git.Repo`, without a disk: one branch, one file that counts.

    on_promotion: is told each skill that was committed, as bytes, at the moment of its commit.
    """

    texts: list[bytes]
    on_promotion: Callable[[bytes], None] = lambda _raw: None
    git: PaperGit = field(default_factory=PaperGit)

    def tip(self, branch: str | None = None) -> Sha:  # noqa: ARG002 - there is one branch
        """The newest commit."""
        return Sha(str(len(self.texts) - 1))

    def resolve(self, rev: str) -> Sha:
        """A commit by its name, or with ^ the one before it."""
        return Sha(str(int(rev.removesuffix("^")) - rev.endswith("^")))

    def find_promotion(
        self, run: RunId, candidate: CandidateId, since: Sha | None, branch: str | None = None
    ) -> None:
        """None: a night in memory is never resumed."""

    def same(self, a: str, b: str, paths: object) -> bool:  # noqa: ARG002 - one file counts
        """Whether two commits hold the same skill."""
        return self.texts[int(a)] == self.texts[int(b)]

    def promote(
        self, files: Mapping[Path, bytes], message: CommitMessage, expected: Sha, branch: str | None = None
    ) -> Sha:
        """Put a version on top."""
        del message, branch
        if expected != self.tip():
            raise BugError("a promotion onto a commit that is not the newest")
        self.texts.append(files[FILES.skill])
        self.on_promotion(self.texts[-1])
        return self.tip()

    def keep(self, ref_name: str, files: Mapping[Path, bytes], parent: Sha, message: CommitMessage) -> Sha:
        """Nothing is kept: champions under refs serve people."""
        del files, parent, message
        return Sha(f"kept-{ref_name}")


class Silent:
    """Looks on and says nothing."""

    def fact(self, event: Event) -> None:
        """See `evolution.night.Watcher`."""

    def measured(self, result: CaseResult) -> None:
        """See `evolution.night.Watcher`."""

    def warned(self, message: str) -> None:
        """See `evolution.night.Watcher`."""
