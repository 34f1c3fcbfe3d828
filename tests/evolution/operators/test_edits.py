"""Edits are placed where they are meant, counted once, and change nothing else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rsi_cli.evolution.operators.edits import Counted, Edit, applied, counted, differences, found
from rsi_cli.skill.phrases import one_line

TEXT = "# Desk\n\nYou sort mail.\n\n- If refund, answer billing.\n- If lost, answer shipping.\n\nBe brief.\n"
LINES = st.sampled_from(["", "# A", "- one", "- two", "  more", "words", "```", "3. three"])
TEXTS = st.lists(LINES, max_size=8).map("\n".join)


def made(find: str, replacement: str, text: str = TEXT) -> str:
    """The text after one proposal."""
    return applied(text, counted([found(text, find, replacement)]))


@pytest.mark.parametrize(
    ("find", "replacement", "was", "becomes"),
    [
        ("Be brief.", "Be kind.", "Be brief.", "Be kind."),
        ("\n- If lost, answer shipping.  \n", "- If lost, ask.\n", "answer shipping.", "ask."),
        ("-  If lost,  answer shipping.", "- If lost, ask.", "answer shipping.", "ask."),
        ("answer shipping.", "ask.", "answer shipping.", "ask."),
        ("# Desk\n\nYou sort mail.", "# Post\n\nYou sort mail.", "# Desk", "# Post"),
        ("- If lost, answer shipping.", "", "- If lost, answer shipping.\n", ""),
        ("Be brief.", "Be brief.\nBe kind.", "Be brief.", "Be brief.\nBe kind."),
        ("You sort mail.", "Hello.\n\nYou sort mail.", "You", "Hello.\n\nYou"),
        ("- If lost, answer shipping.", "- If lost, answer shipping.\n- New.", "g.\n\n", "g.\n- New.\n\n"),
    ],
)
def test_what_is_found_gives_way_and_nothing_else_does(
    find: str, replacement: str, was: str, becomes: str
) -> None:
    assert made(find, replacement) == TEXT.replace(was, becomes)


@pytest.mark.parametrize(
    ("find", "replacement"),
    [
        ("No such line.", "New."),
        ("If", "When"),  # stands there twice
        ("You sort mail.\nBe brief.", "New."),  # not one after the other
        ("", ""),
        ("Be brief.", "Be brief."),
        ("brief.", "- a list item in the middle of a line"),
    ],
)
def test_what_cannot_be_placed_for_sure_is_dropped(find: str, replacement: str) -> None:
    assert found(TEXT, find, replacement) == ()


def test_a_line_that_stands_there_twice_has_no_place() -> None:
    assert found("- a\n- b\n- a\n", "- a", "- c") == ()
    assert made("- a\n- b", "- c\n- b", "- a\n- b\n- a\n") == "- c\n- b\n- a\n"


@pytest.mark.parametrize(
    ("text", "new", "becomes"),
    [
        ("- a\n- b\n", "- c", "- a\n- b\n- c\n"),
        ("- a\n\n\n", "- c", "- a\n- c\n\n\n"),
        ("words", "- c", "words\n\n- c"),
        ("- a\n", "More words.", "- a\n\nMore words.\n"),
        ("", "words", "words\n"),
    ],
)
def test_nothing_to_find_means_at_the_end(text: str, new: str, becomes: str) -> None:
    assert made("", new, text) == becomes


@given(TEXTS)
@example("a\r\nb\x0c\u2028c\n\n")
def test_no_edits_are_the_identity(text: str) -> None:
    assert applied(text, ()) == text
    assert differences(text, text) == () or not text.strip()


@given(TEXTS, TEXTS)
def test_the_differences_lead_from_one_text_to_the_other(text: str, revised: str) -> None:
    if revised.strip():
        edits = differences(text, revised)
        assert one_line(applied(text, [Counted(edit, 1) for edit in edits])) == one_line(revised)
        assert not any(one.excludes(two) for one in edits for two in edits if one is not two)


@given(TEXTS, st.lists(TEXTS, max_size=4), st.randoms(use_true_random=False))
def test_support_does_not_hang_on_who_spoke_first(text: str, others: list[str], rng: Random) -> None:
    analysts = [differences(text, other) for other in others]
    turned = rng.sample(analysts, len(analysts))
    assert sorted(each.support for each in counted(analysts)) == sorted(
        each.support for each in counted(turned)
    )
    assert all(1 <= each.support <= len(analysts) for each in counted(analysts))


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_to_say_everything_twice_changes_support_and_nothing_else(text: str, others: list[str]) -> None:
    analysts = [differences(text, other) for other in others]
    once, again = counted(analysts), counted([*analysts, *analysts])
    assert [(each.edit, 2 * each.support) for each in once] == [(each.edit, each.support) for each in again]
    assert applied(text, once) == applied(text, again)


def test_the_same_insertion_in_other_words_at_another_place_is_one() -> None:
    one = found(TEXT, "- If lost, answer shipping.", "- If lost, answer shipping.\n- If it is late, wait.")
    three = found(TEXT, "", "- If it is late, do not wait.")
    two = found(TEXT, "", "* Wait, when it is **late**!")
    assert [(each.edit, each.support) for each in counted([one, two, three])] == [(one[0], 2), (three[0], 1)]


def test_an_analyst_who_repeats_an_edit_counts_once() -> None:
    edit = found(TEXT, "Be brief.", "Be kind.")
    assert [each.support for each in counted([[*edit, *edit]])] == [1]


def test_replacements_are_one_only_if_they_replace_the_same_lines() -> None:
    lost = found(TEXT, "- If lost, answer shipping.", "- Ask.")
    refund = found(TEXT, "- If refund, answer billing.", "- Ask.")
    assert [each.support for each in counted([lost, refund, lost])] == [2, 1]


def test_long_edits_that_are_nearly_word_by_word_the_same_are_one() -> None:
    words = " ".join(f"word{number}" for number in range(60))
    one, two = found(TEXT, "", f"- {words} end"), found(TEXT, "", f"- {words} stop")
    assert [each.support for each in counted([one, two])] == [2]


def test_of_edits_that_exclude_each_other_the_one_with_more_support_is_made() -> None:
    first, second = found(TEXT, "Be brief.", "Be kind."), found(TEXT, "Be brief.", "Be bold.")
    assert applied(TEXT, counted([first, second])) == TEXT.replace("brief", "kind")
    assert applied(TEXT, counted([first, second, second])) == TEXT.replace("brief", "bold")


def test_an_insertion_inside_lines_that_go_is_excluded_by_them() -> None:
    both = Edit(start=4, end=6, new=("- Ask.",))
    between = Edit(start=5, end=5, new=("- If late, wait.",))
    before = Edit(start=4, end=4, new=("- First.",))
    assert both.excludes(between)
    assert between.excludes(both)
    assert not both.excludes(before)
    text = applied(TEXT, [Counted(both, 1), Counted(between, 1), Counted(before, 1)])
    assert text == "# Desk\n\nYou sort mail.\n\n- First.\n- Ask.\n\nBe brief.\n"


def test_insertions_at_one_place_stand_in_the_order_given() -> None:
    edits = [*found("- a\n", "", "- b"), *found("- a\n", "", "- c")]
    assert applied("- a\n", [Counted(edits[0], 1), Counted(edits[1], 3)]) == "- a\n- b\n- c\n"


def test_list_items_are_edits_of_their_own_and_code_is_not_cut() -> None:
    items = found("- a\n", "", "- b\n  with more\n- c\n\nWords.")
    assert [edit.new for edit in items] == [("- b", "  with more"), ("- c",), ("", "Words.")]
    code = found("- a\n", "", "```\n- b\n\n# c\n```")
    assert [edit.new for edit in code] == [("", "```", "- b", "", "# c", "```")]


def test_a_whole_revised_text_is_read_as_its_few_changes() -> None:
    revised = TEXT.replace("billing", "accounts").replace("shipping", "parcels").replace("brief", "kind")
    edits = differences(TEXT, "\n" + revised.strip())
    assert [(edit.start, edit.end) for edit in edits] == [(4, 5), (5, 6), (7, 8)]


def test_white_space_and_wrapping_are_no_difference() -> None:
    assert differences(TEXT, TEXT.replace("\n\n", "\n\n\n").replace("You sort", "You\nsort")) == ()


@pytest.mark.parametrize(
    "new", ["- If late, wait.\n- If refund, answer accounts.", "- If refund, answer accounts.\n- B."]
)
def test_one_item_that_became_several_is_a_new_wording_and_insertions(new: str) -> None:
    edits = differences(TEXT, TEXT.replace("- If refund, answer billing.", new))
    assert sorted((edit.start, edit.end, edit.new) for edit in edits if edit.start < edit.end) == [
        (4, 5, ("- If refund, answer accounts.",))
    ]
    assert len(edits) == 2
