"""What earned children is done more often, nothing is given up, and the record travels to the next night."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from random import Random

import pytest

from rsi_cli.evolution.credit import Arm
from rsi_cli.evolution.merits import BREADTH, DEPTH, Manner, Merits
from rsi_cli.evolution.operators.menu import OPERATORS, WEIGHTS
from rsi_cli.evolution.promote import sidecar_of
from rsi_cli.evolution.rounds import ROUNDS
from rsi_cli.skill.sidecar import Record, read_sidecar
from tests.evolution.searches import beginning

DRAWS = 4000
ALL = tuple(OPERATORS)
UNTAUGHT = Merits(learning=False)


def shares(draw: Callable[[Random], Hashable], count: int = DRAWS) -> dict[Hashable, float]:
    rng = Random(0)
    counts = Counter(draw(rng) for _ in range(count))
    return {name: hits / count for name, hits in counts.items()}


def close(share: float, expected: float) -> bool:
    """Within four standard deviations of so many draws."""
    return abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / DRAWS)


def told(merits: Merits, *children: tuple[Manner, bool]) -> Merits:
    for manner, crowned in children:
        merits = merits.told(manner, crowned=crowned)
    return merits


FIRST = Manner(operator="first-order", rounds=4)
DEEP_MERGE = Manner(operator="merge", rounds=1, depth=True)


def test_a_child_counts_for_its_operator_its_rounds_and_its_model() -> None:
    merits = told(Merits(), (FIRST, True), (DEEP_MERGE, False))
    assert merits.operators.records == {
        "first-order": Record(tried=0.99, confirmed=0.99),
        "merge": Record(tried=1.0, confirmed=0.0),
    }
    assert merits.rounds.records == {"4": Record(tried=1.0, confirmed=1.0)}, "a merge has no row of rewrites"
    assert merits.models.records == {BREADTH: Record(tried=0.99, confirmed=0.99), DEPTH: Record(tried=1.0)}


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_rounds_are_credited_where_there_is_a_choice_of_them(operator: str) -> None:
    before = told(Merits(), (FIRST, True))
    after = before.told(Manner(operator=operator, rounds=1), crowned=False)
    if operator in ("merge", "prune"):
        assert after.rounds == before.rounds, "always one round: neither praise nor blame for it"
    else:
        assert after.rounds.records["1"] == Record(tried=1.0)
    assert after.operators.records[operator].tried >= 1.0
    assert after.models.records[BREADTH].tried == pytest.approx(1.99)


def test_telling_leaves_the_old_merits_alone() -> None:
    before = Merits()
    before.told(FIRST, crowned=True)
    assert before == Merits()


# ------------------------------------------------------------------------------------- without learning


def test_without_learning_nothing_is_remembered() -> None:
    kept = Merits(operators=Merits().told(FIRST, crowned=True).operators, learning=False)
    assert kept.told(DEEP_MERGE, crowned=True) == kept


def test_without_learning_each_is_drawn_by_its_weight() -> None:
    drawn = shares(lambda rng: UNTAUGHT.drawn_operator(ALL, {}, rng))
    assert drawn.keys() == set(ALL)
    for name, share in drawn.items():
        assert close(share, WEIGHTS[str(name)] / sum(WEIGHTS.values())), name
    rounds = shares(lambda rng: UNTAUGHT.drawn_rounds(ROUNDS, rng))
    for count, weight in ROUNDS.items():
        assert close(rounds[count], weight / sum(ROUNDS.values())), count


def test_a_favour_is_a_factor_on_the_weight() -> None:
    few = ("first-order", "section")
    drawn = shares(lambda rng: UNTAUGHT.drawn_operator(few, {"section": 10.0, "merge": 99.0}, rng))
    favoured = 10 * WEIGHTS["section"]
    assert drawn.keys() == set(few)
    assert close(drawn["section"], favoured / (favoured + WEIGHTS["first-order"]))


# ---------------------------------------------------------------------------------------- with learning


def test_only_what_there_is_material_for_is_drawn() -> None:
    assert shares(lambda rng: Merits().drawn_operator(["prune"], {}, rng), 50) == {"prune": 1.0}
    some = ("eda", "lineage", "zero-order")
    assert shares(lambda rng: Merits().drawn_operator(some, {}, rng)).keys() == set(some)


def test_before_anything_is_learned_the_weightier_is_drawn_more_often() -> None:
    drawn = shares(lambda rng: Merits().drawn_operator(ALL, {}, rng))
    assert drawn.keys() == set(ALL), "everything gets its turn"
    heavy = max(WEIGHTS, key=lambda name: WEIGHTS[name])
    light = min(WEIGHTS, key=lambda name: WEIGHTS[name])
    assert drawn[heavy] > 3 * drawn[light]


def test_what_brings_children_is_drawn_more_often_whatever_its_weight() -> None:
    prune = Manner(operator="prune", rounds=1)
    others = [Manner(operator=name, rounds=1) for name in ALL]
    merits = told(Merits(), *[(other, False) for other in others] * 5, *[(prune, True)] * 10)
    drawn = shares(lambda rng: merits.drawn_operator(ALL, {}, rng))
    assert drawn["prune"] > 0.6
    assert drawn["prune"] > 5 * shares(lambda rng: Merits().drawn_operator(ALL, {}, rng))["prune"]


def test_an_operator_without_hope_is_still_drawn_by_the_floor() -> None:
    """15 % of the draws go to all alike, and nothing else to the one that surely brings too little."""
    hopeless, good = Record(tried=90.0), Record(tried=90.0, confirmed=45.0)
    merits = Merits.inherited({"eda": hopeless, "first-order": good, "prune": good}, {})
    three = ("eda", "first-order", "prune")
    assert merits.operators.retired({name: Arm() for name in three}) == {"eda"}
    drawn = shares(lambda rng: merits.drawn_operator(three, {}, rng))
    assert close(drawn["eda"], 0.15 / 3)


def test_rounds_are_learned_too() -> None:
    merits = told(Merits(), *[(replace(FIRST, rounds=2), True), (replace(FIRST, rounds=8), False)] * 15)
    drawn = shares(lambda rng: merits.drawn_rounds(ROUNDS, rng))
    assert drawn.keys() == set(ROUNDS)
    assert drawn[2] > 0.6


def test_one_model_is_no_choice_and_takes_no_random_number() -> None:
    rng = Random(3)
    assert not Merits().drawn_depth({BREADTH: 1.0}, rng)
    assert rng.random() == Random(3).random()


def test_two_models_are_drawn_alike_until_one_earns_more() -> None:
    both = {BREADTH: 1.0, DEPTH: 1.0}
    assert close(shares(lambda rng: Merits().drawn_depth(both, rng))[True], 0.5)
    deep, broad = replace(FIRST, depth=True), FIRST
    merits = told(Merits(), *[(deep, True), (broad, False)] * 20)
    assert shares(lambda rng: merits.drawn_depth(both, rng))[True] > 0.85


def test_a_dear_model_has_to_bring_more() -> None:
    even = {BREADTH: Record(tried=200.0, confirmed=50.0), DEPTH: Record(tried=200.0, confirmed=50.0)}
    merits = Merits.inherited({}, even)
    drawn = shares(lambda rng: merits.drawn_depth({BREADTH: 1.0, DEPTH: 3.0}, rng))
    assert close(drawn[True], 0.15 / 2), "a third for the same calls: the floor is all that is left"


# ------------------------------------------------------------------------------ from night to night


@pytest.mark.parametrize("learning", [True, False])
def test_records_travel_in_the_sidecar_and_those_of_rounds_do_not(*, learning: bool) -> None:
    merits = told(Merits(), *[(FIRST, True), (DEEP_MERGE, False)] * 3)
    search = replace(beginning(4), merits=replace(merits, learning=learning))
    sidecar = read_sidecar(sidecar_of(search), file="x")
    again = Merits.inherited(sidecar.operators, sidecar.models)
    for kept, was in ((again.operators, merits.operators), (again.models, merits.models)):
        assert kept.records.keys() == was.records.keys()
        for name, record in kept.records.items():
            assert record.tried == pytest.approx(was.records[name].tried, abs=0.0005)
            assert record.confirmed == pytest.approx(was.records[name].confirmed, abs=0.0005)
    assert again.rounds.records == {}


def test_what_an_owner_wrote_of_an_operator_that_is_not_there_does_no_harm() -> None:
    merits = Merits.inherited({"telepathy": Record(tried=5.0, confirmed=5.0)}, {})
    assert merits.drawn_operator(ALL, {}, Random(0)) in ALL
    assert merits.told(FIRST, crowned=True).operators.records["telepathy"].tried == pytest.approx(4.95)
