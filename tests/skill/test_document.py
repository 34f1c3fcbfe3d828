"""A skill file survives reading and writing byte for byte, and a model's text changes only what it says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rsi_cli.errors import InputError
from rsi_cli.skill.document import Skill, fingerprint, in_file, normalised, parse
from rsi_cli.skill.lines import split_lines, to_lf, with_endings_of
from tests.fakes.yaml_pieces import yaml_texts

NEWLINES = st.sampled_from(["\n", "\r\n", "\r", ""])
PIECES = st.sampled_from(
    [
        *(
            "---",
            "--- ",
            "# A",
            "## B ##",
            "A",
            "===",
            "```py",
            "```",
            "~~~",
            "- a",
            "  - b",
            "name: x",
            "    # c",
        ),
        *(
            "<!-- rsi:keep -->",
            "<!-- /rsi:keep -->",
            "漢字の見出し",
            "🧑‍🚀 emoji",
            "",
            " ",
            "\u2028x",
            "\x0c",
            "> # q",
        ),
    ]
)
TEXTS = st.lists(st.tuples(PIECES | st.text(max_size=8), NEWLINES), max_size=25).map(
    lambda pairs: "".join(piece + newline for piece, newline in pairs)
)


def skill(text: str) -> Skill:
    return parse(text.encode())


def parsable(text: str) -> bool:
    return bool(text.strip(" \t\n\r\x0b\x0c")) and "\0" not in text


@given(text=TEXTS.filter(parsable), bom=st.booleans())
def test_what_was_read_is_what_is_written(text: str, *, bom: bool) -> None:
    raw = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    if bom:
        assert parse(raw).bom
    assert parse(raw).render() == raw


@given(text=TEXTS.filter(parsable))
def test_sections_joined_are_the_body(text: str) -> None:
    read = skill(text)
    assert "".join(section.text for section in read.sections()) == read.body


@given(text=TEXTS.filter(parsable))
def test_a_reply_equal_to_what_the_model_read_changes_no_byte(text: str) -> None:
    read = skill(text)
    assert read.with_body(read.text_for_models) == read


@given(text=TEXTS.filter(parsable), new=TEXTS)
def test_the_new_body_says_what_the_model_said_and_keeps_the_ends_of_the_file(text: str, new: str) -> None:
    read = skill(text)
    child = read.with_body(to_lf(new))
    assert child.text_for_models.strip("\n") == to_lf(new).strip("\n")
    assert child.front_matter.strip() == read.front_matter.strip()
    if to_lf(new).strip("\n"):
        ends = (read.front_matter + read.body).endswith(("\n", "\r"))
        assert child.body.endswith(("\n", "\r")) == ends


@given(old=TEXTS, new=TEXTS, newline=st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_endings_never_change_the_words(old: str, new: str, newline: str) -> None:
    assert to_lf(with_endings_of(old, to_lf(new), newline)) == to_lf(new)


@given(text=st.text())
def test_lines_joined_are_the_text(text: str) -> None:
    assert "".join(split_lines(text)) == text


def test_unchanged_lines_keep_their_own_endings_and_new_ones_get_the_usual_one() -> None:
    read = skill("one\r\ntwo\nthree\r\nfour\rfive\r\nlast")
    child = read.with_body("one\ntwo\nnew\nthree\nfour\nlast\n")
    assert child.body == "one\r\ntwo\nnew\r\nthree\r\nfour\rlast"


@pytest.mark.parametrize(
    ("raw", "newline"),
    [
        (b"a\r\nb\r\nc\n", "\r\n"),
        (b"a\rb\rc", "\r"),
        (b"a", "\n"),
        (b"a\nb\r\n", "\n"),
        (b"---\r\nname: x\r\n---\r\na\n", "\r\n"),
    ],
)
def test_the_usual_line_ending_is_the_most_frequent_one(raw: bytes, newline: str) -> None:
    assert parse(raw).newline == newline


@pytest.mark.parametrize(
    ("text", "front", "body"),
    [
        ("---\nname: x\n---\nbody", "---\nname: x\n---\n", "body"),
        ("---\r\nname: x\r\n--- \r\n\r\nbody", "---\r\nname: x\r\n--- \r\n", "\r\nbody"),
        ("---\rname: x\r---\rbody", "---\rname: x\r---\r", "body"),
        ("---\nname: x\n---", "---\nname: x\n---", ""),
        ("---\nnever closed\n", "", "---\nnever closed\n"),
        ("\n---\na: b\n---\n", "", "\n---\na: b\n---\n"),
        ("# T\n---\na: b\n---\n", "", "# T\n---\na: b\n---\n"),
        ("---\nname: x\n---\nbody\n---\nmore\n", "---\nname: x\n---\n", "body\n---\nmore\n"),
        ("----\na\n----\n", "", "----\na\n----\n"),
    ],
)
def test_front_matter_is_cut_at_its_fences_alone(text: str, front: str, body: str) -> None:
    assert (skill(text).front_matter, skill(text).body) == (front, body)


def test_a_body_for_a_file_of_front_matter_alone_starts_on_its_own_line() -> None:
    child = skill("---\nname: x\n---").with_body("hello")
    assert child.render() == b"---\nname: x\n---\nhello"
    assert parse(child.render()) == child


def test_headings_in_fences_lists_and_quotes_cut_nothing_and_underlined_ones_do() -> None:
    fence, nested = "```\n# no\n```\n\n", "- # no\n- a\n  - b\n\n> # no\n\n"
    text = "intro\n\nTitle\n=====\n\n" + fence + nested + "## Über 漢字 ##\nend\n\nSmall\n---\n"
    found = [
        (section.level, section.title, section.line)
        for section in skill("---\na: b\n---\n" + text).sections()
    ]
    assert found == [(0, "", 4), (1, "Title", 6), (2, "Über 漢字", 19), (2, "Small", 22)]


def test_a_megabyte_is_read_cut_and_written_in_seconds() -> None:
    text = "".join(
        f"# Rule {i}\n\nWrite *{i}* lines, never `{i}` more, and say why.\n\n" for i in range(18_000)
    )
    raw = text.encode()
    assert len(raw) > 1_000_000
    start = time.perf_counter()
    read = parse(raw)
    assert read.render() == raw
    assert len(read.sections()) == 18_000
    assert time.perf_counter() - start < 20  # 2 s on a quiet machine


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04\0\0", "NUL at byte 4"),
        (b"a\nb\ncaf\xe9\n", "0xe9 on line 3"),
        ("text".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused_with_the_place_and_a_next_step(raw: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse(raw)
    assert caught.value.hint


def test_front_matter_is_read_as_written() -> None:
    read = skill(
        "---\nname: no\ndescription: >\n  folded\n  text\nversion: 1.10\n"
        "id: 012\nday: 2026-01-01\nn: 12\nx: 1.5\n"
        "on: true\nnothing:\nlist: [a, 'b']\nmetadata:\n  rsi-suite: evals/a.yaml\n---\nbody\n"
    )
    assert read.name == "no"
    assert read.description == "folded text\n"
    assert read.metadata == {"rsi-suite": "evals/a.yaml"}
    rest = {key: read.front[key] for key in ("version", "id", "day", "n", "x", "on", "nothing", "list")}
    assert rest == {
        "version": "1.10",
        "id": "012",
        "day": "2026-01-01",
        "n": 12,
        "x": 1.5,
        "on": True,
        "nothing": None,
        "list": ("a", "b"),
    }


def test_a_skill_without_front_matter_has_no_name_and_no_metadata() -> None:
    assert (skill("hi").name, skill("hi").description, skill("hi").metadata) == ("", "", {})


@pytest.mark.parametrize(
    ("inner", "line", "col", "words"),
    [
        ("name: x\nname: y", 3, 1, "written twice (first on line 2)"),
        ("name: x\n\tbad: y", 3, 1, "character '\\t' that cannot start any token"),
        ("a: b: c", 2, 5, "put the value in quotes"),
        ("only words", 2, 1, "expected `key: value` lines"),
        ("name: \x01", 2, 7, "U+0001"),
        ("a: &a [*a]", 2, 4, "too deeply nested"),
        ("? [a]\n: b", 2, 3, "a key must be plain text"),
        ("a: [", 3, 1, ""),
        ('name: x\na: "\\UFFFFFFFF"', 3, 7, "a number is out of range"),
        ('name: x\na: "\\U00110000"', 3, 7, "a number is out of range"),
        (f"%YAML {'1' * 5000}.1", 2, 7, "a number is out of range"),
    ],
)
def test_a_mistake_in_the_front_matter_is_named_at_its_place(
    inner: str, line: int, col: int, words: str
) -> None:
    read = skill(f"---\n{inner}\n---\nbody\n")
    with pytest.raises(InputError) as caught:
        _ = read.front
    (problem,) = in_file(caught.value, "x/SKILL.md").problems
    assert (problem.file, problem.line, problem.col) == ("x/SKILL.md", line, col)
    assert words in problem.what


@given(yaml_texts().filter(lambda text: "\0" not in text))
@example('a: "\\UFFFFFFFF"')
@example('a: "\\U00110000"')
@example(f"%YAML {'1' * 5000}.1\n...")
def test_whatever_the_front_matter_holds_it_is_read_or_explained(inner: str) -> None:
    read = skill(f"---\n{inner}\n---\nbody\n")
    problem: InputError | None = None
    try:
        assert all(isinstance(key, str) for key in read.front)
    except InputError as error:
        problem = error
    assert problem is None or all(each.line > 1 and each.col > 0 and each.what for each in problem.problems)


def test_every_doubled_key_is_named_not_only_the_first() -> None:
    with pytest.raises(InputError) as caught:
        _ = skill("---\na: 1\na: 2\nm:\n  b: 1\n  b: 2\n---\nx").front
    assert [(p.line, p.where) for p in caught.value.problems] == [(3, "a"), (6, "m.b")]


def test_an_alias_bomb_ends_in_a_message() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    with pytest.raises(InputError) as caught:
        _ = skill(f"---\n{bomb}---\nx").front
    assert "too many" in caught.value.problems[0].what


def test_the_fingerprint_names_bytes_and_not_meaning() -> None:
    assert fingerprint(skill("a\n")) == fingerprint(skill("a\n"))
    assert fingerprint(skill("a\n")) != fingerprint(skill("a\r\n"))


@pytest.mark.parametrize(
    "other",
    [
        "# Rules\r\n\r\n- be __brief__\r\n- say why it is so\r\n\r\n```\n  code\n```",
        "\n\n#   Rules #\n\n* be **brief**\n+   say why\n  it is\u00a0so   \n\n\n```\n  code  \n```\n\n",
    ],
)
def test_spelling_of_markdown_and_whitespace_do_not_make_a_new_text(other: str) -> None:
    assert normalised(skill(other)) == normalised(
        skill("# Rules\n- be **brief**\n- say why it is so\n```\n  code\n```\n")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("reply URGENT", "reply urgent"),
        ("match `*.py`", "match `.py`"),
        ("use snake_case_names", "use snake*case*names"),
        ("a\n\n    b\n```\nx\n```", "a\n\n    b\n```\n  x\n```"),
        ("# A", "## A"),
        ("**must**", "must"),
        ("1. a", "2. a"),
        ("not urgent", "noturgent"),
    ],
)
def test_what_a_model_may_read_differently_is_a_new_text(one: str, other: str) -> None:
    assert normalised(skill(one)) != normalised(skill(other))


def test_a_file_on_disk_comes_back_the_same(tmp_path: Path) -> None:
    raw = "\ufeff---\r\nname: x\r\n---\r\n\r\n# 見出し\r\n\r\n* a\n  * b 🧪\r\n\r\n\r\nno end".encode()
    path = tmp_path / "skill.md"
    path.write_bytes(raw)
    path.write_bytes(parse(path.read_bytes()).render())
    assert path.read_bytes() == raw


@pytest.mark.parametrize(
    "mark",
    [
        "\xad",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u2060",
        "\u2064",
        "\ufeff",
        "\u180e",
        "\u034f",
        "\ufe00",
        "\ufe0f",
        "\U000e0100",
        "\U000e01ef",
        "\U000e0041",
    ],
)
def test_what_nobody_sees_changes_no_normal_form_and_stays_in_the_text(mark: str) -> None:
    plain = "Be kind.\n\n```\ncode here\n```\n"
    other = plain.replace("kind.", f"ki{mark}nd. {mark}").replace("here", f"he{mark}re {mark}")
    assert normalised(Skill(body=other)) == normalised(Skill(body=plain))
    assert mark in Skill(body=other).text_for_models
    assert Skill(body=other).render() == other.encode()
