"""A workshop for whole nights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.workshop import Workshop


@pytest.fixture
def shop(repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A repository to work in."""
    return Workshop(repo, capsys, monkeypatch)
