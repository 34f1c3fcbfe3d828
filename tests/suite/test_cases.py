from __future__ import annotations

from collections.abc import Callable

import pytest

from rsi_cli.nouns import Split
from rsi_cli.suite.model import Assertion, Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]


def test_the_bare_form_is_a_list_of_cases(read: Read) -> None:
    suite = read("""\
        - {id: a, input: hi, expected: yes, split: train, tags: [x], weight: 2, epochs: 3, threshold: 0.5}
        - {id: b, input: ho, expected: no}
    """)
    first, second = suite.cases
    assert (first.expected, second.expected) == ("yes", "no")
    assert (first.split, first.tags, first.weight, first.epochs, first.threshold) == (
        Split.TRAIN,
        ("x",),
        2.0,
        3,
        0.5,
    )
    assert suite.name == "s"


@pytest.mark.parametrize(
    "scalar",
    [
        "no",
        "Yes",
        "on",
        "012",
        "1:30",
        "12:30:00",
        "1e3",
        "1.50",
        "1_000",
        "True",
        "2026-11-20",
        "0x1F",
        ".5",
    ],
)
def test_yaml_never_changes_what_a_scalar_says(read: Read, scalar: str) -> None:
    case = read(
        f"- id: {scalar}\n  input: {scalar}\n  expected: {scalar}\n  vars: {{v: {scalar}, w: [{scalar}]}}\n"
    ).cases[0]
    assert case.id == case.input == case.expected == scalar
    assert case.vars == {"v": scalar, "w": [scalar]}


@pytest.mark.parametrize(
    ("written", "value"),
    [("42", 42), ("true", True), ("-1.5", -1.5), ("{a: [1, null]}", {"a": [1, None]}), ('"42"', "42")],
)
def test_expected_keeps_json_types(read: Read, written: str, value: object) -> None:
    expected = read(f"- {{id: a, input: x, expected: {written}}}").cases[0].expected
    assert expected == value
    assert type(expected) is type(value)


def test_ambiguous_scalars_inside_json_are_mistakes(mistakes: Mistakes) -> None:
    assert mistakes("- id: a\n  input: x\n  expected:\n    ok: no\n    n: [012, True]\n") == [
        '4:9  [0].expected.ok  `no` is not read alike everywhere; quote it ("no") or write false',
        '5:9  [0].expected.n[0]  `012` is not read alike everywhere; quote it ("012") or write 12',
        '5:14  [0].expected.n[1]  `True` is not read alike everywhere; quote it ("True") or write true',
    ]


def test_expected_alone_must_be_met_exactly(read: Read) -> None:
    assert read("- {id: a, input: x, expected: Y}").cases[0].asserts == (Assertion(type="equals", value="Y"),)


def test_beside_assertions_expected_is_a_reference(read: Read) -> None:
    case = read("- {id: a, input: x, expected: Y, assert: [contains: z]}").cases[0]
    assert case.asserts == (Assertion(type="contains", value="z"),)
    assert case.expected == "Y"


def test_defaults_stand_under_each_case(read: Read) -> None:
    suite = read("""\
        defaults:
          assert: [word-count: {max: 9}]
          tags: [all]
          vars: {tone: kind, lang: en}
          split: holdout
          weight: 2
          epochs: 3
          threshold: 0.5
        cases:
          - {id: a, input: x}
          - id: b
            input: y
            assert: [contains: z]
            tags: [own, all]
            vars: {lang: de}
            split: train
            weight: 0
            epochs: 1
            threshold: 1
    """)
    a, b = suite.cases
    words = Assertion(type="word-count", value={"max": 9})
    assert (a.asserts, b.asserts) == ((words,), (words, Assertion(type="contains", value="z")))
    assert (a.tags, b.tags) == (("all",), ("all", "own"))
    assert (a.vars["lang"], b.vars) == ("en", {"tone": "kind", "lang": "de"})
    assert (a.split, a.weight, a.epochs, a.threshold) == (Split.HOLDOUT, 2.0, 3, 0.5)
    assert (b.split, b.weight, b.epochs, b.threshold) == (Split.TRAIN, 0.0, 1, 1.0)


def test_a_case_without_an_id_is_named_after_its_input(read: Read) -> None:
    before = read("- {input: x, expected: 1}\n- {input: y, expected: 1}").cases
    after = read(
        "- {input: new, expected: 1}\n- {input: y, expected: 2, tags: t}\n- {input: x, expected: 1}"
    ).cases
    assert (before[0].id, before[1].id) == (after[2].id, after[1].id)
    assert before[0].id.startswith("case-")


def test_cases_know_their_line(read: Read) -> None:
    assert [
        case.line
        for case in read(
            "# note\n- {id: a, input: x, expected: 1}\n\n- id: b\n  input: y\n  expected: 1\n"
        ).cases
    ] == [2, 4]


def test_vars_alone_need_a_prompt_that_uses_them(read: Read, mistakes: Mistakes) -> None:
    case = read("{prompt: '{{ q }}?', cases: [{id: a, vars: {q: hi}, expected: 1}]}").cases[0]
    assert (case.input, case.vars) == ("", {"q": "hi"})
    (found,) = mistakes("cases: [{id: a, vars: {q: hi}, expected: 1}]")
    assert "the suite's prompt holds {{ input }}" in found


def test_an_empty_input_must_be_meant(read: Read, mistakes: Mistakes) -> None:
    assert read('- {id: a, input: "", expected: 1}').cases[0].input == ""
    assert mistakes("- {id: a, input: , expected: 1}") == [
        '1:18  [0].input  must not be empty; write "" if the actor is to be sent nothing'
    ]


def test_metadata_is_the_owners_own(read: Read) -> None:
    assert read("- {id: a, input: x, expected: 1, metadata: {ticket: 012, by: [me]}}").cases[0].id == "a"


def test_text_reaches_the_case_character_by_character(read: Read) -> None:
    suite = read('- id: a\n  input: |\n    Grüße, 日本 {{ x }}\n      two\n\n  expected: "tab\\t"\n')
    assert suite.cases[0].input == "Grüße, 日本 {{ x }}\n  two\n"
    assert suite.cases[0].expected == "tab\t"


@pytest.mark.parametrize(
    ("case", "mistake"),
    [
        ("{input: x}", "1:3  [0]  nothing to grade by; give the case `expected` or `assert`"),
        ("{input: x, assert: []}", "nothing to grade by"),
        ("{input: x, expected: }", "nothing to grade by"),
        ("{id: a, expected: 1}", "1:3  [0]  a case needs `input`"),
        ("{id: a, inptu: x, expected: 1}", "1:11  [0].inptu  unknown key; did you mean 'input'?"),
        ("{id: a, input: x, expceted: 1}", "1:21  [0].expceted  unknown key; did you mean 'expected'?"),
        ("{id: a, question: x, expected: 1}", "unknown key; did you mean 'input'?"),
        ("{id: a, input: x, assertions: [contains: y]}", "unknown key; did you mean 'assert'?"),
        ("{id: a, input: x, expected: 1, zebra: 1}", "unknown key; a case has assert, cluster,"),
        ("{id: a, input: [x], expected: 1}", "1:18  [0].input  expected a text, found a list"),
        ('{id: "  ", input: x, expected: 1}', "[0].id  must not be empty"),
        ('{id: "a\\nb", input: x, expected: 1}', "must be one line"),
        (
            "{id: a, input: x, expected: 1, split: trian}",
            "`trian` is none of train, holdout, known-good, sealed; did you mean 'train'?",
        ),
        ("{id: a, input: x, expected: 1, split: known_good}", "did you mean 'known-good'?"),
        ("{id: a, input: x, expected: 1, weight: -1}", "-1 is out of range"),
        ("{id: a, input: x, expected: 1, weight: .inf}", "expected a number, found `.inf`"),
        (
            "{id: a, input: x, expected: 1, weight: '2'}",
            "expected a number, found text; write 2 without quotes",
        ),
        ("{id: a, input: x, expected: 1, epochs: 012}", "`012` is not read alike everywhere; write 12"),
        ("{id: a, input: x, expected: 1, epochs: 0}", "expected a whole number of at least 1, found `0`"),
        ("{id: a, input: x, expected: 1, epochs: 1.5}", "expected a whole number of at least 1, found `1.5`"),
        ("{id: a, input: x, expected: 1, epochs: yes}", "expected a whole number, found `yes`"),
        (
            "{id: a, input: x, expected: 1, threshold: 50}",
            "50 is out of range; expected a number between 0 and 1",
        ),
        ("{id: a, input: x, expected: 1, tags: {a: b}}", "expected a list, found a mapping"),
        ("{id: a, input: x, expected: 1, vars: [a]}", "expected a mapping, found a list"),
        ("just text", "expected a case (a mapping), found `just text`"),
    ],
)
def test_a_wrong_case_is_one_mistake(mistakes: Mistakes, case: str, mistake: str) -> None:
    (found,) = mistakes(f"- {case}")
    assert mistake in found


def test_equal_ids_name_each_other(mistakes: Mistakes) -> None:
    assert mistakes("- {id: a, input: x, expected: 1}\n- {id: 'a', input: y, expected: 1}") == [
        "2:8  [1].id  `a` is the id of the case on line 1 already"
    ]
    (found,) = mistakes("- {input: x, expected: 1}\n- {input: x, expected: 2}")
    assert "the same input as the case on line 1; give each an `id`" in found


def test_a_broken_default_is_not_reported_again_for_every_case(mistakes: Mistakes) -> None:
    (found,) = mistakes("defaults: {asert: [is-json]}\ncases: [{input: x}, {input: y}, {input: z}]")
    assert "did you mean 'assert'?" in found
    (found,) = mistakes("default: {assert: [is-json]}\ncases: [{input: x}, {input: y}, {input: z}]")
    assert "did you mean 'defaults'?" in found


def test_a_cluster_is_never_torn(read: Read, mistakes: Mistakes) -> None:
    suite = read(
        "- {id: a, cluster: c, input: x, expected: 1}\n"
        "- {id: b, cluster: c, input: y, expected: 1, split: known-good}"
    )
    assert [case.split for case in suite.cases] == [Split.KNOWN_GOOD, Split.KNOWN_GOOD]
    (found,) = mistakes(
        "- {id: a, cluster: c, input: x, expected: 1, split: train}\n"
        "- {id: b, cluster: c, input: y, expected: 1, split: holdout}"
    )
    assert found == "2:53  [1].split  cluster `c` is in train already; a cluster has one split"


@pytest.mark.parametrize("closed", ["holdout", "known-good", "sealed"])
def test_the_same_input_on_both_sides_of_the_wall_is_a_mistake(mistakes: Mistakes, closed: str) -> None:
    assert mistakes(f"""\
        - {{id: a, input: Is it so?, expected: 1, split: {closed}}}
        - {{id: b, input: Is it not?, expected: 1, split: train}}
        - {{id: c, input: "is  it SO? ", expected: 1, split: train}}
    """) == ["3:3  [2]  same input as 'a' (line 1) but another split: the improver would see it"]


def test_the_same_input_without_a_word_is_drawn_as_the_first(read: Read) -> None:
    alone = read("\n".join(f"- {{id: c{n}, input: q{n}, expected: 1}}" for n in range(8)))
    assert len({case.split for case in alone.cases}) == 2
    for first in alone.cases:
        copies = "\n".join(f"- {{id: d{n}, input: {first.input.upper()}, expected: 1}}" for n in range(8))
        twins = read(f"- {{id: {first.id}, input: {first.input}, expected: 1}}\n{copies}")
        assert {case.split for case in twins.cases} == {first.split}


def test_inputs_are_compared_as_the_actor_reads_them(mistakes: Mistakes, read: Read) -> None:
    text = """\
        prompt: "{{ input }} {{ who }}"
        cases:
          - {id: a, input: Greet, vars: {who: Ann}, expected: 1, split: train}
          - {id: b, input: Greet, vars: {who: %s}, expected: 1, split: holdout}
    """
    assert len(read(text % "Bob").cases) == 2
    assert "same input as 'a' (line 3)" in mistakes(text % "ann")[0]
