from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.errors import InputError
from rsi_cli.suite.load import load_suite, parse_suite
from rsi_cli.suite.model import Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]

GOOD = "cases:\n  - {id: a, input: x, expected: 1}\n"


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_suite(path)
    assert caught.value.exit_code == 2
    assert caught.value.hint
    return caught.value


def test_ten_different_mistakes_are_told_at_once_in_file_order(mistakes: Mistakes) -> None:
    found = mistakes("""\
        nmae: triage
        epochs: 0
        budget: {for: 1:30}
        cases:
          - id: a
            input: hello
            id: b
            expected: x
          - id: c
            inptu: hello
            assert:
              - contans: x
              - regex: "("
          - id: a
            input: hello
            split: trian
            expected: {ok: no}
          - id: d
            input: hello
        gold:
          - {case: zzz, output: y, good: true}
    """)
    assert [line.split("  ")[0] for line in found] == [
        "1:1", "2:9", "3:15", "7:5", "10:5", "12:9", "13:16", "14:9", "16:12", "17:20", "18:5", "21:12",
    ]  # fmt: skip


def test_yaml_yml_and_json_files_are_read_alike(tmp_path: Path) -> None:
    texts = {".yaml": GOOD, ".yml": GOOD, ".json": '{"cases": [{"id": "a", "input": "x", "expected": 1}]}'}
    suites = []
    for suffix, text in texts.items():
        path = tmp_path / f"triage{suffix}"
        path.write_text(text, encoding="utf-8")
        suites.append(load_suite(path))
    assert {suite.hash for suite in suites} == {suites[0].hash}
    assert {suite.name for suite in suites} == {"triage"}
    assert suites[0].path == str(tmp_path / "triage.yaml")


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (GOOD + "epochs: x\n").replace("\n", "\r\n").encode())
    assert [str(p) for p in refused(path).problems] == [
        f"{path}:3:9  epochs  expected a whole number, found `x`"
    ]


def test_a_file_without_cases_says_what_to_write(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "---\n", "\n\n"):
        path = tmp_path / "empty.yaml"
        path.write_text(text, encoding="utf-8")
        assert "cases" in str(refused(path).hint) + str(refused(path).problems)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("name: x", "1:1  a suite needs `cases:`"),
        ("cases:", "a suite needs `cases:`"),
        ("cases: []", "1:8  cases  no cases; a suite needs at least one"),
        ("[]", "1:1  no cases; a suite needs at least one"),
        ("cases: {a: b}", "1:8  cases  expected a list of cases, found a mapping"),
        ("hello", "1:1  expected `cases:` or a list of cases, found `hello`"),
        ("tests: [{id: a, input: x, expected: 1}]", "1:1  tests  unknown key; did you mean 'cases'?"),
    ],
)
def test_a_suite_without_cases_is_one_mistake(mistakes: Mistakes, text: str, mistake: str) -> None:
    (found,) = mistakes(text)
    assert mistake in found


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "triage.yaml").write_text(GOOD, encoding="utf-8")
    error = refused(tmp_path / "triaeg.yaml")
    assert "triaeg.yaml" in error.message
    assert error.hint == f"did you mean {tmp_path / 'triage.yaml'}?"
    assert "there is no folder" in refused(tmp_path / "nowhere" / "a.yaml").hint


def test_a_folder_is_refused_with_the_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "triage.yaml").write_text(GOOD, encoding="utf-8")
    error = refused(tmp_path)
    assert "is a folder" in error.message
    assert "triage.yaml" in error.hint


def test_bytes_that_are_no_text_are_refused_at_their_place(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"cases:\n  - caf\xe9\n")
    assert str(refused(path).problems[0]) == f"{path}:2:8  byte 0xe9 is not UTF-8"
    path.write_bytes(b"cases:\n\0\0")
    assert "binary" in refused(path).message
    path.write_bytes("cases:".encode("utf-16"))
    assert "UTF-8" in refused(path).message


def test_the_editors_header_line_is_a_comment(read: Read) -> None:
    assert read("# yaml-language-server: $schema=../docs/suite.schema.json\n" + GOOD).cases
    assert read(
        '{"$schema": "../docs/suite.schema.json", "cases": [{"id": "a", "input": "x", "expected": 1}]}'
    ).cases


def test_messages_never_carry_control_characters(mistakes: Mistakes) -> None:
    for found in mistakes('"a\\e[2Jb": 1\ncases: [{id: "x\\e", input: y, expected: 1, split: "\\e[1m"}]'):
        assert found.isprintable()


def test_two_thousand_cases_take_well_under_a_second() -> None:
    case = "- id: c{0}\n  input: |\n    hello there {0}\n  expected: foo\n  tags: [a, b]\n"
    case += "  assert: [contains: x, {{regex: y+}}]\n"
    text = "".join(case.format(number) for number in range(2000))
    parse_suite("- {id: warm, input: up, expected: 1}", file="s", name="s")
    begin = time.process_time()
    assert len(parse_suite(text, file="s", name="s").cases) == 2000
    assert time.process_time() - begin < 1.5  # noise of a shared machine included


TOP_KEYS = (
    "cases",
    "defaults",
    "gold",
    "models",
    "budget",
    "gate",
    "epochs",
    "prompt",
    "name",
    "for",
    "shares",
)
CASE_KEYS = ("id", "input", "vars", "expected", "assert", "split", "tags", "weight", "cluster", "threshold")
OTHER_KEYS = (
    "type",
    "value",
    "contains",
    "regex",
    "word-count",
    "is-json",
    "assert-set",
    "not-equals",
    "case",
)
ODD_KEYS = ("output", "good", "label", "actor", "improver", "<<", "?", "zebra")
KEYS = st.sampled_from(TOP_KEYS + CASE_KEYS + OTHER_KEYS + ODD_KEYS)
SCALARS = st.sampled_from(
    [
        "",
        "~",
        "null",
        "no",
        "true",
        "012",
        "1:30",
        "1e999",
        "-1",
        "0",
        "0.5",
        "8h",
        "train",
        "a",
        "'('",
        '""',
        "(",
        ".nan",
        "&a b",
    ]
) | st.text("ab1.-_ ", max_size=6)


def flow(entries: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries) + "}"


NODES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.lists(st.tuples(KEYS, inner), max_size=4).map(flow)
    ),
    max_leaves=20,
)


def loads_or_is_refused(text: str) -> None:
    try:
        suite = parse_suite(text, file="s.yaml", name="s")
    except InputError as error:
        refusal = error
    else:
        assert suite.cases
        assert len(suite.hash) == 64
        return
    assert all(problem.line >= 1 and problem.col >= 1 for problem in refusal.problems)
    assert refusal.problems or "empty" in refusal.message


@given(NODES)
def test_no_text_does_anything_but_load_or_be_refused(text: str) -> None:
    loads_or_is_refused(text)


CASE = st.lists(st.tuples(KEYS, NODES), max_size=6, unique_by=lambda entry: entry[0]).map(flow)


@given(st.lists(CASE, min_size=1, max_size=3))
def test_no_case_does_anything_but_load_or_be_refused(cases: list[str]) -> None:
    loads_or_is_refused("\n".join(f"- {case}" for case in cases))
