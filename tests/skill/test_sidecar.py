"""The sidecar carries mutation prompts to the next night, whatever is written in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from rsi_cli.errors import InputError
from rsi_cli.skill.sidecar import MutationPrompt, read_sidecar, write_sidecar

WHOLE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
PROMPTS = st.lists(
    st.builds(
        lambda text, origin, confirmed, missed: MutationPrompt(
            text=text, origin=origin, tried=confirmed + missed, confirmed=confirmed
        ),
        WHOLE,
        WHOLE,
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    )
)


def read(text: str | bytes) -> tuple[MutationPrompt, ...]:
    return read_sidecar(text if isinstance(text, bytes) else text.encode(), file="SKILL.rsi.yaml")


def test_the_file_can_be_read_by_people() -> None:
    prompts = [
        MutationPrompt(text="Add one rule.", tried=4, confirmed=1),
        MutationPrompt(text='Quote "Grüße" – and\nbreak a line.', origin="hyper-zero-order"),
    ]
    assert write_sidecar(prompts).decode() == snapshot("""\
# Mutation prompts that evolved with this skill; rsi reads them when the next run starts.
# Edit, add or remove entries freely: `tried` counts children, `confirmed` those that became champion.
version: 1
mutation_prompts:
  - text: "Add one rule."
    origin: "pool"
    tried: 4
    confirmed: 1
  - text: "Quote \\"Grüße\\" – and\\nbreak a line."
    origin: "hyper-zero-order"
    tried: 0
    confirmed: 0
""")


@given(PROMPTS)
@example([MutationPrompt(text="\x7f\x85\x9b\u2028\u2029\ufeff\ufffe\uffff😀")])
@example([MutationPrompt(text='"\ntext: forged\n---\n# ')])
@example([])
def test_what_is_written_is_read_again(prompts: list[MutationPrompt]) -> None:
    assert read(write_sidecar(prompts)) == tuple(prompts)


@given(st.text(st.characters(categories=["Cs", "Lu"]), min_size=1))
@example("\ud83d cut in half")
def test_half_a_character_of_a_model_does_not_stop_the_night(text: str) -> None:
    [back] = read(write_sidecar([MutationPrompt(text=text)]))
    assert back.text.encode()


@given(st.binary() | st.text().map(lambda text: f"mutation_prompts: {text}".encode("utf-8", "replace")))
@example(b"mutation_prompts: 2026-99-99")
@example(b"\xff")
@example(b"mutation_prompts: \x01")
@example(b"mutation_prompts:\n  - text: x\n    tried: 0x\n")
@example(b"a: &a [*a]")
@example(b"[" * 800)
def test_whatever_the_file_holds_it_is_read_or_explained(raw: bytes) -> None:
    problem: InputError | None = None
    prompts: tuple[MutationPrompt, ...] = ()
    try:
        prompts = read(raw)
    except InputError as error:
        problem = error
    assert problem is None or (problem.problems and problem.hint)
    assert all(prompt.text.strip() and 0 <= prompt.confirmed <= prompt.tried for prompt in prompts)


def test_an_owner_may_write_the_text_alone() -> None:
    assert read("mutation_prompts:\n- text: Be brief.\n") == (
        MutationPrompt(text="Be brief.", origin="owner"),
    )


@pytest.mark.parametrize("nothing", ["mutation_prompts:\n", "mutation_prompts: []\n"])
def test_an_owner_may_remove_every_entry(nothing: str) -> None:
    assert read(nothing) == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "expected a list"),
        ("- text: x\n", "expected a list"),
        ("mutation_prompts: x\n", "expected a list"),
        ("mutation_prompts: [x]\n", r"mutation_prompts\[0\] needs a `text`"),
        ("mutation_prompts:\n- text: ' '\n", "needs a `text`"),
        ("mutation_prompts:\n- text: 7\n", "needs a `text`"),
        ("mutation_prompts:\n- text: x\n  tried: -1\n", "must be counts"),
        ("mutation_prompts:\n- text: x\n  tried: true\n", "must be counts"),
        ("mutation_prompts:\n- text: x\n  tried: 1\n  confirmed: 2\n", "must be counts"),
    ],
)
def test_an_entry_of_the_wrong_shape_is_named(text: str, what: str) -> None:
    with pytest.raises(InputError, match="no valid sidecar") as caught:
        read(text)
    assert [problem.file for problem in caught.value.problems] == ["SKILL.rsi.yaml"]
    assert re.search(what, caught.value.problems[0].what)


def test_broken_yaml_is_shown_at_its_line() -> None:
    with pytest.raises(InputError) as caught:
        read("mutation_prompts:\n  - text: [\n")
    assert (caught.value.problems[0].line, caught.value.problems[0].file) == (3, "SKILL.rsi.yaml")


def test_a_child_adds_to_the_record_and_changes_nothing_else() -> None:
    prompt = MutationPrompt(text="x", origin="pool", tried=2, confirmed=1)
    assert prompt.after(crowned=False) == MutationPrompt(text="x", origin="pool", tried=3, confirmed=1)
    assert prompt.after(crowned=True) == MutationPrompt(text="x", origin="pool", tried=3, confirmed=2)


@pytest.mark.parametrize(
    ("length", "tried", "fits"), [(1500, 10**9, True), (1501, 0, False), (1, 10**9 + 1, False)]
)
def test_a_sidecar_has_bounds(length: int, tried: int, *, fits: bool) -> None:
    raw = write_sidecar([MutationPrompt(text="x" * length, tried=tried)])
    if fits:
        assert read(raw)[0].tried == tried
    else:
        with pytest.raises(InputError):
            read(raw)
