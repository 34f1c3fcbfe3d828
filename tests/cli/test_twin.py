"""A night that would repeat an earlier one says so before it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.workshop import Workshop, suite_text

REPEATS = "tonight breeds the same children"


@pytest.fixture
def shop(repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A repository to work in."""
    return Workshop(repo, capsys, monkeypatch)


def night(shop: Workshop, skill: str, seed: int, *more: str) -> str:
    done = shop.rsi("evolve", skill, "--max-calls", "200", "--seed", str(seed), *more)
    assert done.code == 0, done.err
    return " ".join(done.err.split())


def test_the_same_seed_on_the_same_version_is_said_to_repeat_an_earlier_night(shop: Workshop) -> None:
    skill = shop.mail(noise=True)
    assert REPEATS not in night(shop, skill, 5)
    assert REPEATS not in night(shop, skill, 6), "another seed draws other children"
    again = night(shop, skill, 5)
    assert REPEATS in again
    assert "began with seed 5 on this very version" in again


@pytest.mark.parametrize("what", ["skill", "suite"])
def test_a_version_or_a_suite_that_changed_makes_it_another_night(shop: Workshop, what: str) -> None:
    skill = shop.mail(noise=True)
    night(shop, skill, 5)
    if what == "skill":
        text = (shop.root / skill / "SKILL.md").read_text()
        shop.fill({f"{skill}/SKILL.md": f"{text}\nBe brief.\n"})
    else:
        shop.fill({"evals/mail.yaml": suite_text(train=24, holdout=24, seed=1, noise=True)})
    assert REPEATS not in night(shop, skill, 5)


def test_a_journal_that_cannot_be_read_is_no_reason_to_warn(shop: Workshop) -> None:
    skill = shop.mail(noise=True)
    night(shop, skill, 5)
    for journal in (shop.root / ".git" / "rsi" / "runs").glob("*/journal.sqlite"):
        journal.write_bytes(b"no journal")
    assert REPEATS not in night(shop, skill, 5, "--fresh")
