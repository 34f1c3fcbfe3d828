"""A night that would repeat an earlier one says so before it does."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rsi_cli.cli.nights.twin import twin_of
from rsi_cli.evolution.night import SkillFiles
from rsi_cli.ledger.events import Event, GenerationPlanned, RunStarted
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import RunId
from tests.fakes.night import STARTED
from tests.fakes.workshop import Workshop, suite_text

REPEATS = "tonight may breed the same children"
FILES = SkillFiles(skill=Path("skills/mail/SKILL.md"), sidecar=Path("skills/mail/SKILL.rsi.yaml"))


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


@pytest.mark.parametrize("more", [("--population", "12"), ("--no-cache",)])
def test_a_night_that_is_laid_out_otherwise_or_finds_no_answer_again_repeats_none(
    shop: Workshop, more: tuple[str, ...]
) -> None:
    skill = shop.mail(noise=True)
    night(shop, skill, 5)
    assert REPEATS not in night(shop, skill, 5, *more)
    assert REPEATS in night(shop, skill, 5, "--generations", "3"), "a shorter one breeds as the first began"


class TestOfTwoRuns:
    """What a second run has in common with a first one, setting by setting."""

    SETTINGS = {  # noqa: RUF012 - never changed
        "rsi": "1.0",
        "population": "8",
        "improver's words": "abc",
        "actor temperature": "default",
        "improver 1 temperature": "0.7",
        "gate.growth_cap": "1.5",
        "budget": "200 calls",
        "limits": "{}",
        "generations": "None",
    }

    @pytest.fixture
    def place(self, shop: Workshop) -> Repo:
        shop.mail()
        return Repo.at(shop.root)

    def twin(self, place: Repo, first: RunStarted, second: RunStarted, *facts: Event) -> RunId | None:
        """What is said of the second one. facts: what it did before."""
        runs, base = Runs(place.state_dir), place.head()
        first = replace(first, run=RunId("r1"), base_commit=base)
        second = replace(second, run=RunId("r2"), base_commit=base)
        for begun, more in ((first, ()), (second, facts)):
            with closing(runs.open(begun.run)) as journal:
                for fact in (begun, *more):
                    journal.append(fact)
        return twin_of(second, runs, place, FILES)

    @pytest.mark.parametrize("name", ["budget", "limits", "generations"])
    def test_how_much_is_paid_for_makes_no_other_night(self, place: Repo, name: str) -> None:
        first = replace(STARTED, settings=self.SETTINGS)
        assert self.twin(place, first, replace(first, settings={**self.SETTINGS, name: "?"})) == "r1"

    @pytest.mark.parametrize(
        "name",
        [
            "rsi",
            "population",
            "improver's words",
            "actor temperature",
            "improver 1 temperature",
            "gate.growth_cap",
        ],
    )
    def test_every_other_setting_does(self, place: Repo, name: str) -> None:
        first = replace(STARTED, settings=self.SETTINGS)
        assert self.twin(place, first, replace(first, settings={**self.SETTINGS, name: "?"})) is None

    def test_one_that_goes_on_was_told_when_it_began(self, place: Repo) -> None:
        first = replace(STARTED, settings=self.SETTINGS)
        bred = GenerationPlanned(generation=1, spent=0.0, stop="", share=0.0)
        assert self.twin(place, first, first, bred) is None

    @pytest.mark.parametrize("which", [0, 1])
    @pytest.mark.parametrize(("improver", "expected"), [("0", "r1"), ("default", None), ("0.7", None)])
    def test_answers_that_are_not_kept_come_again_at_temperature_0_alone(
        self, place: Repo, which: int, improver: str, expected: str | None
    ) -> None:
        asked = {**self.SETTINGS, "actor temperature": "0.0", "improver 1 temperature": improver}
        pair = [replace(STARTED, settings={**asked, "cache": "yes"})] * 2
        pair[which] = replace(pair[which], settings={**asked, "cache": "no"})
        assert self.twin(place, pair[0], pair[1]) == expected
