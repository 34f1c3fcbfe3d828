"""A champion that an early look nearly let through: when it is looked at again, at what price, by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from rsi_cli.evolution.bar import Bar, opened, raised
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.plan import Costs
from rsi_cli.evolution.second_look import draws_there, may_look_again, stages_again
from rsi_cli.ledger.events import Confirmed, GenerationPlanned, LookSkipped, LookTaken
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.nouns import CandidateId, CaseResult, Failed, Prompt, Role, Split
from rsi_cli.suite.model import GateRule
from tests.evolution.searches import results
from tests.fakes.letters import RULE, SKILL, LetterImprover, Scene, letters_suite, read_case

MANY = "cdefghijklmnopqrstuvwxyz"
RULES = GateRule()
COSTS = Costs(attempt=1.0, train=24, holdout=20, known_good=5, brood=4, draws=True)
COLD = replace(COSTS, draws=False)
LED, OTHER = CandidateId("c0ffee"), CandidateId("dec0de")


def draws(repeats: int) -> tuple[CaseResult, ...]:
    return tuple(result for repeat in range(repeats) for result in results(3, repeat))


def taken(
    p: float = 0.02, limit: float = 0.01, decision: str = "reject", repeats: int = 4, share: float = 0.25
) -> LookTaken:
    """A look at LED, turned down by chance unless said otherwise."""
    return LookTaken(
        look=0,
        generation=3,
        candidate=LED,
        incumbent=OTHER,
        decision=decision,
        sentence="told",
        share=share,
        p=p,
        limit=limit,
        repeats=repeats,
        better=5,
        worse=1,
        ties=14,
        results=draws(repeats),
        incumbent_results=draws(repeats),
    )


def bar_after(*looks: LookTaken) -> Bar:
    bar = opened(dict.fromkeys(Split, ()), RULES.repeats)
    for look in looks:
        bar = bar.after(look)
    return bar


# ---------------------------------------------------------------------------------- when, at what price


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (taken(p=0.02, limit=0.01), True),
        (taken(p=0.25, limit=0.01), True),
        (taken(p=0.26, limit=0.01), False),
        (taken(p=0.005, limit=0.01), False),  # chance did not turn it down: its growth asked for more
        (taken(p=0.005, limit=0.01, decision="undecided"), True),
    ],
)
def test_one_that_chance_alone_kept_out_may_be_looked_at_again(look: LookTaken, *, expected: bool) -> None:
    assert may_look_again(bar_after(look), LED) is expected
    assert not may_look_again(bar_after(look), OTHER), "it is another one that leads now"


def test_nobody_is_looked_at_again_before_a_look_or_after_a_promotion() -> None:
    assert not may_look_again(bar_after(), LED)
    promoted = raised(bar_after(taken(decision="accept")), taken(decision="accept"), fresh_draws=True)
    assert not may_look_again(promoted, LED)
    assert promoted.spent == 0.0, "a promotion opens the accounts anew"


def test_only_the_last_look_counts() -> None:
    later = replace(taken(), look=1, candidate=OTHER)
    assert not may_look_again(bar_after(taken(), later), LED)
    assert bar_after(taken(), later).spent == pytest.approx(0.5)


def test_the_draws_of_the_first_look_serve_the_second() -> None:
    bar = bar_after(taken(repeats=2))
    assert draws_there(bar, LED) == draws(2)
    assert draws_there(bar, OTHER) == draws_there(bar_after(), LED) == ()


@pytest.mark.parametrize(
    ("costs", "repeats", "left", "expected"),
    [
        (COSTS, 4, 10_000, (4,)),
        (COSTS, 1, 10_000, (4,)),
        (COSTS, 1, 2 * 3 * 20 + 5 * 7 + 80, (4,)),
        (COSTS, 1, 2 * 3 * 20 + 5 * 7 + 79, (2,)),
        (COSTS, 1, 2 * 20 + 5 * 7 + 79, (1,)),
        (COSTS, 2, 5 * 7, (2,)),  # deciding goes before reporting
        (COSTS, 2, 5 * 7 - 1, ()),
        (COLD, 1, 5, (1,)),
    ],
)
def test_it_has_one_stage_with_as_many_draws_as_the_budget_pays(
    costs: Costs, repeats: int, left: float, expected: Sequence[int]
) -> None:
    assert stages_again(RULES, costs, left, bar_after(taken(repeats=repeats))) == expected


# ----------------------------------------------------------------------------------------- whole nights


@dataclass(frozen=True)
class Once(LetterImprover):
    """Learns seven of the letters that are held out and some others, at one go, and nothing ever after."""

    lessons: str = "cdefghi" + "klmnopqrstuvw"

    def __call__(self, prompt: Prompt) -> str | Failed:
        if len(RULE.findall(prompt.messages[-1].content)) > len(RULE.findall(SKILL)):
            return ""
        return super().__call__(prompt)

    def learned(self, text: str, rng: object) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(letter, letter.upper()) for letter in self.lessons]


def nearly(scene: Scene, alpha: float) -> Scene:
    """Seven cases better and none worse: p = 1/128 whenever it is looked at."""
    gate = GateRule(alpha=alpha, shares=(0.25,) * 4)
    scene.suite = letters_suite(train=MANY, holdout="cdefghi" + "ab" * 6, gate=gate)
    scene.generations, scene.ask.improver = 8, Once()
    return scene


async def test_what_is_left_of_the_error_may_let_it_through_at_the_end(scene: Scene) -> None:
    await evolve(nearly(scene, alpha=0.02).night())
    first, second = scene.told(LookTaken)
    assert first.candidate == second.candidate
    assert (first.decision, second.decision) == ("reject", "accept")
    assert first.p == second.p == 1 / 128
    assert first.limit < second.p <= second.limit <= 0.02 * second.share
    assert first.share + second.share == pytest.approx(1.0), "each pays, and no more than there is"
    assert second.stages == (4,)
    assert (second.results, second.incumbent_results) == (first.results, first.incumbent_results)
    assert second.answers == 2, "the known-good cases alone were still to be asked"
    [promoted] = scene.told(Promoted)
    assert promoted.candidate == first.candidate


async def test_no_draw_is_asked_for_twice(scene: Scene) -> None:
    await evolve(nearly(scene, alpha=0.02).night())
    held_out = {case.input for case in scene.suite.cases_of(Split.HOLDOUT)}
    asked = [
        (*read_case(prompt), prompt.repeat)
        for prompt in scene.ask.prompts(Role.ACTOR)
        if read_case(prompt)[1] in held_out
    ]
    assert len(asked) == len(set(asked))


async def test_what_is_left_may_be_too_little(scene: Scene) -> None:
    await evolve(nearly(scene, alpha=0.009).night())
    assert [look.decision for look in scene.told(LookTaken)] == ["reject", "reject"]
    assert not scene.told(Promoted)
    assert not scene.told(LookSkipped)


async def test_it_waits_for_the_end_of_the_night(scene: Scene) -> None:
    await evolve(nearly(scene, alpha=0.02).night())
    [confirmed] = [fact for fact in scene.told(Confirmed) if fact.crowned]
    first, second = scene.told(LookTaken)
    ends = next(turn.generation for turn in scene.told(GenerationPlanned) if turn.stop)
    assert confirmed.generation < first.generation < second.generation == ends
