"""Which versions there are, and what their commits say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo
from rsi_cli.nouns import CandidateId, Interval, RunId, Sha
from tests.fakes.owner import SEED, Owner

Promote = Callable[..., Sha]
TRAILERS = (
    ("Rsi-Parent", "seed"),
    ("Rsi-Gain", "+0.2100 [+0.1200, +0.3000]"),
    ("Rsi-Holdout", "0.78"),
    ("Rsi-Suite", "abc"),
    ("Rsi-Judge", "def"),
    ("Rsi-Model", "offline/apprentice"),
    ("Rsi-Operator", "first-order"),
)


def test_the_log_has_all_that_the_trailers_say_newest_first(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    first = promote(b"one\n", "c1", *TRAILERS)
    owner.commits("skills/triage/SKILL.md", "by hand\n")
    second = promote(b"two\n", "c2")
    newest, found = Repo.at(skill).log(skill)
    assert (newest.commit, newest.gain, newest.holdout_score) == (second, None, None)
    assert (found.commit, found.run, found.candidate, found.parent) == (
        first,
        "20261120-173005-ab12",
        "c1",
        "seed",
    )
    assert found.gain == Interval(estimate=0.21, low=0.12, high=0.30)
    assert (found.holdout_score, found.suite_hash, found.judge_hash) == (0.78, "abc", "def")
    assert (found.model, found.operator, found.subject) == ("offline/apprentice", "first-order", "Promote c1")
    assert found.is_promotion
    assert "T" in found.date
    assert Repo.at(skill).log(skill, 1) == (newest,)


def test_the_log_of_one_skill_leaves_others_out(owner: Owner, promote: Promote) -> None:
    promote(b"one\n")
    other = owner.writes("skills/other/SKILL.md", "other\n")
    owner.git("add", "-A")
    owner.git("commit", "-q", "-m", "Other")
    assert Repo.at(other).log(other) == ()
    assert [version.subject for version in Repo.at(other).history(other)] == ["Other"]


def test_promotions_of_a_merged_branch_are_in_the_log(owner: Owner, skill: Path, promote: Promote) -> None:
    owner.git("switch", "-q", "-c", "night")
    commit = promote(b"one\n")
    owner.git("switch", "-q", "main")
    owner.commits("other.txt", "meanwhile")
    owner.git("merge", "-q", "--no-ff", "-m", "Merge the night", "night")
    assert [version.commit for version in Repo.at(skill).log(skill)] == [commit]


def test_the_history_has_every_version_but_not_the_removal(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    promote(b"one\n")
    owner.git("rm", "-q", "skills/triage/SKILL.md")
    owner.git("commit", "-q", "-m", "Remove")
    owner.commits("skills/triage/SKILL.md", "again\n", "Again")
    repo = Repo.at(skill)
    assert [version.subject for version in repo.history(skill)] == ["Again", "Promote c1", "Add the skill"]
    assert repo.read("HEAD^", skill) is None
    assert repo.read("HEAD~3", skill) == SEED
    assert repo.read("HEAD~3", skill.parent) is None


def test_a_trailer_is_found_by_its_whole_value_after_a_commit(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    repo = Repo.at(skill)
    base = repo.head()
    commit = promote(b"one\n", "c12")
    owner.commits("other.txt", "later")
    assert repo.find_trailer("Rsi-Candidate", "c12", base) == commit
    assert repo.find_trailer("Rsi-Candidate", "c12", None) == commit
    assert repo.find_trailer("Rsi-Candidate", "c1", base) is None
    assert repo.find_trailer("Rsi-Candidate", "c12", commit) is None


def test_a_candidate_of_another_run_is_another_candidate(skill: Path, promote: Promote) -> None:
    repo = Repo.at(skill)
    base, commit = repo.head(), promote(b"one\n", "c12")
    assert repo.find_promotion(RunId("20261120-173005-ab12"), CandidateId("c12"), base) == commit
    assert repo.find_promotion(RunId("20261121-000000-ffff"), CandidateId("c12"), base) is None
    assert repo.find_promotion(RunId("20261120-173005-ab12"), CandidateId("c1"), None) is None
    assert repo.find_promotion(RunId("20261120-173005-ab12"), CandidateId("c12"), commit, "main") is None


@pytest.mark.parametrize(
    "rev", ["nothing", "--help", "-n1", "", "HEAD:README.md", "HEAD..main", "^HEAD", "\n"]
)
def test_a_revision_that_names_no_commit_is_refused(owner: Owner, rev: str) -> None:
    with pytest.raises(RepoError, match="names no commit"):
        Repo.at(owner.root).resolve(rev)


def test_settings_of_the_owner_do_not_disturb_the_log(owner: Owner, skill: Path, promote: Promote) -> None:
    for name, value in {
        "log.showSignature": "true",
        "log.follow": "true",
        "log.date": "relative",
        "format.pretty": "fuller",
        "color.ui": "always",
        "i18n.logOutputEncoding": "latin-1",
        "i18n.commitEncoding": "latin-1",
        "core.quotePath": "true",
        "trailer.separators": "=",
    }.items():
        owner.git("config", name, value)
    commit = promote("Grüße\n".encode(), "c–1")
    (found,) = Repo.at(skill).log(skill)
    assert (found.commit, found.candidate) == (commit, "c–1")
