"""A champion that an early look nearly let through: when it is looked at again, at what price, by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from rsi_cli.evolution.bar import Bar, opened, raised
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.plan import Costs
from rsi_cli.evolution.search import Search, restarted
from rsi_cli.evolution.second_look import brought_back, draws_there, planned_again, stages_again
from rsi_cli.ledger.events import Bred, Confirmed, GenerationPlanned, LookSkipped, LookTaken
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.nouns import Blame, CandidateId, CaseResult, Failed, Prompt, Role, Split
from rsi_cli.suite.model import GateRule
from tests.evolution.searches import BODY, beginning, knowing, results, version
from tests.fakes.letters import RULE, SKILL, LetterActor, LetterImprover, Scene, git, letters_suite, read_case
from tests.fakes.memory_journal import MemoryJournal

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


def search_of(led: CandidateId) -> Search:
    """A search that a judged candidate leads."""
    start = beginning()
    leader = replace(version(start, f"{BODY}\nc -> C\n"), id=led)
    search = knowing(start, (leader, results(5)))
    return replace(search, champion=leader, judged=frozenset({led}))


def bar_after(*looks: LookTaken) -> Bar:
    bar = opened(dict.fromkeys(Split, ()), RULES.repeats)
    for look in looks:
        bar = bar.after(look)
    return bar


# ---------------------------------------------------------------------------------- when, at what price


END = GenerationPlanned(generation=9, spent=1.0, stop="budget spent", share=0.75, stages=(1, 2, 4))
LEADS = search_of(LED)


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (taken(p=0.02, limit=0.01, repeats=1), (4,)),
        (taken(p=0.25, limit=0.01, repeats=1), (4,)),
        (taken(p=0.26, limit=0.01, repeats=1), None),
        (taken(p=0.02, limit=0.01, repeats=4), (4,)),  # the second look's limit is .0375
        (taken(p=0.04, limit=0.01, repeats=4), None),  # sure to be refused again
        (taken(p=0.005, limit=0.01), None),  # chance did not turn it down: its growth asked for more
        (taken(p=0.5, limit=0.01, decision="undecided"), (4,)),
    ],
)
def test_one_that_chance_alone_kept_out_is_looked_at_again_where_that_can_help(
    look: LookTaken, expected: tuple[int, ...] | None
) -> None:
    turn = planned_again(END, LEADS, bar_after(look), RULES, COSTS, 10_000)
    assert turn == (END if expected is None else replace(END, again=True, stages=expected))


def test_at_temperature_0_only_a_wider_limit_is_a_reason() -> None:
    for p, again in ((0.03, True), (0.04, False)):
        turn = planned_again(END, LEADS, bar_after(taken(p=p, repeats=1)), RULES, COLD, 10_000)
        assert turn.again is again


def test_a_longer_text_has_a_stricter_limit_the_second_time_too() -> None:
    long = replace(taken(p=0.03), incumbent_chars=4000, candidate_chars=12_000)
    assert not planned_again(END, LEADS, bar_after(long), RULES, COSTS, 10_000).again


def test_whoever_waits_for_a_first_look_goes_before() -> None:
    waiting = replace(LEADS, judged=frozenset())
    assert waiting.has_challenger
    assert planned_again(END, waiting, bar_after(taken()), RULES, COSTS, 10_000) == END


def test_nobody_is_looked_at_again_before_a_look_or_after_a_promotion() -> None:
    assert planned_again(END, LEADS, bar_after(), RULES, COSTS, 10_000) == END
    promoted = raised(bar_after(taken(decision="accept")), taken(decision="accept"), fresh_draws=True)
    assert planned_again(END, LEADS, promoted, RULES, COSTS, 10_000) == END
    assert promoted.spent == 0.0, "a promotion opens the accounts anew"


def test_only_the_last_look_counts() -> None:
    later = replace(taken(p=0.9), look=1, candidate=OTHER)
    assert planned_again(END, LEADS, bar_after(taken(), later), RULES, COSTS, 10_000) == END
    assert bar_after(taken(), later).spent == pytest.approx(0.5)


def test_a_candidate_whose_lineage_was_left_comes_back() -> None:
    left = restarted(LEADS)
    assert left.champion.id != LED
    turn = planned_again(END, left, bar_after(taken()), RULES, COSTS, 10_000)
    assert turn.again
    assert brought_back(left, bar_after(taken())).champion.id == LED


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


async def test_a_look_that_is_sure_to_refuse_is_not_taken(scene: Scene) -> None:
    await evolve(nearly(scene, alpha=0.009).night())
    [look] = scene.told(LookTaken)
    assert (look.decision, look.p) == ("reject", 1 / 128)
    [skipped] = scene.told(LookSkipped)
    assert skipped.why == "the champion had its look, and another one could not let it through"
    assert not scene.told(Promoted)


async def test_one_that_solves_all_train_cases_comes_back_although_its_lineage_was_left(scene: Scene) -> None:
    nearly(scene, alpha=0.02)
    scene.ask.improver = Once(lessons=MANY)
    await evolve(scene.night())
    first, second = scene.told(LookTaken)
    assert (first.candidate, first.decision) == (second.candidate, "reject")
    assert second.decision == "accept"


async def test_what_could_not_be_measured_is_asked_again(scene: Scene) -> None:
    """The provider is out while the first look is taken, and well again at the night's end."""

    class Outage(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            skill, asked = read_case(prompt)
            learned = len(RULE.findall(skill)) > len(RULE.findall(SKILL))
            if learned and "(holdout-0" in asked and not scene.told(LookTaken):
                return Failed(Blame.MODEL, "out of order")
            return super().__call__(prompt)

    nearly(scene, alpha=0.05)
    scene.ask.actor = Outage()
    await evolve(scene.night())
    first, second = scene.told(LookTaken)
    lost = [result for result in first.results if result.score is None]
    assert (first.decision, second.decision) == ("undecided", "accept")
    assert lost
    assert all(result.score is not None for result in second.results)
    assert second.answers >= len(lost)


async def test_a_version_that_was_promoted_is_not_said_to_be_hopeless(scene: Scene) -> None:
    await evolve(scene.night())
    assert scene.told(Promoted)
    assert not [skipped.why for skipped in scene.told(LookSkipped) if "its look" in skipped.why]


async def test_it_waits_for_the_end_of_the_night(scene: Scene) -> None:
    await evolve(nearly(scene, alpha=0.02).night())
    [confirmed] = [fact for fact in scene.told(Confirmed) if fact.crowned]
    first, second = scene.told(LookTaken)
    ends = next(turn.generation for turn in scene.told(GenerationPlanned) if turn.stop)
    assert confirmed.generation < first.generation < second.generation == ends


async def test_a_journal_from_before_second_plans_is_gone_on_with_as_it_was(scene: Scene) -> None:
    """There a generation was bred right after its look, so nothing is planned anew before it."""
    await evolve(nearly(scene, alpha=0.02).night())
    [look, _] = scene.told(LookTaken)
    facts = [fact for fact in scene.facts.events() if not getattr(fact, "looked", False)]
    ends = next(place for place, fact in enumerate(facts) if fact.key == f"bred/{look.generation}")
    journal = MemoryJournal()
    for fact in facts[: ends + 1]:
        journal.append(fact)
    git(scene.root, "reset", "-q", "--hard", "HEAD^")
    resumed = nearly(Scene(root=scene.root, facts=journal), alpha=0.02)
    await evolve(resumed.night())
    plans = [plan for plan in resumed.told(GenerationPlanned) if plan.generation == look.generation]
    assert [plan.looked for plan in plans] == [False]
    assert [bred.key for bred in resumed.told(Bred)] == [bred.key for bred in scene.told(Bred)]
