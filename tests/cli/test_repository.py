"""The state of the repository: where a night may not begin, and the owner's work, which it never touches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rsi_cli.cli.app import run
from tests.fakes.owner import Owner
from tests.fakes.plain import SKILL, plain_files
from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

PLAIN = "skills/plain"
FILE = f"{PLAIN}/SKILL.md"
SIDECAR = f"{PLAIN}/SKILL.rsi.yaml"
NIGHT = ("--seed", "1", "--max-calls", "400", "--json")


@pytest.fixture
def plain(shop: Workshop) -> Workshop:
    """A workshop with the plain skill and its suite."""
    shop.fill(plain_files())
    return shop


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A folder with the plain skill and its suite that is no repository."""
    root = tmp_path / "bare"
    root.mkdir()
    shop = Workshop(root, capsys, monkeypatch)
    shop.fill(plain_files(), commit=False)
    return shop


@pytest.mark.parametrize("command", ["evolve", "log", "rollback", "diff"])
def test_outside_of_git_the_hint_names_the_folder_that_should_be_a_repository(
    bare: Workshop, command: str
) -> None:
    outcome = bare.rsi(command, PLAIN, "--json")
    assert outcome.code == 5
    assert "not in a git repository" in outcome.document["error"]["message"]
    assert f"`git init {bare.root}`" in outcome.document["error"]["hint"]


def test_eval_and_audit_need_no_repository(bare: Workshop) -> None:
    assert bare.rsi("eval", PLAIN, "--json").code == 0
    assert bare.rsi("audit", "--suite", "evals/plain.yaml", "--json").code == 0


def test_a_repository_without_a_commit_says_how_to_make_one(bare: Workshop) -> None:
    bare.git("init", "-q")
    for command in ("evolve", "log", "rollback"):
        said = refused(bare, command, PLAIN)
        assert said.code == 5
        assert "no commit yet" in said.message
        assert "git commit" in said.hint


def test_a_detached_head_wants_a_branch_and_takes_one(plain: Workshop) -> None:
    plain.git("checkout", "-q", "--detach")
    head = plain.git("rev-parse", "HEAD")
    said = refused(plain, "evolve", PLAIN)
    assert said.code == 5
    assert "detached" in said.message
    assert "--branch NAME" in said.hint
    assert refused(plain, "rollback", PLAIN, "--to", "HEAD").code == 5
    outcome = plain.rsi("evolve", PLAIN, *NIGHT, "--branch", "night")
    assert outcome.code == 0, outcome.err
    assert plain.git("rev-parse", "HEAD") == head
    assert plain.git("rev-parse", "night") == outcome.document["promotions"][-1]["commit"]
    assert (plain.root / FILE).read_text() == SKILL


def test_a_skill_that_is_not_committed_is_refused_and_left_as_it_is(plain: Workshop) -> None:
    plain.fill({FILE: f"{SKILL}\nMy own edit.\n"}, commit=False)
    said = refused(plain, "evolve", PLAIN)
    assert said.code == 5
    assert "not committed" in said.message
    assert f"git commit -m '…' -- {FILE}" in said.hint
    assert refused(plain, "rollback", PLAIN, "--to", "HEAD").code == 5
    plain.git("add", FILE)
    said = refused(plain, "evolve", PLAIN)
    assert (said.code, "staged" in said.message) == (5, True)
    plain.git("reset", "-q")
    (plain.root / FILE).unlink()
    assert refused(plain, "evolve", PLAIN).code == 2


def test_a_skill_that_git_does_not_know_is_refused(plain: Workshop) -> None:
    plain.fill({"skills/new/SKILL.md": SKILL}, commit=False)
    said = refused(plain, "evolve", "skills/new", "--suite", "evals/plain.yaml")
    assert said.code == 5
    assert "not in git yet" in said.message
    plain.git("add", "skills/new")
    assert refused(plain, "evolve", "skills/new", "--suite", "evals/plain.yaml").code == 5


def test_a_sidecar_with_edits_is_not_overwritten(plain: Workshop) -> None:
    plain.fill({SIDECAR: "mutation_prompts: []\n"}, commit=False)
    said = refused(plain, "evolve", PLAIN)
    assert said.code == 5
    assert SIDECAR in said.message


def test_a_branch_name_that_git_does_not_take_is_refused(plain: Workshop) -> None:
    said = refused(plain, "evolve", PLAIN, "--branch", "a..b")
    assert said.code == 5
    assert "'a..b'" in said.message


def test_the_owners_work_is_the_same_byte_for_byte_after_a_night(plain: Workshop) -> None:
    owner = Owner(plain.root)
    owner.has_unfinished_work()
    before = owner.work(FILE, SIDECAR)
    outcome = plain.rsi("evolve", PLAIN, *NIGHT)
    assert outcome.code == 0, outcome.err
    assert outcome.document["promotions"]
    assert owner.work(FILE, SIDECAR) == before
    status = plain.git("status", "--porcelain", "--", PLAIN)
    assert status == "", "skill and sidecar are committed and clean"


def test_a_night_from_a_folder_inside_works_as_one_from_the_root(
    plain: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Owner(plain.root)
    owner.has_unfinished_work()
    before = owner.work(FILE, SIDECAR)
    monkeypatch.chdir(plain.root / PLAIN)
    assert run(["evolve", ".", *NIGHT]) == 0, capsys.readouterr().err
    assert run(["log", "."]) == 0
    assert "plain: +" in capsys.readouterr().out
    assert owner.work(FILE, SIDECAR) == before
    assert plain.git("diff", "--name-only", "HEAD~1", "HEAD").splitlines() == [FILE, SIDECAR]
    assert run(["rollback", "SKILL.md"]) == 0
    assert (plain.root / FILE).read_text() == SKILL
    assert owner.work(FILE, SIDECAR) == before


def test_a_night_in_a_worktree_leaves_the_others_alone(
    plain: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main, side = Owner(plain.root), Owner(tmp_path / "side")
    main.has_unfinished_work()
    plain.git("worktree", "add", "-q", str(side.root), "-b", "side")
    side.writes("notes.txt", "mine\n")
    before = main.work(), side.work(FILE, SIDECAR)
    outcome = Workshop(side.root, capsys, monkeypatch).rsi("evolve", PLAIN, *NIGHT)
    assert outcome.code == 0, outcome.err
    assert outcome.document["promotions"]
    assert (main.work(), side.work(FILE, SIDECAR)) == before
    assert side.git("rev-parse", "HEAD").strip() == outcome.document["promotions"][-1]["commit"]


def test_a_night_on_another_branch_touches_no_file_at_all(plain: Workshop) -> None:
    owner = Owner(plain.root)
    owner.has_unfinished_work()
    before, head = owner.work(), plain.git("rev-parse", "HEAD")
    outcome = plain.rsi("evolve", PLAIN, *NIGHT[:-1], "--branch", "night")
    assert outcome.code == 0, outcome.err
    assert owner.work() == before
    assert plain.git("rev-parse", "HEAD") == head
    assert plain.git("diff", "--name-only", head, "night").splitlines() == [FILE, SIDECAR]
    merge = outcome.out.strip().splitlines()[-1].removeprefix("To take them over: ")
    assert merge == f"git -C {plain.root} merge night"


def test_without_git_the_message_says_so(plain: Workshop, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from rsi_cli.cli.app import main; main()", "evolve", PLAIN],
        cwd=plain.root,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5
    assert "git cannot be started" in done.stderr
    assert "install git" in done.stderr
