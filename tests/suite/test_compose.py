from __future__ import annotations

import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import Json
from rsi_cli.suite.compose import MAX_DEPTH, compose
from rsi_cli.suite.kinds import AnyJson
from rsi_cli.suite.nodes import Listed, Node, Scalar, Table, Trail

WRITABLE = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff")


def composed(text: str) -> tuple[Node | None, list[str]]:
    trail = Trail("f", [])
    root = compose(text, trail)
    return root, [str(problem) for problem in trail.found]


def one_problem(text: str) -> str:
    _, found = composed(text)
    assert len(found) == 1, found
    return found[0]


def plain(node: Node | None) -> object:
    match node:
        case Table(entries=entries):
            return {key.text: plain(value) for key, value in entries}
        case Listed(nodes=nodes):
            return [plain(item) for item in nodes]
        case Scalar(text=text):
            return text
        case None:
            return None


def test_every_scalar_keeps_the_text_it_was_written_with() -> None:
    root, found = composed("{a: no, b: 012, c: 1:30, d: 1e3, e: 2026-11-20, f: ~, g: 0x1F, h: 1_000}")
    assert not found
    assert list(plain(root).values()) == ["no", "012", "1:30", "1e3", "2026-11-20", "~", "0x1F", "1_000"]  # type: ignore[attr-defined]


def test_quotes_and_blocks_are_not_plain() -> None:
    root, _ = composed("- no\n- 'no'\n- \"no\"\n- |\n  no\n- !!str no\n")
    assert isinstance(root, Listed)
    assert [isinstance(node, Scalar) and node.plain for node in root.nodes] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_places_count_from_one_and_in_characters() -> None:
    root, _ = composed('é: "日本"\nkey:   x\n')
    assert isinstance(root, Table)
    (first, _), (second, value) = root.entries
    assert (first.line, first.col, second.line, second.col, value.line, value.col) == (1, 1, 2, 1, 2, 8)


def test_the_second_of_two_equal_keys_is_a_mistake_that_names_the_first() -> None:
    assert one_problem("cases:\n  - id: a\n    input: x\n    'id': b\n") == (
        "f:4:5  cases[0].id  written twice (first on line 2)"
    )


def test_duplicate_keys_are_found_at_any_depth() -> None:
    _, found = composed("a: 1\nb: {c: [{d: 1, d: 2}]}\na: 2\n")
    assert found == [
        "f:2:16  b.c[0].d  written twice (first on line 2)",
        "f:3:1  a  written twice (first on line 1)",
    ]


def test_an_alias_brings_back_what_its_anchor_named() -> None:
    root, found = composed("a: &x [1, 2]\nb: *x\n")
    assert not found
    assert plain(root) == {"a": ["1", "2"], "b": ["1", "2"]}


def test_a_merge_brings_in_entries_and_own_ones_win() -> None:
    root, found = composed("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nown: {<<: [*b, *m], x: 9}\n")
    assert not found
    assert plain(root)["own"] == {"x": "9", "y": "2", "z": "4"}  # type: ignore[index]


def test_a_merge_of_anything_else_is_a_mistake() -> None:
    assert "needs a mapping" in one_problem("a: {<<: text}")


def test_an_alias_bomb_is_a_mistake_and_takes_no_time() -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    begin = time.perf_counter()
    assert "aliases" in one_problem("\n".join(layers))
    assert time.perf_counter() - begin < 1


def test_a_list_that_holds_itself_is_a_mistake() -> None:
    assert one_problem("a: &x [*x]\n").endswith("*x stands inside the very thing it names")


def test_an_alias_without_an_anchor_is_a_mistake() -> None:
    assert "*x names nothing" in one_problem("a: *x")


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
def test_endless_nesting_is_a_mistake_and_no_crash(opening: str) -> None:
    assert f"deeper than {MAX_DEPTH}" in one_problem(opening * 100_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n\t- b", "f:2:1  a tab cannot indent YAML; use spaces"),
        ("a: @b", "f:1:4  a value cannot start with `@` without quotes"),
        ("a: `b`", "f:1:4  a value cannot start with ``` without quotes"),
        ("a: b: c", "f:1:5  a second `: ` here"),
        ('a: 1\nb: "open\nc: 2\n', "f:2:4  a quote that is opened here is never closed"),
        ("a: [1, 2\nb: 3\n", "a list opened with [ is not closed"),
        ('a: "\\d"', "a backslash in double quotes needs to be doubled"),
        ("- a\nb: 1", "f:2:1  this line is no item of the list above"),
        ("a: 1\n b: 2", "f:2:3  a second `: ` here"),
        ("a: 1\n---\nb: 2", "f:2:1  a second document starts here"),
        ("a: x\x1b[2J", "f:1:5  character \\x1b cannot stand in YAML"),
        ("a: b\n\x00", "f:2:1  character \\x00 cannot stand in YAML"),
        ("[a]: b", "f:1:1  a key must be a text"),
        ("a: !!binary aGk=", "f:1:4  a  tag !!binary is not supported"),
        ("a: !!python/object:os.system x", "is not supported"),
    ],
)
def test_broken_yaml_is_told_at_its_place_in_plain_words(text: str, expected: str) -> None:
    assert expected in one_problem(text)


def test_json_is_yaml() -> None:
    root, found = composed('{"cases": [{"id": "a\\u00e9", "input": "x\\ty"}]}')
    assert not found
    assert plain(root) == {"cases": [{"id": "aé", "input": "x\ty"}]}


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(WRITABLE, max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(WRITABLE, max_size=5), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    indent=st.sampled_from([None, 2, "\t"]),
    ascii_only=st.booleans(),
)
def test_whatever_python_writes_as_json_is_read(
    *, value: Json, indent: int | str | None, ascii_only: bool
) -> None:
    root, found = composed(json.dumps([value], indent=indent, ensure_ascii=ascii_only))
    assert not found
    assert root is not None
    assert AnyJson().read(root, Trail("f", [])) == [value]


@given(st.text(alphabet=st.sampled_from("a1 :-[]{},&*!|>'\"%@`#?\n\t~<x\\"), max_size=60))
def test_what_is_accepted_says_what_yaml_says(text: str) -> None:
    root, found = composed(text)
    if not found and "<<" not in text:
        assert plain(root) == yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - builds texts only
