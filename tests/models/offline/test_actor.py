from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.fakes.apprentice_tasks import act

LABELS = "Reply with exactly one of `tea`, `coffee`, `water`.\n\n"


def answers(skill: str, text: str, times: int = 200) -> Counter[str]:
    return Counter(act(skill, text, seed=seed) for seed in range(times))


@pytest.mark.parametrize(
    "sentence",
    [
        'If the text mentions "leaves" or "steeped", answer `tea`.',
        'Messages about "leaves" or "steeped" are `tea`.',
        'Answer `tea` when the message says "leaves".',
        "- `tea`: leaves, steeped",
        "Notes about leaves or pots are `tea`.",
        "| signal | answer |\n|---|---|\n| leaves, steeped | `tea` |",
        'When it contains "pot", "leaves" or "cup" and does not mention "beans", reply with `tea`.',
        'If the text mentions both "two" and "leaves", it is `tea`.',
    ],
)
def test_a_rule_in_plain_english_is_followed(sentence: str) -> None:
    assert act(LABELS + sentence, "Two leaves in hot milk, please", temperature=0.0) == "tea"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ground beans, very hot", "coffee"),
        ("ground beans, but decaf", "water"),
        ("Beans?", "tea"),
        ("nothing of the kind", "water"),
    ],
)
def test_order_exceptions_and_defaults_count(text: str, wanted: str) -> None:
    skill = (
        LABELS
        + '- If the text mentions "beans" and has a question mark, answer `tea`.\n'
        + '- Answer `coffee` if the text mentions "beans" unless it mentions "decaf".\n'
        + "- Otherwise answer `water`.\n"
    )
    assert act(skill, text, temperature=0.0) == wanted


def test_a_condition_can_be_about_one_line_of_the_input() -> None:
    skill = LABELS + '- If the "Order" line mentions "beans", answer `coffee`.\n- Otherwise answer `tea`.\n'
    assert act(skill, "Order: beans\nNote: thanks", temperature=0.0) == "coffee"
    assert act(skill, "Order: leaves\nNote: no beans", temperature=0.0) == "tea"


def test_without_a_rule_it_guesses_among_the_labels_and_repeats_differ() -> None:
    guesses = answers(LABELS, "something to drink")
    assert set(guesses) == {"tea", "coffee", "water"}
    assert min(guesses.values()) > 30


def test_with_a_rule_it_slips_now_and_then_only() -> None:
    skill = LABELS + 'If the text mentions "leaves", answer `tea`.'
    wrong = 1000 - answers(skill, "leaves", 1000)["tea"]
    assert 5 <= wrong <= 40


def test_cold_answers_do_not_depend_on_the_seed() -> None:
    assert len({act(LABELS, "something", seed=seed, temperature=0.0) for seed in range(30)}) == 1


def test_the_same_seed_gives_the_same_answer() -> None:
    first = [act(LABELS, "something", seed=seed) for seed in range(30)]
    assert first == [act(LABELS, "something", seed=seed) for seed in range(30)]


def test_an_object_is_filled_as_the_skill_says() -> None:
    skill = """Reply with JSON with the keys `number`, `due`, `total`, `net`, `currency`, `paid` and `who`.

- `number`: the code after "Invoice"
- Set `due` to the date in the "Due" line, as YYYY-MM-DD.
- `total` is the last amount in the text, as a number.
- Set `net` to the number before "net", as a number.
- If the text mentions "€", set `currency` to `EUR`. Otherwise set `currency` to `USD`.
- Set `paid` to `true` if the text mentions "paid".
- Set `paid` to `false`.
- Set `who` to the text after "Dear" up to ",", in upper case.
"""
    text = "Dear Ann,\nInvoice AB-12 of May\nDue: 3rd of June 2031\n1,100 net, €1,234.50 in all"
    wanted = {"number": "AB-12", "due": "2031-06-03", "total": 1234.5, "net": 1100}
    wanted |= {"currency": "EUR", "paid": False, "who": "ANN"}
    assert json.loads(act(skill, text, temperature=0.0)) == wanted


def test_what_is_absent_is_null() -> None:
    skill = 'Reply with JSON with the keys `a` and `b`.\n\n- Set `a` to the amount after "Total".\n'
    skill += "- Set `b` to `x`."
    assert json.loads(act(skill, "no sum here", temperature=0.0)) == {"a": None, "b": "x"}


def test_a_template_is_filled_and_empty_brackets_go() -> None:
    skill = """Write the answer as `<place>: <what> [<code>]`.

- Set `place` to the "Place" line, in lower case.
- Set `what` to the "Done" line, in the imperative, with a small first letter, no full stop.
- Set `code` to the first code in the text.
"""
    text = "Place: YARD\nDone: Carries the ladders away.\n"
    assert act(skill, text + "Slip: Q-12", temperature=0.0) == "yard: carry the ladders away [Q-12]"
    assert act(skill, text, temperature=0.0) == "yard: carry the ladders away"


def test_a_skill_without_any_rule_still_gets_an_answer() -> None:
    assert act("Be helpful.", "One line\nand another") != ""
    assert act("", "", temperature=0.0) != ""
