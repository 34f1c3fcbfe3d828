"""What a night is told of the sidecar that it starts from: names nobody knows, entries that were left out."""

from __future__ import annotations

import json

import pytest

from rsi_cli.cli.carried import unknown_names, without_leaks
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.nouns import CaseId, Split
from rsi_cli.skill.sidecar import Kind, Lesson, MutationPrompt, Record, Sidecar, write_sidecar
from rsi_cli.suite.model import Case
from rsi_cli.trust.leaks import Watch
from tests.fakes.plain import plain_files
from tests.fakes.workshop import Workshop

PLAIN = "skills/plain"
SIDECAR = f"{PLAIN}/SKILL.rsi.yaml"
OPEN = Case(id=CaseId("t-1"), input="Where is my parcel?", expected="delivery", split=Split.TRAIN)
BARN = "Marlowe asks whether the gate code of the north barn was changed on Friday"
CLOSED = Case(id=CaseId("h-7"), input=BARN, expected="access", split=Split.HOLDOUT)
WATCH = Watch.of("Sort a mail.", [OPEN], [CLOSED])


def complaints(*lessons: str, prompts: tuple[str, ...] = ()) -> tuple[str, ...]:
    sidecar = Sidecar(
        lessons=tuple(Lesson(kind=Kind.NOTE, text=text) for text in lessons),
        mutation_prompts=tuple(MutationPrompt(text=text) for text in prompts),
    )
    return without_leaks(sidecar, WATCH, [OPEN, CLOSED])[1]


def test_an_entry_that_holds_closed_text_is_named_by_its_place() -> None:
    found = complaints(
        "Be brief.",
        f"When somebody writes {BARN[8:60]}, it is access.",
        prompts=("Say why.", "Shorten.", f"Mind: {BARN}"),
    )
    assert [text.split(" carries ")[0] for text in found] == [
        'lesson 2 of the sidecar ("When somebody writes …")',
        'mutation prompt 3 of the sidecar ("Mind: …")',
    ]
    assert all("of the closed case h-7; it is left out of this night" in text for text in found)


@pytest.mark.parametrize("text", [BARN, f"Marlowe: {BARN}", f"Friday, {BARN[:50]}", f"**{BARN}**"])
def test_words_of_the_closed_case_are_never_shown(text: str) -> None:
    [said] = complaints(text)
    assert said.startswith("lesson 1 of the sidecar carries ")
    assert not {"marlowe", "friday", "barn", "gate"} & set(said.lower().split())


def test_a_long_opening_is_cut() -> None:
    [said] = complaints(f"{'Mind this rule. ' * 9}{BARN}")
    assert said.startswith('lesson 1 of the sidecar ("Mind this rule. Mind this rule. Mind …") carries ')


def test_what_holds_nothing_closed_is_kept_and_nothing_is_said() -> None:
    sidecar = Sidecar(lessons=(Lesson(kind=Kind.NOTE, text="Be brief."),), operators={"eda": Record(tried=1)})
    assert without_leaks(sidecar, WATCH, [OPEN, CLOSED]) == (sidecar, ())


def test_every_operator_and_model_of_this_rsi_is_known() -> None:
    records = dict.fromkeys(OPERATORS, Record(tried=1))
    raw = write_sidecar(Sidecar(operators=records, models=dict.fromkeys(("breadth", "depth"), Record())))
    assert unknown_names(raw, "f") == ()


def test_a_night_warns_of_unknown_names_and_of_entries_that_it_leaves_out(shop: Workshop) -> None:
    files = plain_files()
    closed = next(c for c in json.loads(files["evals/plain.yaml"])["cases"] if c["split"] == "holdout")
    files[SIDECAR] = (
        "operators:\n  hyper-firts-order: {tried: 3, confirmed: 1}\n"
        "lessons:\n- {kind: note, text: Be brief.}\n"
        f"- {{kind: note, text: 'Remember: {closed['input']}'}}\n"
    )
    shop.fill(files)
    outcome = shop.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "200")
    assert outcome.code == 0, outcome.err
    said = " ".join(outcome.err.split())
    assert (
        f"warning: {SIDECAR}:2:3 operators.hyper-firts-order this rsi has no such operator, so the record "
        "counts for nothing; did you mean 'hyper-first-order'?"
    ) in said
    assert 'warning: lesson 2 of the sidecar ("Remember: …") carries' in said
    assert closed["input"] not in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"lessons:\n- {kind: note, text: Gr\xfc\xdfe}\n", ":2:24  byte 0xfc is not UTF-8"),
        (b"lessons:\n- {kind: note, text: [\n", ":2:22  the [ that is opened here is never closed"),
        (b"mutation_prompts:\n- text: Go.\n- text: Go.\n", ":3:3  mutation_prompts[1].text  written twice"),
    ],
)
def test_a_mistake_ends_with_2_at_its_place(shop: Workshop, text: bytes, problem: str) -> None:
    shop.fill({**plain_files(), SIDECAR: text})
    outcome = shop.rsi("log", PLAIN, "--operators")
    assert outcome.code == 2
    assert f"{SIDECAR}{problem}" in outcome.err
