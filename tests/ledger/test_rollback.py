"""An earlier version comes back as a new commit, and nothing else moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.errors import BugError, InputError, RepoError
from rsi_cli.ledger import rollback
from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.nouns import Sha
from tests.fakes.owner import SEED, Owner

Promote = Callable[..., Sha]
OURS = ("skills/triage/SKILL.md", "skills/triage/SKILL.rsi.md")


class Back:
    """Rolls back as the command does."""

    def __init__(self, skill: Path, sidecar: Path) -> None:
        self.files = (skill, sidecar)

    def __call__(self, *, to: str | None = None, steps: int = 1, best: bool = False) -> Sha:
        """Return the restored version."""
        plan = rollback.plan(Repo.at(self.files[0]), self.files, to=to, steps=steps, best=best)
        rollback.apply(plan)
        return plan.restored_from


@pytest.fixture
def back(skill: Path, sidecar: Path) -> Back:
    return Back(skill, sidecar)


def test_a_rollback_restores_the_version_before_the_newest_promotion(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote, back: Back
) -> None:
    first = promote(b"one\n", "c1")
    head = promote(b"two\n", "c2")
    assert back() == first
    assert (skill.read_bytes(), sidecar.read_bytes()) == (b"one\n", b"prompts of c1\n")
    assert owner.git("rev-parse", "HEAD^").strip() == head
    assert owner.git("rev-parse", "HEAD:skills") == owner.git("rev-parse", f"{first}:skills")
    assert owner.git("log", "-1", "--format=%(trailers)").strip() == f"Rsi-Rollback-To: {first}"
    assert owner.git("status", "--porcelain") == ""


def test_rolling_back_again_goes_further_back(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote, back: Back
) -> None:
    seed = Sha(owner.git("rev-parse", "HEAD").strip())
    first, second, third = (promote(text, text.decode().strip()) for text in (b"one\n", b"two\n", b"three\n"))
    assert [back(), back(), back()] == [second, first, seed]
    assert (skill.read_bytes(), sidecar.exists()) == (SEED, False)
    with pytest.raises(RepoError, match="left to undo") as caught:
        back()
    assert third[:12] in caught.value.hint
    assert [version.rollback_to for version in Repo.at(skill).log(skill)][:3] == [seed, first, second]


def test_a_promotion_after_a_rollback_is_undone_to_what_was_in_force(
    skill: Path, promote: Promote, back: Back, owner: Owner
) -> None:
    seed = Sha(owner.git("rev-parse", "HEAD").strip())
    first = promote(b"one\n", "c1")
    promote(b"two\n", "c2")
    assert back() == first
    promote(b"three\n", "c3")
    assert back() == first
    assert skill.read_bytes() == b"one\n"
    assert back() == seed


def test_steps_count_promotions(owner: Owner, skill: Path, promote: Promote, back: Back) -> None:
    seed = Sha(owner.git("rev-parse", "HEAD").strip())
    for number in (b"one\n", b"two\n", b"three\n"):
        promote(number)
    assert back(steps=3) == seed
    assert skill.read_bytes() == SEED
    with pytest.raises(RepoError):
        back(steps=1)


def test_any_commit_that_holds_the_skill_will_do(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote, back: Back
) -> None:
    owner.git("tag", "start")
    first = promote(b"one\n", "c1")
    unrelated = owner.commits("other.txt", "x")
    promote(b"two\n", "c2")
    assert back(to="start") == Sha(owner.git("rev-parse", "start").strip())
    assert not sidecar.exists()
    assert back(to=unrelated[:10]) == unrelated
    assert skill.read_bytes() == b"one\n"
    assert back() == Sha(owner.git("rev-parse", "start").strip())
    assert first


def test_edits_by_hand_since_then_are_named_in_plan_and_message(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote
) -> None:
    promote(b"one\n", "c1")
    edit = owner.commits(OURS[0], "one, edited\n", "My own words")
    plan = rollback.plan(Repo.at(skill), (skill, sidecar))
    assert [version.subject for version in plan.undone] == ["My own words", "Promote c1"]
    assert f"{edit[:12]} My own words" in plan.message.text()


def test_an_edited_sidecar_comes_back_as_it_was_before_the_promotion(
    owner: Owner, sidecar: Path, promote: Promote, back: Back
) -> None:
    by_hand = owner.commits(OURS[1], "prompts by hand\n")
    promote(b"one\n")
    assert back() == by_hand
    assert sidecar.read_bytes() == b"prompts by hand\n"


def test_best_is_the_highest_held_out_score_of_the_same_suite(
    skill: Path, promote: Promote, back: Back
) -> None:
    promote(b"other suite\n", "c0", ("Rsi-Suite", "old"), ("Rsi-Holdout", "0.99"))
    best = promote(b"best\n", "c1", ("Rsi-Suite", "new"), ("Rsi-Holdout", "0.8"))
    promote(b"worse\n", "c2", ("Rsi-Suite", "new"), ("Rsi-Holdout", "0.7"))
    promote(b"unknown\n", "c3", ("Rsi-Suite", "new"))
    assert back(best=True) == best
    assert skill.read_bytes() == b"best\n"
    with pytest.raises(RepoError, match="already"):
        back(best=True)


def test_best_without_scores_says_so(promote: Promote, back: Back) -> None:
    promote(b"one\n")
    with pytest.raises(RepoError, match="held-out score"):
        back(best=True)


@pytest.mark.parametrize("rev", ["nonsense", "--hard", "HEAD~99", ""])
def test_a_wrong_revision_is_refused_with_the_list_of_versions(
    promote: Promote, back: Back, rev: str
) -> None:
    commit = promote(b"one\n")
    with pytest.raises(InputError, match="no such commit") as caught:
        back(to=rev)
    assert f"{commit[:12]}" in caught.value.hint
    assert "Add the skill" in caught.value.hint


def test_a_commit_from_before_the_skill_is_refused(promote: Promote, back: Back) -> None:
    promote(b"one\n")
    with pytest.raises(InputError, match="not in that commit"):
        back(to="HEAD~2")


def test_flags_that_exclude_each_other_are_refused(back: Back) -> None:
    for flags in (
        {"to": "HEAD", "best": True},
        {"steps": 2, "best": True},
        {"to": "HEAD", "steps": 3},
        {"steps": 0},
    ):
        with pytest.raises(InputError):
            back(**flags)


def test_nothing_to_restore_is_said(promote: Promote, back: Back) -> None:
    with pytest.raises(RepoError, match="left to undo"):
        back()
    promote(b"one\n")
    with pytest.raises(RepoError, match="already"):
        back(to="HEAD")


def test_more_steps_than_promotions_say_how_many_there_are(
    owner: Owner, skill: Path, promote: Promote, back: Back
) -> None:
    promote(b"one\n")
    with pytest.raises(RepoError, match=r"1 promotion of triage can be undone, not 2: .* --steps 1"):
        back(steps=2)
    promote(b"two\n", "c2")
    back()
    with pytest.raises(RepoError, match=r"1 promotion of triage can be undone, not 5"):
        back(steps=5)
    assert skill.read_bytes() == b"one\n"


def test_a_dirty_skill_is_not_rolled_back(skill: Path, promote: Promote, back: Back) -> None:
    promote(b"one\n")
    skill.write_bytes(b"being edited\n")
    with pytest.raises(RepoError, match="not committed"):
        back()
    assert skill.read_bytes() == b"being edited\n"


def test_the_owners_work_does_not_move(owner: Owner, promote: Promote, back: Back) -> None:
    owner.has_unfinished_work()
    before = owner.work(*OURS)
    promote(b"one\n")
    back()
    assert owner.work(*OURS) == before
    assert owner.git("diff-tree", "-r", "--name-only", "HEAD^", "HEAD").split() == list(OURS)


def test_a_removed_skill_comes_back(owner: Owner, skill: Path, back: Back) -> None:
    owner.git("rm", "-q", OURS[0])
    owner.git("commit", "-q", "-m", "Remove")
    back(to="HEAD^")
    assert skill.read_bytes() == SEED
    assert owner.git("status", "--porcelain") == ""


def test_a_rollback_cannot_carry_new_text(owner: Owner, skill: Path, promote: Promote) -> None:
    promote(b"one\n")
    repo = Repo.at(skill)
    with pytest.raises(BugError, match="Rsi-Rollback-To"):
        repo.restore(
            [skill], Sha(owner.git("rev-parse", "HEAD^").strip()), CommitMessage("x", "", ()), repo.head()
        )


def test_what_a_plain_revert_took_back_is_not_undone_a_second_time(
    owner: Owner, skill: Path, promote: Promote, back: Back
) -> None:
    seed = Sha(owner.git("rev-parse", "HEAD").strip())
    first = promote(b"one\n", "c1")
    promote(b"two\n", "c2")
    owner.git("revert", "--no-edit", "HEAD")
    repo = Repo.at(skill)
    assert [version.commit for version in rollback.in_force(repo, skill, repo.head())] == [first]
    assert back() == seed, "the newest promotion whose text is still there is the first"
    assert rollback.in_force(repo, skill, repo.head()) == ()
