"""Whole nights on a real repository: what they find, what they cost, what they must never do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from rsi_cli.errors import Inconclusive, ModelError
from rsi_cli.evolution.breeder import Breeder
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.evolution.search import Search
from rsi_cli.ledger.events import (
    Bred,
    Confirmed,
    Event,
    GenerationPlanned,
    LookSkipped,
    LookTaken,
    Measurement,
    Raced,
)
from rsi_cli.ledger.promotions import ChampionKept, Promoted, PromotionPlanned
from rsi_cli.nouns import Blame, CaseId, Failed, Prompt, Role, Split
from rsi_cli.prompts.delimit import block
from rsi_cli.skill.document import parse
from rsi_cli.suite.model import Assertion, Case, GateRule, GoldLabel, Limits, Suite
from tests.evolution.searches import bred_of_what_was_left
from tests.fakes.letters import (
    SKILL,
    Answer,
    LetterActor,
    LetterImprover,
    NoisyActor,
    Scene,
    ScriptedAsk,
    git,
    letters_suite,
    read_case,
    shown,
    slipped_in,
)
from tests.fakes.memory_journal import MemoryJournal

MANY = "cdefghijklmnopqrstuvwxyz"
CANARY = "CANARY"
RUBRIC = Assertion(type="llm-rubric", value="Is it kind?")
VERDICT = json.dumps({"evidence": "it is", "verdict": "pass", "score": 1.0})


def nameless(facts: list[Event]) -> list[Event]:
    """The facts without names of commits: those depend on the time of day."""
    hidden: dict[str, object] = {"commit": "", "parent_commit": ""}
    kinds = (Promoted, PromotionPlanned, ChampionKept)
    return [
        replace(fact, **{key: value for key, value in hidden.items() if hasattr(fact, key)})  # type: ignore[arg-type]
        if isinstance(fact, kinds)
        else fact
        for fact in facts
    ]


async def test_a_night_finds_what_there_is_to_learn(scene: Scene) -> None:
    before = git(scene.root, "rev-parse", "HEAD")
    stopped = await evolve(scene.night())
    assert stopped.baseline == {"train": 0.0, "holdout": 0.0, "known-good": 1.0}
    assert stopped.final["holdout"] >= 0.7
    plain = stopped.final["holdout"] - stopped.baseline["holdout"]
    assert plain - 0.15 < stopped.gain.estimate <= plain, "less the luck of having been chosen by these cases"
    assert 0.0 < stopped.gain.low <= stopped.gain.estimate <= stopped.gain.high
    assert git(scene.root, "rev-parse", "HEAD^") == before


async def test_the_same_seed_gives_the_same_night_whoever_is_answered_first(
    scene: Scene, tmp_path: Path
) -> None:
    scene.ask.actor = LetterActor(slip=0.1)
    await evolve(scene.night())
    git(scene.root, "reset", "-q", "--hard", "HEAD^")
    again = Scene(
        root=scene.root, facts=MemoryJournal(), ask=ScriptedAsk(actor=LetterActor(slip=0.1), pace=3)
    )
    await evolve(again.night())
    assert nameless(again.ask.watcher.facts) == nameless(scene.ask.watcher.facts)
    assert [prompt for _, prompt in again.ask.asked] != [], "something was asked"


async def test_another_seed_gives_another_night(scene: Scene) -> None:
    await evolve(scene.night())
    git(scene.root, "reset", "-q", "--hard", "HEAD^")
    other = Scene(root=scene.root, facts=MemoryJournal(), seed=8)
    await evolve(other.night())
    assert nameless(other.ask.watcher.facts) != nameless(scene.ask.watcher.facts)


async def test_an_improver_that_repeats_the_skill_is_paid_for_nothing_but_its_words(scene: Scene) -> None:
    class Repeating(LetterImprover):
        def __call__(self, prompt: Prompt) -> str | Failed:
            if "mutation_prompt@" in prompt.template:
                return super().__call__(prompt)
            if prompt.template.startswith("revise_section"):
                return block("section", shown(prompt.messages[-1].content, "section"))
            return block("skill", parse(SKILL.encode()).text_for_models.replace("# Letters", "#  Letters ##"))

    scene.ask.improver = Repeating()
    stopped = await evolve(scene.night())
    refused = {
        (still.reason, still.operator == "analysts")
        for bred in scene.told(Bred)
        for still in bred.stillbirths
    }
    assert refused == {("same text", False), ("unreadable reply", True)}, "analysts who propose no edit"
    assert not any(bred.births for bred in scene.told(Bred))
    assert len(scene.ask.prompts(Role.ACTOR)) == scene.night().costs.baseline, (
        "the first version, and no other"
    )
    assert not scene.told(LookTaken)
    assert (stopped.gain.estimate, stopped.gain.low, stopped.gain.high) == (0.0, 0.0, 0.0)
    assert stopped.gain.basis == "nothing was promoted"
    assert stopped.final == stopped.baseline
    assert git(scene.root, "log", "-1", "--format=%s") == "Add the skill"


async def test_pure_noise_promotes_nothing_in_twenty_nights(scene: Scene) -> None:
    for seed in range(20):
        night = Scene(
            root=scene.root,
            facts=MemoryJournal(),
            suite=letters_suite(holdout=MANY),
            ask=ScriptedAsk(actor=NoisyActor(seed)),
            seed=seed,
            generations=6,
        )
        await evolve(night.night())
        assert not night.told(Promoted), f"night {seed} promoted noise"
        scene.ask.watcher.facts += night.ask.watcher.facts
    assert len(scene.told(Confirmed)) >= 20, "noise that nobody takes for a gain would test nothing"
    assert len(scene.told(LookTaken)) >= 10, "noise that is never looked at would test nothing"


def marked(name: str, split: Split, letter: str, mark: str) -> Case:
    """A case that carries a mark in every field that has words."""
    return Case(
        id=CaseId(f"{mark}-id-{name}"),
        input=f"{letter} {mark}-input",
        vars={"context": f"{mark}-variable"},
        asserts=(
            Assertion(type="contains", value=letter.upper(), metric=f"{mark}-metric"),
            Assertion(type="icontains", value=f"{mark}-answer"),
        ),
        expected=f"{mark}-expected",
        split=split,
        description=f"{mark}-description",
        tags=(f"{mark}-tag",),
        cluster=f"{mark}-cluster-{name}",
    )


def marked_suite() -> Suite:
    rows = [(Split.TRAIN, MANY, "TRAINING"), (Split.HOLDOUT, MANY, CANARY), (Split.KNOWN_GOOD, "ab", CANARY)]
    cases = [
        marked(f"{split}-{letter}", split, letter, mark)
        for split, letters, mark in rows
        for letter in letters
    ]
    sealed = marked("sealed", Split.SEALED, "a", CANARY)
    gold = GoldLabel(case_id=cases[-1].id, output=f"{CANARY}-gold", good=True, note=f"{CANARY}-note")
    return Suite(
        name="marked",
        path="evals/marked.yaml",
        hash="h",
        cases=(*cases, sealed),
        gold=(gold,),
        prompt="{{ input }} {{ context }}",
        gate=GateRule(alpha=0.4),  # looks come early, so that there is breeding after a promotion
    )


async def test_no_word_of_a_held_out_case_ever_reaches_the_improver(scene: Scene) -> None:
    class Marking(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            _, asked = read_case(prompt)
            mark = CANARY if CANARY in asked else "TRAINING"
            return f"{super().__call__(prompt)} {mark}-answer {mark}-output"

    class Learning(LetterImprover):
        def learned(self, text: str, rng: Random) -> list[tuple[str, str]]:
            shows = shown(text, "failing_cases").splitlines()
            failed = sorted({line[0] for line in shows if "-input" in line})[1:]  # one stays to be bred for
            return [(letter, letter.upper()) for letter in rng.sample(failed, min(3, len(failed)))]

    scene.suite = marked_suite()
    scene.ask.actor, scene.ask.improver, scene.generations = Marking(), Learning(), 10
    await evolve(scene.night())
    [promoted, *_] = scene.told(Promoted)
    order = [fact.key for fact in scene.ask.watcher.facts]
    assert any(key.startswith("bred/") for key in order[order.index(promoted.key) :]), (
        "bred after a promotion too"
    )
    said = [message.content for prompt in scene.ask.prompts(Role.IMPROVER) for message in prompt.messages]
    assert not any(CANARY in text for text in said)
    everything = "".join(said)
    for shown_of_train in ("input", "variable", "output", "expected"):
        assert f"TRAINING-{shown_of_train}" in everything, "the mark would be seen if it were there"
    for hidden_of_train in ("id", "description", "tag", "cluster"):
        assert f"TRAINING-{hidden_of_train}" not in everything
    actors = "".join(prompt.messages[-1].content for prompt in scene.ask.prompts(Role.ACTOR))
    assert f"{CANARY}-input" in actors
    assert f"{CANARY}-expected" not in actors


async def test_the_improver_never_sees_a_held_out_score(scene: Scene) -> None:
    """Nights whose held-out answers differ ask the improver the same things until something is promoted."""

    class Blind(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            return "?" if "holdout" in read_case(prompt)[1] else super().__call__(prompt)

    await evolve(scene.night())
    git(scene.root, "reset", "-q", "--hard", "HEAD^")
    blind = Scene(root=scene.root, facts=MemoryJournal(), ask=ScriptedAsk(actor=Blind()), twin="b")
    await evolve(blind.night())
    assert not blind.told(Promoted)
    first = next(index for index, fact in enumerate(scene.ask.watcher.facts) if isinstance(fact, Promoted))
    before = [prompt for known, prompt in scene.ask.asked if prompt.role is Role.IMPROVER and known < first]
    assert before == blind.ask.prompts(Role.IMPROVER)[: len(before)]
    assert len(before) > 10


async def test_a_skill_that_fails_nothing_is_left_alone(scene: Scene) -> None:
    scene.suite = letters_suite("ab", "abab", "ab")
    stopped = await evolve(scene.night())
    assert stopped.because == "no train case fails any more"
    assert scene.ask.prompts(Role.IMPROVER) == []
    assert stopped.gain.high == 0.0


async def test_without_fresh_draws_nothing_is_asked_twice_and_the_account_says_so(scene: Scene) -> None:
    scene.draws = False
    stopped = await evolve(scene.night())
    asked = Counter(scene.ask.prompts(Role.ACTOR))
    assert set(asked.values()) == {1}
    assert {prompt.repeat for prompt in asked} == {0}
    [look] = [fact for fact in scene.told(LookTaken) if fact.decision == "accept"]
    assert (look.stages, look.repeats) == ((1,), 1)
    for confirmed in scene.told(Confirmed):
        [lap] = [
            lap for raced in scene.told(Raced) for lap in raced.laps if lap.candidate == confirmed.candidate
        ]
        assert confirmed.results == lap.results
    assert "temperature 0" in stopped.gain.basis
    assert stopped.gain.estimate > 0


async def test_without_fresh_draws_a_broken_known_good_case_vetoes_at_once(scene: Scene) -> None:
    class Forgetful(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            skill, asked = read_case(prompt)
            return "?" if asked.startswith("a") and "c -> C" in skill else super().__call__(prompt)

    scene.draws, scene.ask.actor = False, Forgetful()
    scene.ask.improver = LetterImprover(most=12)
    await evolve(scene.night())
    assert not scene.told(Promoted)
    looks = scene.told(LookTaken)
    assert looks
    for look in looks:
        assert look.certified == ("known-good-00-a",)
        assert [result.repeat for result in look.known_good] == [0, 0]


def judged(scene: Scene) -> Answer:
    scene.suite = replace(
        scene.suite,
        cases=tuple(
            replace(case, asserts=(Assertion(type="equals", value=case.expected), RUBRIC))
            for case in scene.suite.cases
        ),
    )
    return lambda prompt: VERDICT if prompt.role is Role.JUDGE else LetterActor()(prompt)


def forgetful(scene: Scene) -> Answer:
    scene.suite = letters_suite(known_good="ab" * 6)

    def answer(prompt: Prompt) -> str | Failed:
        skill, asked = read_case(prompt)
        return "?" if asked[0] in "ab" and any(f"{x} -> " in skill for x in MANY) else LetterActor()(prompt)

    return answer


def spent_by_part(scene: Scene) -> dict[str, list[int]]:
    """Calls by the part of the night that made them; generations in order."""
    calls = Counter(known for known, _ in scene.ask.asked)
    parts: dict[str, list[int]] = {"baseline": [0], "generation": [], "look": [], "promotion": []}
    for index, fact in enumerate(scene.ask.watcher.facts):
        match fact:
            case Measurement(purpose="baseline" | "a/a"):
                parts["baseline"][0] += calls[index]
            case Bred():
                parts["generation"].append(calls[index])
            case Raced() | Confirmed():
                parts["generation"][-1] += calls[index]
            case LookTaken():
                parts["look"].append(calls[index])
                parts["promotion"].append(0)
            case Measurement(purpose="fresh"):
                parts["promotion"][-1] += calls[index]
            case _:
                assert calls[index] == 0, f"{fact.key} cost calls that no plan knows"
    return parts


@pytest.mark.parametrize("draws", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize(
    "world", [lambda _: LetterActor(slip=0.2), judged, forgetful], ids=["plain", "judged", "forgetful"]
)
async def test_no_part_of_a_night_costs_more_than_was_planned(
    scene: Scene,
    world: Callable[[Scene], Answer],
    draws: bool,  # noqa: FBT001 - both kinds of a night
) -> None:
    scene.draws = draws
    scene.ask.actor = world(scene)
    night = scene.night()
    await evolve(night)
    parts, costs = spent_by_part(scene), night.costs
    assert sum(map(sum, parts.values())) == len(scene.ask.asked)
    assert parts["baseline"] == [costs.baseline]
    assert max(parts["generation"]) <= costs.generation
    looks = scene.told(LookTaken)
    assert looks
    for look, spent in zip(looks, parts["look"], strict=True):
        assert spent <= costs.look(look.repeats)
    assert max(parts["promotion"]) <= costs.promotion


@pytest.mark.parametrize("max_calls", [60, 120, 200, 350, 700])
async def test_a_budget_is_never_passed_and_the_last_look_is_kept_paid_for(
    scene: Scene, max_calls: int
) -> None:
    scene.limits, scene.generations = Limits(max_calls=max_calls), None
    scene.suite = letters_suite(MANY)
    scene.ask.actor = LetterActor(slip=0.3)
    stopped = await evolve(scene.night())
    assert stopped.because == "budget spent"
    assert len(scene.ask.asked) <= max_calls
    planned = scene.told(GenerationPlanned)
    assert planned[-1].stop
    assert all(skipped.why != "the budget cannot pay for one" for skipped in scene.told(LookSkipped))
    for fact in scene.ask.watcher.facts:
        if isinstance(fact, LookTaken | Raced | Confirmed):
            assert "budget" not in str(fact), "what was begun could be paid to its end"


async def test_a_night_that_cannot_pay_for_its_baseline_concludes_nothing(scene: Scene) -> None:
    scene.limits = Limits(max_calls=20)
    with pytest.raises(Inconclusive, match="holdout cases were not measured") as caught:
        await evolve(scene.night())
    assert caught.value.exit_code == 6
    assert [fact.split for fact in scene.told(Measurement)] == [Split.TRAIN], "what was measured is kept"


async def test_a_few_lost_measurements_do_not_stop_the_night(scene: Scene) -> None:
    class Losing(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            if "train-05" in read_case(prompt)[1]:
                return Failed(Blame.MODEL, "rate limit")
            return super().__call__(prompt)

    scene.ask.actor = Losing()
    await evolve(scene.night())
    assert scene.told(Promoted)
    assert not any("train-05" in prompt.messages[-1].content for prompt in scene.ask.prompts(Role.IMPROVER))


async def test_a_refusal_for_good_ends_the_night_as_what_it_is(scene: Scene) -> None:
    class Refusing(LetterImprover):
        def __call__(self, prompt: Prompt) -> str | Failed:
            raise ModelError(f"no such key: {prompt.role}", hint="set it", provider="p", model="m")

    scene.ask.improver = Refusing()
    with pytest.raises(ModelError, match="no such key"):
        await evolve(scene.night())


async def test_an_improver_that_cannot_be_reached_blames_no_mutation_prompt(scene: Scene) -> None:
    scene.ask.improver = lambda _: Failed(Blame.MODEL, "rate limit")
    await evolve(scene.night())
    assert {still.reason for bred in scene.told(Bred) for still in bred.stillbirths} == {"model"}
    assert not scene.told(Promoted)


async def test_looks_share_the_error_that_the_owner_allows_until_one_promotes(scene: Scene) -> None:
    scene.suite = letters_suite(MANY, MANY, gate=GateRule(shares=(0.3, 0.3, 0.4)))
    scene.generations = 9
    await evolve(scene.night())
    looks = scene.told(LookTaken)
    assert len(looks) > 1
    promoted = [place for place, look in enumerate(looks, 1) if look.decision == "accept"]
    assert promoted, "after which there is all of it again"
    for start, end in pairwise((0, *promoted, len(looks))):
        assert sum(look.share for look in looks[start:end]) <= 1.0 + 1e-9
    for look in looks:
        assert look.limit <= 0.05 * look.share + 1e-12


async def test_every_champion_can_be_checked_out_whatever_the_gate_said(scene: Scene) -> None:
    scene.suite = letters_suite(holdout="ab" * 6)
    await evolve(scene.night())
    crowned = [fact.candidate for fact in scene.told(Confirmed) if fact.crowned]
    kept = scene.told(ChampionKept)
    assert [fact.candidate for fact in kept] == crowned
    assert not scene.told(Promoted)
    for fact in kept:
        assert git(scene.root, "rev-parse", fact.ref) == fact.commit
    assert git(scene.root, "log", "-1", "--format=%s") == "Add the skill"


async def test_who_is_crowned_held_up_on_draws_that_did_not_choose_it(scene: Scene) -> None:
    scene.ask.actor = LetterActor(slip=0.3)
    await evolve(scene.night())
    again = [fact for fact in scene.told(Confirmed) if fact.fresh]
    assert {result.repeat for fact in again for result in fact.results} == {1}
    assert {result.repeat for raced in scene.told(Raced) for lap in raced.laps for result in lap.results} == {
        0
    }
    assert all(fact.crowned == (fact.difference > 0) for fact in again)
    assert any(fact.crowned for fact in again)
    assert any(not fact.crowned for fact in again), "luck in the race is not enough"


@pytest.mark.parametrize(("learned", "fresh"), [(5, True), (6, False)])
async def test_a_race_beyond_doubt_needs_no_second_draw(
    scene: Scene,
    learned: int,
    fresh: bool,  # noqa: FBT001 - the last column of the table
) -> None:
    """Of 12 failing cases k are solved: a lead of k/12, whose variance is drawn to .25 as by five cases more.

    k = 5: .417 < 3 sqrt((12 * 5/12 * 7/12 + 5 * .25) / 17 / 12) = .429.  k = 6: .500 > .433.
    """
    scene.ask.improver = LetterImprover(most=learned)
    await evolve(scene.night())
    first = scene.told(Confirmed)[0]
    assert (first.generation, first.fresh, first.crowned) == (1, fresh, True)
    assert first.difference == pytest.approx(learned / 12)
    [lap] = [lap for lap in scene.told(Raced)[0].laps if lap.candidate == first.candidate]
    assert (first.results == lap.results) is not fresh
    known = next(n for n, fact in enumerate(scene.ask.watcher.facts) if fact == first)
    assert sum(at == known for at, _ in scene.ask.asked) == (12 if fresh else 0)


async def test_a_lineage_that_broke_a_known_good_case_has_no_more_children(scene: Scene) -> None:
    scene.ask.actor = forgetful(scene)
    await evolve(scene.night())
    facts = scene.ask.watcher.facts
    at = next(
        n for n, fact in enumerate(facts) if isinstance(fact, LookTaken) and "known-good" in fact.sentence
    )
    look = facts[at]
    assert isinstance(look, LookTaken)
    broods = scene.told(Bred)
    assert any(birth for bred in broods if bred.generation >= look.generation for birth in bred.births)
    assert bred_of_what_was_left(broods, look) == []
    before = {unit for fact in facts[:at] if isinstance(fact, Bred) for unit in fact.births}
    assert any(birth.parents != (look.incumbent,) for birth in before), "until then it had some"


async def test_a_champion_that_solved_everything_and_did_not_pass_leaves_half_of_the_rest_for_another(
    scene: Scene,
) -> None:
    scene.suite = letters_suite(train="cdef", holdout="ab" * 6)
    scene.ask.improver, scene.generations = LetterImprover(most=4), 4
    await evolve(scene.night())
    looks = scene.told(LookTaken)
    assert len(looks) > 1
    assert looks[0].share >= 0.5
    assert sum(look.share for look in looks) <= 1.0 + 1e-9


async def test_a_child_that_holds_a_held_out_text_is_never_born(scene: Scene) -> None:
    secret = next(case for case in scene.suite.cases if case.split is Split.HOLDOUT)
    story = "The violet ferry leaves Harwick pier at seven past noon"
    closed = replace(secret, description="", input=f"{secret.input} {story}")
    scene.suite = replace(
        scene.suite, cases=tuple(closed if case.id == secret.id else case for case in scene.suite.cases)
    )
    teller = scene.ask.improver
    scene.ask.improver = lambda prompt: slipped_in(teller(prompt), f"{story}.")
    await evolve(scene.night())
    broods = scene.told(Bred)
    assert not any(bred.births for bred in broods)
    assert {still.reason for bred in broods for still in bred.stillbirths} == {"leak"}


@pytest.mark.parametrize("calls", [334, 348, 460, 474])
async def test_a_look_never_takes_what_the_next_champion_needs_for_its_own(scene: Scene, calls: int) -> None:
    """With as many calls an early look leaves too little for a generation and a look at what it brings."""
    scene.suite = letters_suite(MANY, "cdefg" + "ab" * 13)
    scene.ask.actor, scene.ask.improver = LetterActor(slip=0.1), LetterImprover(most=8)
    scene.limits, scene.generations = Limits(max_calls=calls), None
    await evolve(scene.night())
    assert not [skipped.why for skipped in scene.told(LookSkipped) if "budget" in skipped.why]
    early = scene.told(LookTaken)[0].generation
    plans = [plan for plan in scene.told(GenerationPlanned) if plan.generation == early]
    assert [(plan.looked, bool(plan.stop)) for plan in plans] == [(False, False), (True, True)]
    assert plans[0].share > 0
    assert not [bred for bred in scene.told(Bred) if bred.generation == early]


async def test_the_pace_counts_all_that_a_generation_took(scene: Scene) -> None:
    """Writing, racing, and confirmations that failed; a generation of stillbirths is not free either."""
    told = list[float]()

    class Counting(Breeder):
        def tell(
            self, search: Search, bred: Bred, raced: Raced, confirmed: Confirmed | None, calls: float = 0.0
        ) -> Search:
            told.append(calls)
            return super().tell(search, bred, raced, confirmed, calls)

    night = scene.night()
    counting = {name.name: getattr(night.breeder, name.name) for name in fields(Breeder)}
    night = replace(night, breeder=Counting(**counting))
    await evolve(night)
    assert len(told) == len(scene.told(Bred))
    confirmed = sum(len(fact.results) for fact in scene.told(Confirmed) if fact.fresh)
    raced = sum(len(lap.results) for fact in scene.told(Raced) for lap in fact.laps)
    assert sum(told) == raced + confirmed + written(scene)


def written(scene: Scene) -> int:
    """Calls that writing may have taken, at most."""
    born = [(birth.operator, birth.rounds) for bred in scene.told(Bred) for birth in bred.births]
    lost = [(still.operator, still.rounds) for bred in scene.told(Bred) for still in bred.stillbirths]
    return sum(OPERATORS[operator].calls + rounds - 1 for operator, rounds in (*born, *lost))
