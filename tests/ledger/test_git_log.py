"""Which versions there are, and what their commits say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import CommitMessage, Repo
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


def test_a_promotion_is_found_by_its_run_and_its_whole_name_after_a_commit(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    repo = Repo.at(skill)
    base, commit = repo.head(), promote(b"one\n", "c12")
    owner.commits("other.txt", "later")
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


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("Rsi-Train", "0.8333 (24)", (0.8333, 24)),
        ("Rsi-Train", "1.0000 (6)", (1.0, 6)),
        ("Rsi-Known-Good", "0.8333 (24)", None),
        ("Rsi-Train", "1.5000 (6)", None),
        ("Rsi-Train", "nan (6)", None),
        ("Rsi-Train", "0.8333", None),
    ],
)
def test_means_with_their_number_of_cases_are_read_or_nothing_is(
    skill: Path, promote: Promote, key: str, value: str, read: tuple[float, int] | None
) -> None:
    promote(b"one\n", "c1", (key, value))
    [found] = Repo.at(skill).log(skill)
    assert found.train == read
    assert (found.known_good is None) == (key == "Rsi-Train")


@pytest.mark.parametrize("basis", ["fresh draws on 26 held-out cases", ""])
def test_a_gain_is_read_with_the_draws_that_it_rests_on(skill: Path, promote: Promote, basis: str) -> None:
    more = (("Rsi-Gain", "+0.1000 [+0.0100, +0.2000]"), ("Rsi-Gain-Basis", basis))
    promote(b"one\n", "c1", *[(key, value) for key, value in more if value])
    [found] = Repo.at(skill).log(skill)
    assert found.gain == Interval(estimate=0.1, low=0.01, high=0.2, basis=basis)


def test_cases_and_looks_are_read(skill: Path, promote: Promote) -> None:
    looks = (("Rsi-Look", "look/1 run=a number=0"), ("Rsi-Look", "look/1 run=a number=1"))
    promote(b"one\n", "c1", ("Rsi-Cases", "train 24, holdout 23, known-good 6"), *looks)
    [found] = Repo.at(skill).log(skill)
    assert (found.holdout_cases, found.looks) == (23, tuple(line for _, line in looks))
    assert Repo.at(skill).log_everywhere([skill]) == (found,)


def test_promotions_of_every_branch_are_in_force_until_a_rollback_goes_behind_them(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    repo = Repo.at(skill)
    begun = repo.head()
    owner.git("switch", "-q", "-c", "night")
    one = promote(b"one\n", "c1")
    two = promote(b"two\n", "c2")
    owner.git("switch", "-q", "main")
    assert [version.commit for version in repo.promotions_in_force([skill])] == [two, one]
    owner.git("switch", "-q", "night")
    for source, left in ((one, [one]), (begun, [])):
        repo.restore([skill], source, CommitMessage("Back", "", (("Rsi-Rollback-To", source),)), repo.head())
        assert [version.commit for version in repo.promotions_in_force([skill])] == left
    owner.git("switch", "-q", "main")
    owner.git("branch", "-q", "-D", "night")
    assert repo.promotions_in_force([skill]) == ()


def test_a_rollback_to_what_is_not_here_undoes_all_that_is(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    promote(b"one\n", "c1")
    for gone in ("f" * 40, "--output=x", "^main"):
        owner.commits("skills/triage/SKILL.md", f"{gone}\n", f"Back\n\nRsi-Rollback-To: {gone}\n")
        assert Repo.at(skill).promotions_in_force([skill]) == ()
        owner.git("reset", "-q", "--hard", "HEAD^")
    assert len(Repo.at(skill).promotions_in_force([skill])) == 1
