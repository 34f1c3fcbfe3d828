"""Every state of a repository that forbids a promotion is named, with the way out, and exit code 5."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo
from tests.fakes.owner import Owner

SKILL = "skills/triage/SKILL.md"


def edited(owner: Owner) -> None:
    owner.writes(SKILL, "edited\n")


def staged(owner: Owner) -> None:
    owner.writes(SKILL, "staged\n")
    owner.git("add", SKILL)


def staged_then_put_back(owner: Owner) -> None:
    before = (owner.root / SKILL).read_bytes()
    staged(owner)
    owner.writes(SKILL, before)


def deleted(owner: Owner) -> None:
    (owner.root / SKILL).unlink()


def untracked(owner: Owner) -> None:
    owner.git("rm", "-q", "--cached", SKILL)
    owner.git("commit", "-q", "-m", "Forget it")


def ignored(owner: Owner) -> None:
    untracked(owner)
    owner.writes(".gitignore", "skills/\n")


def hidden_edit(owner: Owner) -> None:
    owner.git("update-index", "--assume-unchanged", SKILL)
    edited(owner)


def conflicted(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "theirs")
    owner.commits(SKILL, "theirs\n")
    owner.git("switch", "-q", "main")
    owner.commits(SKILL, "ours\n")
    with pytest.raises(Exception, match="merge"):
        owner.git("merge", "theirs")


def merging_another_file(owner: Owner) -> None:
    owner.git("switch", "-q", "-c", "theirs")
    owner.commits("other.txt", "theirs\n")
    owner.git("switch", "-q", "main")
    owner.git("merge", "-q", "--no-ff", "--no-commit", "theirs")


def detached(owner: Owner) -> None:
    owner.git("switch", "-q", "--detach")


def a_link(owner: Owner) -> None:
    owner.git("mv", SKILL, "real.md")
    (owner.root / SKILL).symlink_to("../../real.md")
    owner.git("add", SKILL)
    owner.git("commit", "-q", "-m", "Link")
    (owner.root / "real.md").write_text("edited\n")


@pytest.mark.parametrize(
    ("spoil", "named", "way_out"),
    [
        (edited, "not committed", "git commit"),
        (staged, "staged", "git commit"),
        (staged_then_put_back, "staged", "git commit"),
        (deleted, "deleted", "git checkout"),
        (untracked, "not in git yet", "git add"),
        (ignored, "not in git yet", "git add"),
        (hidden_edit, "not committed", "git commit"),
        (conflicted, "a merge is in progress", "git merge --abort"),
        (merging_another_file, "a merge is in progress", "git merge --abort"),
        (detached, "detached", "git switch -c"),
        (a_link, "real.md has changes", "git commit"),
    ],
)
def test_what_forbids_a_promotion_is_named_with_the_way_out(
    owner: Owner, skill: Path, spoil: Callable[[Owner], None], named: str, way_out: str
) -> None:
    Repo.at(skill).require_ready([skill])
    spoil(owner)
    before = owner.work()
    with pytest.raises(RepoError, match=named) as caught:
        Repo.at(skill).require_ready([skill])
    assert way_out in caught.value.hint
    assert caught.value.exit_code == 5
    assert owner.work() == before


def test_other_peoples_files_may_be_in_any_state(owner: Owner, skill: Path, sidecar: Path) -> None:
    owner.has_unfinished_work()
    Repo.at(skill).require_ready([skill, sidecar])


def test_an_untracked_sidecar_would_be_lost_so_it_is_refused(
    owner: Owner, skill: Path, sidecar: Path
) -> None:
    sidecar.write_text("notes of the owner\n")
    with pytest.raises(RepoError, match=r"SKILL\.rsi\.md is not in git yet"):
        Repo.at(skill).require_ready([skill, sidecar])


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("main/night", "beside branch main"),
        ("a b", "cannot be the name"),
        ("-x", "cannot be"),
        ("other", "checked out"),
    ],
)
def test_a_branch_that_cannot_be_moved_is_refused_before_the_night(
    owner: Owner, skill: Path, tmp_path: Path, name: str, named: str
) -> None:
    owner.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    with pytest.raises(RepoError, match=named):
        Repo.at(skill).require_ready([skill], name)


def test_a_folder_without_git_is_named_with_git_init(tmp_path: Path) -> None:
    with pytest.raises(RepoError, match="not in a git repository") as caught:
        Repo.at(tmp_path / "not/there/yet.md")
    assert "git init" in caught.value.hint


def test_a_repository_without_commits_is_named(tmp_path: Path) -> None:
    fresh = Owner(tmp_path)
    fresh.git("init", "-q")
    skill = fresh.writes("skill.md", "x")
    with pytest.raises(RepoError, match="no commit yet") as caught:
        Repo.at(skill).require_ready([skill])
    assert "git commit" in caught.value.hint


def test_a_bare_repository_and_the_inside_of_git_are_refused(owner: Owner, tmp_path: Path) -> None:
    owner.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    for folder in (tmp_path / "bare.git", owner.root / ".git/hooks"):
        with pytest.raises(RepoError, match="no files to evolve"):
            Repo.at(folder)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user_is_named_with_safe_directory(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (owner.root, owner.root / ".git"):
        os.chown(place, 65534, 65534)
    with pytest.raises(RepoError, match="another user") as caught:
        Repo.at(owner.root)
    assert "safe.directory" in caught.value.hint
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")  # as containers and CI machines allow it
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "*")
    assert Repo.at(owner.root).root == owner.root


def test_without_git_the_message_says_so(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RepoError, match="git cannot be started") as caught:
        Repo.at(owner.root)
    assert "install git" in caught.value.hint


def test_paths_outside_the_repository_are_refused(owner: Owner, tmp_path: Path) -> None:
    repo = Repo.at(owner.root)
    for path in (tmp_path / "x.md", Path("../x.md"), Path(".git/config"), Path()):
        with pytest.raises(RepoError, match="outside"):
            repo.relative(path)
    assert repo.relative(Path("skills/../new.md")) == "new.md"


def test_the_repository_is_found_from_any_subfolder(
    owner: Owner, skill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(skill.parent)
    repo = Repo.at(Path("SKILL.md"))
    assert (repo.root, repo.relative(Path("SKILL.md").absolute())) == (owner.root, SKILL)
