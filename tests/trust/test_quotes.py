"""What a child repeats of train cases at length, and what it may repeat."""

from __future__ import annotations

from random import Random

import pytest

from rsi_cli.nouns import CaseId, Json
from rsi_cli.suite.model import Assertion, Case
from rsi_cli.trust.leaks import COMMON, Watch
from rsi_cli.trust.parsimony import weighed_chars

ORIGIN = (
    "Sort mails by label. Read the whole mail before you answer, and give the label alone, in lower case."
)


def case(
    name: str, text: str, expected: Json = None, *asserts: Assertion, cluster: str | None = None
) -> Case:
    return Case(id=CaseId(name), input=text, expected=expected, asserts=asserts, cluster=cluster)


SEAT = case("seat", "Please add a seat for Ms Almeida, reference HH-20931, as soon as you can.", "access")
PARCEL = case("parcel", "Where is my parcel from Leeds?", "delivery")
SHORT = case("short", "Hello there again", "other")
REPLY = case(
    "reply",
    "?",
    "Dear Ms Okafor, your parcel left Leeds on Monday and arrives on Thursday. Regards, Ben",
)
WATCH = Watch.of(ORIGIN, (SEAT, PARCEL, SHORT, REPLY), ())


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ("Example: please add a seat for Ms Almeida, reference HH-20931 is access.", [("seat", 9)]),
        ("please add a seat for Ms Almeida, is access", []),  # seven words
        ('"Where is my **parcel** from Leeds" means delivery.', [("parcel", 6)]),
        ("If somebody asks where is my parcel, answer delivery.", []),
        ("Hello there again means other.", []),  # too short to be more than a signal
        ("The labels are access, delivery and other.", []),
        (
            "Say: Dear Ms Okafor, your parcel left Leeds on Monday and arrives",
            [("reply", 11)],
        ),
        (ORIGIN, []),
    ],
)
def test_what_is_learned_by_heart_and_what_is_a_rule(line: str, quoted: list[tuple[str, int]]) -> None:
    child = f"{ORIGIN}\n- {line}\n"
    assert [(quote.case_id, quote.words) for quote in WATCH.quotes(child)] == quoted
    assert (WATCH.quoted_chars(child) > 0) == bool(quoted)


def test_the_characters_of_all_quotes_are_counted_once() -> None:
    words = "please add a seat for ms almeida reference hh-20931 "
    assert WATCH.quoted_chars(f"{ORIGIN} {words}") == len(words)
    assert WATCH.quoted_chars(f"{ORIGIN} {words} and {words}") == 2 * len(words)
    both = f"{words}as soon as you can where is my parcel from leeds "
    assert WATCH.quoted_chars(f"{ORIGIN} {SEAT.input} {PARCEL.input}") == len(both)


def test_what_the_committed_version_held_already_is_not_counted() -> None:
    watch = Watch.of(f"{ORIGIN} {SEAT.input}", (SEAT, PARCEL), ())
    assert watch.quotes(f"{ORIGIN} {SEAT.input}") == ()
    assert [quote.case_id for quote in watch.quotes(PARCEL.input)] == ["parcel"]


BOILERPLATE = "Thank you for your message, we will come back to you within two working days."


@pytest.mark.parametrize(
    ("count", "clusters", "quoted"), [(2, False, True), (COMMON, False, False), (5, True, True)]
)
def test_a_form_that_several_answers_have_is_a_rule(count: int, *, clusters: bool, quoted: bool) -> None:
    cluster = "variations" if clusters else None
    cases = [case(f"c{n}", f"Question {n}", f"{BOILERPLATE} Case {n}", cluster=cluster) for n in range(count)]
    child = f"{ORIGIN} Always write: {BOILERPLATE}"
    assert bool(Watch.of(ORIGIN, cases, ()).quotes(child)) is quoted


def test_a_rubric_is_counted_too() -> None:
    rubric = Assertion(
        type="llm-rubric", value="Names the ferry to Bornholm and nothing about the harbour strike"
    )
    watch = Watch.of(ORIGIN, (case("ferry", "?", None, rubric),), ())
    assert watch.quoted_chars("Names the ferry to Bornholm and nothing about it.") > 0


def test_words_drawn_at_random_from_the_same_vocabulary_are_no_quote() -> None:
    rng = Random(4)
    vocabulary = [f"word{chr(97 + i)}{chr(97 + j)}" for i in range(20) for j in range(20)]
    cases = [case(f"c{n}", " ".join(rng.choices(vocabulary, k=60))) for n in range(100)]
    watch = Watch.of(" ".join(vocabulary), cases, ())
    children = [" ".join(rng.choices(vocabulary, k=400)) for _ in range(20)]
    assert sum(watch.quoted_chars(child) for child in children) == 0


def test_quoted_characters_weigh_twice() -> None:
    assert weighed_chars(1000, 0) == 1000
    assert weighed_chars(1000, 250) == 1250
