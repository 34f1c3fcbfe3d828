"""A child that carries a closed case is found; one that only knows the task is not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import CaseId, Json, Split
from rsi_cli.suite.model import Assertion, Case
from rsi_cli.trust.leaks import Watch
from rsi_cli.trust.pieces import dates_in, names_in, words_of, written_values

ORIGIN = (
    "Sort mails by label. The labels are access, billing and legal. Read the whole mail before you answer."
)


def case(
    name: str, text: str, expected: Json = None, *asserts: Assertion, split: Split = Split.TRAIN
) -> Case:
    return Case(id=CaseId(name), input=text, expected=expected, asserts=asserts, split=split)


OPEN = (
    case("seat", "Please add a seat for Ms Almeida, reference HH-20931, as soon as you can.", "access"),
    case("twice", "I was charged twice, 412.50 in March and again in April.", "billing"),
)
CLOSED = (
    case(
        "vogt",
        "My bank took 468.90 without my word. I want it back from Pension Seeblick and Barclays.",
        "billing",
    ),
    case("gdpr", "Send all data on milo@harborline.example to our lawyer in Bergen by 2026-03-14.", "legal"),
    case("wellington", "Which city is the seat of government of Aotearoa?", "Wellington"),
    case(
        "lead",
        "What does this change do?",
        None,
        Assertion(type="contains", value="cookies when Safari fails"),
    ),
)
WATCH = Watch.of(ORIGIN, OPEN, CLOSED)


@pytest.mark.parametrize(
    ("line", "leaked"),
    [
        ("If the mail says my bank took it without my word, answer billing.", {}),
        ("When **my bank took 468.90** comes up, answer billing.", {"vogt": "value"}),
        ("An amount of 468,90 is billing.", {"vogt": "value"}),
        ("Mails from MILO@HARBORLINE.EXAMPLE are legal.", {"gdpr": "value"}),
        ("If it says “send all data on someone to our lawyer”, answer legal.", {}),
        ("If it asks to send all data on a person", {}),
        ("Quote: I want it back from Pension", {"vogt": "quote"}),
        ("Which city is the seat of government? Say so.", {"wellington": "quote"}),
        ("The seat of Aotearoa is wellington.", {"wellington": "names"}),
        ("Mails about Seeblick or Barclays are billing.", {"vogt": "names"}),
        ("Mails that name a bank such as Barclays are billing.", {}),
        ("Say cookies when Safari fails.", {"lead": "value"}),
    ],
)
def test_what_gives_a_child_away_and_what_does_not(line: str, leaked: dict[str, str]) -> None:
    found = WATCH.leaks(f"{ORIGIN}\n- {line}\n")
    assert {leak.case_id: leak.kind for leak in found} == leaked


@pytest.mark.parametrize(
    "line",
    [
        "The labels are access, billing and legal.",
        "Reference HH-20931 and the amount 412.50 stand in a train case.",
        "I was charged twice, 412.50 in March and again in April.",
        "Unless a lawyer is named, answer billing.",
        "For example on 2026-03-14.",
        "",
    ],
)
def test_what_train_cases_and_the_skill_say_is_no_leak(line: str) -> None:
    assert WATCH.leaks(f"{ORIGIN}\n{line}") == ()


def test_a_leak_names_its_case_and_none_of_its_words() -> None:
    (leak,) = WATCH.leaks("Mails of milo@harborline.example go to legal.")
    assert leak.sentence == "carries a value (21 signs) of the closed case gdpr"
    assert "milo" not in repr(leak)


def test_a_watch_holds_no_word_of_any_case() -> None:
    held = repr(WATCH).casefold()
    names = {hidden.id for hidden in (*OPEN, *CLOSED)}
    words = {word for hidden in CLOSED for word in words_of(hidden.input)} - names
    assert not [word for word in words if f"'{word}" in held]
    assert "harborline" not in held
    assert "seeblick" not in held


def test_what_also_stands_in_a_train_case_is_no_secret() -> None:
    shared = Watch.of(ORIGIN, (*OPEN, CLOSED[1]), CLOSED)
    assert shared.leaks(CLOSED[1].input) == ()


def test_a_rubric_and_the_parts_of_a_set_are_watched_too() -> None:
    rubric = Assertion(
        type="llm-rubric", value="Names the ferry to Bornholm and nothing about the harbour strike"
    )
    hidden = case("ferry", "?", None, Assertion(type="assert-set", parts=(rubric,)), split=Split.HOLDOUT)
    watch = Watch.of(ORIGIN, OPEN, (hidden,))
    assert [leak.kind for leak in watch.leaks("Say nothing about the harbour strike.")] == ["quote"]


def test_long_quotes_of_train_cases_are_named_the_longest_first() -> None:
    child = f"{ORIGIN} Example: {OPEN[0].input} Or: I was charged twice, 412.50 in March and."
    assert [(quote.case_id, quote.words) for quote in WATCH.quotes(child)] == [("seat", 14), ("twice", 8)]
    assert WATCH.quotes(ORIGIN) == ()


_LETTERS = st.text(alphabet="abcdefghij", min_size=4, max_size=8)


@given(
    secret=st.lists(_LETTERS, min_size=8, max_size=30),
    before=st.lists(_LETTERS, max_size=40),
    at=st.integers(0, 99),
)
def test_six_words_of_a_closed_case_are_found_wherever_they_stand(
    secret: list[str], before: list[str], at: int
) -> None:
    hidden = case("hidden", " ".join(secret), split=Split.HOLDOUT)
    start = at % (len(secret) - 6)
    child = [*before, *secret[start : start + 7]]
    watch = Watch.of(ORIGIN, OPEN, (hidden,))
    assert [leak.case_id for leak in watch.leaks(" ".join(child).upper())][:1] == ["hidden"]
    assert Watch.of(" ".join(child), OPEN, (hidden,)).leaks(" ".join(child)) == ()


def test_words_drawn_at_random_from_the_same_vocabulary_are_no_leak() -> None:
    rng = Random(4)
    vocabulary = [f"word{chr(97 + i)}{chr(97 + j)}" for i in range(20) for j in range(20)]
    closed = [case(f"c{n}", " ".join(rng.choices(vocabulary, k=60))) for n in range(100)]
    watch = Watch.of(" ".join(vocabulary), OPEN, closed)
    children = [" ".join(rng.choices(vocabulary, k=400)) for _ in range(20)]
    assert sum(bool(watch.leaks(child)) for child in children) == 0


def test_pieces_are_read_as_people_write_them() -> None:
    assert words_of("Paid **4.12** to ＨＨ-20931, (O'Neill)!") == [
        "paid",
        "4.12",
        "to",
        "hh-20931",
        "o'neill",
    ]
    assert list(written_values("14 days, 2025, FIN-33, 100000, 12.50 on 2026-03-14")) == ["FIN-33"]
    assert list(dates_in("from 2026-03-14 to 4/5/26, 12.50")) == ["2026-03-14", "4/5/26"]
    assert list(names_in("Dear Ms Okonkwo of Fernleigh Property Care. Thanks, Anna\nBest")) == [
        ("okonkwo",),
        ("fernleigh", "property", "care"),
        ("anna",),
    ]
