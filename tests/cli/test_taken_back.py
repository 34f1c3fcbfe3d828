"""Plain git's way back is shown, and a clone that lacks memories says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.tags import write_tag
from rsi_cli.ledger.looks import tag_of
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import RunId
from tests.fakes.promotions import Scores, promote
from tests.fakes.workshop import Workshop

RUN = RunId("20261120-173005-ab12")
SCORES = Scores(train=0.6, holdout=0.6)


@pytest.fixture
def skill(shop: Workshop) -> str:
    """The mail skill, with one promotion that some earlier run made."""
    name = shop.mail()
    promote(shop.root, "abc", SCORES, 1)
    return name


def warnings(shop: Workshop, skill: str) -> list[str]:
    """What a night that begins now would be warned of; the same as `rsi doctor` says."""
    plan = shop.rsi("evolve", skill, "--dry-run", "--json").document
    found = [warning for warning in plan["warnings"] if "may not be counted" in warning]
    checks = shop.rsi("doctor", skill, "--json").document["checks"]
    allowances = [(c["state"], c["message"]) for c in checks if c["check"] == "allowance"]
    assert allowances[1:] == [("warn", warning) for warning in found]
    return found


def test_the_log_shows_which_promotion_a_revert_took_back(shop: Workshop, skill: str) -> None:
    kept = shop.git("rev-parse", "HEAD")
    promote(shop.root, "abc", SCORES, 2)
    assert "taken back" not in shop.rsi("log", skill).out
    shop.git("revert", "--no-edit", "HEAD")
    taker = shop.git("rev-parse", "HEAD")
    log = shop.rsi("log", skill).out
    assert log.count("taken back by") == 1
    assert f"taken back by {taker[:12]}" in log[: log.index(kept[:12])]
    document = shop.rsi("log", skill, "--json").document
    assert [entry["taken_back"] for entry in document] == [taker, None]


def test_a_repository_that_has_the_journal_or_the_tag_is_not_warned(shop: Workshop, skill: str) -> None:
    [warning] = warnings(shop, skill)
    assert f"1 earlier run ({RUN})" in warning
    assert "git push --follow-tags" in warning
    repo = Repo.at(shop.root)
    Runs(repo.state_dir).open(RUN).close()
    assert warnings(shop, skill) == []
    (repo.state_dir / "runs" / RUN / "journal.sqlite").unlink()
    assert len(warnings(shop, skill)) == 1
    write_tag(repo, tag_of("skills/mail/SKILL.md", RUN, 0), repo.head(), f"look/1 run={RUN} number=0")
    assert warnings(shop, skill) == []


def test_a_skill_that_was_never_promoted_is_not_warned(shop: Workshop) -> None:
    assert warnings(shop, shop.mail()) == []


def test_a_clone_without_tags_says_so(
    shop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = shop.mail()
    repo = Repo.at(shop.root)
    write_tag(repo, tag_of("skills/mail/SKILL.md", RUN, 0), repo.head(), f"look/1 run={RUN} number=0")
    shop.git("clone", "-q", "--no-tags", ".", str(tmp_path / "clone"))
    clone = Workshop(tmp_path / "clone", capsys, monkeypatch)
    [warning] = warnings(clone, skill)
    assert "remote.origin.tagOpt is --no-tags" in warning
    clone.git("config", "--unset-all", "remote.origin.tagOpt")  # as the warning says
    clone.git("fetch", "-q", "--tags", "origin")
    assert warnings(clone, skill) == []
    assert clone.git("tag", "--list", "rsi/looks/*")


def test_remotes_are_named_as_their_owner_named_them(shop: Workshop) -> None:
    repo = Repo.at(shop.root)
    assert repo.remotes_without_tags() == ()
    for key, value in (("My.Fork/é", "--no-tags"), ("origin", "--tags"), ("back", "--no-tags"), ("back", "")):
        shop.git("config", "--add", f"remote.{key}.tagOpt", value)
    assert repo.remotes_without_tags() == ("My.Fork/é",)
