"""Reading a sidecar: older files, files by hand, and every mistake at its place."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rsi_cli.errors import InputError
from rsi_cli.skill.sidecar import (
    LONGEST,
    LONGEST_LESSON,
    Kind,
    Lesson,
    MutationPrompt,
    Record,
    Sidecar,
    read_sidecar,
    strange_names,
)
from tests.fakes.yaml_pieces import yaml_texts

FIRST_VERSION = """\
# Mutation prompts that evolved with this skill; rsi reads them when the next run starts.
version: 1
mutation_prompts:
  - text: "Add one rule."
    origin: "pool"
    tried: 4
    confirmed: 1
"""

BOMB = f"a: &a [{'1,' * 30}]\nb: &b [{'*a,' * 30}]\nc: [{'*b,' * 30}]\n"


def read(text: str | bytes) -> Sidecar:
    return read_sidecar(text if isinstance(text, bytes) else text.encode(), file="SKILL.rsi.yaml")


def mistakes(text: str | bytes) -> list[str]:
    """All problems as they are shown, without the name of the file."""
    with pytest.raises(InputError, match="no valid sidecar") as caught:
        read(text)
    assert caught.value.hint
    return [str(problem).removeprefix("SKILL.rsi.yaml") for problem in caught.value.problems]


def test_a_file_of_the_first_version_is_still_read() -> None:
    prompt = MutationPrompt(text="Add one rule.", origin="pool", tried=4, confirmed=1)
    assert read(FIRST_VERSION) == Sidecar(mutation_prompts=(prompt,))


def test_an_owner_may_write_the_text_alone() -> None:
    assert read("mutation_prompts:\n- text: Be brief.\n").mutation_prompts == (
        MutationPrompt(text="Be brief.", origin="owner"),
    )


def test_an_owner_may_write_lessons_alone_in_any_style() -> None:
    text = "lessons:\n- {kind: misled, text: 'Too long.'}\n- kind: helped\n  text: |\n    Two\n    lines.\n"
    assert read(text) == Sidecar(
        lessons=(
            Lesson(kind=Kind.MISLED, text="Too long."),
            Lesson(kind=Kind.HELPED, text="Two\nlines.\n"),
        )
    )


def test_records_are_read_by_name() -> None:
    text = "operators:\n  eda-rank: {tried: 3.25, confirmed: 1}\n  lineage:\nmodels: {depth: {tried: 2}}\n"
    assert read(text) == Sidecar(
        operators={"eda-rank": Record(tried=3.25, confirmed=1), "lineage": Record()},
        models={"depth": Record(tried=2)},
    )


@pytest.mark.parametrize(
    "nothing",
    ["", "# words\n", "mutation_prompts:\n", "lessons: []\n", "operators:\nmodels: {}\n", "lessons: ~\n"],
)
def test_an_owner_may_remove_every_entry(nothing: str) -> None:
    assert read(nothing) == Sidecar()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("- text: x\n", ":1:1  expected a mapping with `version:`, `mutation_prompts:`"),
        ("mutation_prompts: x\n", ":1:19  mutation_prompts  expected a list"),
        ("mutation_prompts: [x]\n", ":1:20  mutation_prompts[0]  expected a mapping with `text:`"),
        ("mutation_prompts:\n- tried: 1\n", ":2:3  mutation_prompts[0].text  expected text"),
        ("mutation_prompts:\n- text: ' '\n", ":2:9  mutation_prompts[0].text  expected text, this is blank"),
        ("mutation_prompts:\n- text:\n", ":2:8  mutation_prompts[0].text  expected text"),
        ("mutation_prompts:\n- text: 7\n", "YAML read `7` as something else; quote it"),
        ("mutation_prompts:\n- text: no\n", "YAML read `no` as something else; quote it"),
        ("mutation_prompts:\n- text: [a]\n", ":2:9  mutation_prompts[0].text  expected text"),
        (
            "mutation_prompts:\n- text: x\n  tried: -1\n",
            ":3:10  mutation_prompts[0].tried  expected a number",
        ),
        ("mutation_prompts:\n- text: x\n  tried: true\n", "expected a number"),
        ("mutation_prompts:\n- text: x\n  tried: '1'\n", "expected a number"),
        ("mutation_prompts:\n- text: x\n  tried: .nan\n", "expected a number"),
        ("mutation_prompts:\n- text: x\n  tried: 1000000000.5\n", "more than 1,000,000,000"),
        (
            "mutation_prompts:\n- text: x\n  tried: 1\n  confirmed: 2\n",
            ":4:14  mutation_prompts[0].confirmed  more are confirmed than were tried",
        ),
        ("mutation_prompts:\n- text: x\n  confirmed: 2\n", "more are confirmed than were tried"),
        ("mutation_prompts:\n- txt: x\n", ":2:3  mutation_prompts[0].txt  unknown key; did you mean 'text'?"),
        ("lesson:\n- text: x\n", ":1:1  lesson  unknown key; did you mean 'lessons'?"),
        ("zzz: 1\n", ":1:1  zzz  unknown key"),
        ("operators: [a]\n", ":1:12  operators  expected a mapping, `name: …`"),
        ("operators: {eda: 3}\n", ":1:18  operators.eda  expected a mapping with `tried:`"),
        ("operators:\n  eda: {trid: 3}\n", ":2:9  operators.eda.trid  unknown key; did you mean 'tried'?"),
        ("models:\n  depth: {tried: x}\n", ":2:18  models.depth.tried  expected a number, 0 or more"),
        ("models:\n  a: {}\n  a: {}\n", ":3:3  models.a  written twice (first on line 2)"),
        ("version: 1\nversion: 2\n", ":2:1  version  written twice (first on line 1)"),
        ("version: 3\n", ":1:10  version  this rsi reads versions 1 and 2"),
        ("lessons:\n- text: x\n", ":2:3  lessons[0].kind  expected helped, misled, unreliable or note"),
        (
            "lessons:\n- kind: help\n  text: x\n",
            ":2:9  lessons[0].kind  expected helped, misled, unreliable or note; did you mean 'helped'?",
        ),
        ("lessons:\n- kind: helped\n", ":2:3  lessons[0].text  expected text"),
        ("? [a]\n: b\n", ":1:1  a key must be plain text"),
        ("mutation_prompts:\n  - text: [\n", ":2:11  the [ that is opened here is never closed"),
        ("operators: {eda: {tried: 1}\nlessons: []\n", ":2:1  a mapping opened with { is not closed"),
        ("operators: {eda: {tried: 1}\n", ":1:12  the { that is opened here is never closed"),
        ('lessons:\n  - text: "abc\n', ":2:11  a quote that is opened here is never closed"),
        ("lessons: [\n- text: x\n", ":2:1  a value is missing here, or a [ or { above it is not closed"),
        ("lessons: a: b\n", ":1:11  a second `: ` here; quote the text"),
        ("lessons:\n\t- x\n", ":2:1  a tab cannot indent YAML; use spaces"),
        ("lessons: @x\n", ":1:10  a value cannot start with `@` without quotes"),
        ("version: 2\nlessons: \x01\n", ":2:10  character U+0001 cannot stand in YAML"),
        (b"\xff", ":1:1  byte 0xff is not UTF-8"),
        ("lessons:\n- Grüße".encode("latin-1"), ":2:5  byte 0xfc is not UTF-8"),
        (
            "mutation_prompts:\n- text: x\n- tried: 1\n  text: |\n    x\n",
            ":3:3  mutation_prompts[1].text  written twice (first on line 2)",
        ),
        ("mutation_prompts:\n- &a {text: x}\n- *a\n", "mutation_prompts[1].text  written twice"),
        ("a: 1\n---\nb: 2\n", ":2:1  "),
        ("a: &a [*a]\n", "too many or too deeply nested values"),
        (f"operators: {{x: {'[' * 900}", ":1:916  too deeply nested"),
        (BOMB, "too many or too deeply nested values"),
        ('lessons:\n- text: "\\UFFFFFFFF"\n', ":2:12  a number is out of range"),
        ('lessons:\n- text: "\\U00110000"\n', ":2:12  a number is out of range"),
        (f"%YAML {'1' * 5000}.1\n---\nversion: 2\n", ":1:7  a number is out of range"),
        (f"%YAML 1.{'1' * 5000}\n---\nversion: 2\n", ":1:9  a number is out of range"),
    ],
)
def test_a_mistake_is_named_at_its_place(text: str | bytes, what: str) -> None:
    assert any(what in mistake for mistake in mistakes(text)), mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    text = (
        "version: 9\nmodles: {}\nmutation_prompts:\n- text: x\n  tried: y\nlessons:\n- kind: odd\n  text: 1\n"
    )
    assert [mistake.split()[0] for mistake in mistakes(text)] == [":1:10", ":2:1", ":5:10", ":7:9", ":8:9"]


def strange(text: str) -> list[str]:
    """The names that a reader with these operators and models does not know."""
    found = strange_names(
        text.encode(), file="f", operators=("eda", "hyper-first-order"), models=("breadth", "depth")
    )
    return [str(problem) for problem in found]


def test_names_of_another_rsi_are_read_and_told_at_their_place_in_file_order() -> None:
    text = (
        "models:\n  sideways: {tried: 1}\n  deep: {}\n"
        "operators:\n  hyper-firts-order: {tried: 3}\n  eda: {tried: 1}\n"
    )
    model, operator = (
        f"this rsi has no such {what}, so the record counts for nothing"
        for what in ("improver model", "operator")
    )
    assert strange(text) == [
        f"f:2:3  models.sideways  {model}",
        f"f:3:3  models.deep  {model}; did you mean 'depth'?",
        f"f:5:3  operators.hyper-firts-order  {operator}; did you mean 'hyper-first-order'?",
    ]
    assert read(text).operators["hyper-firts-order"] == Record(tried=3)
    assert read(text).models.keys() == {"sideways", "deep"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "operators: {eda: {tried: 1}, hyper-first-order: {}}\nmodels: {depth: {}}\n",
        "operators:\nmodels: []\n",
        "- operators\n",
        "lessons:\n- {kind: note, text: sideways}\nsideways: 1\n",
        "operators: {sideways: [\n",
    ],
)
def test_where_no_record_has_a_strange_name_none_is_told(text: str) -> None:
    """A broken file is not told of here: reading it is."""
    assert strange(text) == []


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (f"mutation_prompts:\n- text: {'x' * LONGEST}\n", True),
        (f"mutation_prompts:\n- text: {'x' * (LONGEST + 1)}\n", False),
        ("mutation_prompts:\n- text: x\n  tried: 1000000000\n", True),
        (f"lessons:\n- kind: helped\n  text: {'x' * LONGEST_LESSON}\n", True),
        (f"lessons:\n- kind: helped\n  text: {'x' * (LONGEST_LESSON + 1)}\n", False),
        ("lessons:\n" + "- {kind: helped, text: x}\n" * 20, True),
        ("lessons:\n" + "- {kind: helped, text: x}\n" * 21, False),
        ("lessons:\n" + f"- {{kind: helped, text: {'x' * 300}}}\n" * 10, True),
        (
            "lessons:\n" + f"- {{kind: helped, text: {'x' * 300}}}\n" * 10 + "- {kind: helped, text: x}\n",
            False,
        ),
    ],
)
def test_a_sidecar_has_bounds(text: str, *, fits: bool) -> None:
    if fits:
        assert read(text) != Sidecar()
    else:
        assert any("are allowed" in mistake for mistake in mistakes(text))


@given(
    st.binary()
    | st.text().map(lambda text: f"mutation_prompts: {text}".encode("utf-8", "replace"))
    | yaml_texts().map(str.encode)
)
@example(b'lessons:\n- text: "\\UFFFFFFFF"\n')
@example(b'lessons:\n- text: "\\U00110000"\n')
@example(b"%YAML " + b"1" * 5000 + b".1\n---\n")
@example(b"%YAML 1." + b"1" * 5000 + b"\n---\n")
@example(b"mutation_prompts: 2026-99-99")
@example(b"mutation_prompts:\n  - text: x\n    tried: 0x\n")
@example(b"[" * 800)
@example(b"? !!map {? [] : 1}\n: 2")
def test_whatever_the_file_holds_it_is_read_or_explained(raw: bytes) -> None:
    problem: InputError | None = None
    found = Sidecar()
    try:
        found = read(raw)
    except InputError as error:
        problem = error
    assert problem is None or (problem.problems and problem.hint)
    assert all(p.text.strip() and 0 <= p.confirmed <= p.tried for p in found.mutation_prompts)
