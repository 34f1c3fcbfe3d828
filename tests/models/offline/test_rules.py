from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.models.offline.conditions import (
    ALWAYS,
    Begins,
    Condition,
    Has,
    Is,
    Literal,
    Longer,
    Mentions,
)
from rsi_cli.models.offline.read_rules import read_rules
from rsi_cli.models.offline.rules import Rule
from rsi_cli.models.offline.values import SHAPES, Const, Scalar, Span, Value, read_constant, write_constant
from rsi_cli.models.offline.words import imperative, stem

PHRASES = st.lists(st.text(string.ascii_lowercase, min_size=3, max_size=8), min_size=1, max_size=3).map(
    " ".join
)
FIELDS = st.sampled_from(["", "Subject", "Due date"])
ATOMS = (
    st.builds(Mentions, PHRASES, FIELDS)
    | st.builds(Has, st.sampled_from(["amount", "date", "question", "number"]), FIELDS)
    | st.builds(Is, PHRASES, st.sampled_from(["Subject", "Due date"]))
    | st.builds(Begins, PHRASES, FIELDS, st.booleans())
    | st.builds(Longer, st.integers(1, 500), FIELDS, st.booleans())
)
CLAUSES = st.lists(st.builds(Literal, ATOMS), min_size=1, max_size=1).map(tuple)
SINGLE = st.lists(CLAUSES, min_size=1, max_size=4, unique=True).map(tuple)
MARKERS = st.text(string.ascii_letters, min_size=3, max_size=9)
SPANS = st.builds(
    Span,
    kind=st.sampled_from(["amount", "date", "code", "number", "e-mail address"]),
    place=st.sampled_from(["after", "before", "line", "field"]),
    marker=MARKERS,
    shape=st.lists(st.sampled_from(sorted(set(SHAPES) - {"lower"})), max_size=1).map(tuple),
) | st.builds(Span, kind=st.just("date"), which=st.sampled_from([0, 1, 2, -1]))
VALUES = SPANS | st.builds(Const, MARKERS)


def same_condition(one: Condition, two: Condition) -> bool:
    return set(one) == set(two)


@given(SINGLE, st.text(string.ascii_lowercase, min_size=2, max_size=8))
def test_a_rule_that_is_written_down_is_read_back(condition: Condition, label: str) -> None:
    rule = Rule("", condition, Const(label))
    (read,) = read_rules(rule.sentence(), labels=(label,))
    assert (read.slot, read.value) == (rule.slot, rule.value)
    assert same_condition(read.when, rule.when), rule.sentence()


@given(VALUES)
def test_a_value_that_is_written_down_is_read_back(value: Value) -> None:
    rule = Rule("part", ALWAYS, value)
    assert read_rules(rule.sentence(), slots=("part",)) == (rule,), rule.sentence()


@given(PHRASES, PHRASES)
def test_exceptions_survive_the_way_there_and_back(word: str, other: str) -> None:
    clause = (Literal(Mentions(word)), Literal(Mentions(other), wanted=False))
    rule = Rule("", (clause,), Const("x"))
    assert read_rules(rule.sentence(), labels=("x",)) == (rule,), rule.sentence()


@given(st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(string.printable, max_size=12))
def test_constants_keep_their_type(value: Scalar) -> None:
    back = read_constant(write_constant(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Fixed the door", "Fix the door"),
        ("adds two", "add two"),
        ("Removing old paint", "Remove old paint"),
        ("stopped it", "stop it"),
        ("Moves a wall", "Move a wall"),
        ("applies glue", "apply glue"),
        ("updated it", "update it"),
        ("wrote a note", "write a note"),
        ("passes it on", "pass it on"),
        ("opened", "open"),
    ],
)
def test_verbs_go_into_the_imperative(said: str, wanted: str) -> None:
    assert imperative(said) == wanted


@pytest.mark.parametrize("form", ["refund", "refunds", "refunded", "refunding", "Refund's"])
def test_endings_do_not_matter(form: str) -> None:
    assert stem(form) == stem("refund")
