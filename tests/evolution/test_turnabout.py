"""A night that slows down searches in another way, says so, and does the same again when it is resumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from rsi_cli.evolution.archive import niched, weights
from rsi_cli.evolution.asking import FAVOUR, FAVOUR_OF_SECTION
from rsi_cli.evolution.loop import begin, evolve
from rsi_cli.evolution.material import archive_of
from rsi_cli.evolution.merits import BREADTH, DEPTH, Merits
from rsi_cli.evolution.night import Shape
from rsi_cli.evolution.operators.menu import WEIGHTS
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.traits import Traits
from rsi_cli.evolution.turnabout import patience_of, with_change
from rsi_cli.evolution.velocity import Mechanism, Patience, Velocity
from rsi_cli.ledger.events import Bred, Event, GenerationPlanned, LookSkipped
from rsi_cli.models.budget import Budget
from rsi_cli.nouns import Failed, Prompt, Role, Usage
from rsi_cli.skill.sidecar import Record
from rsi_cli.suite.model import Limits
from tests.evolution.searches import BODY, beginning, breeder, holding, knowing, results, version
from tests.fakes.letters import LetterImprover, Scene, ScriptedAsk, slipped_in
from tests.fakes.memory_journal import MemoryJournal

TURN = GenerationPlanned(generation=9, spent=0.4, stop="", share=0.0, stages=(1, 2))
STUCK = Velocity(patience=Patience(first=3, later=4, least=3)).after(0.0, 0.0, 9).after(0.0, 0.0, 9)
STUCK = STUCK.after(0.0, 0.0, 9)
GOING = STUCK.after(0.5, 9.0, 9)


class Idle(LetterImprover):
    """Always has something to say, and it never helps."""

    def __init__(self) -> None:
        super().__init__(most=0)

    def __call__(self, prompt: Prompt) -> str | Failed:
        return slipped_in(super().__call__(prompt), f"Hint {hash_of(prompt)}.")


def hash_of(prompt: Prompt) -> int:
    return sum(map(ord, prompt.messages[-1].content)) * 7919 + prompt.repeat


def idle_night(scene: Scene, facts: tuple[Event, ...] = ()) -> Scene:
    """The same night in which nothing helps, with the first facts in its journal already."""
    journal = MemoryJournal()
    for fact in facts:
        journal.append(fact)
    return replace(scene, facts=journal, ask=ScriptedAsk(improver=Idle()))


# --------------------------------------------------------------------------------------------- patience


def test_a_night_waits_by_its_generations_or_by_those_that_its_budget_pays_for(scene: Scene) -> None:
    night = scene.night()
    for count in (6, 54, 400):
        shaped = replace(night, shape=Shape(generations=count))
        assert patience_of(shaped) == Patience.for_night(count)
    endless = replace(night, shape=Shape(generations=None))
    assert patience_of(endless) == Patience()
    rich = replace(endless, budget=Budget(Limits(max_calls=30 * night.costs.generation)))
    assert patience_of(rich) == Patience.for_night(30)


async def test_a_resumed_night_is_as_patient_as_it_was(scene: Scene) -> None:
    """What the killed half has spent is on the bill from the start, and changes nothing that was planned."""
    scene.limits, scene.generations = Limits(max_calls=2000), None
    before, _ = await begin(scene.night())
    recorded = scene.facts.events()
    paid = len(scene.ask.asked)
    resumed = idle_night(scene, recorded).night()
    resumed = replace(resumed, budget=Budget(scene.limits, Usage(calls=paid + 1200)))
    after, _ = await begin(resumed)
    assert after.velocity == before.velocity


# ------------------------------------------------------------------------------------- what is changed


def turn_for(scene: Scene, search: Search, spent: float = 0.0, **wishes: object) -> GenerationPlanned:
    night = scene.night()
    bred_by = replace(night.breeder, **wishes) if wishes else night.breeder  # type: ignore[arg-type]
    return with_change(TURN, replace(night, breeder=bred_by), search, spent)


def test_a_signal_changes_the_mechanism_and_says_why(scene: Scene) -> None:
    turn = turn_for(scene, replace(beginning(), velocity=STUCK))
    assert turn == replace(TURN, change="hypermutation", why="no gain stood out from noise in 3 generations")


def test_without_a_signal_nothing_changes(scene: Scene) -> None:
    assert turn_for(scene, replace(beginning(), velocity=GOING)) == TURN


def test_a_change_is_given_time_to_show(scene: Scene) -> None:
    search = breeder().changed(replace(beginning(), velocity=STUCK), Mechanism.HYPERMUTATION, 4)
    assert search.changes == (Mechanism.HYPERMUTATION,)
    for _ in range(STUCK.patience.least):
        assert turn_for(scene, search) == TURN
        search = replace(search, velocity=search.velocity.after(0.0, 0.0, 9))
    assert turn_for(scene, search).change == "thinking styles"


@pytest.mark.parametrize(
    ("traits", "models", "expected"),
    [
        (Traits(), 2, ["hypermutation", "thinking styles", "other model", "other section", "archive"]),
        (Traits(), 1, ["hypermutation", "thinking styles", "other section", "archive", "hypermutation"]),
        (Traits(hypermutation=False), 1, ["thinking styles", "other section", "archive", "thinking styles"]),
        (Traits(pareto=False), 1, ["hypermutation", "thinking styles", "other section", "hypermutation"]),
        (Traits(velocity=False), 2, ["", ""]),
    ],
)
def test_what_is_possible_is_changed_in_turn(
    scene: Scene, traits: Traits, models: int, expected: list[str]
) -> None:
    costs = {BREADTH: 1.0, DEPTH: 1.0} if models == 2 else {BREADTH: 1.0}
    history: tuple[Mechanism, ...] = ()
    for change in expected:
        search = replace(beginning(), velocity=STUCK, changes=history)
        assert turn_for(scene, search, traits=traits, models=costs).change == change
        history = (*history, Mechanism(change)) if change else history


def test_where_the_owner_asked_for_it_the_night_ends_with_all_that_is_left(scene: Scene) -> None:
    scene.stop_when_slow = True
    turn = turn_for(scene, replace(beginning(), velocity=STUCK))
    assert turn.stop == "a plateau was reached (no gain stood out from noise in 3 generations)"
    assert (turn.share, turn.change) == (1.0, "")
    stuck = replace(beginning(), velocity=STUCK)
    assert turn_for(scene, stuck, spent=0.25).share == pytest.approx(0.75), "what the looks before left"
    assert turn_for(scene, replace(beginning(), velocity=GOING)) == TURN


# ------------------------------------------------------------------------------------ what that brings


def drawn(search: Search, generations: int = 150, **wishes: object) -> Counter[str]:
    asking = replace(breeder(), **wishes)  # type: ignore[arg-type]
    return Counter(
        litter.manner.operator for number in range(generations) for litter in asking.ask(search, number)
    )


def changed(search: Search, mechanism: Mechanism) -> Search:
    return breeder().changed(replace(search, velocity=STUCK), mechanism, 4)


FAVOURED: Mapping[Mechanism, tuple[float, set[str]]] = {
    Mechanism.HYPERMUTATION: (FAVOUR, {"hyper-zero-order", "hyper-first-order"}),
    Mechanism.SECTION: (FAVOUR_OF_SECTION, {"section"}),
}


@pytest.mark.parametrize("mechanism", FAVOURED)
def test_what_a_change_calls_for_is_drawn_that_much_more_gladly(mechanism: Mechanism) -> None:
    favour, names = FAVOURED[mechanism]
    search = replace(beginning(), merits=Merits(learning=False))
    fitting = {"zero-order", "first-order", "hyper-zero-order", "hyper-first-order", "analysts", "section"}
    shares = []
    for factor, state in ((1.0, search), (favour, changed(search, mechanism))):
        weights = {name: WEIGHTS[name] * (factor if name in names else 1.0) for name in fitting}
        expected = sum(weights[name] for name in names) / sum(weights.values())
        counts = drawn(state)
        assert set(counts) <= fitting
        shares.append(sum(counts[name] for name in names) / counts.total())
        assert abs(shares[-1] - expected) < 4 * (expected * (1 - expected) / counts.total()) ** 0.5
    assert shares[1] > max(0.5, shares[0]), "most of the next children"


def test_a_change_lasts_until_a_gain_is_confirmed_or_the_next_one() -> None:
    search = changed(beginning(), Mechanism.SECTION)
    assert search.mechanism is Mechanism.SECTION
    assert replace(search, velocity=search.velocity.after(0.5, 0.5, 9)).mechanism is Mechanism.SECTION
    assert replace(search, velocity=search.velocity.after(0.5, 2.0, 9)).mechanism is None
    assert changed(search, Mechanism.ARCHIVE).mechanism is Mechanism.ARCHIVE


@pytest.mark.parametrize("waited", [0, 2, 5])
def test_a_change_that_a_gain_ended_does_not_come_back(waited: int) -> None:
    search = changed(beginning(), Mechanism.SECTION)
    for _ in range(waited):
        search = replace(search, velocity=search.velocity.after(0.0, 0.0, 9))
        assert search.mechanism is Mechanism.SECTION
    search = replace(search, velocity=search.velocity.after(0.5, 2.0, 9))
    for _ in range(8):
        assert search.mechanism is None
        search = replace(search, velocity=search.velocity.after(0.0, 0.0, 9))
    assert changed(search, Mechanism.ARCHIVE).mechanism is Mechanism.ARCHIVE, "another one may come"


def test_most_children_of_a_section_change_are_sections() -> None:
    search = changed(replace(beginning(), merits=Merits(learning=False)), Mechanism.SECTION)
    counts = drawn(search)
    assert counts["section"] > counts.total() / 2, "as the screen says"


def test_all_thinking_styles_are_drawn_anew_and_nothing_else_moves() -> None:
    many = replace(breeder(), styles=tuple(f"style {number}" for number in range(400)))
    search = replace(beginning(8), velocity=STUCK)
    after = many.changed(search, Mechanism.STYLES, 4)
    styles = [unit.thinking_style for unit in after.population.units]
    assert set(styles) <= set(many.styles)
    assert len(set(styles)) > 4
    plain = [replace(unit, thinking_style="") for unit in after.population.units]
    assert plain == [replace(unit, thinking_style="") for unit in search.population.units]
    assert many.changed(search, Mechanism.STYLES, 4) == after
    assert many.changed(search, Mechanism.STYLES, 5).population != after.population


def test_the_other_model_writes() -> None:
    both = {BREADTH: 1.0, DEPTH: 1.0}
    known = Merits.inherited(
        {}, {BREADTH: Record(tried=90, confirmed=60), DEPTH: Record(tried=90, confirmed=3)}
    )
    search = replace(beginning(), merits=known)
    asking = replace(breeder(), models=both)

    def deep(state: Search) -> float:
        depths = [litter.manner.depth for number in range(100) for litter in asking.ask(state, number)]
        return sum(depths) / len(depths)

    assert deep(search) < 0.15
    assert deep(changed(search, Mechanism.MODEL)) > 0.85


def test_most_parents_come_from_the_archive_of_all_versions() -> None:
    start = beginning(8)
    leader = version(start, f"{BODY}\nLeader.\n")
    others = [version(start, f"{BODY}\nOther {number}.\n") for number in range(12)]
    search = knowing(start, (leader, results(6)), *[(other, results(3)) for other in others])
    search = holding(search, leader)
    asking = replace(breeder(), traits=Traits())

    def led(state: Search) -> float:
        parents = [litter.parents[0] for number in range(100) for litter in asking.ask(state, number)]
        return parents.count(leader.id) / len(parents)

    archive = archive_of(search)
    shared = niched(weights(archive), archive.niches)
    share = 0.2 + 0.8 * shared[leader.id] / sum(shared.values())  # its own units' children, and its part
    assert share < 0.5
    assert led(search) > 0.8
    slow = changed(search, Mechanism.ARCHIVE)
    assert abs(led(slow) - share) < 4 * (share * (1 - share) / 400) ** 0.5, "of 4 children in 100 generations"


# ------------------------------------------------------------------------------------------ whole nights


async def test_a_night_in_which_nothing_helps_changes_its_way_again_and_again(scene: Scene) -> None:
    scene.generations = 12
    assert Patience.for_night(12) == Patience(first=4, later=8, least=3, half_life=2.0)
    night = idle_night(scene)
    stopped = await evolve(night.night())
    changes = {fact.generation: fact.change for fact in night.told(GenerationPlanned) if fact.change}
    assert changes == {5: "hypermutation", 8: "thinking styles", 11: "other section"}
    whys = {fact.generation: fact.why for fact in night.told(GenerationPlanned) if fact.change}
    assert whys[8] == "no gain stood out from noise in 7 generations"
    assert all(fact.why == "" for fact in night.told(GenerationPlanned) if not fact.change)
    assert stopped.because == "generations done", "a change is no end"
    assert not night.told(LookSkipped)[:-1], "and no reason to look"


async def test_a_resumed_night_takes_the_same_turns(scene: Scene) -> None:
    scene.generations = 9
    whole = idle_night(scene)
    await evolve(whole.night())
    facts = whole.facts.events()
    turns = [n for n, fact in enumerate(facts) if isinstance(fact, GenerationPlanned) and fact.change]
    assert turns
    for cut in [n + after for n in turns for after in (0, 1, 2)]:
        resumed = idle_night(scene, facts[:cut])
        await evolve(resumed.night())
        assert resumed.facts.events() == facts, f"cut after {cut} facts"
        asked = [prompt for known, prompt in whole.ask.asked if known >= cut - 1]
        assert Counter(prompt for _, prompt in resumed.ask.asked) == Counter(asked)


async def test_a_change_shows_in_what_is_bred(scene: Scene) -> None:
    scene.generations = 12
    night = idle_night(scene)
    await evolve(night.night())
    children = [
        (bred.generation, operator.startswith("hyper-"))
        for bred in night.told(Bred)
        for operator in [*(b.operator for b in bred.births), *(s.operator for s in bred.stillbirths)]
    ]
    burst = [hyper for generation, hyper in children if 5 <= generation < 8]
    later = [hyper for generation, hyper in children if generation >= 8]
    assert sum(burst) / len(burst) > sum(later) / len(later)


async def test_a_night_that_shall_stop_when_it_slows_down_stops_there(scene: Scene) -> None:
    scene.generations, scene.stop_when_slow = 12, True
    night = idle_night(scene)
    stopped = await evolve(night.night())
    assert stopped.because == "a plateau was reached (no gain stood out from noise in 4 generations)"
    assert [fact.generation for fact in night.told(Bred)] == [1, 2, 3, 4]
    assert not any(fact.change for fact in night.told(GenerationPlanned))
    assert night.ask.prompts(Role.IMPROVER)
