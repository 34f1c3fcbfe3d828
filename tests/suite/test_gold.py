from __future__ import annotations

from collections.abc import Callable

import pytest

from rsi_cli.suite.model import GoldLabel, Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]

CASES = "cases: [{id: mail-1, input: x, expected: 1}]\n"


def test_a_label_says_good_or_bad_in_either_form(read: Read) -> None:
    suite = read(
        CASES
        + "gold:\n  - {case: mail-1, output: no, good: true, note: fine}\n"
        + "  - {case: mail-1, output: '', label: bad}\n"
    )
    assert suite.gold == (
        GoldLabel(case_id=suite.cases[0].id, output="no", good=True, note="fine"),
        GoldLabel(case_id=suite.cases[0].id, output="", good=False),
    )


@pytest.mark.parametrize(("word", "good"), [("yes", True), ("No", False), ("true", True), ("off", False)])
def test_a_truth_value_has_one_meaning_where_only_it_can_stand(read: Read, word: str, good: bool) -> None:  # noqa: FBT001
    assert read(CASES + f"gold: [{{case: mail-1, output: o, good: {word}}}]").gold[0].good is good


@pytest.mark.parametrize(
    ("label", "mistake"),
    [
        (
            "{case: mail-2, output: o, good: true}",
            "2:15  gold[0].case  no case has the id `mail-2`; did you mean 'mail-1'?",
        ),
        ("{case: mail-1, good: true}", "a gold label needs `output`"),
        ("{output: o, good: true}", "a gold label needs `case`"),
        ("{case: mail-1, output: o}", "a gold label needs one verdict"),
        ("{case: mail-1, output: o, good: true, label: bad}", "a gold label needs one verdict"),
        ("{case: mail-1, output: o, good: maybe}", "expected true or false, found `maybe`"),
        ("{case: mail-1, output: o, label: god}", "`god` is none of good, bad; did you mean 'good'?"),
        ("{case: mail-1, output: [o], good: true}", "expected a text, found a list"),
        ("{case: , output: o, good: true}", "must not be empty"),
    ],
)
def test_a_wrong_label_is_one_mistake(mistakes: Mistakes, label: str, mistake: str) -> None:
    (found,) = mistakes(CASES + f"gold: [{label}]")
    assert mistake in found


def test_two_labels_may_not_contradict_each_other(mistakes: Mistakes) -> None:
    (found,) = mistakes(
        CASES + "gold:\n  - {case: mail-1, output: o, good: true}\n  - {case: mail-1, output: o, good: false}"
    )
    assert found == "4:5  gold[1]  the same answer is labelled good on line 3"
