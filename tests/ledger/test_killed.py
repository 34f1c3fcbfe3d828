"""kill -9 at any moment: what was acknowledged is there, what was not is there whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import BinaryIO, cast

import pytest

from rsi_cli.errors import RepoError
from rsi_cli.ledger.events import GenerationPlanned
from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.ledger.git.commit import Change, write_commit
from rsi_cli.ledger.git.repo import HalfShown
from rsi_cli.ledger.git.worktree import Pending
from rsi_cli.ledger.journal import Journal
from rsi_cli.nouns import CandidateId, RunId
from tests.fakes.owner import SEED, Owner

OURS = ("skills/triage/SKILL.md", "skills/triage/SKILL.rsi.md")
PROMOTER = """
import sys
from pathlib import Path
from rsi_cli.ledger.git import CommitMessage, Repo
skill = Path(sys.argv[1])
repo = Repo.at(skill)
repo.require_ready([skill])
print("ready", flush=True)
for number in range(int(sys.argv[2]), 10_000):
    files = {skill: b"version %d\\n" % number, skill.with_name("SKILL.rsi.md"): b"prompts %d\\n" % number}
    message = CommitMessage(f"Promote {number}", "", (("Rsi-Run", "r"), ("Rsi-Candidate", f"c{number}")))
    print(number, repo.promote(files, message, repo.head()), flush=True)
"""
RECORDER = """
import sys
from pathlib import Path
from rsi_cli.ledger.events import GenerationPlanned
from rsi_cli.ledger.journal import Journal, encode
journal = Journal.open(Path(sys.argv[1]))
encode(GenerationPlanned(generation=0, spent=0.0, stop="", share=0.0))  # slow once
print("ready", flush=True)
for number in range(int(sys.argv[2]), 10_000):
    journal.append(GenerationPlanned(generation=number, spent=0.0, stop="", share=0.0))
    print(number, flush=True)
"""


def run_and_kill(program: str, *args: str, after_s: float, group: bool = False) -> list[bytes]:
    """Start, wait until it is ready, kill -9 a little later (its git children too, or not); its lines."""
    child = subprocess.Popen(
        [sys.executable, "-c", program, *args], stdout=subprocess.PIPE, start_new_session=True
    )
    out = cast("BinaryIO", child.stdout)
    assert out.readline() == b"ready\n"
    time.sleep(after_s)
    if group:
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()
    with out:
        return out.read().splitlines()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_promotions_killed_at_random_moments_lose_nothing(owner: Owner, skill: Path) -> None:
    owner.has_unfinished_work()
    before = owner.work(*OURS)
    rng, done = Random(20), 0
    for attempt in range(15):
        lines = run_and_kill(
            PROMOTER, str(skill), str(done), after_s=rng.uniform(0, 0.3), group=attempt % 3 == 0
        )
        repo = Repo.at(skill)
        repo.require_ready([skill, skill.with_name("SKILL.rsi.md")])  # as a resumed run does first
        for number, commit in (line.decode().split() for line in lines):
            assert repo.find_promotion(RunId("r"), CandidateId(f"c{number}"), None) == commit
            done = int(number) + 1
        unacknowledged = repo.find_promotion(RunId("r"), CandidateId(f"c{done}"), None)
        if unacknowledged is not None:
            assert unacknowledged == repo.head()
            done += 1
        assert skill.read_bytes() == (b"version %d\n" % (done - 1) if done else SEED)
        assert not (repo.git_dir / "index.lock").exists()
        assert owner.work(*OURS) == before
    assert done > 5
    assert len(Repo.at(skill).log(skill)) == done
    assert "error" not in owner.git("fsck", "--full", "--no-dangling")
    assert sorted(path.name for path in Repo.at(skill).scratch.iterdir()) == ["commit.lock"]


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_facts_acknowledged_before_a_kill_are_there(tmp_path: Path) -> None:
    place, rng, done = tmp_path / "journal.sqlite", Random(40), 0
    for _ in range(6):
        lines = run_and_kill(RECORDER, str(place), str(done), after_s=rng.uniform(0, 0.1))
        journal = Journal.open(place)
        numbers = [cast("GenerationPlanned", event).generation for event in journal.events()]
        journal.close()
        acknowledged = int(lines[-1]) + 1 if lines else done
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= acknowledged
        done = len(numbers)
    assert done > 6


class TestKilledBetweenTheBranchAndTheFile:
    """The branch has moved and the note says so, but the worktree still shows the version before."""

    @pytest.fixture
    def commit(self, owner: Owner, skill: Path, sidecar: Path) -> str:
        owner.has_unfinished_work()
        repo = Repo.at(skill)
        repo.scratch.mkdir()
        head = repo.head()
        files = repo._stored({OURS[0]: b"better\n", OURS[1]: b"prompts\n"}, head)
        change = Change(
            files=dict(files), message=CommitMessage("P", "", ()), expected=head, branch=None, why="test"
        )
        commit = write_commit(repo, change, sign=False)
        Pending("refs/heads/main", head, commit, OURS).write(repo)
        assert not sidecar.exists()
        return commit

    def test_the_next_command_shows_the_commit(
        self, owner: Owner, skill: Path, sidecar: Path, commit: str
    ) -> None:
        before = owner.work(*OURS)
        owner.git("update-ref", "refs/heads/main", commit)
        Repo.at(skill).require_ready([skill, sidecar])
        assert (skill.read_bytes(), sidecar.read_bytes()) == (b"better\n", b"prompts\n")
        assert owner.work(*OURS) == before

    def test_until_then_it_is_told_and_nothing_is_touched(
        self, owner: Owner, skill: Path, sidecar: Path, commit: str
    ) -> None:
        """To commit what the worktree shows, as for staged changes, would take the promotion back."""
        owner.git("update-ref", "refs/heads/main", commit)
        repo = Repo.at(skill)
        before = owner.work(), sorted(repo.scratch.iterdir())
        found = repo.unready([skill, sidecar])
        assert isinstance(found, HalfShown)
        assert commit[:12] in found.message
        assert "git " not in f"{found.message} {found.hint}"
        assert (owner.work(), sorted(repo.scratch.iterdir())) == before
        repo.require_ready([skill, sidecar])
        assert repo.unready([skill, sidecar]) is None

    def test_of_other_files_and_other_branches_nothing_else_is_told(
        self, owner: Owner, skill: Path, sidecar: Path, commit: str
    ) -> None:
        owner.git("update-ref", "refs/heads/main", commit)
        repo, other = Repo.at(skill), owner.root / "work/edited.txt"
        found = repo.unready([other])
        assert found is not None
        assert "work/edited.txt has changes that are not committed" in found.message
        assert repo.unready([skill, sidecar], "night") is None

    def test_a_commit_that_no_branch_took_is_told_by_nobody(
        self, owner: Owner, skill: Path, sidecar: Path, commit: str
    ) -> None:
        repo = Repo.at(skill)
        assert repo.unready([skill, sidecar]) is None
        skill.write_bytes(b"the owner was here\n")
        found = repo.unready([skill, sidecar])
        assert found is not None
        assert "has changes that are not committed" in found.message
        assert owner.git("rev-parse", "main").strip() != commit

    def test_a_note_that_cannot_be_read_is_told_before_a_night_meets_it(
        self, skill: Path, sidecar: Path, commit: str
    ) -> None:
        repo = Repo.at(skill)
        (repo.scratch / "pending.json").write_text(f"{commit} and no JSON")
        found = repo.unready([skill, sidecar])
        with pytest.raises(RepoError) as caught:
            repo.require_ready([skill, sidecar])
        assert found is not None
        assert (found.message, found.hint) == (caught.value.message, caught.value.hint)

    def test_an_edit_made_meanwhile_is_kept(
        self, owner: Owner, skill: Path, sidecar: Path, commit: str
    ) -> None:
        owner.git("update-ref", "refs/heads/main", commit)
        skill.write_bytes(b"the owner was here\n")
        Repo.at(skill).finish_interrupted()
        assert (skill.read_bytes(), sidecar.read_bytes()) == (b"the owner was here\n", b"prompts\n")
        assert "the owner was here" in owner.git("diff", OURS[0])
        assert owner.git("diff", "--cached", "--name-only", "--", "skills") == ""

    def test_a_commit_that_no_branch_took_is_forgotten(self, owner: Owner, skill: Path, commit: str) -> None:
        before = owner.work()
        Repo.at(skill).require_ready([skill])
        assert owner.work() == before
        owner.git("update-ref", "refs/heads/main", commit)  # later, by hand: no note is left to act on
        Repo.at(skill).finish_interrupted()
        assert skill.read_bytes() == SEED

    def test_another_branch_in_the_worktree_is_left_alone(
        self, owner: Owner, skill: Path, commit: str
    ) -> None:
        owner.git("update-ref", "refs/heads/main", commit)
        owner.git("symbolic-ref", "HEAD", "refs/heads/elsewhere")
        before = owner.work()
        Repo.at(skill).finish_interrupted()
        assert owner.work() == before

    def test_a_lock_of_ours_is_completed(self, owner: Owner, skill: Path, sidecar: Path, commit: str) -> None:
        owner.git("update-ref", "refs/heads/main", commit)
        ours, lock = owner.root / ".git/rsi/index.new", owner.root / ".git/index.lock"
        ours.write_bytes((owner.root / ".git/index").read_bytes())
        os.link(ours, lock)
        Repo.at(skill).require_ready([skill, sidecar])
        assert not lock.exists()
        assert not ours.exists()
        assert skill.read_bytes() == b"better\n"
