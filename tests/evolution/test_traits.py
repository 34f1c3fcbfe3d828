"""Each part of the search can be left out, and then it is out."""

from __future__ import annotations

from rsi_cli.evolution.loop import begin, evolve
from rsi_cli.evolution.merits import Manner
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.evolution.traits import Traits
from rsi_cli.ledger.events import Bred, GenerationPlanned, Raced
from rsi_cli.nouns import Role
from rsi_cli.skill.sidecar import Record, Sidecar
from tests.fakes.letters import LetterImprover, Scene, letters_suite

MANY = "cdefghijklmnopqrstuvwxyz"
OFF = Traits(
    **dict.fromkeys(("racing", "reflection", "pareto", "merge", "credit", "hypermutation", "velocity"), False)
)


def test_all_is_there_unless_it_is_left_out() -> None:
    assert Traits().missing_operators == frozenset()
    assert OFF.missing_operators == {"merge", "hyper-zero-order", "hyper-first-order"}
    assert OFF.missing_operators < OPERATORS.keys()


async def test_a_race_drops_children(scene: Scene) -> None:
    scene.suite, scene.generations = letters_suite(MANY), 3
    await evolve(scene.night())
    assert any(not lap.finished for raced in scene.told(Raced) for lap in raced.laps)
    assert {len(lap.results) for raced in scene.told(Raced) for lap in raced.laps} > {4, 24}


async def test_without_racing_nobody_is_dropped(scene: Scene) -> None:
    scene.suite, scene.generations, scene.traits = letters_suite(MANY), 3, Traits(racing=False)
    await evolve(scene.night())
    laps = [lap for raced in scene.told(Raced) for lap in raced.laps]
    assert {(len(lap.results), lap.finished) for lap in laps} == {(24, True)}


async def test_without_credit_nothing_is_learned_and_what_was_inherited_is_kept(scene: Scene) -> None:
    known = {"prune": Record(tried=50.0, confirmed=40.0)}
    scene.inherited, scene.traits = Sidecar(operators=known), Traits(credit=False)
    search, _ = await begin(scene.night())
    assert not search.merits.learning
    told = search.merits.told(Manner(operator="prune", rounds=1), crowned=True)
    assert told.operators.carried() == known


async def test_with_credit_a_night_goes_on_from_what_earlier_ones_learned(scene: Scene) -> None:
    known = {"prune": Record(tried=50.0, confirmed=40.0)}
    scene.inherited = Sidecar(operators=known, models={"depth": Record(tried=3.0, confirmed=1.0)})
    search, _ = await begin(scene.night())
    assert search.merits.learning
    assert search.merits.operators.records == known
    assert search.merits.models.records == {"depth": Record(tried=3.0, confirmed=1.0)}


async def test_a_night_of_the_bare_search_breeds_all_the_same(scene: Scene) -> None:
    scene.traits, scene.generations = OFF, 9
    scene.ask.improver = LetterImprover(most=0)
    await evolve(scene.night())
    broods = scene.told(Bred)
    assert len(broods) == 9
    drawn = {child.operator for bred in broods for child in (*bred.births,)}
    assert drawn.isdisjoint(OFF.missing_operators)
    assert not any(fact.change for fact in scene.told(GenerationPlanned)), "however slow it is"
    said = "".join(m.content for p in scene.ask.prompts(Role.IMPROVER) for m in p.messages)
    assert "(train-" not in said
