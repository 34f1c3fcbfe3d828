"""Hard constraints as the owner meets them: in `eval`, `doctor` and `evolve`, and in a whole night."""

from __future__ import annotations

import json

import pytest

from tests.fakes.workshop import SKILL, Workshop, suite_text


def mail(shop: Workshop, must: object, **case: object) -> str:
    """The mail skill, its suite under hard constraints; `case`: keys for the first case."""
    suite = json.loads(suite_text(train=6, holdout=6))
    suite["cases"][0] |= case
    shop.fill({"skills/mail/SKILL.md": SKILL, "evals/mail.yaml": json.dumps({**suite, "must": must})})
    return "skills/mail"


BROKEN = {
    "max_chars": 20,
    "forbidden": ["sort each MAIL"],
    "sections": ["# Mail", "## Labels"],
    "assert": [{"not-contains": "billing"}],
}


def test_eval_shows_what_the_text_and_the_answers_break(shop: Workshop) -> None:
    outcome = shop.rsi("eval", mail(shop, BROKEN), "--seed", "1")
    assert outcome.code == 0, outcome.err
    assert "! hard constraint broken: the text has" in outcome.out
    assert '! hard constraint broken: the text holds "sort each MAIL"' in outcome.out
    assert '! hard constraint broken: the heading "## Labels" is missing' in outcome.out
    assert '"# Mail"' not in outcome.out
    assert "hard constraint broken: not-contains: 'billing' is there" in outcome.out
    assert "answers, on " in outcome.out


def test_in_the_document_a_hard_constraint_is_marked_and_nothing_else_is(shop: Workshop) -> None:
    outcome = shop.rsi("eval", mail(shop, BROKEN), "--seed", "1", "--json")
    asserts = [one for case in outcome.document["cases"] for one in case["asserts"]]
    assert {one["type"]: one.get("must") for one in asserts} == {"equals": None, "not-contains": True}
    for case in outcome.document["cases"]:
        held = next(one["passed"] for one in case["asserts"] if one.get("must"))
        assert held or (case["score"] == 0.0 and not case["passed"])


def test_what_holds_is_not_talked_about(shop: Workshop) -> None:
    skill = mail(shop, {"max_chars": 5000, "sections": ["# Mail"], "assert": [{"not-contains": "fnord"}]})
    assert "hard constraint" not in shop.rsi("eval", skill, "--seed", "1").out
    (kept,) = [
        one for one in shop.rsi("doctor", skill, "--json").document["checks"] if one["check"] == "must"
    ]
    assert (kept["state"], kept["fix"]) == ("ok", "")


def test_doctor_warns_and_stops_nobody_where_children_can_mend_it(shop: Workshop) -> None:
    skill = mail(shop, {**BROKEN, "max_chars": 150}, expected="billing")
    document = shop.rsi("doctor", skill, "--json").document
    told = [one for one in document["checks"] if one["check"] == "must"]
    assert {one["state"] for one in told} == {"warn"}
    assert all(one["fix"] for one in told)
    messages = [one["message"] for one in told]
    assert 'the skill breaks a hard constraint: the heading "## Labels" is missing' in messages
    lost = "the expected answers of 6 cases break a hard constraint, so none can pass: train-0"
    assert f"{lost}, train-1, train-4 and 3 more" in messages
    assert document["passed"]


def test_doctor_tells_a_fault_of_many_expected_answers_once(shop: Workshop) -> None:
    document = shop.rsi("doctor", mail(shop, {"assert": ["is-json"]}), "--json").document
    (told,) = [one for one in document["checks"] if one["check"] == "must"]
    assert told["message"] == (
        "the expected answers of 13 cases break a hard constraint, so none can pass: "
        "train-0, train-1, train-2 and 10 more"
    )


def test_a_night_says_so_before_it_begins(shop: Workshop) -> None:
    outcome = shop.rsi("evolve", mail(shop, {"forbidden": ["sort each mail"]}), "--dry-run")
    assert outcome.code == 0, outcome.err
    assert 'warning: the skill breaks a hard constraint: the text holds "sort each mail"' in outcome.out
    assert "no child can mend that" not in outcome.out


@pytest.mark.parametrize("flags", [["--dry-run"], ["--max-calls", "50"]])
def test_a_night_whose_children_could_never_be_measured_does_not_begin(
    shop: Workshop, flags: list[str]
) -> None:
    skill = mail(shop, {"max_chars": 10})
    outcome = shop.rsi("evolve", skill, *flags)
    assert outcome.code == 2
    assert "no child could keep to the hard constraints, as locked text breaks them: the text" in outcome.err
    assert "change `must` in evals/mail.yaml, or the text between the keep markers" in outcome.err
    assert not list((shop.root / ".git/rsi").rglob("*.sqlite"))
    doctor = shop.rsi("doctor", skill, "--json")
    assert doctor.code == 3
    told = [one for one in doctor.document["checks"] if one["check"] == "must"]
    assert [one["state"] for one in told] == ["warn", "fail"]
    assert not any("let `rsi evolve` try" in one["fix"] for one in told)


def test_a_mistake_in_them_stops_everything_at_its_place(shop: Workshop) -> None:
    outcome = shop.rsi("eval", mail(shop, {"max_char": 5}))
    assert outcome.code == 2
    assert "must.max_char  unknown key; did you mean 'max_chars'?" in outcome.err


@pytest.mark.timeout(300)
def test_a_bundled_example_still_promotes_under_constraints_that_it_can_keep_to(shop: Workshop) -> None:
    skill = shop.example("commit-message")
    path = shop.root / "evals/commit-message.yaml"
    must = (
        "must:\n  max_chars: 6000\n  forbidden: [as an AI]\n"
        "  assert:\n    - not-contains: As an AI\n    - word-count: {max: 400}\n"
    )
    path.write_text(must + path.read_text("utf-8"), "utf-8")
    shop.git("commit", "-qam", "Set limits")
    outcome = shop.rsi("evolve", skill, "--seed", "7", "--max-calls", "2000", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document["promotions"], outcome.err
    assert outcome.document["gain"]["low"] > 0
    assert len((shop.root / skill / "SKILL.md").read_text("utf-8")) < 6000
