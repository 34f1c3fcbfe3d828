"""The doctor says beforehand what `evolve` would say, under the name of what is wrong, and how to mend it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.ledger.git.commit import Change, write_commit
from rsi_cli.ledger.git.worktree import Pending
from tests.fakes.plain import SKILL, plain_files
from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

PLAIN = "skills/plain"
FILE = f"{PLAIN}/SKILL.md"
SIDECAR = f"{PLAIN}/SKILL.rsi.yaml"
BROKEN = "mutation_prompts:\n  - text: a\n    orign: x\nlesons: []\n"
PLACES = [f"{SIDECAR}:3:5", f"{SIDECAR}:4:1"]


@pytest.fixture
def plain(shop: Workshop) -> Workshop:
    """A workshop with the plain skill and its suite."""
    shop.fill(plain_files())
    return shop


def doctor(shop: Workshop, check: str, code: int) -> list[dict[str, Any]]:
    """What the doctor says of one thing; every failure comes with its fix."""
    outcome = shop.rsi("doctor", PLAIN, "--json")
    checks: list[dict[str, Any]] = outcome.document["checks"]
    assert outcome.code == code
    assert all(one["fix"] for one in checks if one["state"] == "fail")
    return [one for one in checks if one["check"] == check]


def places(texts: list[str] | tuple[str, ...]) -> list[str]:
    """Where the mistakes are."""
    return [text.split()[0] for text in texts]


def test_a_committed_sidecar_that_cannot_be_read_is_told_by_doctor_plan_and_night_alike(
    plain: Workshop,
) -> None:
    plain.fill({SIDECAR: BROKEN})
    night = refused(plain, "evolve", PLAIN)
    plan = refused(plain, "evolve", PLAIN, "--dry-run")
    assert (night.code, places(night.problems)) == (2, PLACES)
    assert plan == night
    found = doctor(plain, "sidecar", 3)
    assert [one["message"] for one in found] == list(night.problems)
    assert {one["fix"] for one in found} == {night.hint}
    assert doctor(plain, "commit", 3)[0]["state"] == "ok"

    plain.fill({SIDECAR: "mutation_prompts:\n  - text: a\n"})
    [well] = doctor(plain, "sidecar", 0)
    assert (well["state"], well["message"]) == ("ok", "1 mutation prompt, 0 lessons")
    assert plain.rsi("evolve", PLAIN, "--dry-run").code == 0


def test_nobody_has_to_commit_a_mistake_to_be_told_of_it(plain: Workshop) -> None:
    plain.fill({SIDECAR: "mutation_prompts: []\n"})
    plain.fill({SIDECAR: BROKEN}, commit=False)
    night = refused(plain, "evolve", PLAIN)
    assert (night.code, places(night.problems)) == (2, PLACES)
    assert "is no valid sidecar" in night.message
    assert "not committed" in night.message
    assert "mend it" in night.hint
    assert f"git commit -m '…' -- {SIDECAR}" in night.hint
    assert places(refused(plain, "evolve", PLAIN, "--dry-run").problems) == PLACES
    assert len(doctor(plain, "sidecar", 3)) == 2
    assert doctor(plain, "commit", 3)[0]["state"] == "fail"


def test_a_name_that_nobody_knows_is_warned_of_by_all_three(plain: Workshop) -> None:
    plain.fill({SIDECAR: "operators:\n  prunne: {tried: 2, confirmed: 1}\n"})
    strange, well = doctor(plain, "sidecar", 0)
    assert (strange["state"], well["state"]) == ("warn", "ok")
    assert strange["message"].startswith(f"{SIDECAR}:2:3")
    plan = plain.rsi("evolve", PLAIN, "--dry-run", "--json").document
    assert strange["message"] in plan["warnings"]
    night = plain.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "100")
    assert f"warning: {strange['message']}" in night.err


def test_with_another_branch_its_own_sidecar_counts(plain: Workshop) -> None:
    plain.git("branch", "night")
    plain.fill({SIDECAR: BROKEN})
    there = ("evolve", PLAIN, "--branch", "night")
    assert plain.rsi(*there, "--dry-run").code == 0
    assert plain.rsi(*there, "--seed", "1", "--max-calls", "100").code == 0
    plain.git("branch", "-f", "night", "main")
    plain.fill({SIDECAR: "mutation_prompts: []\n"})
    assert places(refused(plain, *there, "--dry-run").problems) == PLACES
    assert refused(plain, *there, "--fresh").problems == refused(plain, *there, "--dry-run").problems


def test_a_plan_says_that_no_night_can_begin_yet(plain: Workshop) -> None:
    def warnings() -> list[str]:
        outcome = plain.rsi("evolve", PLAIN, "--dry-run", "--json")
        assert outcome.code == 0
        return [said for said in outcome.document["warnings"] if said.startswith("no night can begin yet")]

    assert warnings() == []
    plain.fill({FILE: f"{SKILL}\nMy own edit.\n"}, commit=False)
    night = refused(plain, "evolve", PLAIN)
    assert warnings() == [f"no night can begin yet: {night.message}; {night.hint}"]


def killed_in_a_promotion(shop: Workshop, text: str) -> str:
    """The branch holds a new version, and the worktree does not show it: where a kill -9 can fall."""
    repo = Repo.at(shop.root)
    repo.scratch.mkdir(exist_ok=True)
    head, message = repo.head(), CommitMessage("Promote c1", "", (("Rsi-Run", "r"), ("Rsi-Candidate", "c1")))
    files = dict(repo._stored({FILE: text.encode()}, head))
    change = Change(files=files, message=message, expected=head, branch=None, why="test")
    commit = write_commit(repo, change, sign=False)
    Pending("refs/heads/main", head, commit, (FILE,)).write(repo)
    shop.git("update-ref", "refs/heads/main", commit)
    return commit


def test_a_promotion_that_a_kill_left_half_shown_is_no_work_of_the_owners(plain: Workshop) -> None:
    """To commit it, as one is told of staged changes, would bring the old text back."""
    better = f"{SKILL}\nBe kind.\n"
    commit = killed_in_a_promotion(plain, better)

    def everything() -> dict[str, bytes]:
        files = (path for path in plain.root.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files}

    before = everything()
    [found] = doctor(plain, "commit", 0)
    warnings = plain.rsi("evolve", PLAIN, "--dry-run", "--json").document["warnings"]
    assert everything() == before, "nobody mends by looking"
    assert found["state"] == "warn"
    assert commit[:12] in found["message"]
    [said] = [warning for warning in warnings if commit[:12] in warning]
    assert said == f"{found['message']}; {found['fix']}"
    assert not any("git commit" in text or "no night can begin" in text for text in warnings)

    night = plain.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "100")
    assert night.code == 0, night.err
    assert (plain.root / FILE).read_text().startswith(better), "shown, and gone on from"
    assert doctor(plain, "commit", 0)[0]["state"] == "ok"
    assert "taken back" not in plain.rsi("log", PLAIN).out


def test_a_folder_in_the_place_of_the_sidecar_is_called_one(plain: Workshop) -> None:
    (plain.root / SIDECAR).mkdir()
    [found] = doctor(plain, "sidecar", 3)
    assert found["message"].endswith("is a folder, not a file")
    assert found["fix"].startswith("remove the folder")
    assert "is a folder, not a file" in refused(plain, "evolve", PLAIN, "--dry-run").message
    (plain.root / SIDECAR).rmdir()
    assert plain.rsi("evolve", PLAIN, "--dry-run").code == 0


def test_a_folder_without_front_matter_is_warned_of_and_stops_nothing(plain: Workshop) -> None:
    bare = SKILL.partition("---\n\n")[2]
    plain.fill({FILE: bare})
    [found] = doctor(plain, "skill", 0)
    assert found["state"] == "warn"
    assert "front matter" in found["message"]
    assert plain.rsi("eval", PLAIN).code == 0
    assert plain.rsi("evolve", PLAIN, "--dry-run").code == 0
    # The fix, followed to the letter.
    lines = re.findall("`([^`]+)`", found["fix"])
    plain.fill({FILE: "\n".join([*lines, "", bare])})
    assert [one["state"] for one in doctor(plain, "skill", 0)] == ["ok"]


def test_a_missing_suite_and_mistakes_in_the_settings_stand_under_their_own_names(plain: Workshop) -> None:
    plain.fill({"rsi.yaml": "models:\n  actr: x\nseed: -1\nbudget: {max_call: 3}\n"})
    (plain.root / "evals/plain.yaml").rename(plain.root / "elsewhere.yaml")
    assert [one["state"] for one in doctor(plain, "skill", 3)] == ["ok"]
    [suite] = doctor(plain, "suite", 3)
    assert (suite["state"], "tried skills/plain/evals/plain.yaml" in suite["message"]) == ("fail", True)
    settings = doctor(plain, "settings", 3)
    told = [one["message"].partition("rsi.yaml")[2].split()[0] for one in settings]
    assert told == [":2:3", ":3:7", ":4:10"]
    shown = plain.rsi("doctor", PLAIN).out
    assert shown.count("it may hold models") == 1, "one fix for all three"
    assert shown.index("budget.max_call ") < shown.index("it may hold models")


def test_wrong_variables_and_settings_are_told_together(
    plain: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RSI_EPOCHS", "0")
    monkeypatch.setenv("RSI_SEDE", "3")
    plain.fill({"rsi.yaml": "seed: -1\n"})
    messages = [one["message"] for one in doctor(plain, "settings", 3)]
    assert [message.split()[0].rpartition("/")[2] for message in messages] == [
        "RSI_EPOCHS",
        "RSI_SEDE",
        "rsi.yaml:1:7",
    ]


def test_each_mistake_of_a_suite_has_a_line_of_its_own(plain: Workshop) -> None:
    plain.fill({"evals/plain.yaml": "epochs: 0\ncases:\n  - {id: a, input: one, splt: train}\n"})
    messages = [one["message"] for one in doctor(plain, "suite", 3)]
    assert len(messages) > 1
    assert messages == list(refused(plain, "eval", PLAIN).problems)
    assert doctor(plain, "settings", 3) == []


@pytest.mark.parametrize("source", ["RSI_MAX_CALLS", "evals/plain.yaml"])
def test_a_budget_that_pays_for_no_look_is_a_warning_with_the_budget_that_does(
    plain: Workshop, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    def budget(calls: int) -> None:
        if source.startswith("RSI"):
            monkeypatch.setenv(source, str(calls))
        else:
            suite = plain_files()["evals/plain.yaml"].removesuffix("}")
            plain.fill({"evals/plain.yaml": f'{suite}, "budget": {{"max_calls": {calls}}}}}'})

    budget(60)
    [said] = doctor(plain, "budget", 0)
    [outlook] = doctor(plain, "holdout", 0)
    assert (said["state"], outlook["state"]) == ("warn", "warn")
    assert said["fix"] == outlook["fix"]
    needed = re.fullmatch(rf"raise `max_calls` to (\d+) or more, which .*{source} sets", said["fix"])
    assert needed is not None
    budget(int(needed[1]))
    assert doctor(plain, "budget", 0) == []
    assert [one["state"] for one in doctor(plain, "holdout", 0)] == ["ok"]
