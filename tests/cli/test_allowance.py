"""What nights spent of the owner's error: every command says it alike, here and in a clone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rsi_cli.ledger.events import RunStarted
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.tags import write_tag
from rsi_cli.ledger.looks import skill_mark
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import CaseId, RunId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import percent
from rsi_cli.trust.holdout import PastLook
from rsi_cli.trust.remembered import encode_look
from tests.fakes.workshop import Workshop

ALPHA = GateRule().alpha
NIGHT = ("--seed", "3", "--max-calls", "700")
BRIEF = ("--seed", "3", "--max-calls", "400", "--generations", "1")


class Voices:
    """What the commands say about tonight."""

    def __init__(self, shop: Workshop, skill: str) -> None:
        self.plan: dict[str, Any] = shop.rsi("evolve", skill, "--dry-run", "--json").document
        self.words = shop.rsi("evolve", skill, "--dry-run").out
        checks = shop.rsi("doctor", skill, "--json").document["checks"]
        self.doctor = {
            check["check"]: check for check in checks if check["check"] in ("holdout", "allowance", "wear")
        }


def elsewhere(shop: Workshop, run: str, looks: list[PastLook]) -> None:
    """Tags that somebody else's nights left, as a fetch would bring them."""
    repo = Repo.at(shop.root)
    name = f"looks/{skill_mark('skills/mail/SKILL.md')}/{run}/{len(looks) - 1}"
    write_tag(repo, name, repo.head(), "\n".join(map(encode_look, looks)))


def look(run: str, number: int, alpha: float, cases: list[str]) -> PastLook:
    ids = frozenset(map(CaseId, cases))
    return PastLook(run=RunId(run), number=number, alpha=alpha, case_ids=ids, promoted=False)


def held_out(shop: Workshop) -> list[str]:
    suite = json.loads((shop.root / "evals/mail.yaml").read_text())
    return [case["id"] for case in suite["cases"] if case["split"] == "holdout"]


def test_after_a_night_of_noise_everybody_says_the_same_here_and_in_a_clone(
    shop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = shop.mail(noise=True, seed=3)
    before = Voices(shop, skill)
    assert before.plan["alpha"] == before.plan["error_left"] == ALPHA
    assert before.plan["alpha_tonight"] == ALPHA / 2
    assert before.doctor["wear"]["message"] == "no look has used these held-out cases"

    planned = shop.rsi("evolve", skill, *NIGHT, "--dry-run", "--json").document
    night = shop.rsi("evolve", skill, *NIGHT)
    assert night.code == 0, night.err
    told = night.err[: night.err.index("generation 1")]
    assert before.plan["allowance"] in told
    assert planned["outlook"] in told

    here = Voices(shop, skill)
    left = ALPHA - sum(_spent(shop))
    assert left < ALPHA, "a night without a look would show nothing"
    assert here.plan["error_left"] == pytest.approx(left)
    assert here.plan["alpha_tonight"] == pytest.approx(left / 2)
    assert here.plan["smallest_detectable_gain"] > before.plan["smallest_detectable_gain"]
    assert here.plan["holdout_wear"]["most_looks"] == len(_spent(shop))

    shop.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Workshop(tmp_path / "clone", capsys, monkeypatch)
    there = Voices(clone, skill)
    for key in ("alpha_tonight", "error_left"):
        assert there.plan[key] == pytest.approx(here.plan[key], rel=1e-4)
    assert there.plan["holdout_wear"] == here.plan["holdout_wear"]
    assert there.doctor == here.doctor
    for voices in (here, there):
        assert voices.doctor["allowance"]["message"] == voices.plan["allowance"]
        assert voices.doctor["holdout"]["message"] == voices.plan["outlook"]
        assert voices.doctor["wear"]["message"] == voices.plan["holdout_wear"]["sentence"]
        assert all(said in voices.words for said in (voices.plan["allowance"], voices.plan["outlook"]))
    assert percent(here.plan["alpha_tonight"]) in here.plan["allowance"]


def _spent(shop: Workshop) -> list[float]:
    """What each look of the newest run could spend."""
    runs = Runs(Repo.at(shop.root).state_dir)
    state = runs.state(runs.ids()[0])
    assert state.started is not None
    assert state.started.alpha_tonight is not None
    return [state.started.alpha_tonight * taken.share for taken in state.looks]


def test_a_resumed_run_keeps_what_it_was_given_and_a_new_one_counts_again(shop: Workshop) -> None:
    skill = shop.mail()
    assert shop.rsi("evolve", skill, "--seed", "3", "--max-calls", "20", "--generations", "1").code == 6
    cases = held_out(shop)
    elsewhere(shop, "20200101-000000-0000", [look("20200101-000000-0000", 0, ALPHA / 2, cases)])
    assert Voices(shop, skill).plan["alpha_tonight"] == pytest.approx(ALPHA / 4, rel=1e-4)

    resumed = shop.rsi("evolve", skill, *BRIEF, "--resume")
    assert resumed.code == 0, resumed.err
    assert "This run may spend 2.5 % of error, as was settled when it began." in resumed.err
    assert _begun(shop) == [ALPHA / 2]

    expected = Voices(shop, skill).plan["alpha_tonight"]
    assert shop.rsi("evolve", skill, *BRIEF).code == 0
    assert _begun(shop)[0] == pytest.approx(expected)


def _begun(shop: Workshop) -> list[float | None]:
    """What each run was given, the newest first."""
    runs = Runs(Repo.at(shop.root).state_dir)
    started = [runs.events(run, RunStarted)[0] for run in runs.ids()]
    return [fact.alpha_tonight for fact in started if isinstance(fact, RunStarted)]


def test_a_worn_out_holdout_is_said_with_what_to_rotate_and_the_night_goes_on(shop: Workshop) -> None:
    skill = shop.mail()
    cases = held_out(shop)
    for number in range(13):
        run = f"202001{number + 1:02}-000000-0000"
        elsewhere(shop, run, [look(run, 0, ALPHA / 2 ** (number + 1), cases)])
    voices = Voices(shop, skill)
    wear = voices.plan["holdout_wear"]
    assert wear["worn_out"]
    assert set(wear["rotate"]) <= set(cases)
    assert voices.doctor["wear"]["state"] == "warn"
    assert wear["rotate"][0] in voices.doctor["wear"]["message"]
    assert "split: holdout" in voices.doctor["wear"]["fix"]
    assert wear["sentence"] in voices.plan["warnings"]
    night = shop.rsi("evolve", skill, *BRIEF)
    assert night.code == 0
    assert f"warning: {wear['sentence']}" in night.err


def test_a_run_that_was_given_up_inside_a_look_is_told_to_clones_by_the_next_one(
    shop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = shop.mail(noise=True, seed=3)
    assert shop.rsi("evolve", skill, *NIGHT).code == 0
    shop.git("tag", "--delete", *shop.git("tag", "--list", "rsi/*").split())  # as if killed before the tag
    assert shop.rsi("evolve", skill, "--seed", "4", "--max-calls", "20").code == 6
    shop.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Workshop(tmp_path / "clone", capsys, monkeypatch)
    expected = Voices(shop, skill).plan["alpha_tonight"]
    assert Voices(clone, skill).plan["alpha_tonight"] == pytest.approx(expected, rel=1e-4)
    assert expected < ALPHA / 2


def test_a_clone_without_its_history_says_that_looks_may_be_missing(
    shop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = shop.mail()
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.root}", str(tmp_path / "shallow"))
    shallow = Workshop(tmp_path / "shallow", capsys, monkeypatch)
    assert any("--unshallow" in warning for warning in Voices(shallow, skill).plan["warnings"])
    assert not any("--unshallow" in warning for warning in Voices(shop, skill).plan["warnings"])
    checks = shallow.rsi("doctor", skill, "--json").document["checks"]
    assert [c["state"] for c in checks if c["check"] == "allowance"] == ["ok", "warn"]


def test_a_journal_from_before_the_error_was_counted_counts_as_a_whole_night(shop: Workshop) -> None:
    skill = shop.mail(noise=True, seed=3)
    assert shop.rsi("evolve", skill, *NIGHT).code == 0
    shares = [spent / (ALPHA / 2) for spent in _spent(shop)]
    shop.git("tag", "--delete", *shop.git("tag", "--list", "rsi/*").split())
    _forget_the_allowance(shop)
    left = Voices(shop, skill).plan["error_left"]
    assert left == pytest.approx(ALPHA * (1 - sum(shares)))


def _forget_the_allowance(shop: Workshop) -> None:
    """Make the newest run's first fact what an older rsi wrote."""
    import sqlite3
    from contextlib import closing

    runs = Runs(Repo.at(shop.root).state_dir)
    with closing(sqlite3.connect(runs.folder(runs.ids()[0]) / "journal.sqlite")) as db, db:
        (text,) = db.execute("SELECT payload FROM facts WHERE key = 'run'").fetchone()
        fact = json.loads(text)
        del fact["alpha_tonight"]
        db.execute("UPDATE facts SET payload = ? WHERE key = 'run'", (json.dumps(fact),))
