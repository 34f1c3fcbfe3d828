"""A row of broods without a child ends the night; an outage does not."""

from __future__ import annotations

import pytest

from rsi_cli.evolution.plan import MOST_BARREN, Costs, Prospect, next_turn
from rsi_cli.evolution.stall import barren_generations, with_refusals
from rsi_cli.ledger.events import Birth, Bred, GenerationPlanned, Stillbirth
from rsi_cli.nouns import CandidateId
from rsi_cli.suite.model import GateRule
from tests.fakes.memory_journal import MemoryJournal

COSTS = Costs(attempt=1, train=12, holdout=12, known_good=0, brood=2, draws=True)


def bred(generation: int, *reasons: str, born: bool = False) -> Bred:
    child = Birth(
        candidate=CandidateId(f"c{generation}"),
        parents=(),
        operator="x",
        body="x",
        mutation_prompt="x",
        thinking_style="",
        replaces=0,
    )
    dead = tuple(Stillbirth(operator="x", reason=why, detail="", mutation_prompt="x") for why in reasons)
    return Bred(generation=generation, births=(child,) * born, stillbirths=dead)


@pytest.mark.parametrize(
    ("broods", "row"),
    [
        ([], 0),
        ([("same text",)], 1),
        ([("same text", "duplicate"), ("unreadable reply",)], 2),
        ([("same text",), ("model", "same text"), ("duplicate",)], 1),
        ([("duplicate",), ("leak",)], 0),
        ([("duplicate",), ("budget",)], 0),
        ([()], 0),
    ],
)
def test_generations_without_a_child_are_counted_back_to_the_last_that_says_otherwise(
    broods: list[tuple[str, ...]], row: int
) -> None:
    facts = MemoryJournal()
    for number, reasons in enumerate(broods, 1):
        facts.append(bred(number, *reasons))
    assert barren_generations(facts, len(broods) + 1) == row


def test_a_child_ends_the_row() -> None:
    facts = MemoryJournal()
    for fact in (bred(1, "duplicate"), bred(2, "duplicate", born=True), bred(3, "duplicate")):
        facts.append(fact)
    assert barren_generations(facts, 4) == 1
    assert barren_generations(facts, 3) == 0


@pytest.mark.parametrize(("barren", "stops"), [(MOST_BARREN - 1, False), (MOST_BARREN, True)])
def test_a_long_row_ends_the_night_and_says_why(barren: int, stops: bool) -> None:  # noqa: FBT001
    prospect = Prospect(
        generation=20,
        generations=None,
        left=5000,
        spent=100,
        solved=False,
        challenger=False,
        shares_spent=0.0,
        barren=barren,
    )
    turn = next_turn(prospect, COSTS, GateRule())
    assert bool(turn.stop) is stops
    assert ("nothing new to say" in turn.stop) is stops


def turn(generation: int, stop: str) -> GenerationPlanned:
    return GenerationPlanned(generation=generation, spent=1.0, stop=stop, share=0.0)


def test_a_search_without_children_names_what_they_were_refused_for() -> None:
    facts = MemoryJournal()
    dead = Stillbirth(operator="x", reason="must", detail="the text has 20 characters", mutation_prompt="x")
    facts.append(Bred(generation=1, births=(), stillbirths=(dead, dead)))
    facts.append(bred(2, "same text"))
    assert with_refusals(turn(3, "generations done"), facts, 3).stop == (
        "generations done; all 3 children were refused: 2 for a broken hard constraint, "
        "1 for saying what the parent says (the text has 20 characters)"
    )
    assert with_refusals(turn(3, ""), facts, 3).stop == ""


def test_a_short_row_after_a_child_is_not_the_reason() -> None:
    facts = MemoryJournal()
    for fact in (bred(1, born=True), bred(2, "must")):
        facts.append(fact)
    assert with_refusals(turn(3, "budget spent"), facts, 3).stop == "budget spent"
