from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.skill.wording import placed, wording

RULE = 'If the note mentions "refund", answer billing.'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RULE, "- If a note mentions “refund” — answer **billing**!"),
        (RULE, 'Answer billing when the note\nmentions "refund"'),
        ("1. Be brief.", "* be brief"),
        ("Don't ever guess.", "Do NOT ever guess"),
        ("You cannot guess.", "You can't guess"),
        ("At most 1,000 words.", "at most 1000 words"),
        ("Write five lines.", "Write 5 lines"),
        ("# Rules", "## Rules ##"),
        ("It is late, so wait.", "It's late: wait."),
        ("_Never_ guess.", "never guess"),
    ],
)
def test_the_same_said_otherwise(one: str, other: str) -> None:
    assert wording(one) == wording(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RULE, RULE.replace("billing", "shipping")),
        (RULE, RULE.replace('"refund"', '"refunds"')),
        (RULE, RULE.replace('"refund"', '"Refund"')),
        (RULE, RULE.replace("If", "Unless")),
        (RULE, 'If the note mentions "billing", answer refund.'),
        ("Always guess.", "Never guess."),
        ("Guess.", "Do not guess."),
        ("Write 5 lines.", "Write 6 lines."),
        ("Write -5.", "Write 5."),
        ("Write 1.5.", "Write 15."),
        ("Write `a: b`.", "Write `a - b`."),
        ("Answer URGENT.", "Answer urgent."),
        ("Answer A.", "Answer a."),
        ("Convert from EUR.", "Convert to EUR."),
        ("Mentions a and b.", "Mentions a or b."),
        ("Sort mail before notes.", "Sort notes before mail."),
        ("It must be short.", "It may be short."),
        ("a -> B", "b -> B"),
        ("- A", "- I"),
        ("- a", ""),
        ("x > 5", "x < 5"),
        ("Use only one.", "Use one."),
        ("```\nx = 1\n```", "```\nX = 1\n```"),
    ],
)
def test_one_word_can_make_another_instruction(one: str, other: str) -> None:
    assert wording(one) != wording(other)


@given(st.text())
def test_any_text_has_a_wording_and_keeps_it(text: str) -> None:
    assert wording(text) == wording(f"{text}")
    for sentence in wording(text):
        assert sentence


def test_each_item_is_known_by_its_heading_and_code_by_its_line() -> None:
    text = "Intro\nover two lines.\n# A\n- one\n  more\n- two\n```\n# no heading\n```\n# B\n- one more\n"
    under_a, under_b = (("A",),), (("B",),)
    assert placed(text) == (
        ((), (("intro", "over", "2", "lines"),)),
        (under_a, under_a),
        (under_a, (("1", "more"),)),
        (under_a, (("2",),)),
        (under_a, (("\0```",),)),
        (under_a, (("\0# no heading",),)),
        (under_a, (("\0```",),)),
        (under_b, under_b),
        (under_b, (("1", "more"),)),
    )
