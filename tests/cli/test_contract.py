"""The documents and exit codes that programs rely on, from real nights on the embedded model."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.fakes.openai_server import OpenAIServer, apprentice
from tests.fakes.workshop import Workshop

EVAL_KEYS = {"skill", "suite", "suite_hash", "model", "judge_model", "splits", "cases", "usage"}
CASE_KEYS = {
    *("id", "description", "split", "epoch", "prompt_index", "prompt", "model", "output", "score"),
    *("passed", "failed_because", "asserts"),
}
EVOLVE_KEYS = {
    *("run", "skill", "suite", "stopped_because", "seed", "baseline", "final", "gain", "promotions"),
    *("candidates", "gate_looks", "rejected", "unmeasured", "usage"),
}
LOG_KEYS = {
    *("commit", "date", "run", "operator", "gain", "holdout_score", "suite_hash", "judge_hash", "subject"),
}
USAGE_KEYS = {"calls", "cached_calls", "input_tokens", "output_tokens", "usd", "seconds"}
NIGHT = ("--seed", "3", "--max-calls", "900", "--json")


def test_eval_prints_one_document_with_every_key(shop: Workshop) -> None:
    outcome = shop.rsi("eval", shop.mail(), "--json")
    document = outcome.document
    assert outcome.code == 0
    assert document.keys() >= EVAL_KEYS
    assert document["usage"].keys() == USAGE_KEYS
    assert set(document["splits"]) == {"train", "holdout", "known-good"}
    for split in document["splits"].values():
        assert split.keys() == {"score", "low", "high", "cases", "measured"}
        assert 0 <= split["low"] <= split["score"] <= split["high"] <= 1
    assert len(document["cases"]) == 24 + 24 + 1
    assert all(case.keys() >= CASE_KEYS for case in document["cases"])
    assert document["model"] == "offline/apprentice"
    assert "no language model" in outcome.err.splitlines()[0]


def test_eval_measures_one_split_and_as_many_epochs_as_asked(shop: Workshop) -> None:
    document = shop.rsi("eval", shop.mail(), "--json", "--split", "holdout", "--epochs", "2").document
    assert set(document["splits"]) == {"holdout"}
    assert document["splits"]["holdout"]["cases"] == 24
    assert sorted({case["epoch"] for case in document["cases"]}) == [0, 1]


def test_a_second_eval_pays_nothing(shop: Workshop) -> None:
    skill = shop.mail()
    first, second = (shop.rsi("eval", skill, "--json").document["usage"] for _ in range(2))
    assert (first["calls"], first["cached_calls"]) == (49, 0)
    assert (second["calls"], second["cached_calls"]) == (0, 49)
    assert shop.rsi("eval", skill, "--json", "--no-cache").document["usage"]["calls"] == 49


def test_eval_under_the_limit_fails_the_check_and_still_prints_its_document(shop: Workshop) -> None:
    outcome = shop.rsi("eval", shop.mail(), "--json", "--fail-under", "0.99")
    assert outcome.code == 3
    assert outcome.document.keys() >= EVAL_KEYS


def test_eval_writes_a_junit_report(shop: Workshop, tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    shop.rsi("eval", shop.mail(), "--junit", str(report))
    suites = ET.parse(report).getroot().findall("testsuite")  # noqa: S314 - our own report
    assert {suite.get("name"): suite.get("tests") for suite in suites} == {
        "train": "24",
        "holdout": "24",
        "known-good": "1",
    }


def test_a_night_promotes_a_real_gain_and_every_next_command_knows_of_it(shop: Workshop) -> None:
    skill = shop.mail()
    begun = shop.git("rev-parse", "HEAD")
    outcome = shop.rsi("evolve", skill, *NIGHT)
    night = outcome.document
    assert outcome.code == 0, outcome.err
    assert night.keys() >= EVOLVE_KEYS
    assert night["usage"].keys() == USAGE_KEYS
    assert night["usage"]["calls"] <= 900
    assert night["promotions"], outcome.err
    assert night["gain"]["low"] > 0
    plain = night["final"]["holdout"] - night["baseline"]["holdout"]
    assert plain - 0.1 < night["gain"]["estimate"] <= plain + 1e-9, "less the luck of having been chosen"
    brought = [promotion["gain"]["estimate"] for promotion in night["promotions"]]
    assert night["gain"]["estimate"] == pytest.approx(sum(brought))
    promotion = night["promotions"][0]
    assert promotion.keys() >= {"commit", "parent_commit", "operator", "mutation_prompt", "gain"}
    assert promotion["parent_commit"] == begun
    changed = shop.git("diff", "--name-only", begun, promotion["commit"]).splitlines()
    assert changed == ["skills/mail/SKILL.md", "skills/mail/SKILL.rsi.yaml"]

    log = shop.rsi("log", skill, "--json").document
    assert [entry["commit"] for entry in log] == [p["commit"] for p in reversed(night["promotions"])]
    assert log[0].keys() >= LOG_KEYS
    diff = shop.rsi("diff", skill, "--json").document
    assert len(diff["won"]) > len(diff["lost"])
    assert shop.rsi("status", "--json").document["state"] == "ended"
    assert shop.rsi("audit", skill, "--json").document["passed"] is True


def test_rollback_restores_the_first_version_as_a_new_commit(shop: Workshop) -> None:
    skill = shop.mail()
    before = shop.files()
    begun = shop.git("rev-parse", "HEAD")
    night = shop.rsi("evolve", skill, *NIGHT).document
    assert shop.files() != before
    back = shop.rsi("rollback", skill, "--to", begun, "--json").document
    assert back.keys() >= {"commit", "restored_from", "skill", "recheck"}
    assert back["restored_from"] == begun
    assert shop.files() == before
    assert shop.git("rev-parse", "HEAD") == back["commit"]
    assert shop.git("rev-parse", "HEAD~1") == night["promotions"][-1]["commit"]
    assert f"Rsi-Rollback-To: {begun}" in shop.git("log", "-1", "--format=%B")


def test_the_same_night_over_http_gives_the_same_commits(shop: Workshop) -> None:
    skill = shop.mail()
    with OpenAIServer(answer=apprentice) as server:
        outcome = shop.rsi("evolve", skill, *NIGHT, "--model", "openai/x", "--api-base", server.base_url)
        assert outcome.code == 0, outcome.err
        night = outcome.document
        assert night["promotions"], outcome.err
        assert night["gain"]["low"] > 0
        assert night["usage"]["calls"] == server.count
        assert night["models"] == {"actor": "openai/x", "improver": "openai/x", "judge": "openai/x"}


def test_a_provider_that_refuses_the_key_ends_with_exit_4_and_one_document(shop: Workshop) -> None:
    from tests.fakes.openai_server import Fail

    skill = shop.mail()
    with OpenAIServer(script=[Fail(401, "bad key")] * 200) as server:
        outcome = shop.rsi("eval", skill, "--json", "--model", "openai/x", "--api-base", server.base_url)
    assert outcome.code == 4
    assert outcome.document["error"]["exit_code"] == 4
    assert outcome.document["error"]["hint"]


def test_a_budget_that_ends_before_the_baseline_concludes_nothing(shop: Workshop) -> None:
    outcome = shop.rsi("evolve", shop.mail(), "--max-calls", "20", "--json")
    assert outcome.code == 6
    assert "budget" in outcome.document["error"]["message"]


def test_help_lists_every_command_of_the_contract(shop: Workshop) -> None:
    text = shop.rsi("--help").out
    assert all(
        f"  {name} " in text
        for name in ("evolve", "eval", "audit", "rollback", "log", "diff", "status", "init", "doctor")
    )


def test_a_dry_run_makes_no_call_and_writes_nothing(shop: Workshop) -> None:
    skill = shop.mail()
    before = shop.files()
    outcome = shop.rsi("evolve", skill, "--dry-run", "--json")
    assert outcome.code == 0
    assert outcome.document["smallest_detectable_gain"] > 0
    assert outcome.document["usd"] == {"low": 0.0, "high": 0.0}
    assert shop.files() == before
    assert not (shop.root / ".git/rsi/runs").exists()


def test_audit_fails_when_the_graders_accept_a_known_bad_output(shop: Workshop) -> None:
    skill = shop.mail()
    assert shop.rsi("audit", skill, "--json").code == 0
    path = shop.root / "evals/mail.yaml"
    suite = json.loads(path.read_text())
    suite["cases"][0]["assert"] = [{"type": "contains", "value": "e"}]
    path.write_text(json.dumps(suite))
    outcome = shop.rsi("audit", skill, "--json")
    assert outcome.code == 3
    assert outcome.document["passed"] is False
    failing = [finding for finding in outcome.document["findings"] if finding["severity"] == "fail"]
    assert "train-0" in failing[0]["case_ids"]


@pytest.mark.parametrize(("needle", "check"), [("e", "all-pass"), ("\u2603", "all-fail")])
def test_audit_fails_on_a_suite_that_cannot_tell_anything_apart(
    shop: Workshop, needle: str, check: str
) -> None:
    cases = [{"id": f"c{n}", "input": f"Text {n}", "assert": [{"icontains": needle}]} for n in range(12)]
    skill = "Reply with one of the labels: `delivery`, `access`, `refunded`."
    shop.fill({"mail.md": skill, "evals/mail.yaml": json.dumps({"cases": cases})})
    outcome = shop.rsi("audit", "mail.md", "--json")
    assert outcome.code == 3
    assert check in {
        finding["check"] for finding in outcome.document["findings"] if finding["severity"] == "fail"
    }


def test_a_dry_run_says_what_a_priced_model_would_cost(shop: Workshop) -> None:
    skill = shop.mail()
    priced = ("--model", "openai/gpt-4.1-mini", "--dry-run", "--json")
    usd = shop.rsi("evolve", skill, *priced, "--max-calls", "1000").document["usd"]
    assert 0 < usd["low"] < usd["high"]
    assert shop.rsi("evolve", skill, *priced, "--max-usd", "0.05").document["usd"]["high"] == 0.05
    unknown = ("--model", "openai/nobody-lists-this", "--dry-run", "--json")
    assert shop.rsi("evolve", skill, *unknown).document["usd"] is None
