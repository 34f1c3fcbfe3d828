"""A text that is too long ends where a reader notices it, and never inside of a quotation that stays open."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.evolution.excerpt import excerpt

WORDS = st.lists(st.text("abcde", min_size=1, max_size=9), min_size=1, max_size=12).map(" ".join)
MARKS = (('"', '"'), ("“", "”"), ("`", "`"), ("«", "»"), ("``", "``"), ("'", "'"))
QUOTED = st.tuples(WORDS, st.sampled_from(MARKS)).map(lambda pair: f"{pair[1][0]}{pair[0]}{pair[1][1]}")
LINES = st.lists(st.lists(WORDS | QUOTED, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6)


def test_what_fits_is_given_as_it_is_in_one_line() -> None:
    assert excerpt(["- one", "", "  two  three"], 40) == "- one two three"


def test_what_is_too_long_ends_after_a_whole_line_and_counts_the_rest() -> None:
    lines = ["- Answer with one of the labels.", "- Never say why.", "- Never apologise."]
    assert excerpt(lines, 60) == "- Answer with one of the labels. … and 2 more lines"
    assert excerpt(lines, 67) == "- Answer with one of the labels. - Never say why. … and 1 more line"


def test_where_the_first_line_is_too_long_it_ends_after_a_word_and_before_a_quotation() -> None:
    line = 'hardware covers "cracked screen", "dead station", "battery lasts an hour" and the like of these'
    assert excerpt([line], 60) == 'hardware covers "cracked screen", "dead station", …'
    assert excerpt([line], 90) == f"{line[: line.index(' of these')]} …"


def test_a_quotation_that_is_too_long_is_closed_after_an_ellipsis() -> None:
    said = "The battery lasts an hour since the last update and the fan is loud"
    assert excerpt([f'A case: "{said}".'], 50) == 'A case: "The battery lasts an hour since the…"'
    assert excerpt([f"A case: ``{said}``."], 50) == "A case: ``The battery lasts an hour since the…``"
    assert excerpt([f"Fall: „{said}“."], 50) == "Fall: „The battery lasts an hour since the last…“"


def test_an_apostrophe_opens_nothing() -> None:
    line = "Don't answer the user's mail when it isn't clear what they'd want; ask 'billing' or 'sales' first"
    assert excerpt([line], 75) == "Don't answer the user's mail when it isn't clear what they'd want; ask …"
    assert excerpt([f"it's {'o' * 99}"], 40) == f"it's {'o' * 34}…"


def test_a_text_without_blanks_is_cut_all_the_same() -> None:
    assert excerpt(["字" * 100], 40) == "字" * 39 + "…"
    assert excerpt(["“" + "字" * 100 + "”"], 40) == "“" + "字" * 37 + "…”"


def _left_open(text: str) -> bool:
    """Read the text sign by sign, as a person does."""
    awaited = ""
    for mark in re.findall(r"``|.", text):
        awaited = awaited.replace(mark, "") if awaited else dict(MARKS).get(mark, "")
    return bool(awaited)


@given(LINES, st.integers(40, 200))
def test_no_quotation_is_left_open_and_the_room_is_kept(lines: list[str], most: int) -> None:
    whole = " ".join(lines)
    cut = excerpt(lines, most)
    assert len(cut) <= most
    assert not _left_open(cut)
    assert (cut == whole) == (len(whole) <= most)
    if cut != whole:
        assert whole.startswith(cut[: cut.rindex("…")].rstrip())
        assert len(cut) >= most // 3


@pytest.mark.parametrize("most", range(48, 80))
def test_lines_that_are_counted_are_those_left_out(most: int) -> None:
    lines = [f"- rule {number} is so" for number in range(9)]
    cut = excerpt(lines, most)
    shown, _, rest = cut.partition(" … and ")
    assert shown.count("rule") + int(rest.split()[0]) == len(lines)
