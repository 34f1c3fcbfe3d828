from __future__ import annotations

from collections.abc import Callable

import pytest

from rsi_cli.suite.model import Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]


def asserting(value: str) -> str:
    return f"- id: a\n  input: x\n  expected: Y\n  vars: {{name: Ada}}\n  assert:\n    - {value}\n"


def test_a_broken_prompt_is_one_mistake_however_many_cases_there_are(mistakes: Mistakes) -> None:
    (found,) = mistakes("prompt: 'Q: {{ input'\ncases: [{input: x, expected: 1}, {input: y, expected: 1}]")
    assert found.startswith("1:9  prompt  not a valid template: ")


def test_a_case_that_lacks_what_the_prompt_names_is_told(mistakes: Mistakes) -> None:
    (found,) = mistakes("""\
        prompt: "{{ tone }}: {{ input }}"
        cases:
          - {id: a, input: x, expected: 1, vars: {tone: kind}}
          - {id: b, input: x, expected: 1}
    """)
    assert found.startswith("4:5  cases[1]  the suite's prompt, ")
    assert "'tone' is undefined" in found


def test_a_default_in_the_prompt_is_enough(read: Read) -> None:
    assert read(
        "{prompt: \"{{ tone | default('kind') }} {{ input }}\", cases: [{input: x, expected: 1}]}"
    ).cases


def test_the_input_itself_is_no_template(read: Read) -> None:
    assert read("- {id: a, input: '{{ nobody }}', expected: '{{ closes'}").cases[0].input == "{{ nobody }}"


@pytest.mark.parametrize(
    "value",
    [
        "contains: '{{ expected }}'",
        "contains-any: ['{{ name }}', '{{ input }}']",
        "llm-rubric: 'as kind as {{ name }}'",
    ],
)
def test_assertions_may_speak_of_input_expected_and_vars(read: Read, value: str) -> None:
    assert "{{" in str(read(asserting(value)).cases[0].asserts[0].value)


@pytest.mark.parametrize(
    ("value", "mistake"),
    [
        ("contains: '{{'", "6:17  [0].assert[0].contains  not a valid template: "),
        ("contains-any: [a, '{% if %}']", "6:25  [0].assert[0].contains-any[1]  not a valid template: "),
        (
            "llm-rubric: '{{ nobody }}'",
            "6:5  [0].assert  '{{ nobody }}': 'nobody' is undefined; variables that exist",
        ),
        ("equals: '{{ nobody }}'", "'nobody' is undefined"),
        ("assert-set: [contains: '{{ nobody }}']", "'nobody' is undefined"),
    ],
)
def test_a_template_that_cannot_be_rendered_is_one_mistake(
    mistakes: Mistakes, value: str, mistake: str
) -> None:
    (found,) = mistakes(asserting(value))
    assert mistake in found


def test_input_is_no_name_for_a_variable(mistakes: Mistakes) -> None:
    (found,) = mistakes("- {id: a, input: x, vars: {input: y}, expected: 1}")
    assert "write it as the case's own `input:`" in found


@pytest.mark.parametrize(
    "pattern",
    [r"(?<year>\d{4})-\k<year>", r"(?<=a+)b", r"[^]", r"\p{L}+", r"\cA", "a{", r"^\s*$", r"[[a]"],
)
def test_patterns_of_javascript_are_accepted(read: Read, pattern: str) -> None:
    assert read(asserting(f"regex: '{pattern}'")).cases[0].asserts[0].value == pattern
