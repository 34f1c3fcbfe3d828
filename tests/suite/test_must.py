"""Hard constraints as a suite writes them: what they are read as, and what nothing could keep to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from jsonschema import Draft202012Validator

from rsi_cli.errors import InputError
from rsi_cli.suite.json_schema import suite_schema
from rsi_cli.suite.load import parse_suite
from rsi_cli.suite.model import Assertion, Forbidden, Heading, Must, Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]

HAS_A = "must: {assert: [{contains: a}]}\n"
CASES = "cases: [{id: a, input: x, expected: y}]\n"
ALL = """\
must:
  max_chars: 6000
  max_tokens: 1500
  forbidden: ["as  an AI", {regex: "(?i)ignore (all|previous)"}]
  sections: ["##  Answer ##", "# Top"]
  assert:
    - not-contains: "As an AI"
cases:
  - id: x
    input: x
    expected: "#"
    must: [{contains: "#"}]
  - {id: y, input: y, expected: z}
"""
NO_WORDS = (
    "rsi limits the skill in characters or tokens, not in words; write `max_chars` or `max_tokens`; "
    "for the words of answers, `assert: [{word-count: {max: 200}}]`"
)
NO_AI = Assertion(type="contains", value="As an AI", negated=True)


def test_every_key_is_read(read: Read) -> None:
    suite = read(ALL)
    assert suite.must == Must(
        max_chars=6000,
        max_tokens=1500,
        forbidden=(Forbidden("as an AI"), Forbidden("(?i)ignore (all|previous)", is_pattern=True)),
        sections=(Heading(2, "Answer"), Heading(1, "Top")),
        asserts=(NO_AI,),
    )
    assert [str(heading) for heading in suite.must.sections] == ["## Answer", "# Top"]


def test_what_all_answers_must_meet_comes_before_what_those_of_one_case_must(read: Read) -> None:
    suite = read(ALL)
    assert suite.cases[0].must == (NO_AI, Assertion(type="contains", value="#"))
    assert suite.cases[1].must == (NO_AI,)
    assert suite.cases[1].asserts == (Assertion(type="equals", value="z"),)


def test_a_suite_without_any_asks_for_nothing(read: Read) -> None:
    suite = read(CASES)
    assert suite.must == Must()
    assert suite.cases[0].must == ()


def test_the_bare_form_has_them_by_case(read: Read) -> None:
    assert read("- {id: a, input: x, expected: y, must: [is-json]}").cases[0].must == (
        Assertion(type="is-json"),
    )


@pytest.mark.parametrize(
    ("must", "told"),
    [
        (
            "{}",
            "1:7  must  must not be empty; it may have assert, forbidden, max_chars, max_tokens, sections",
        ),
        ("[a]", "1:7  must  expected the hard constraints (a mapping), found a list"),
        ("{max_char: 5}", "1:8  must.max_char  unknown key; did you mean 'max_chars'?"),
        ("{headings: ['# A']}", "1:8  must.headings  unknown key; did you mean 'sections'?"),
        (
            "{max_words: 5}",
            f"1:8  must.max_words  {NO_WORDS}",
        ),
        ("{max_chars: 0}", "1:19  must.max_chars  expected a whole number of at least 1, found `0`"),
        ("{max_tokens: many}", "1:20  must.max_tokens  expected a whole number, found `many`"),
        ("{forbidden: []}", "1:19  must.forbidden  must not be an empty list"),
        ('{forbidden: [" "]}', "1:20  must.forbidden[0]  must not be empty"),
        (
            "{forbidden: [{regx: a}]}",
            "1:21  must.forbidden[0].regx  unknown key; did you mean 'regex'?",
        ),
        (
            "{forbidden: [{regex: 'a**'}]}",
            "1:28  must.forbidden[0].regex  not a regular expression: multiple repeat at position 2",
        ),
        ("{sections: []}", "1:18  must.sections  must not be an empty list"),
        (
            "{sections: [Answer]}",
            '1:19  must.sections[0]  `Answer` is no heading; write it as the skill does, as in "## Answer"',
        ),
        (
            "{sections: ['##']}",
            '1:19  must.sections[0]  `##` is no heading; write it as the skill does, as in "## Answer"',
        ),
        ("{assert: []}", "1:16  must.assert  must not be an empty list"),
        (
            "{assert: [{contians: a}]}",
            "1:18  must.assert[0].contians  `contians` is no assertion type; did you mean 'contains'?",
        ),
        (
            "{assert: [{contains: a, weight: 2}]}",
            "1:31  must.assert[0].weight  a hard constraint has no weight: it counts in no score",
        ),
        (
            "{assert: [{llm-rubric: a, threshold: 0}]}",
            "1:17  must.assert[0]  with threshold 0 every answer passes, so nothing is demanded",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place(mistakes: Mistakes, must: str, told: str) -> None:
    assert mistakes(f"must: {must}\n{CASES}") == [told]


def test_a_heading_that_yaml_takes_for_a_comment_is_told_so(mistakes: Mistakes) -> None:
    (told,) = mistakes(f"must:\n  sections:\n    - ## Answer\n{CASES}")
    assert "must.sections[0]  expected a heading, found nothing; quote it" in told


def test_defaults_say_where_it_belongs(mistakes: Mistakes) -> None:
    (told,) = mistakes("defaults: {must: [is-json]}\n" + CASES)
    assert told.endswith(
        "what every answer must meet stands at the top of the suite: `must: {assert: [...]}`"
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("must: {forbidden: [answer], sections: ['## Answer']}\n" + CASES, "1:19  must.forbidden"),
        ("must: {max_chars: 5, sections: ['## Answer']}\n" + CASES, "1:19  must.max_chars"),
        ("must: {assert: [{contains: a}, {not-contains: a}]}\n" + CASES, "1:16  must.assert"),
        (
            f"{HAS_A}cases: [{{id: a, input: x, expected: y, must: [{{not-contains: a}}]}}]",
            "2:46  cases[0].must",
        ),
        (
            f"{HAS_A}cases: [{{id: a, input: x, assert: [{{not-contains: a, metric: m}}]}}]",
            "2:9  cases[0].must",
        ),
        ("cases: [{id: a, input: x, assert: [is-json], must: [equals]}]", "1:52  cases[0].must"),
        ("must: {assert: [{contains: '{{ nobody }}'}]}\n" + CASES, "2:9  cases[0].must"),
    ],
)
def test_what_nothing_could_keep_to_is_a_mistake(mistakes: Mistakes, text: str, where: str) -> None:
    (told,) = mistakes(text)
    assert told.startswith(where), told


def test_an_assertion_that_may_fail_contradicts_nothing(read: Read) -> None:
    read(
        f"{HAS_A}cases: [{{id: a, input: x, threshold: 0.5, assert: [{{not-contains: a}}, {{contains: b}}]}}]"
    )


BASE = parse_suite(ALL, file="s", name="s").hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("6000", "6001"),
        ("1500", "1501"),
        ("as  an AI", "as an A"),
        ("(?i)ignore", "ignore"),
        ('{regex: "(?i)ignore (all|previous)"}', '"(?i)ignore (all|previous)"'),
        ("##  Answer ##", "# Answer"),
        ('not-contains: "As an AI"', 'not-contains: "As an A"'),
        ('must: [{contains: "#"}]', 'must: [{icontains: "#"}]'),
        ('    must: [{contains: "#"}]\n', ""),
    ],
)
def test_they_are_part_of_the_suites_identity(read: Read, old: str, new: str) -> None:
    assert old in ALL
    assert read(ALL.replace(old, new)).hash != BASE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            '"as  an AI", {regex: "(?i)ignore (all|previous)"}',
            '{regex: "(?i)ignore (all|previous)"}, as an AI',
        ),
        ('"##  Answer ##", "# Top"', '"# Top", "## Answer"'),
        ('not-contains: "As an AI"', "{type: not-contains, value: As an AI, metric: m}"),
    ],
)
def test_their_spelling_and_order_are_not(read: Read, old: str, new: str) -> None:
    assert old in ALL
    assert read(ALL.replace(old, new)).hash == BASE


@pytest.mark.parametrize(
    "must",
    [
        "{max_chars: 10, forbidden: [no, {regex: a}], sections: ['# A b']}",
        "{forbidden: just one, assert: [is-json, {contains: a}, {assert-set: [is-json]}]}",
        "{}",
        "{max_chars: 0}",
        "{forbidden: [{regx: a}]}",
        "{sections: [Answer]}",
        "{assert: [{contains: a, weight: 2}]}",
        "{assert: [{type: contains, value: a, weight: 2}]}",
    ],
)
def test_the_published_schema_refuses_what_the_reader_refuses(must: str) -> None:
    text = f"must: {must}\n{CASES}"
    validator = Draft202012Validator(suite_schema())
    fits = validator.is_valid(yaml.load(text, Loader=yaml.SafeLoader))
    try:
        parse_suite(text, file="s", name="s")
    except InputError:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize("word", ["warn", "reject", "allow"])
def test_train_quotes_are_one_of_three_words(read: Read, word: str) -> None:
    suite = read(f"gate: {{train_quotes: {word}}}\n{CASES}")
    assert suite.gate.train_quotes == word
    assert suite.stated == {"gate.train_quotes"}
    assert read(CASES).gate.train_quotes == "warn"


def test_another_word_is_a_mistake(mistakes: Mistakes) -> None:
    assert mistakes(f"gate: {{train_quotes: rejct}}\n{CASES}") == [
        "1:22  gate.train_quotes  `rejct` is none of warn, reject, allow; did you mean 'reject'?"
    ]
