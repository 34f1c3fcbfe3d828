"""The committed version against itself: drawn apart from everything else, cheap, and used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.noise import FIRST_AGAIN
from rsi_cli.evolution.tally import FIRST_FRESH
from rsi_cli.ledger.events import Confirmed, GenerationPlanned, LookTaken, Measurement, Raced
from rsi_cli.ledger.journal import Journal
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.nouns import Blame, CaseResult, Failed, Prompt, Role, Split
from rsi_cli.suite.model import GateRule, Limits
from tests.fakes.letters import (
    RULE,
    SKILL,
    Answer,
    LetterActor,
    LetterImprover,
    NoisyActor,
    Scene,
    ScriptedAsk,
    commit_skill,
    git,
    letters_suite,
    read_case,
)
from tests.fakes.memory_journal import MemoryJournal

HALF_KNOWN = SKILL + "".join(f"{letter} -> {letter.upper()}\n" for letter in "cdefgh")


def asked_again(scene: Scene) -> tuple[CaseResult, ...]:
    [fact] = [fact for fact in scene.told(Measurement) if fact.purpose == "a/a"]
    return fact.results


def half_known(scene: Scene) -> Scene:
    """The committed version knows six of twelve train letters, and six of twelve held-out ones."""
    commit_skill(scene.root, HALF_KNOWN)
    scene.skill = HALF_KNOWN
    return scene


async def test_train_cases_are_drawn_again_under_indices_that_nothing_else_uses(scene: Scene) -> None:
    scene.ask.actor, scene.generations = LetterActor(slip=0.2), 8
    await evolve(half_known(scene).night())
    assert scene.told(LookTaken)
    again = asked_again(scene)
    assert len(again) == 24, "twelve cases, twice more each"
    assert {result.repeat for result in again} == {FIRST_AGAIN, FIRST_AGAIN + 1}
    train = {case.id for case in scene.suite.cases_of(Split.TRAIN)}
    assert {result.case_id for result in again} <= train
    others = [
        prompt.repeat
        for known, prompt in scene.ask.asked
        if prompt.role is Role.ACTOR
        and not (isinstance(fact := scene.ask.watcher.facts[known], Measurement) and fact.purpose == "a/a")
    ]
    assert not set(others) & set(range(FIRST_AGAIN, FIRST_FRESH))


async def test_no_race_and_no_confirmation_knows_of_these_draws(scene: Scene) -> None:
    scene.ask.actor = LetterActor(slip=0.2)
    await evolve(half_known(scene).night())
    raced = [result for fact in scene.told(Raced) for lap in fact.laps for result in lap.results]
    confirmed = [result for fact in scene.told(Confirmed) for result in fact.results]
    assert raced
    assert all(result.repeat < FIRST_AGAIN for result in (*raced, *confirmed))


async def test_at_temperature_0_nothing_is_drawn_and_one_draw_decides(scene: Scene) -> None:
    scene.draws = False
    await evolve(scene.night())
    assert not scene.told(NoiseFound)
    assert not [fact for fact in scene.told(Measurement) if fact.purpose == "a/a"]
    assert scene.night().costs.noise == 0
    assert {fact.stages for fact in scene.told(GenerationPlanned)} == {(1,)}


async def test_a_version_that_never_wavers_is_looked_at_with_one_draw(scene: Scene) -> None:
    scene.ask.improver, scene.generations = LetterImprover(most=1), 10
    await evolve(half_known(scene).night())
    assert all(fact.fresh for fact in scene.told(Confirmed)), "small steps are measured twice"
    [found] = scene.told(NoiseFound)
    assert (found.cases, found.flipped, found.within, found.stages) == (12, (), 0.0, (1,))
    assert found.sentence.endswith("One draw of a held-out case will decide, if a candidate is as steady.")
    assert {fact.stages for fact in scene.told(GenerationPlanned)} == {(1,)}
    looks = scene.told(LookTaken)
    assert looks
    for look in looks:
        assert look.repeats == 1
        assert look.limit <= scene.suite.gate.alpha * look.share, "the look's whole error, and no more"
    assert scene.told(Promoted), "a real gain passes with one draw"


async def test_a_champion_that_was_drawn_once_has_shown_no_steadiness(scene: Scene) -> None:
    """One that its race put beyond doubt is not measured again, so the look has all stages."""
    scene.ask.improver = LetterImprover(most=12)
    await evolve(half_known(scene).night())
    [found] = scene.told(NoiseFound)
    assert found.stages == (1,)
    first = scene.told(Confirmed)[0]
    assert (first.crowned, first.fresh) == (True, False)
    plans = {fact.generation: fact.stages for fact in scene.told(GenerationPlanned) if not fact.looked}
    assert (plans[1], plans[first.generation + 1]) == ((1,), GateRule().repeats)


async def test_a_champion_that_wavers_is_drawn_in_stages_although_the_first_version_did_not(
    scene: Scene,
) -> None:
    def wavering(prompt: Prompt) -> str | Failed:
        skill, _ = read_case(prompt)
        return LetterActor(slip=0.3 if len(RULE.findall(skill)) > 8 else 0.0)(prompt)

    scene.ask.actor, scene.generations = wavering, 8
    await evolve(half_known(scene).night())
    [found] = scene.told(NoiseFound)
    assert found.stages == (1,)
    plans = {fact.generation: fact.stages for fact in scene.told(GenerationPlanned)}
    assert plans[1] == (1,), "no champion yet"
    looks = scene.told(LookTaken)
    assert looks
    assert {look.stages for look in looks} == {GateRule().repeats}


async def test_a_version_that_fails_everything_says_nothing_of_how_steady_a_better_one_is(
    scene: Scene,
) -> None:
    await evolve(scene.night())
    [found] = scene.told(NoiseFound)
    assert found.within == 0.0
    assert found.stages == GateRule().repeats
    assert found.expected > 0.1, "the better version's half of the noise is not known"


async def test_noise_leaves_the_stages_and_names_the_cases(scene: Scene) -> None:
    scene.ask.actor, scene.suite = NoisyActor(3), letters_suite("cdefghijklmnopqrstuvwxyz")
    await evolve(scene.night())
    [found] = scene.told(NoiseFound)
    assert found.cases == 24
    assert found.stages == GateRule().repeats
    assert found.within is not None
    assert 0.2 < found.within < 0.8
    assert found.low < found.within < found.high
    again = asked_again(scene)
    assert {result.repeat for result in again} == {FIRST_AGAIN}, "one more draw of many cases"
    baseline = {
        r.case_id: r.passed for fact in scene.told(Measurement) for r in fact.results if r.repeat == 0
    }
    changed = {result.case_id for result in again if result.passed != baseline[result.case_id]}
    assert set(found.flipped) == changed


async def test_what_the_owner_says_of_repeats_counts_more(scene: Scene) -> None:
    half_known(scene).suite = letters_suite(gate=GateRule(repeats=(1, 3)))
    await evolve(replace(scene.night(), repeats_stated=True))
    [found] = scene.told(NoiseFound)
    assert found.within == 0.0
    assert found.stages == (1, 3)
    assert "One draw" not in found.sentence


@pytest.mark.parametrize(("max_calls", "answers"), [(199, 0), (200, 4), (400, 8), (600, 12), (1200, 24)])
async def test_it_takes_a_small_part_of_the_budget(scene: Scene, max_calls: int, answers: int) -> None:
    scene.limits, scene.generations = Limits(max_calls=max_calls), None
    night = scene.night()
    await evolve(night)
    assert len(asked_again(scene)) == answers == night.costs.noise
    assert answers <= 0.02 * max_calls
    [found] = scene.told(NoiseFound)
    if not answers:
        assert found.within is None
        assert found.sentence == (
            "The noise floor was not measured: 2 % of the budget pays for fewer than 4 answers."
        )
        assert found.stages == GateRule().repeats


async def test_too_few_train_cases_are_said_to_be_too_few(scene: Scene) -> None:
    scene.suite = letters_suite("cde")
    await evolve(scene.night())
    [found] = scene.told(NoiseFound)
    assert asked_again(scene) == ()
    assert found.sentence == "The noise floor was not measured: 3 train cases would say too little."


async def test_answers_that_were_lost_stop_nothing_and_are_no_noise(scene: Scene) -> None:
    def losing(prompt: Prompt) -> str | Failed:
        if FIRST_AGAIN <= prompt.repeat < FIRST_FRESH:
            return Failed(Blame.MODEL, "rate limit")
        return LetterActor()(prompt)

    scene.ask.actor = losing
    await evolve(half_known(scene).night())
    [found] = scene.told(NoiseFound)
    assert (found.within, found.cases, found.stages) == (None, 0, GateRule().repeats)
    assert found.sentence == "The noise floor is not known: no train case was answered twice."


async def resumed(scene: Scene, count: int, root: Path, actor: Callable[[], Answer]) -> Scene:
    """The same night in a copy of its repository, gone on with after its first `count` facts."""
    shutil.copytree(scene.root, root)
    git(root, "reset", "-q", "--hard", scene.night().started.base_commit)
    for ref in git(root, "for-each-ref", "--format=%(refname)", "refs/rsi").split():
        git(root, "update-ref", "-d", ref)
    journal = MemoryJournal()
    for fact in scene.facts.events()[:count]:
        journal.append(fact)
    again = Scene(
        root=root, facts=journal, skill=scene.skill, limits=scene.limits, generations=scene.generations
    )
    again.ask = ScriptedAsk(actor=actor())
    again.spent = sum(known < count - 1 for known, _ in scene.ask.asked)
    await evolve(again.night())
    return again


async def test_a_night_killed_around_the_a_a_run_finds_the_same_and_asks_nothing_again(
    scene: Scene, tmp_path: Path
) -> None:
    scene.limits, scene.generations = Limits(max_calls=520), None
    scene.ask.actor = LetterActor(slip=0.05)
    await evolve(half_known(scene).night())
    facts = scene.facts.events()
    at = next(n for n, fact in enumerate(facts) if isinstance(fact, Measurement) and fact.purpose == "a/a")
    for count in (at, at + 1, at + 2):
        again = await resumed(scene, count, tmp_path / str(count), lambda: LetterActor(slip=0.05))
        assert again.facts.events()[at : at + 2] == facts[at : at + 2], f"after {count} facts"
        fresh = sum(FIRST_AGAIN <= prompt.repeat < FIRST_FRESH for _, prompt in again.ask.asked)
        assert fresh == (10 if count == at else 0), "2 % of 520 calls"
        plans = [fact for fact in facts if isinstance(fact, GenerationPlanned)]
        assert again.told(GenerationPlanned) == plans


async def test_what_was_concluded_stays_even_if_the_model_wavers_more_after_the_crash(
    scene: Scene, tmp_path: Path
) -> None:
    await evolve(half_known(scene).night())
    facts = scene.facts.events()
    at = next(n for n, fact in enumerate(facts) if isinstance(fact, NoiseFound))
    again = await resumed(scene, at + 1, tmp_path / "later", lambda: LetterActor(slip=0.4))
    [found] = again.told(NoiseFound)
    assert found == facts[at]
    assert again.told(GenerationPlanned)[0].stages == (1,)


async def test_the_fact_survives_the_journal(scene: Scene, tmp_path: Path) -> None:
    await evolve(half_known(scene).night())
    journal = Journal.open(scene.root / ".git/rsi/journal.sqlite", read_only=True)
    try:
        assert [fact for fact in journal.events() if isinstance(fact, NoiseFound)] == scene.told(NoiseFound)
    finally:
        journal.close()
