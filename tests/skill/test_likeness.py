from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.skill.likeness import LIMIT, likeness, near_duplicate, shared_lines, unlike

WORDS = st.lists(st.sampled_from("a b c d refund Billing 5".split()), max_size=12).map(" ".join)  # noqa: SIM905
PARENT = """# Mail desk

You sort mail for a small shop. Be brief.

## Rules

- If the mail mentions a refund, answer billing.
- If a parcel is lost, answer shipping.
- Otherwise answer support.

## Form

- Answer with one word.
"""


@given(WORDS, WORDS)
def test_likeness_is_symmetric_and_between_nothing_and_one(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == pytest.approx(likeness(other, one), abs=1e-12)
    assert (likeness(one, other) == 0.0) == (not set(one.lower().split()) & set(other.lower().split())
                                             and one != other)  # fmt: skip


@given(WORDS)
def test_the_same_words_in_the_same_order_are_one(text: str) -> None:
    assert likeness(text, f"**{text.upper()}**!") == 1.0


def test_it_is_the_cosine_of_runs_of_one_to_three_words() -> None:
    one = Counter(["a", "b", "a", "a b", "b a", "a b a"])
    two = Counter(["a", "b", "c", "a b", "b c", "a b c"])
    dot = sum(one[run] * two[run] for run in one)
    lengths = [math.sqrt(sum(n * n for n in counts.values())) for counts in (one, two)]
    assert likeness("a b a", "a b c") == pytest.approx(dot / (lengths[0] * lengths[1]))


def test_the_order_of_words_counts() -> None:
    assert likeness("sort mail before notes", "sort notes before mail") < LIMIT


def test_of_texts_that_are_alike_the_first_is_kept() -> None:
    texts = ["Be brief.", "be brief", "Be kind.", "BE BRIEF!", "Be kind"]
    assert unlike(texts) == (0, 2)
    assert unlike(texts, limit=1.0) == (0, 1, 2, 3, 4)
    assert unlike(texts, limit=0.0) == (0,)
    assert unlike([]) == ()


def test_what_texts_share_can_be_left_out() -> None:
    one, two = PARENT * 9 + "- Be kind.\n", PARENT * 9 + "- Use Latin.\n"
    assert likeness(one, two) > LIMIT
    assert unlike([one, two]) == (0,)
    assert unlike([one, two], base=PARENT) == (0, 1)
    assert unlike([one, one + "\n", PARENT, PARENT], base=PARENT) == (0, 2)


def test_shared_lines_stand_in_all_texts() -> None:
    assert shared_lines(["a\n\nb\n c ", "c\na", "a\nc\nd"]) == "a\nc"
    assert shared_lines(["a"]) == "a"
    assert shared_lines([]) == ""


def edited(old: str, new: str) -> str:
    assert PARENT.count(old) == 1
    return PARENT.replace(old, new)


LOST = "- If a parcel is lost, answer shipping.\n"
WAIT = LOST + "- If it is late, answer delay.\n"
KIND = LOST + "- Be kind.\n"
LONG = (
    "- If the mail mentions a refund, a charge that was made twice, an invoice that is wrong, a missing "
    "credit note or a change of the bank account, and no parcel is lost or broken on its way, always answer "
    "billing within 5 lines, whatever else the customer has to say about the shop and its owner.\n"
)


@pytest.mark.parametrize(
    ("child", "other"),
    [
        (edited(LOST, WAIT), edited(LOST, LOST + "* when late: answer **delay**\n")),
        (edited(LOST, WAIT), edited(LOST, "- Answer delay if it's late.\n" + LOST)),
        (edited("Be brief.", "Use 1,000 words."), edited("Be brief.", "Please use 1000 words!")),
        (edited(LOST, ""), edited("\n" + LOST, "\n")),
        (edited(LOST, LOST + LONG), edited(LOST, LOST + LONG.replace("the customer", "a customer"))),
        (edited("answer billing", "answer Billing"), PARENT),
        (edited("You sort mail for a small shop. Be", "You sort mail for a\nsmall shop.\nBe"), PARENT),
    ],
)
def test_the_same_edit_put_otherwise_is_a_near_duplicate(child: str, other: str) -> None:
    assert near_duplicate(child, PARENT, other)
    assert near_duplicate(other, PARENT, child)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("always", "never"),
        ("5 lines", "6 lines"),
        ("answer billing", "answer shipping"),
        ("no parcel", "a parcel"),
        ("a refund", "a 'refund'"),
        ("or a change", "and a change"),
        ("refund", "return"),
        ("billing", "BILLING"),
    ],
)
def test_one_word_of_another_meaning_is_no_near_duplicate_however_long_the_edit(old: str, new: str) -> None:
    child, other = edited(LOST, LOST + LONG), edited(LOST, LOST + LONG.replace(old, new))
    assert child != other
    assert likeness(LONG, LONG.replace(old, new)) > 0.9, "a plain limit would take them for one"
    assert not near_duplicate(child, PARENT, other)


@pytest.mark.parametrize(
    ("child", "other"),
    [
        (edited(LOST, ""), PARENT),
        (edited(LOST, ""), edited("- Otherwise answer support.\n", "")),
        # the same sentence, under another heading
        (edited(LOST, KIND), edited("one word.\n", "one word.\n- Be kind.\n")),
        (edited(LOST, KIND), edited(LOST, KIND + "- Be kind.\n")),
        # the same rules in another order: the first one that fits may win
        (PARENT, edited(LOST, "").replace("\n- If the", "\n" + LOST + "- If the")),
        (edited("answer billing", "answer shipping"), edited("answer shipping", "answer billing")),
    ],
)
def test_other_edits_are_no_near_duplicates(child: str, other: str) -> None:
    assert not near_duplicate(child, PARENT, other)
    assert not near_duplicate(other, PARENT, child)


@given(st.text(), st.text())
def test_a_text_is_a_near_duplicate_of_itself(text: str, parent: str) -> None:
    assert near_duplicate(text, parent, text)
