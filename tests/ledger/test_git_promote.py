"""A promotion takes the skill and its sidecar, and leaves every other thing of the owner's alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.errors import BugError, RepoError
from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.nouns import Sha
from tests.fakes.owner import SEED, Owner

Promote = Callable[..., Sha]
Message = Callable[..., CommitMessage]
OURS = ("skills/triage/SKILL.md", "skills/triage/SKILL.rsi.md")


def test_a_promotion_is_one_commit_of_the_skill_and_its_sidecar(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote
) -> None:
    before = owner.git("rev-parse", "HEAD").strip()
    commit = promote(b"better\n")
    assert owner.git("rev-parse", "HEAD").strip() == commit
    assert owner.git("rev-parse", "HEAD^").strip() == before
    assert owner.git("diff-tree", "-r", "--name-only", "HEAD^", "HEAD").split() == list(OURS)
    assert (skill.read_bytes(), sidecar.read_bytes()) == (b"better\n", b"prompts of c1\n")
    assert owner.git("status", "--porcelain") == ""
    assert owner.git("diff-files") == ""


def test_staged_edited_and_untracked_work_is_byte_identical_afterwards(
    owner: Owner, promote: Promote
) -> None:
    owner.has_unfinished_work()
    before = owner.work(*OURS)
    promote(b"better\n")
    assert owner.work(*OURS) == before
    assert owner.git("diff-tree", "-r", "--name-only", "HEAD^", "HEAD").split() == list(OURS)


def test_checkout_of_the_commit_before_is_a_full_rollback_without_rsi(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    promote(b"better\n")
    owner.git("checkout", "HEAD^", "--", OURS[0])
    assert skill.read_bytes() == SEED


def test_the_ref_log_says_who_moved_the_branch(owner: Owner, promote: Promote) -> None:
    promote(b"better\n", "c7")
    assert owner.git("reflog", "-1", "--format=%gs").strip() == "rsi: promote c7"


def test_a_promotion_works_from_a_leaked_hook_environment(
    owner: Owner, skill: Path, promote: Promote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Owner(tmp_path / "other")
    other.root.mkdir()
    other.git("init", "-q")
    other.commits("file", "theirs")
    before = other.work()
    for name, value in {
        "GIT_DIR": other.root / ".git",
        "GIT_WORK_TREE": other.root,
        "GIT_INDEX_FILE": other.root / ".git/index",
        "GIT_OBJECT_DIRECTORY": other.root / ".git/objects",
        "GIT_PREFIX": "somewhere/",
        "GIT_NAMESPACE": "elsewhere",
        "GIT_AUTHOR_DATE": "1999-01-01T00:00:00Z",
    }.items():
        monkeypatch.setenv(name, str(value))
    commit = promote(b"better\n")
    assert os.environ["GIT_PREFIX"] == "somewhere/"
    for name in ("DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "PREFIX", "NAMESPACE", "AUTHOR_DATE"):
        monkeypatch.delenv(f"GIT_{name}")
    assert owner.git("rev-parse", "main").strip() == commit
    assert "1999" not in owner.git("log", "-1", "--format=%aI")
    assert other.work() == before


def test_a_file_edited_meanwhile_is_kept_and_nothing_is_committed(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    head = owner.git("rev-parse", "HEAD")
    skill.write_bytes(b"the owner was here\n")
    with pytest.raises(RepoError, match="not committed"):
        promote(b"better\n")
    assert skill.read_bytes() == b"the owner was here\n"
    assert owner.git("rev-parse", "HEAD") == head


def test_a_branch_that_moved_meanwhile_is_not_overwritten(
    owner: Owner, skill: Path, promotion: Message
) -> None:
    repo = Repo.at(skill)
    old = repo.head()
    new = owner.commits("other.txt", "meanwhile")
    with pytest.raises(RepoError, match="moved from"):
        repo.promote({skill: b"better\n"}, promotion(), old)
    assert repo.head() == new
    assert repo.same(old, new, [skill])
    assert repo.promote({skill: b"better\n"}, promotion(), new) == repo.head()


def test_two_promotions_of_one_base_cannot_both_win(
    skill: Path, promotion: Message, promote: Promote
) -> None:
    base = Repo.at(skill).head()
    promote(b"first\n")
    with pytest.raises(RepoError):
        Repo.at(skill).promote({skill: b"second\n"}, promotion("c2"), base)
    assert skill.read_bytes() == b"first\n"


@pytest.mark.parametrize("file", [{"skill": SEED}, {"skill": b"x", "sidecar": b"y", "other": b"z"}, {}])
def test_a_commit_of_nothing_new_or_of_too_much_is_a_bug(
    skill: Path, sidecar: Path, owner: Owner, promotion: Message, file: dict[str, bytes]
) -> None:
    places = {"skill": skill, "sidecar": sidecar, "other": owner.root / "other.txt"}
    repo = Repo.at(skill)
    with pytest.raises(BugError):
        repo.promote({places[name]: content for name, content in file.items()}, promotion(), repo.head())
    assert owner.git("log", "--format=%s").split("\n")[0] == "Add the skill"


def test_a_promotion_that_names_no_candidate_is_a_bug(skill: Path) -> None:
    repo = Repo.at(skill)
    message = CommitMessage("Promote", "", (("Rsi-Run", "r"),))
    with pytest.raises(BugError, match="Rsi-Candidate"):
        repo.promote({skill: b"better\n"}, message, repo.head())


@pytest.mark.parametrize(
    "name",
    ["with space.md", "-rf.md", "--help", "ünïcødé – 技能.md", ":(glob)*.md", 'quo"te\\.md', "tab\there.md"],
)
def test_any_file_name_is_just_a_name(owner: Owner, promotion: Message, name: str) -> None:
    owner.writes("aaa.md", "not touched")
    file = owner.writes(name, "old\n")
    owner.git("--literal-pathspecs", "add", "--", name, "aaa.md")
    owner.git("commit", "-q", "-m", "Odd name")
    repo = Repo.at(file)
    repo.require_ready([file])
    commit = repo.promote({file: b"new\n"}, promotion(), repo.head())
    assert owner.git("diff-tree", "-r", "-z", "--name-only", "HEAD^", "HEAD").rstrip("\0") == name
    assert (file.read_bytes(), repo.read(commit, file), repo.read("HEAD^", file)) == (
        b"new\n",
        b"new\n",
        b"old\n",
    )
    assert [version.commit for version in repo.log(file)] == [commit]
    assert len(repo.history(file)) == 2
    assert owner.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfbom\r\nmixed\nno final newline", b"", b"\x00\xff binary", b"\r"]
)
def test_bytes_arrive_as_they_are(skill: Path, promote: Promote, content: bytes) -> None:
    commit = promote(content)
    assert skill.read_bytes() == content
    assert Repo.at(skill).read(commit, skill) == content


def test_line_endings_are_stored_as_git_add_would_store_them(
    owner: Owner, skill: Path, promotion: Message
) -> None:
    owner.git("config", "core.autocrlf", "true")
    owner.git("rm", "-q", "--cached", OURS[0])
    skill.write_bytes(b"one\r\ntwo\r\n")
    owner.git("add", OURS[0])
    owner.git("commit", "-q", "-m", "With autocrlf")
    repo = Repo.at(skill)
    assert repo.read("HEAD", skill) == b"one\r\ntwo\r\n"
    repo.promote({skill: b"one\r\n2\r\n"}, promotion(), repo.head())
    assert skill.read_bytes() == b"one\r\n2\r\n"
    assert owner.git("cat-file", "blob", f"HEAD:{OURS[0]}") == "one\n2\n"
    assert owner.git("status", "--porcelain") == ""


@pytest.mark.skipif(os.name == "nt", reason="no executable bit there")
def test_the_mode_of_the_file_stays(owner: Owner, skill: Path, promote: Promote) -> None:
    skill.chmod(0o750)
    owner.git("commit", "-q", "-am", "Executable")
    promote(b"better\n")
    assert skill.stat().st_mode & 0o777 == 0o750
    assert owner.git("ls-tree", "HEAD", OURS[0]).startswith("100755")
    assert owner.git("status", "--porcelain") == ""


def test_a_worktree_of_its_own_gets_its_own_promotion(
    owner: Owner, promotion: Message, tmp_path: Path
) -> None:
    owner.has_unfinished_work()
    before = owner.work()
    owner.git("worktree", "add", "-q", "-b", "night", str(tmp_path / "night"))
    skill = tmp_path / "night" / OURS[0]
    repo = Repo.at(skill)
    assert (repo.branch(), repo.state_dir) == ("night", owner.root / ".git/rsi")
    repo.require_ready([skill])
    commit = repo.promote({skill: b"better\n"}, promotion(), repo.head())
    assert skill.read_bytes() == b"better\n"
    assert Owner(repo.root).git("status", "--porcelain") == ""
    assert owner.git("rev-parse", "night").strip() == commit
    assert owner.work() == before


def test_a_branch_that_is_not_checked_out_moves_alone(owner: Owner, skill: Path, promotion: Message) -> None:
    owner.has_unfinished_work()
    skill.write_bytes(b"being edited on main\n")
    before = owner.work()
    repo = Repo.at(skill)
    repo.require_ready([skill], "rsi/night")
    first = repo.promote({skill: b"one\n"}, promotion("c1"), repo.tip("rsi/night"), "rsi/night")
    second = repo.promote({skill: b"two\n"}, promotion("c2"), repo.tip("rsi/night"), "rsi/night")
    assert owner.git("rev-parse", "rsi/night", "rsi/night^", "rsi/night^^").split() == [
        second,
        first,
        repo.head(),
    ]
    assert repo.read(second, skill) == b"two\n"
    assert owner.work() == before


def test_a_detached_head_can_promote_to_a_named_branch(owner: Owner, skill: Path, promotion: Message) -> None:
    owner.git("switch", "-q", "--detach")
    repo = Repo.at(skill)
    with pytest.raises(RepoError, match="detached") as caught:
        repo.require_ready([skill])
    assert "--branch" in caught.value.hint
    repo.require_ready([skill], "night")
    commit = repo.promote({skill: b"better\n"}, promotion(), repo.tip("night"), "night")
    assert owner.git("rev-parse", "night").strip() == commit
    assert skill.read_bytes() == SEED


def test_a_submodule_is_a_repository_of_its_own(owner: Owner, promotion: Message, tmp_path: Path) -> None:
    top = Owner(tmp_path / "top")
    top.root.mkdir()
    top.git("init", "-q")
    top.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(owner.root), "sub")
    top.git("commit", "-q", "-m", "With a submodule")
    inside = Owner(top.root / "sub")
    inside.git("switch", "-q", "main")
    skill = inside.root / OURS[0]
    repo = Repo.at(skill)
    assert repo.root == inside.root
    repo.require_ready([skill])
    commit = repo.promote({skill: b"better\n"}, promotion(), repo.head())
    assert inside.git("rev-parse", "main").strip() == commit
    assert inside.git("status", "--porcelain") == ""


def test_sparse_and_shallow_clones_work(owner: Owner, promotion: Message, tmp_path: Path) -> None:
    owner.commits("big/data.txt", "left out")
    owner.git("config", "uploadpack.allowFilter", "true")
    clone = Owner(tmp_path / "clone")
    subprocess.run(
        [
            "git",
            "clone",
            "-q",
            "--depth=1",
            "--filter=blob:none",
            "--sparse",
            f"file://{owner.root}",
            clone.root,
        ],
        check=True,
    )
    clone.git("sparse-checkout", "set", "skills")
    owner.root.rename(tmp_path / "offline")  # nothing more can be fetched
    skill = clone.root / OURS[0]
    repo = Repo.at(skill)
    repo.require_ready([skill])
    repo.promote({skill: b"better\n"}, promotion(), repo.head())
    assert not (clone.root / "big").exists()
    assert clone.git("status", "--porcelain") == ""
    assert "S big/data.txt" in clone.git("ls-files", "-t")
    assert clone.git("ls-tree", "-r", "--name-only", "HEAD").split() == ["README.md", "big/data.txt", OURS[0]]


def test_a_split_index_stays_whole(owner: Owner, promote: Promote) -> None:
    owner.has_unfinished_work()
    owner.git("update-index", "--split-index")
    before = owner.work(*OURS)
    promote(b"one\n", "c1")
    promote(b"two\n", "c2")
    assert owner.work(*OURS) == before


def test_flags_that_the_owner_set_on_the_skill_stay(owner: Owner, promote: Promote) -> None:
    owner.git("update-index", "--assume-unchanged", OURS[0])
    promote(b"better\n")
    assert owner.git("ls-files", "-v", OURS[0]).startswith("h ")


def test_a_busy_index_is_named_and_nothing_is_committed(owner: Owner, skill: Path, promote: Promote) -> None:
    lock = owner.writes(".git/index.lock", "")
    head = owner.git("rev-parse", "HEAD")
    with pytest.raises(RepoError, match=r"index\.lock") as caught:
        promote(b"better\n")
    assert str(lock) in caught.value.hint
    assert lock.exists()
    assert owner.git("rev-parse", "HEAD") == head
    assert skill.read_bytes() == SEED


def test_a_missing_name_does_not_stop_the_night(
    owner: Owner, promote: Promote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    promote(b"better\n")
    assert owner.git("log", "-1", "--format=%an %ae %cn").strip() == "rsi rsi@localhost rsi"


def test_the_owners_name_is_used_where_there_is_one(owner: Owner, promote: Promote) -> None:
    promote(b"better\n")
    assert owner.git("log", "-1", "--format=%an <%ae>").strip() == "Test Owner <owner@example.invalid>"


def test_a_key_that_cannot_sign_stops_the_promotion_with_a_way_out(
    owner: Owner, skill: Path, promote: Promote
) -> None:
    owner.git("config", "commit.gpgSign", "true")
    owner.git("config", "gpg.program", "/bin/false")
    head = owner.git("rev-parse", "HEAD")
    with pytest.raises(RepoError, match="signed") as caught:
        promote(b"better\n")
    assert "commit.gpgSign" in caught.value.hint
    assert (owner.git("rev-parse", "HEAD"), skill.read_bytes()) == (head, SEED)


def test_commits_are_signed_where_the_owner_signs(owner: Owner, promote: Promote, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    for name, value in {"gpg.format": "ssh", "user.signingKey": key, "commit.gpgSign": "true"}.items():
        owner.git("config", name, str(value))
    promote(b"better\n")
    assert "BEGIN SSH SIGNATURE" in owner.git("cat-file", "commit", "HEAD")
    assert Repo.at(owner.root).log(owner.root / OURS[0])[0].candidate == "c1"


def test_a_link_in_place_of_the_skill_is_not_written_through(
    owner: Owner, skill: Path, promotion: Message, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_bytes(SEED)
    repo = Repo.at(skill)
    skill.unlink()
    skill.symlink_to(outside)
    with pytest.raises(RepoError):
        repo.promote({skill: b"better\n"}, promotion(), repo.head())
    skill.unlink()
    skill.parent.rename(tmp_path / "moved")
    skill.parent.symlink_to(tmp_path / "moved")
    (tmp_path / "moved/SKILL.md").write_bytes(SEED)
    with pytest.raises(RepoError):
        repo.promote({skill: b"better\n"}, promotion(), repo.head())
    assert (outside.read_bytes(), (tmp_path / "moved/SKILL.md").read_bytes()) == (SEED, SEED)


def test_a_skill_reached_through_a_link_is_its_own_file(
    owner: Owner, promotion: Message, tmp_path: Path
) -> None:
    link = tmp_path / "agent-skills"
    link.symlink_to(owner.root / "skills")
    repo = Repo.at(link / "triage/SKILL.md")
    assert repo.root == owner.root
    assert repo.relative(link / "triage/SKILL.md") == OURS[0]


def test_kept_champions_can_be_checked_out_and_move_nothing(
    owner: Owner, skill: Path, sidecar: Path, promotion: Message
) -> None:
    owner.has_unfinished_work()
    skill.write_bytes(b"being edited\n")
    before = owner.work()
    repo = Repo.at(skill)
    files = {skill: b"champion\n", sidecar: b"its prompts\n"}
    commit = repo.keep("20261120-173005-ab12/3", files, repo.head(), promotion("c9"))
    assert repo.keep("20261120-173005-ab12/3", files, repo.head(), promotion("c9")) == commit
    assert owner.work() == before
    ref = "refs/rsi/champions/20261120-173005-ab12/3"
    assert owner.git("rev-parse", ref).strip() == commit
    assert owner.git("diff", "--name-only", f"HEAD..{ref}").split() == list(OURS)
    with pytest.raises(BugError):
        repo.keep("20261120-173005-ab12/3", {skill: b"another\n"}, repo.head(), promotion("c9"))


def hook(owner: Owner, script: str) -> None:
    """Let the owner's machine do something the moment the branch has moved to a promotion."""
    file = owner.writes(
        ".git/hooks/reference-transaction", f'#!/bin/sh\n[ "$1" = committed ] || exit 0\n{script}\n'
    )
    file.chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_a_file_edited_in_the_very_moment_is_kept_and_the_branch_goes_back(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote
) -> None:
    head = owner.git("rev-parse", "HEAD")
    hook(owner, f"echo mine > '{sidecar}'")
    with pytest.raises(RepoError, match="edited while"):
        promote(b"better\n")
    assert (skill.read_bytes(), sidecar.read_bytes()) == (SEED, b"mine\n")
    assert owner.git("rev-parse", "HEAD") == head
    assert owner.git("status", "--porcelain").split() == ["??", OURS[1]]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_an_index_locked_in_the_very_moment_undoes_the_promotion(
    owner: Owner, skill: Path, sidecar: Path, promote: Promote
) -> None:
    owner.has_unfinished_work()
    before, head = owner.work(OURS[0]), owner.git("rev-parse", "HEAD")
    skill.chmod(0o750)
    hook(owner, ": > .git/index.lock")
    with pytest.raises(RepoError, match=r"index\.lock"):
        promote(b"better\n")
    (owner.root / ".git/index.lock").unlink()
    assert owner.git("rev-parse", "HEAD") == head
    assert (skill.read_bytes(), skill.stat().st_mode & 0o777, sidecar.exists()) == (SEED, 0o750, False)
    assert owner.work(OURS[0]) == before


ADDER = """
for number in $(seq 40); do
    echo "$number" > "added $number.txt"
    until git add "added $number.txt" 2> /dev/null; do :; done
done
"""


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_what_the_owner_stages_at_the_same_time_is_not_lost(owner: Owner, promote: Promote) -> None:
    adding = subprocess.Popen(["/bin/sh", "-c", ADDER], cwd=owner.root)
    number = 0
    while adding.poll() is None:
        number += 1
        promote(b"version %d\n" % number, f"c{number}")
    assert adding.returncode == 0
    staged = owner.git("diff", "--cached", "--name-only").splitlines()
    assert len(staged) == 40
    assert owner.git("diff", "--name-only") == ""
    assert len(Repo.at(owner.root).log(owner.root / OURS[0])) == number > 0


def test_a_stale_lock_of_the_branch_is_named(owner: Owner, skill: Path, promote: Promote) -> None:
    owner.writes(".git/refs/heads/main.lock", "")
    with pytest.raises(RepoError, match=r"main\.lock") as caught:
        promote(b"better\n")
    assert "delete" in caught.value.hint
    assert skill.read_bytes() == SEED
    (owner.root / ".git/refs/heads/main.lock").unlink()
    promote(b"better\n")
