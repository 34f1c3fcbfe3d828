"""A promotion stands until a commit brings the skill back behind it, whichever tool makes that commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.nouns import Sha
from tests.fakes.owner import SEED, Owner

Promote = Callable[..., Sha]
FILE = "skills/triage/SKILL.md"
PARAGRAPHS = (
    "# Triage\n\nBe {}.\n\n" + "\n".join(f"{n}. A line that nobody changes." for n in range(9)) + "\n\n{}\n"
)


def revert(owner: Owner, *what: str) -> None:
    owner.git("revert", "--no-edit", *what)


def copied_by_hand(owner: Owner, rev: str) -> None:
    owner.git("checkout", "-q", rev, "--", FILE)
    owner.git("commit", "-q", "-m", "As it was")


def reverted(owner: Owner) -> None:
    revert(owner, "HEAD")


def restored_by_hand(owner: Owner) -> None:
    copied_by_hand(owner, "HEAD^")


def typed_again(owner: Owner) -> None:
    owner.commits(FILE, "something else\n")
    owner.commits(FILE, SEED)


def older_than_its_parent(owner: Owner) -> None:
    copied_by_hand(owner, "HEAD~2")


def merged_away(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "other", "HEAD^")
    owner.commits("other.txt", "meanwhile")
    owner.git("merge", "-q", "-s", "ours", "-m", "Not this one", "main")


def reverted_as_a_merge(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "other", "HEAD^")
    owner.commits("other.txt", "meanwhile")
    owner.git("merge", "-q", "--no-ff", "-m", "The night", "main")
    revert(owner, "-m", "1", "HEAD")


def squashed_and_reverted(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "other", "HEAD^")
    owner.git("merge", "-q", "--squash", "main")
    owner.git("commit", "-q", "-m", "The night, in one commit without trailers")
    revert(owner, "HEAD")


def picked_and_reverted(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "other", "HEAD^")
    owner.commits(FILE, SEED + b"On another ground.\n")
    owner.writes(FILE, b"one\nOn another ground.\n")
    owner.git("commit", "-q", "-a", "-C", "main")  # as a rebase leaves it: the same message, another text
    revert(owner, "HEAD")


TAKEN = [
    reverted,
    restored_by_hand,
    typed_again,
    older_than_its_parent,
    merged_away,
    reverted_as_a_merge,
    squashed_and_reverted,
    picked_and_reverted,
]


@pytest.mark.parametrize("take_back", TAKEN, ids=lambda how: how.__name__)
def test_what_brings_an_earlier_text_back_takes_the_promotion_back(
    owner: Owner, skill: Path, promote: Promote, take_back: Callable[[Owner], None]
) -> None:
    owner.commits("README.md", "read me")
    owner.commits(FILE, "# Triage\n\nBe brief, please.\n")
    commit = promote(b"one\n", "c1")
    repo = Repo.at(skill)
    assert [version.commit for version in repo.promotions_in_force([skill])] == [commit]
    take_back(owner)
    assert repo.promotions_in_force([skill]) == ()
    assert repo.taken_back([skill])[commit] == repo.head()


def test_a_revert_is_known_by_its_message_where_later_edits_stay(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    """No commit ever held what such a revert leaves."""
    owner.commits(FILE, PARAGRAPHS.format("brief", "End."))
    commit = promote(PARAGRAPHS.format("exact", "End.").encode(), "c1")
    owner.commits(FILE, PARAGRAPHS.format("exact", "By hand."))
    revert(owner, commit)
    assert skill.read_text() == PARAGRAPHS.format("brief", "By hand.")
    assert Repo.at(skill).taken_back([skill]) == {commit: Repo.at(skill).head()}


def test_the_revert_of_a_merge_takes_back_all_that_came_with_it(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    owner.commits(FILE, PARAGRAPHS.format("brief", "End."))
    owner.git("switch", "-q", "-c", "night")
    one = promote(PARAGRAPHS.format("exact", "End.").encode(), "c1")
    two = promote(PARAGRAPHS.format("very exact", "End.").encode(), "c2")
    owner.git("switch", "-q", "main")
    owner.git("merge", "-q", "--no-ff", "-m", "The night", "night")
    merge = owner.git("rev-parse", "HEAD").strip()
    owner.commits(FILE, PARAGRAPHS.format("very exact", "By hand."))
    revert(owner, "-m", "1", merge)
    assert set(Repo.at(skill).taken_back([skill])) == {one, two}


def edited(owner: Owner) -> None:
    owner.commits(FILE, "by hand\n")


def edited_and_brought_back(owner: Owner) -> None:
    owner.commits(FILE, "by hand\n")
    owner.commits(FILE, "one\n")


def removed_and_brought_back(owner: Owner) -> None:
    owner.git("rm", "-q", FILE)
    owner.git("commit", "-q", "-m", "Gone")
    owner.commits(FILE, "one\n")


def sidecar_reverted(owner: Owner) -> None:
    owner.git("rm", "-q", "skills/triage/SKILL.rsi.md")
    owner.git("commit", "-q", "-m", "No prompts")


def merged(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "other", "HEAD^")
    owner.commits("other.txt", "meanwhile")
    owner.git("merge", "-q", "--no-ff", "-m", "The night", "main")


def not_yet_merged(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "other", "HEAD^")
    owner.commits(FILE, "parallel\n")
    owner.commits(FILE, SEED)


KEPT = [edited, edited_and_brought_back, removed_and_brought_back, sidecar_reverted, merged, not_yet_merged]


@pytest.mark.parametrize("go_on", KEPT, ids=lambda how: how.__name__)
def test_other_work_on_the_skill_takes_nothing_back(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote, go_on: Callable[[Owner], None]
) -> None:
    commit = promote(b"one\n", "c1")
    go_on(owner)
    files = [skill, sidecar]
    assert [version.commit for version in Repo.at(skill).promotions_in_force(files)] == [commit]
    assert Repo.at(skill).taken_back(files) == {}


def test_only_what_lies_behind_the_text_is_taken_back_and_stays_so(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    one, two, three = (promote(f"{n}\n".encode(), f"c{n}") for n in (1, 2, 3))
    copied_by_hand(owner, one)
    repo = Repo.at(skill)
    first = repo.head()
    assert repo.taken_back([skill]) == {two: first, three: first}
    copied_by_hand(owner, three)
    assert repo.taken_back([skill]) == {two: first, three: first}, "the text is back, the error is not"
    owner.commits(FILE, SEED)
    assert repo.taken_back([skill]) == {one: repo.head(), two: first, three: first}


def test_a_promotion_of_a_text_that_was_there_before_stands(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    old = promote(b"one\n", "c1")
    revert(owner, "HEAD")
    taker = Repo.at(skill).head()
    new = promote(b"one\n", "c2")
    owner.commits(FILE, "by hand\n")
    owner.commits(FILE, "one\n")
    assert Repo.at(skill).taken_back([skill]) == {old: taker}
    assert [version.commit for version in Repo.at(skill).promotions_in_force([skill])] == [new]


def test_a_file_that_is_missing_for_a_while_is_no_earlier_text(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    removed_and_brought_back(owner)
    owner.commits(FILE, "two\n")
    commit = promote(b"three\n", "c1")
    owner.git("rm", "-q", FILE)
    owner.git("commit", "-q", "-m", "Gone again")
    owner.commits(FILE, "three\n")
    assert [version.commit for version in Repo.at(skill).promotions_in_force([skill])] == [commit]


def test_a_rollback_is_named_too(owner: Owner, skill: Path, promote: Promote) -> None:
    repo = Repo.at(skill)
    begun = repo.head()
    commit = promote(b"one\n", "c1")
    back = repo.restore([skill], begun, CommitMessage("Back", "", (("Rsi-Rollback-To", begun),)), repo.head())
    assert repo.taken_back([skill]) == {commit: back}


@pytest.mark.parametrize("named", ["0123456789", "f" * 40, "--output=x", "HEAD", "{seed}", "{parent}"])
def test_a_message_that_names_anything_else_takes_nothing_back(
    owner: Owner, skill: Path, promote: Promote, named: str
) -> None:
    seed = owner.git("rev-parse", "HEAD").strip()
    parent = owner.commits("README.md", "read me")
    commit = promote(b"one\n", "c1")
    owner.commits(FILE, "by hand\n", f"Edit\n\nThis reverts commit {named.format(seed=seed, parent=parent)}.")
    assert [version.commit for version in Repo.at(skill).promotions_in_force([skill])] == [commit]


def test_a_clone_tells_the_same_of_branches_that_only_the_remote_has(
    owner: Owner, skill: Path, promote: Promote, tmp_path: Path
) -> None:
    commit = promote(b"one\n", "c1")
    owner.git("switch", "-q", "-c", "other")
    revert(owner, "HEAD")
    taker = Repo.at(skill).head()
    owner.git("switch", "-q", "main")
    owner.git("clone", "-q", ".", str(tmp_path / "clone"))
    assert Repo.at(tmp_path / "clone").taken_back([Path(FILE)]) == {commit: taker}
