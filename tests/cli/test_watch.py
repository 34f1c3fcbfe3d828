"""Promotions whose scores drift apart are a finding of `rsi audit` and a line of `rsi log`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rsi_cli.cli.audits import past
from rsi_cli.cli.audits.watch import Chronicle
from rsi_cli.ledger.git import Repo
from rsi_cli.suite.load import load_suite
from rsi_cli.trust.goodhart import drift
from tests.fakes.promotions import SKILL, Scores, promote, promote_all
from tests.fakes.workshop import Outcome, Workshop

STEADY = [Scores(train=0.5 + n / 25, holdout=0.48 + n / 25) for n in range(8)]
BY_HEART = [Scores(train=min(1.0, 0.4 + n / 12), holdout=0.4) for n in range(12)]
BEGUN = BY_HEART[:6]
DRIFTS = {"train-apart", "known-good-sinks", "audit-sinks"}


@pytest.fixture
def skill(shop: Workshop) -> str:
    return shop.mail()


def suite_hash(shop: Workshop) -> str:
    return load_suite(shop.root / "evals/mail.yaml").hash


def drifts(outcome: Outcome) -> list[tuple[str, str]]:
    findings = outcome.document["findings"]
    return [(one["check"], one["severity"]) for one in findings if one["check"] in DRIFTS]


def test_learning_train_cases_by_heart_fails_the_audit_and_heads_the_log(shop: Workshop, skill: str) -> None:
    promote_all(shop.root, suite_hash(shop), BY_HEART)
    outcome = shop.rsi("audit", skill, "--json")
    assert (outcome.code, drifts(outcome)) == (3, [("train-apart", "fail")])
    assert outcome.document["passed"] is False
    said = shop.rsi("audit", skill)
    assert "the scores of versions promoted by evals/mail.yaml drift apart" in said.err
    assert "rsi rollback" in said.err, "what a person can do about it"

    log = shop.rsi("log", skill)
    assert log.code == 0
    first = log.out.splitlines()[0]
    assert first.startswith("watch out: train scores climb away from held-out ones: ")
    entries = shop.rsi("log", skill, "--json").document
    assert [entry["watch"] for entry in entries] == [first, *[None] * 11]


def test_a_drift_that_may_be_luck_warns_and_passes(shop: Workshop, skill: str) -> None:
    promote_all(shop.root, suite_hash(shop), BEGUN)
    outcome = shop.rsi("audit", skill, "--json")
    assert (outcome.code, drifts(outcome)) == (0, [("train-apart", "warn")])
    assert shop.rsi("log", skill).out.startswith("watch out: ")


def test_a_history_in_order_is_silent(shop: Workshop, skill: str) -> None:
    promote_all(shop.root, suite_hash(shop), STEADY)
    outcome = shop.rsi("audit", skill, "--json")
    assert (outcome.code, drifts(outcome)) == (0, [])
    assert "watch out" not in shop.rsi("log", skill).out
    assert {entry["watch"] for entry in shop.rsi("log", skill, "--json").document} == {None}


def test_sinking_known_good_scores_are_found(shop: Workshop, skill: str) -> None:
    sinking = [Scores(train=0.5, holdout=0.5, known_good=1 - n / 12, cases=(24, 24, 20)) for n in range(10)]
    promote_all(shop.root, suite_hash(shop), sinking)
    assert ("known-good-sinks", "fail") in drifts(shop.rsi("audit", skill, "--json"))


def test_what_was_rolled_back_no_longer_counts(shop: Workshop, skill: str) -> None:
    promote_all(shop.root, suite_hash(shop), BY_HEART)
    assert shop.rsi("rollback", skill, "--steps", "9", "--json").code == 0
    outcome = shop.rsi("audit", skill, "--json")
    assert (outcome.code, drifts(outcome)) == (0, [])
    assert "watch out" not in shop.rsi("log", skill).out


def test_promotions_under_another_suite_do_not_count(shop: Workshop, skill: str) -> None:
    promote_all(shop.root, "0ther", BY_HEART)
    assert drifts(shop.rsi("audit", skill, "--json")) == []
    promote(shop.root, suite_hash(shop), Scores(train=0.9, holdout=0.9), 99)
    assert drifts(shop.rsi("audit", skill, "--json")) == []
    assert "watch out" not in shop.rsi("log", skill).out, "the log goes by the newest promotion's suite"


def test_commits_of_an_older_rsi_say_nothing_and_break_nothing(shop: Workshop, skill: str) -> None:
    promote_all(shop.root, suite_hash(shop), [None] * 10)
    assert drifts(shop.rsi("audit", skill, "--json")) == []
    promote_all(shop.root, suite_hash(shop), BY_HEART)
    assert drifts(shop.rsi("audit", skill, "--json")) == [("train-apart", "fail")]


def remembered(shop: Workshop) -> Path:
    return past.place(Repo.at(shop.root), SKILL)


def test_every_audit_is_remembered_beside_the_version_that_it_audited(shop: Workshop, skill: str) -> None:
    commits = promote_all(shop.root, suite_hash(shop), STEADY[:2])
    assert shop.rsi("audit", skill).code == 0
    later = promote(shop.root, suite_hash(shop), STEADY[2], 2)
    assert shop.rsi("audit", skill).code == 0
    scores = past.read(Repo.at(shop.root), SKILL).scores
    assert [(one.commit, one.right, one.judged) for one in scores] == [(commits[-1], 2, 2), (later, 2, 2)]
    assert {one.suite for one in scores} == {suite_hash(shop)}


def test_a_version_that_came_back_is_audited_under_its_own_name(shop: Workshop, skill: str) -> None:
    first, _ = promote_all(shop.root, suite_hash(shop), STEADY[:2])
    shop.rsi("rollback", skill, "--json")
    shop.rsi("audit", skill)
    assert [one.commit for one in past.read(Repo.at(shop.root), SKILL).scores] == [first]


def test_an_audit_of_an_edited_version_is_none_of_the_promotion(shop: Workshop, skill: str) -> None:
    promote_all(shop.root, suite_hash(shop), STEADY[:2])
    shop.fill({"skills/mail/SKILL.md": (shop.root / SKILL).read_bytes() + b"\nBy hand.\n"})
    shop.rsi("audit", skill)
    edited = shop.git("rev-parse", "HEAD")
    assert [one.commit for one in past.read(Repo.at(shop.root), SKILL).scores] == [edited]


def audited_history(shop: Workshop, right: list[int], judged: int = 40) -> None:
    """As many promotions, each audited with that many labels right, on the labels that the suite has now."""
    suite = load_suite(shop.root / "evals/mail.yaml")
    repo = Repo.at(shop.root)
    for number, count in enumerate(right):
        commit = promote(shop.root, suite.hash, replace(STEADY[0], train=0.5, holdout=0.5), number)
        labels = past.labels_hash(suite.gold)
        score = past.AuditScore(commit=commit, suite=suite.hash, labels=labels, right=count, judged=judged)
        past.remember(repo, SKILL, score)


def test_audit_scores_that_sink_from_version_to_version_are_found(shop: Workshop, skill: str) -> None:
    audited_history(shop, [40, 40, 38, 36, 32, 28, 26, 24, 22, 20, 20])
    promote(shop.root, suite_hash(shop), STEADY[0], 99)  # a version that no audit has seen yet
    assert shop.rsi("log", skill).out.startswith("watch out: audit scores sink")


def test_the_audit_that_is_made_now_counts_for_the_committed_version(shop: Workshop, skill: str) -> None:
    audited_history(shop, [40, 39, 38, 33, 30, 26, 22, 18, 16, 14])
    known = Chronicle.of(Repo.at(shop.root), SKILL).records(suite_hash(shop))
    assert known[-1].audit == 14 / 40
    outcome = shop.rsi("audit", skill, "--json")
    found = [one["value"] for one in outcome.document["findings"] if one["check"] == "audit-sinks"]
    now = (*known[:-1], replace(known[-1], audit=1.0, audit_cases=2))  # both labels are judged right
    assert found == [one.value for one in drift(now)] != [one.value for one in drift(known)]
    assert Chronicle.of(Repo.at(shop.root), SKILL).records(suite_hash(shop)) == now, "and is remembered"


def test_other_labels_are_another_measure(shop: Workshop, skill: str) -> None:
    audited_history(shop, [40, 40, 38, 36, 32, 28, 26, 24, 22, 20, 18])
    path = shop.root / "evals/mail.yaml"
    suite = json.loads(path.read_text())
    suite["gold"].append({"case": "train-1", "output": "nonsense", "good": False})
    path.write_text(json.dumps(suite))
    assert ("audit-sinks", "fail") not in drifts(shop.rsi("audit", skill, "--json"))
    assert "watch out" not in shop.rsi("log", skill).out


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        '{"commit": "c"}',
        '{"commit": 1, "suite": "s", "labels": "l", "right": 1, "judged": 2}',
        '{"commit": "c", "suite": "s", "labels": "l", "right": 3, "judged": 2}',
        '{"commit": "c", "suite": "s", "labels": "l", "right": true, "judged": 2}',
        '{"commit": "c", "suite": "s", "labels": "l", "right": 0, "judged": 0}',
        '{"commit": "c", "suite": "s", "labels": "l", "right": 0.5, "judged": 1}',
        '{"commit": "c", "suite": "\ufffd',
    ],
)
def test_a_damaged_line_is_left_out_with_a_note(shop: Workshop, skill: str, line: str) -> None:
    shop.rsi("audit", skill)
    file = remembered(shop)
    whole = file.read_bytes()
    file.write_bytes(line.encode() + b"\n" + whole + line.encode())  # the last line was cut off by a crash
    outcome = shop.rsi("audit", skill, "--json")
    assert outcome.code == 0
    notes = [one for one in outcome.document["findings"] if one["check"] == "audit-history"]
    assert [note["severity"] for note in notes] == (["info"] if line else [])
    if line:
        assert f"2 lines of {file} could not be read" in notes[0]["message"]
    assert len(past.read(Repo.at(shop.root), SKILL).scores) == 2, "the audit before and this one"
    assert shop.rsi("log", skill).code == 0


def test_bytes_that_are_no_text_are_a_damaged_line(shop: Workshop, skill: str) -> None:
    shop.rsi("audit", skill)
    remembered(shop).write_bytes(b"\xff\xfe\x00\n" + remembered(shop).read_bytes())
    assert (
        len(past.read(Repo.at(shop.root), SKILL).scores),
        past.read(Repo.at(shop.root), SKILL).damaged,
    ) == (
        1,
        1,
    )


def test_an_audit_of_a_suite_alone_and_one_outside_of_git_remember_nothing(
    shop: Workshop, skill: str
) -> None:
    assert shop.rsi("audit", "evals/mail.yaml").code == 0
    assert not remembered(shop).exists()


def test_an_audit_that_concluded_nothing_is_not_remembered(shop: Workshop, skill: str) -> None:
    path = shop.root / "evals/mail.yaml"
    suite = json.loads(path.read_text())
    rubric = [{"type": "llm-rubric", "value": "Is it right?"}]
    for case in suite["cases"]:
        case["assert"] = rubric
    path.write_text(json.dumps(suite))
    judge = ("--judge-model", "openai/nobody", "--api-base", "http://127.0.0.1:9")
    outcome = shop.rsi("audit", skill, "--json", *judge)
    assert outcome.code != 0
    assert not remembered(shop).exists()
