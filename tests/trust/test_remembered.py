"""A look survives as a line of text, and a damaged line is never taken for no look."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import CaseId, RunId
from rsi_cli.trust.holdout import PastLook, mark, wear
from rsi_cli.trust.remembered import decode_look, encode_look, merged

IDS = frozenset(map(CaseId, ("a", "b")))
LOOK = PastLook(
    run=RunId("20261120-184203-3830"), number=1, alpha=0.02, case_ids=IDS, promoted=False, decision="reject"
)


def test_a_look_is_one_line_without_the_ids_of_its_cases() -> None:
    assert encode_look(replace(LOOK, case_ids=frozenset({CaseId("landlord")}))) == (
        "look/1 run=20261120-184203-3830 number=1 alpha=0.02 decision=reject promoted=no cases=1:c4a11b"
    )


@given(
    names=st.frozensets(st.text(min_size=1, max_size=9), max_size=20),
    number=st.integers(0, 99),
    alpha=st.floats(0, 1),
    promoted=st.booleans(),
)
def test_what_was_written_is_read_back_with_marks_for_ids(
    names: frozenset[str], number: int, alpha: float, *, promoted: bool
) -> None:
    look = PastLook(
        run=LOOK.run, number=number, alpha=alpha, case_ids=frozenset(map(CaseId, names)), promoted=promoted
    )
    line = encode_look(look)
    read = decode_look(f"  {line}\n")
    assert "\n" not in line
    assert read is not None
    assert (read.run, read.number, read.promoted, read.marks) == (look.run, number, promoted, look.marks)
    assert read.alpha == pytest.approx(alpha, rel=1e-5)
    assert not read.everywhere
    assert decode_look(encode_look(read)) == read


def test_marks_count_as_the_cases_that_they_stand_for() -> None:
    read = decode_look(encode_look(LOOK))
    assert read is not None
    assert wear([read], IDS) == {"a": 1, "b": 1}
    assert wear([read, LOOK], IDS) == {"a": 2, "b": 2}
    assert mark(CaseId(mark(CaseId("a")))) == mark(CaseId("a"))


@pytest.mark.parametrize(
    "line",
    [
        encode_look(LOOK).replace("look/1", "look/2"),
        encode_look(LOOK)[:-1],
        encode_look(LOOK).replace("cases=2:", "cases=3:"),
        encode_look(LOOK).replace("alpha=0.02", "alpha=nan"),
        encode_look(LOOK).replace("alpha=0.02", "alpha=-1"),
        encode_look(LOOK).replace("number=1", "number=²"),
        encode_look(LOOK).replace("promoted=no", "promoted=perhaps"),
        "look/1",
        "look/",
    ],
)
def test_a_line_that_cannot_be_read_counts_for_every_case(line: str) -> None:
    read = decode_look(line)
    assert read is not None
    assert read.everywhere
    assert not read.promoted
    assert wear([read], IDS) == {"a": 1, "b": 1}


def test_a_look_that_counts_everywhere_still_does_when_it_is_read_back() -> None:
    lost = replace(LOOK, case_ids=frozenset(), everywhere=True)
    assert decode_look(encode_look(lost)) == replace(lost, decision="")


@pytest.mark.parametrize("line", ["", "Rsi-Run: 2026", "a look/1 run=x", "Looked at 3 cases"])
def test_other_lines_are_not_ours(line: str) -> None:
    assert decode_look(line) is None


def test_fields_that_a_later_version_adds_do_no_harm() -> None:
    read = decode_look(encode_look(LOOK) + " mood=good")
    assert read is not None
    assert not read.everywhere


def test_merging_keeps_the_first_telling_and_the_order_of_time() -> None:
    later = replace(LOOK, run=RunId("20261121-000000-0000"), number=0)
    read = decode_look(encode_look(LOOK))
    assert read is not None
    assert merged([later, LOOK, read]) == (LOOK, later)


@given(line=st.text(max_size=80))
def test_no_text_whatever_breaks_the_reader(line: str) -> None:
    read = decode_look("look/1 " + line)
    assert read is None or 0.0 <= read.alpha <= 1.0
