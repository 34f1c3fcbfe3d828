"""The sidecar carries what a night learned to the next one, whatever is written in it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from rsi_cli.skill.sidecar import (
    LONGEST_LESSON,
    MOST_LESSONS,
    MOST_OF_LESSONS,
    Kind,
    Lesson,
    MutationPrompt,
    Record,
    Sidecar,
    kept_lessons,
    read_sidecar,
    write_sidecar,
)

WHOLE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
THOUSANDTHS = st.integers(0, 10**9)


def record(missed: int, confirmed: int) -> Record:
    """A record in thousandths, as the file keeps them."""
    return Record(tried=(missed + confirmed) / 1000, confirmed=confirmed / 1000)


RECORDS = st.builds(record, THOUSANDTHS, THOUSANDTHS)
PROMPTS = st.builds(
    lambda text, origin, earned: MutationPrompt(
        text=text, origin=origin, tried=earned.tried, confirmed=earned.confirmed
    ),
    WHOLE,
    WHOLE,
    RECORDS,
)
LESSONS = st.builds(
    lambda kind, text: Lesson(kind=kind, text=text),
    st.sampled_from(Kind),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip),
)
SIDECARS = st.builds(
    lambda prompts, operators, models, lessons: Sidecar(
        mutation_prompts=tuple(prompts), operators=operators, models=models, lessons=tuple(lessons)
    ),
    st.lists(PROMPTS, max_size=5, unique_by=lambda prompt: prompt.text.strip()),
    st.dictionaries(WHOLE, RECORDS, max_size=5),
    st.dictionaries(st.sampled_from(["breadth", "depth"]), RECORDS),
    st.lists(LESSONS, max_size=MOST_LESSONS),
)


def read(text: str | bytes) -> Sidecar:
    return read_sidecar(text if isinstance(text, bytes) else text.encode(), file="SKILL.rsi.yaml")


FULL = Sidecar(
    mutation_prompts=(
        MutationPrompt(text="Add one rule.", tried=4, confirmed=1),
        MutationPrompt(text='Quote "Grüße" – and\nbreak a line.', origin="hyper-zero-order", tried=0.5),
    ),
    operators={
        "zero-order": Record(tried=12.3456, confirmed=0.98765),
        "first-order": Record(tried=30, confirmed=2),
        "8: no": Record(),
    },
    models={"depth": Record(tried=3.96), "breadth": Record(tried=9, confirmed=0.1)},
    lessons=(
        Lesson(kind=Kind.HELPED, text="An example for each label."),
        Lesson(kind=Kind.UNRELIABLE, text="`contains` passes on a refusal too."),
    ),
)


def test_the_file_can_be_read_by_people() -> None:
    assert write_sidecar(FULL).decode() == snapshot("""\
# What evolved with this skill; rsi reads it when the next run starts. Edit, add or remove entries freely.
# `tried` counts children, `confirmed` those that became working champion; old ones fade, hence the fractions.
version: 2
mutation_prompts:
  - text: "Add one rule."
    origin: "pool"
    tried: 4
    confirmed: 1
  - text: "Quote \\"Grüße\\" – and\\nbreak a line."
    origin: "hyper-zero-order"
    tried: 0.5
    confirmed: 0
operators:
  "8: no": {tried: 0, confirmed: 0}
  first-order: {tried: 30, confirmed: 2}
  zero-order: {tried: 12.346, confirmed: 0.988}
models:
  breadth: {tried: 9, confirmed: 0.1}
  depth: {tried: 3.96, confirmed: 0}
# Told to the improver. kind: what helped, what misled, or which signal is unreliable.
lessons:
  - kind: helped
    text: "An example for each label."
  - kind: unreliable
    text: "`contains` passes on a refusal too."
""")


def test_an_empty_one_shows_where_entries_go() -> None:
    assert yaml.safe_load(write_sidecar(Sidecar())) == {
        "version": 2,
        "mutation_prompts": [],
        "operators": {},
        "models": {},
        "lessons": [],
    }


@given(SIDECARS)
@example(FULL)
@example(Sidecar(mutation_prompts=(MutationPrompt(text="\x7f\x85\x9b\u2028\u2029\ufeff\ufffe\uffff😀"),)))
@example(Sidecar(mutation_prompts=(MutationPrompt(text='"\ntext: forged\n---\n# '),)))
@example(Sidecar(operators={"no": Record(), "1e3": Record(), "a: b": Record(), "<<": Record()}))
def test_what_is_written_is_read_again_and_written_the_same(sidecar: Sidecar) -> None:
    raw = write_sidecar(sidecar)
    back = read(raw)
    assert write_sidecar(back) == raw
    assert [prompt.text for prompt in back.mutation_prompts] == [p.text for p in sidecar.mutation_prompts]
    assert back.lessons == sidecar.lessons
    for ours, theirs in ((sidecar.operators, back.operators), (sidecar.models, back.models)):
        assert theirs.keys() == ours.keys()
        for name, earned in theirs.items():
            assert earned.tried == round(ours[name].tried, 3)
            assert earned.confirmed == round(ours[name].confirmed, 3)


@given(SIDECARS)
def test_another_reader_of_yaml_sees_the_same(sidecar: Sidecar) -> None:
    there = yaml.safe_load(write_sidecar(sidecar))
    assert [entry["text"] for entry in there["mutation_prompts"]] == [
        p.text for p in sidecar.mutation_prompts
    ]
    assert [(entry["kind"], entry["text"]) for entry in there["lessons"]] == [
        (lesson.kind.value, lesson.text) for lesson in sidecar.lessons
    ]
    assert {name: entry["tried"] for name, entry in there["models"].items()} == {
        name: round(earned.tried, 3) for name, earned in sidecar.models.items()
    }


def test_the_order_in_which_records_came_leaves_no_trace() -> None:
    turned = Sidecar(operators={name: FULL.operators[name] for name in reversed(list(FULL.operators))})
    assert write_sidecar(turned) == write_sidecar(Sidecar(operators=FULL.operators))


@given(st.text(st.characters(categories=["Cs", "Lu"]), min_size=1, max_size=LONGEST_LESSON))
@example("\ud83d cut in half")
def test_half_a_character_of_a_model_does_not_stop_the_night(text: str) -> None:
    sidecar = Sidecar(
        mutation_prompts=(MutationPrompt(text=text),), lessons=(Lesson(kind=Kind.HELPED, text=text),)
    )
    back = read(write_sidecar(sidecar))
    assert back.mutation_prompts[0].text.encode()
    assert back.lessons[0].text.encode()


def test_a_child_adds_to_the_record_and_changes_nothing_else() -> None:
    prompt = MutationPrompt(text="x", origin="pool", tried=2, confirmed=1)
    assert prompt.after(crowned=False) == MutationPrompt(text="x", origin="pool", tried=3, confirmed=1)
    assert prompt.after(crowned=True) == MutationPrompt(text="x", origin="pool", tried=3, confirmed=2)


def test_of_mutation_prompts_that_say_the_same_the_first_is_written() -> None:
    """Two that differ in what a file cannot hold are one as well: else the next night could not read it."""
    said = ("Be brief.", "Say why.", " Be brief.\n", "half \ud83d", "half \ufffd")
    prompts = tuple(MutationPrompt(text=text, tried=number) for number, text in enumerate(said))
    back = read(write_sidecar(Sidecar(mutation_prompts=prompts))).mutation_prompts
    assert [(prompt.text, prompt.tried) for prompt in back] == [
        ("Be brief.", 0),
        ("Say why.", 1),
        ("half \ufffd", 3),
    ]


@given(st.lists(st.integers(0, 2 * LONGEST_LESSON), max_size=3 * MOST_LESSONS))
@example([1] * (MOST_LESSONS + 1))
@example([LONGEST_LESSON] * MOST_LESSONS)
def test_lessons_past_the_limits_are_left_out_and_the_file_stays_valid(sizes: list[int]) -> None:
    lessons = tuple(Lesson(kind=Kind.MISLED, text="x" * size) for size in sizes)
    back = read(write_sidecar(Sidecar(lessons=lessons))).lessons
    assert back == kept_lessons(lessons)
    assert len(back) <= MOST_LESSONS
    assert sum(len(lesson.text) for lesson in back) <= MOST_OF_LESSONS
    assert all(0 < len(lesson.text) <= LONGEST_LESSON for lesson in back)


def test_lessons_that_fit_are_all_kept_in_their_order() -> None:
    lessons = [Lesson(kind=Kind.HELPED, text=f"{number:0150}") for number in range(MOST_LESSONS)]
    assert kept_lessons(lessons) == tuple(lessons)
    too_long = Lesson(kind=Kind.HELPED, text="x" * (LONGEST_LESSON + 1))
    assert kept_lessons([too_long, *lessons[:2]]) == tuple(lessons[:2])


@pytest.mark.parametrize("size", [LONGEST_LESSON, LONGEST_LESSON + 1])
def test_a_lesson_may_be_as_long_as_the_limit(size: int) -> None:
    assert len(kept_lessons([Lesson(kind=Kind.HELPED, text="x" * size)])) == (size <= LONGEST_LESSON)
