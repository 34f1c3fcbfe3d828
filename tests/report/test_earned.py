"""What ways of working earned, as rows for people and as a document."""

from __future__ import annotations

import json

import pytest

from rsi_cli.report.earned import Account, Earned, account_json, account_lines
from rsi_cli.skill.sidecar import Kind, Lesson, MutationPrompt


def row(name: str, *, share: float = 0.5, promoted: int = 0, retired: bool = False) -> Earned:
    return Earned(
        name=name,
        tried=12.34,
        refused=3,
        confirmed=2,
        promoted=promoted,
        share=share,
        retired=retired,
    )


NOTHING = Account(basis="nothing yet", operators=(), models=(), prompts=(), lessons=())
FULL = Account(
    basis="one run",
    operators=(row("hyper-zero-order", promoted=1), row("prune", share=0.004, retired=True)),
    models=(row("breadth"), row("depth")),
    prompts=(MutationPrompt(text="Be\n\nbrief. " * 20, origin="hyper-zero-order", tried=3, confirmed=1),),
    lessons=(Lesson(kind=Kind.MISLED, text="Two\nlines."),),
)


def test_a_row_says_what_was_tried_what_came_of_it_and_what_comes_next() -> None:
    lines = [line for line, _ in account_lines(FULL)]
    assert lines[2].split() == ["operator", "tried", "refused", "confirmed", "promoted", "next", "share"]
    assert lines[3].split() == ["hyper-zero-order", "12.3", "3", "2", "1", "50", "%"]
    assert lines[4].split() == ["prune", "12.3", "3", "2", "0", "0", "%", "retired"]
    assert [line.split()[0] for line in lines if line.startswith(("breadth", "depth"))] == [
        "breadth",
        "depth",
    ]


def test_numbers_stand_below_each_other_and_rows_fit_into_eighty_columns() -> None:
    lines = [line for line, _ in account_lines(FULL)]
    assert max(map(len, lines)) <= 80
    assert len({line.index("12.3") for line in lines if "12.3" in line}) == 1


def test_what_brought_a_promotion_and_what_is_retired_can_be_told_apart() -> None:
    styles = {line.split()[0]: style for line, style in account_lines(FULL) if line}
    assert len({styles["hyper-zero-order"], styles["prune"], styles["breadth"]}) == 3


def test_a_text_takes_one_row() -> None:
    lines = [line for line, _ in account_lines(FULL)]
    assert not any("\n" in line for line in lines)
    assert any(line.endswith("…") for line in lines)
    assert lines[-1].split() == ["misled", "Two", "lines."]


def test_where_nothing_is_known_no_table_of_models_is_shown() -> None:
    lines = [line for line, _ in account_lines(NOTHING)]
    assert lines[0] == "nothing yet"
    assert not any("improver model" in line for line in lines)
    assert any("no mutation prompt" in line for line in lines)
    assert lines[-1] == "no lesson yet"


@pytest.mark.parametrize("account", [NOTHING, FULL])
def test_a_program_gets_every_word(account: Account) -> None:
    document = json.loads(json.dumps(account_json(account), allow_nan=False))
    assert list(document) == ["operators", "models", "mutation_prompts", "lessons"]
    assert [one["text"] for one in document["mutation_prompts"]] == [one.text for one in account.prompts]
    assert [one["kind"] for one in document["lessons"]] == ["misled"] * len(account.lessons)
    assert [one["share"] for one in document["operators"]] == [one.share for one in account.operators]
