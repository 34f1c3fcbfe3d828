"""`rsi audit` blames the evaluator for what is the evaluator's, and for nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.pairs import SKILL, pairs_suite, words_suite
from tests.fakes.workshop import Outcome, Workshop

Audited = Callable[..., Outcome]
BUNDLED = ("booking-extract", "commit-message", "support-triage")
ANSWER = "Reply with one of the labels: `delivery`, `access`, `refunded`."


def suite(*asserts: dict[str, Any], **more: object) -> str:
    cases = [{"id": f"c{n}", "input": f"Text {n}", "assert": list(asserts)} for n in range(12)]
    return json.dumps({"cases": cases, **more}, indent=1)


def found(outcome: Outcome) -> dict[str, str]:
    """Check → severity."""
    return {finding["check"]: finding["severity"] for finding in outcome.document["findings"]}


def baselines(shop: Workshop) -> list[str]:
    return sorted(path.name for path in shop.root.glob(".git/rsi/audits/*.json"))


@pytest.fixture
def audited(shop: Workshop) -> Audited:
    """Write a suite and audit it."""

    def audit(text: str, *flags: str) -> Outcome:
        shop.fill({"mail.md": ANSWER, "evals/mail.yaml": text}, commit=False)
        return shop.rsi("audit", "mail.md", "--json", *flags)

    return audit


# ------------------------------------------------------------------ graders that cannot judge


@pytest.mark.parametrize("command", ["eval", "audit", "evolve"])
def test_a_wrong_json_schema_is_a_mistake_of_the_file(shop: Workshop, command: str) -> None:
    shop.fill({"mail.md": ANSWER, "evals/mail.yaml": suite({"type": "is-json", "value": {"type": "foo"}})})
    outcome = shop.rsi(command, "mail.md", "--json")
    assert outcome.code == 2
    problems = outcome.document["error"]["problems"]
    assert len(problems) == 12
    line = (shop.root / "evals/mail.yaml").read_text().splitlines()[9]
    place, what = problems[0].split("  ", 1)
    assert place == f"evals/mail.yaml:10:{line.index(chr(34) + 'foo') + 1}"
    assert what.startswith("cases[0].assert[0].value.type  `foo` is no JSON type")


def test_a_suite_by_which_nothing_can_be_measured_fails_and_is_no_baseline(
    shop: Workshop, audited: Audited
) -> None:
    gold = [{"case": "c0", "output": "{}", "good": True}]
    lost = suite({"is-json": {"$ref": "#/definitions/nowhere"}}, {"icontains": "e"}, gold=gold)
    for flags in ((), ("--update-baseline",)):
        outcome = audited(lost, *flags)
        assert (outcome.code, outcome.document["passed"]) == (3, False)
        (silent,) = (one for one in outcome.document["findings"] if one["check"] == "grader-silent")
        assert silent["severity"] == "fail"
        assert "`is-json`" in silent["message"]
        assert sorted(silent["case_ids"]) == sorted(f"c{n}" for n in range(12))
        assert baselines(shop) == []


def test_answers_on_record_are_judged_as_the_suite_is_now(shop: Workshop, audited: Audited) -> None:
    broken, whole = {"is-json": {"$ref": "#/definitions/nowhere"}}, {"icontains": "e"}
    shop.fill({"mail.md": ANSWER, "evals/mail.yaml": suite(broken, whole)})
    night = shop.rsi("evolve", "mail.md", "--seed", "1", "--max-calls", "60")
    assert night.code != 0, "nothing could be measured"
    assert audited(suite(broken, whole)).code == 3
    mended = audited(suite(whole, {"not-icontains": "refunded"}))
    assert "grader-silent" not in found(mended)


def test_an_audit_that_could_measure_nothing_concludes_nothing(shop: Workshop, audited: Audited) -> None:
    gold = [{"case": "c0", "output": "an e", "good": True}]
    outcome = audited(suite({"contains": "e"}, gold=gold), "--max-calls", "0")
    assert (outcome.code, outcome.document["passed"]) == (6, False)
    assert found(outcome)["nothing-measured"] == "warn"
    assert "none of 12 answers could be measured" in outcome.err
    assert baselines(shop) == []
    assert audited(suite({"contains": "e"}, gold=gold)).document["baseline"] is None


def test_an_audit_without_labels_is_no_baseline_and_the_first_with_some_is(
    shop: Workshop, audited: Audited
) -> None:
    asserts = ({"icontains": "delivery"}, {"icontains": "text"})
    assert (audited(suite(*asserts)).code, baselines(shop)) == (0, [])
    labelled = suite(*asserts, gold=[{"case": "c0", "output": "Text: delivery", "good": True}])
    first, second = audited(labelled), audited(labelled)
    assert (first.code, first.document["baseline"]) == (0, None), first.out
    assert second.document["baseline"] == {"labels": 1, "right": 1}


# ------------------------------------------------------------------ a weak skill, or a blind suite


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_suite_passes_its_audit_before_anything_was_answered(shop: Workshop, name: str) -> None:
    outcome = shop.rsi("audit", shop.example(name), "--json")
    assert (outcome.code, outcome.document["passed"]) == (0, True), outcome.out
    assert outcome.document["usage"]["calls"] > 0


def test_a_skill_that_fails_everything_by_degrees_does_not_fail_its_suite(audited: Audited) -> None:
    """Some answers are `delivery`, so some are half right, and none passes."""
    outcome = audited(suite({"contains": "\u2603"}, {"icontains": "delivery"}))
    assert (outcome.code, found(outcome)["all-fail"]) == (0, "info"), outcome.out
    outcome = audited(suite({"contains": "\u2603"}, {"icontains": "e"}))
    assert (outcome.code, found(outcome)["all-fail"]) == (3, "fail")


def test_demands_of_which_each_is_never_or_always_met_are_a_blind_suite(audited: Audited) -> None:
    """Though scores differ: the second case has one demand more that every answer meets."""
    cases = [
        {"id": f"c{n}", "input": f"Text {n}", "assert": [{"regex": f"\u2603{n}"}, {"regex": f"^(?!{n}$)"}]}
        for n in range(12)
    ]
    cases[1]["assert"] = [*cases[1]["assert"], {"regex": "."}]
    outcome = audited(json.dumps({"cases": cases}))
    assert (outcome.code, found(outcome)["all-fail"]) == (3, "fail"), outcome.out


@pytest.mark.parametrize(("gate", "code"), [({}, 3), ({"max_unmeasured": 0.5}, 0)])
def test_the_gates_tolerance_is_the_audits(audited: Audited, gate: dict[str, float], code: int) -> None:
    """Every second case cannot be judged, by graders that judge other cases."""
    broken, whole = {"is-json": {"$ref": "#/definitions/nowhere"}}, {"is-json": {"type": "string"}}
    document = json.loads(suite({"icontains": "delivery"}, gate=gate))
    for n, case in enumerate(document["cases"]):
        case["assert"].append(
            broken if n % 2 == 0 else {"type": "assert-set", "threshold": 0, "assert": [whole]}
        )
    outcome = audited(json.dumps(document))
    assert (outcome.code, "cases-unjudged" in found(outcome)) == (code, True), outcome.out


def test_known_answers_tell_a_weak_skill_from_a_blind_suite(audited: Audited) -> None:
    gold = [
        {"case": "c0", "output": "a \u2603", "good": True},
        {"case": "c1", "output": "no man", "good": False},
    ]
    weak = audited(suite({"contains": "\u2603"}, gold=gold))
    assert (weak.code, found(weak)["all-fail"]) == (0, "warn")
    blind = audited(suite({"contains": "\u2603"}, gold=gold[1:]))
    assert (blind.code, found(blind)["all-fail"]) == (3, "fail")


def test_known_good_cases_at_the_end_of_a_long_suite_are_asked_too(audited: Audited) -> None:
    cases = [{"id": f"t{n}", "input": f"Text {n}", "assert": [{"contains": "\u2603"}]} for n in range(40)]
    known = {"id": "k", "split": "known-good", "input": "Hello", "assert": [{"not-contains": "\u2603"}]}
    outcome = audited(json.dumps({"cases": [*cases, known]}))
    assert "all-fail" not in found(outcome)
    assert audited(json.dumps({"cases": cases})).code == 3


# ------------------------------------------------------------------ graders that ask


def test_verdicts_that_a_model_had_a_say_in_are_not_held_against_the_suite(shop: Workshop) -> None:
    pairs = pairs_suite(*(("train", n) for n in range(4)), *(("holdout", n) for n in range(100, 104)))
    shop.fill(
        {
            "shout/SKILL.md": SKILL,
            "evals/shout.json": words_suite(),
            "skills/pairs/SKILL.md": SKILL,
            "evals/pairs.json": pairs.replace('"shout"', '"../shout"'),
        }
    )
    suite_flag = ("--suite", "evals/pairs.json")
    night = shop.rsi("evolve", "skills/pairs", *suite_flag, "--seed", "7", "--max-calls", "600")
    assert night.code == 0, night.err
    outcome = shop.rsi("audit", "skills/pairs", *suite_flag, "--json")
    assert found(outcome)["replay-left-out"] == "info"
    assert "replay" not in found(outcome)
    usage = outcome.document["usage"]
    assert usage["calls"] + usage["cached_calls"] == 0, "no answer on record was judged again"
