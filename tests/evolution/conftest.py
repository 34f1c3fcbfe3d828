"""A repository that holds a committed skill, and the journal of a night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rsi_cli.ledger.journal import Journal
from tests.fakes.letters import Scene, commit_skill


@pytest.fixture
def scene(repo: Path) -> Iterator[Scene]:
    """A night in the world of letters, on a real repository and with a real journal."""
    commit_skill(repo)
    journal = Journal.open(repo / ".git/rsi/journal.sqlite")
    yield Scene(root=repo, facts=journal)
    journal.close()
