"""A repository with a committed skill, and shorthands for promoting a text in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.nouns import Sha
from tests.fakes.owner import SEED, Owner


@pytest.fixture
def owner(repo: Path) -> Owner:
    person = Owner(repo)
    person.commits("skills/triage/SKILL.md", SEED, "Add the skill")
    return person


@pytest.fixture
def skill(owner: Owner) -> Path:
    return owner.root / "skills/triage/SKILL.md"


@pytest.fixture
def sidecar(owner: Owner) -> Path:
    return owner.root / "skills/triage/SKILL.rsi.md"


@pytest.fixture
def promotion() -> Callable[..., CommitMessage]:
    def make(candidate: str = "c1", *more: tuple[str, str]) -> CommitMessage:
        trailers = (("Rsi-Run", "20261120-173005-ab12"), ("Rsi-Candidate", candidate), *more)
        return CommitMessage(f"Promote {candidate}", "Better on 14 held-out cases, worse on 2.", trailers)

    return make


@pytest.fixture
def promote(skill: Path, sidecar: Path, promotion: Callable[..., CommitMessage]) -> Callable[..., Sha]:
    """Promote a text on the current branch, with a sidecar that goes with it."""

    def make(text: bytes, candidate: str = "c1", *more: tuple[str, str]) -> Sha:
        repo = Repo.at(skill)
        files = {skill: text, sidecar: b"prompts of " + candidate.encode() + b"\n"}
        return repo.promote(files, promotion(candidate, *more), repo.head())

    return make
