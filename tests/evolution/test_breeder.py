"""Ask, deliver, tell: the winner stays, its child takes the loser's place, results find their owner."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.evolution.breeder import seedling
from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.evolution.population import Population, Unit
from rsi_cli.ledger.events import Bred, Lap, Raced
from rsi_cli.nouns import Blame, CandidateId, CaseId, Failed
from rsi_cli.skill.document import parse
from rsi_cli.skill.regions import GrowthCap
from rsi_cli.skill.sidecar import MutationPrompt
from tests.evolution.searches import (
    BODY,
    OWN_TEXT,
    answered,
    beginning,
    body,
    breeder,
    brood,
    confirmed,
    deliver,
    holding,
    is_quiet,
    knowing,
    quiet,
    raced,
    results,
    version,
)
from tests.fakes.letters import KEEP, SKILL


def test_half_of_the_population_has_children() -> None:
    assert len(breeder().ask(beginning(8), 1)) == 4
    assert len(breeder().ask(beginning(5), 1)) == 2


def test_the_winner_stays_and_a_mutated_copy_of_it_takes_the_losers_place() -> None:
    assert is_quiet(1, 2)
    search = beginning(2)
    bred, _ = brood(search)
    search = breeder().tell(search, bred, raced(bred, 3), None)
    [parent] = bred.births
    better, worse = parent.replaces, 1 - parent.replaces
    assert search.population.units[better].candidate == parent.candidate
    assert search.population.units[worse].candidate == search.origin.id

    for generation in quiet(2, 10):
        again, [litter] = brood(search, generation)
        assert (litter.parents, litter.place) == ((parent.candidate,), worse), "the better one is the parent"
        assert again.births[0].parents == (parent.candidate,)
        after = breeder().tell(search, again, raced(again, 1), None)
        assert after.population.units[better].candidate == parent.candidate, "the winner was overwritten"
        assert after.population.units[worse].candidate == again.births[0].candidate


def test_a_child_inherits_its_parents_mutation_prompt_and_thinking_style() -> None:
    search = beginning(8)
    bred, litters = brood(search)
    search = breeder().tell(search, bred, raced(bred, 1, 1, 1, 1), None)
    for birth, litter in zip(bred.births, litters, strict=True):
        unit = search.population.units[birth.replaces]
        assert unit.mutation_prompt.text == litter.unit.mutation_prompt.text
        assert unit.thinking_style == litter.unit.thinking_style


def test_asking_twice_for_one_generation_gives_the_same_talks_and_another_generation_others() -> None:
    search = beginning(8)

    def begun(generation: int) -> list[object]:
        return [
            (litter.manner, litter.place, next(litter.talk)) for litter in breeder().ask(search, generation)
        ]

    assert begun(1) == begun(1)
    assert begun(1) != begun(2)


def test_equal_prompts_for_two_children_are_two_different_calls() -> None:
    drawn = [
        next(litter.talk).repeat
        for generation in (1, 2, 3)
        for litter in breeder().ask(beginning(8), generation)
    ]
    assert len(set(drawn)) == 12


@given(st.permutations([0, 1, 2, 3]))
@settings(max_examples=24)
def test_fitness_belongs_to_its_unit(solved: list[int]) -> None:
    search = beginning(8)
    bred, _ = brood(search)
    search = breeder().tell(search, bred, raced(bred, *solved), None)
    for birth, count in zip(bred.births, solved, strict=True):
        assert search.train_score(search.population.units[birth.replaces].candidate) == pytest.approx(
            count / 6
        )


@pytest.mark.parametrize("wrong", ["missing", "of another brood", "in another order", "twice"])
def test_results_of_another_brood_are_refused(wrong: str) -> None:
    search = beginning(8)
    bred, _ = brood(search)
    right = raced(bred, 0, 1, 2, 3)
    laps = {
        "missing": right.laps[1:],
        "of another brood": (*right.laps[1:], replace(right.laps[0], candidate=CandidateId("stranger"))),
        "in another order": right.laps[::-1],
        "twice": (*right.laps, right.laps[0]),
    }
    with pytest.raises(BugError, match="tell"):
        breeder().tell(search, bred, replace(right, laps=laps[wrong]), None)


@pytest.mark.parametrize(
    ("proposed", "reason"),
    [
        (Failed(Blame.CANDIDATE, "no <skill> could be read"), "unreadable reply"),
        (Failed(Blame.MODEL, "rate limit"), "model"),
        (Failed(Blame.BUDGET, "spent"), "budget"),
        (body("  \n"), "empty"),
        (body(BODY), "same text"),
        (body(BODY.replace("# Letters", "#   Letters ##").replace("\n", "\n\n\n")), "same text"),
        (body("# Letters without the owner's words\n"), "locked region"),
        (body(BODY.replace("one letter", "two letters", 1) + KEEP), "locked region"),
        (body(BODY + "x" * 10_000), "too long"),
        (body("---\nname: mine\n---\n" + BODY), "front matter"),
        (body(BODY + "\x00"), "not text"),
    ],
)
def test_what_is_no_fit_child_never_becomes_a_candidate(proposed: Draft | Failed, reason: str) -> None:
    search = beginning(8)
    bred = deliver(search, proposed)
    assert bred.births == ()
    [still] = bred.stillbirths
    assert still.reason == reason
    assert still.detail
    after = breeder().tell(search, bred, Raced(generation=1, laps=()), None)
    assert after.candidates == search.candidates
    assert [unit.candidate for unit in after.population.units] == [
        unit.candidate for unit in search.population.units
    ]


def test_of_two_equal_children_one_is_born() -> None:
    bred = deliver(beginning(8), body(f"{BODY}\nNew.\n"), body(f"{BODY}\nNew.\n"))
    assert len(bred.births) == 1
    assert [still.reason for still in bred.stillbirths] == ["duplicate"]


def test_a_text_that_was_measured_before_is_not_born_again() -> None:
    search = beginning(8)
    bred, _ = brood(search)
    search = breeder().tell(search, bred, raced(bred, 1, 1, 1, 1), None)
    again = deliver(search, body(bred.births[0].body))
    assert [still.reason for still in again.stillbirths] in (["duplicate"], ["same text"])


def test_a_grandchild_that_says_what_is_committed_is_not_born() -> None:
    search = beginning(2)
    bred, _ = brood(search)
    search = breeder().tell(search, bred, raced(bred, 3), confirmed(bred.births[0], 3))
    assert search.incumbent.id != search.champion.id
    back = BODY.replace("# Letters", "#  Letters")
    assert [still.reason for still in deliver(search, body(back)).stillbirths] == ["same text"]


@given(
    st.text(max_size=60),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([True, False]),
)
@settings(max_examples=60)
def test_front_matter_locked_text_and_line_endings_are_untouched_in_every_child(
    added: str,
    newline: str,
    bom: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    original = ("\ufeff" if bom else "") + SKILL.replace("\n", newline)
    search = beginning(2, original)
    bred = deliver(search, body(f"{added}\n\n{KEEP}\n\n{added}\nmore\n"))
    for birth in bred.births:
        after = breeder().tell(search, bred, raced(bred, 1), None).candidates[birth.candidate]
        child = after.skill.render().decode()
        head = original[: original.index("# Letters")]
        assert child.startswith(head)
        assert KEEP.replace("\n", newline) in child
        assert parse(after.skill.render()) == after.skill
        assert seedling(after.skill).id == birth.candidate, "a name is made of the bytes"


def test_a_skill_of_front_matter_alone_gets_a_body_that_can_be_read_back() -> None:
    head = "---\nname: letters\ndescription: Answer.\n---"
    search = beginning(2, head)
    bred = deliver(search, body("# New\n"))
    child = breeder().tell(search, bred, raced(bred, 1), None).candidates[bred.births[0].candidate]
    assert child.skill.render().decode().startswith(head + "\n")
    assert parse(child.skill.render()).name == "letters"
    assert seedling(child.skill).id == bred.births[0].candidate


def test_growth_is_capped_against_the_version_of_the_night_and_not_against_the_parent() -> None:
    cap = GrowthCap(factor=1.0, slack_chars=20)
    search = beginning(2)
    bred = deliver(search, body(f"{BODY}\n{'x' * 15}\n"), cap=cap)
    search = breeder(cap).tell(search, bred, raced(bred, 3), None)
    assert is_quiet(1, 2)
    again = breeder(cap).ask(search, 2)
    assert again[0].parents == (bred.births[0].candidate,)
    longer = breeder(cap).deliver(search, 2, again, [body(f"{BODY}\n{'x' * 15}\n{'y' * 15}\n")])
    assert [still.reason for still in longer.stillbirths] == ["too long"]


def prompts(population: Population) -> dict[str, tuple[float, float]]:
    return {
        unit.mutation_prompt.text: (unit.mutation_prompt.tried, unit.mutation_prompt.confirmed)
        for unit in population.units
    }


def test_every_child_counts_on_the_record_of_its_mutation_prompt() -> None:
    search = beginning(4)
    used = search.population.units[0].mutation_prompt
    bred = deliver(search, body(f"{BODY}\nOne.\n", used), body(f"{BODY}\nTwo.\n", used))
    for crowned in range(2):
        told = breeder().tell(search, bred, raced(bred, 3, 3), confirmed(bred.births[crowned], 3))
        assert prompts(told.population)[used.text] == (2, 1), "two children, one of them crowned"


def test_a_finalist_that_did_not_hold_up_earns_nothing() -> None:
    search = beginning(2)
    bred, [litter] = brood(search)
    told = breeder().tell(search, bred, raced(bred, 3), confirmed(bred.births[0], 0, crowned=False))
    assert prompts(told.population)[litter.unit.mutation_prompt.text] == (1, 0)
    assert told.champion == search.champion


@pytest.mark.parametrize(("blame", "tried"), [(Blame.CANDIDATE, 1), (Blame.MODEL, 0), (Blame.BUDGET, 0)])
def test_a_stillbirth_counts_only_where_the_mutation_prompt_may_be_to_blame(blame: Blame, tried: int) -> None:
    search = beginning(2)
    [litter] = breeder().ask(search, 1)
    bred = breeder().deliver(search, 1, [litter], [Failed(blame, "nothing came")])
    told = breeder().tell(search, bred, Raced(generation=1, laps=()), None)
    assert prompts(told.population)[litter.unit.mutation_prompt.text] == (tried, 0)


def test_a_new_mutation_prompt_travels_with_the_child_and_names_who_wrote_it() -> None:
    search = beginning(2)
    [litter] = breeder().ask(search, 1)
    new = MutationPrompt(text="brand new", origin=litter.manner.operator)
    bred = breeder().deliver(search, 1, [litter], [body(f"{BODY}\nOne.\n", new)])
    told = breeder().tell(search, bred, raced(bred, 1), confirmed(bred.births[0], 1))
    carried = told.population.units[litter.place].mutation_prompt
    assert carried == MutationPrompt(text="brand new", origin=litter.manner.operator, tried=1, confirmed=1)
    assert told.candidates[bred.births[0].candidate].mutation_prompt == "brand new"


def test_a_crowned_champion_becomes_everybodys_ground_but_ways_of_revising_stay() -> None:
    search = beginning(8)
    ways = [unit.mutation_prompt.text for unit in search.population.units]
    bred, litters = brood(search)
    told = breeder().tell(search, bred, raced(bred, 1, 6, 2, 3), confirmed(bred.births[1], 5))
    assert told.champion.id == bred.births[1].candidate
    assert told.scores(told.champion.id) == {f"t{n}": float(n < 5) for n in range(6)}, "the fresh draws count"
    assert {unit.candidate for unit in told.population.units} == {told.champion.id}
    for litter in litters:
        ways[litter.place] = litter.unit.mutation_prompt.text
    assert [unit.mutation_prompt.text for unit in told.population.units] == ways


def test_a_unit_that_is_as_good_as_the_champion_keeps_its_text() -> None:
    search = beginning(8)
    bred, _ = brood(search)
    told = breeder().tell(search, bred, raced(bred, 4, 6, 0, 0), confirmed(bred.births[1], 4))
    kept = told.population.units[bred.births[0].replaces].candidate
    assert kept == bred.births[0].candidate


def test_a_child_that_could_not_be_measured_is_not_taken_for_a_bad_one() -> None:
    search = beginning(2)
    search = replace(search, train={search.origin.id: results(3)})
    bred, _ = brood(search)
    lost = tuple(
        replace(result, result=Failed(Blame.MODEL, "rate limit"), passed=False, output=None)
        for result in results(6)
    )
    laps = (Lap(candidate=bred.births[0].candidate, results=lost, finished=False),)
    told = breeder().tell(search, bred, Raced(generation=1, laps=laps), None)
    assert told.train_score(bred.births[0].candidate) is None
    assert told.scores(bred.births[0].candidate) == {}


def test_inherited_mutation_prompts_are_used_from_the_first_generation_on() -> None:
    proven = MutationPrompt(text="PROVEN WAY", tried=20, confirmed=10)
    search = beginning(2, inherited=[proven])
    used = {
        litter.unit.mutation_prompt.text
        for generation in range(10)
        for litter in breeder().ask(search, generation)
    }
    assert "PROVEN WAY" in used


def test_a_unit_keeps_its_candidate_and_prompt_together_through_many_generations() -> None:
    search = beginning(6)
    for generation in quiet(6, 8):
        bred, _ = brood(search, generation)
        solved = [(generation + number) % 6 for number in range(len(bred.births))]
        before = search.population
        search = breeder().tell(search, bred, raced(bred, *solved), None)
        replaced = {birth.replaces for birth in bred.births}
        for place, unit in enumerate(search.population.units):
            old: Unit = before.units[place]
            assert (unit.candidate == old.candidate) == (place not in replaced)
            assert unit.candidate in search.candidates
            assert search.train[unit.candidate]


def test_now_and_then_a_unit_goes_on_from_the_text_of_another_one_and_keeps_all_else() -> None:
    search = beginning(8)
    bred, _ = brood(search)
    crossed: Counter[bool] = Counter()
    for generation in range(1, 200):
        again = replace(bred, generation=generation)
        after = breeder().tell(search, again, raced(again, 1, 2, 3, 4), None)
        own = {birth.replaces: birth.candidate for birth in bred.births}
        for place, unit in enumerate(after.population.units):
            crossed[unit.candidate != own.get(place, search.origin.id)] += 1
            litter = next((b for b in bred.births if b.replaces == place), None)
            ways = search.population.units[place]
            kept = ways.mutation_prompt.text if litter is None else litter.mutation_prompt
            assert unit.mutation_prompt.text == kept
    # Estimates: 1/3 + (k - 2) / 11 for a child that solved k, and for the first text as for k = 0. A tenth
    # meet another; of the four with the first text 1.515 in 1.970 meet a child, the others move unseen. So
    # .0885 in all, and 3.5 standard deviations of 1,592.
    assert 0.0636 < crossed[True] / crossed.total() < 0.1134


def test_a_childs_workings_are_its_units_and_what_it_gets_right() -> None:
    """All units hold one text, as after every new champion, and each has workings of its own."""
    search = beginning(8)
    own = [(CaseId(f"t{place % 6}"), CaseId(f"t{(place + 2) % 6}")) for place in range(8)]
    units = tuple(replace(unit, workings=own[place]) for place, unit in enumerate(search.population.units))
    search = replace(search, population=Population(units))
    bred, litters = brood(search)
    told = breeder().tell(search, bred, raced(bred, 0, 0, 0, 0), None)
    for litter in litters:
        assert told.population.units[litter.place].workings == litter.unit.workings, "a copy of the winner"
    told = breeder().tell(search, bred, raced(bred, 6, 6, 6, 6), None)
    for litter in litters:
        workings = told.population.units[litter.place].workings
        assert workings[:2] == litter.unit.workings
        assert len(set(workings)) == 3, "and one that it got right itself"


def lost(bred: Bred, *places: int) -> Raced:
    """A race in which no answer came for the children at these places of the brood."""
    whole = raced(bred, *[3] * len(bred.births))
    gone = answered(dict.fromkeys(range(6)))
    laps = tuple(
        replace(lap, results=gone, finished=False) if place in places else lap
        for place, lap in enumerate(whole.laps)
    )
    return replace(whole, laps=laps)


def test_a_generation_that_nobody_could_be_asked_about_earns_and_costs_nothing() -> None:
    search = beginning(8)
    before, _ = brood(search)
    search = breeder().tell(search, before, raced(before, 1, 2, 3, 4), None)
    bred, _ = brood(search, 2)
    told = breeder().tell(search, bred, lost(bred, 0, 1, 2, 3), None)
    assert told.merits == search.merits
    assert told.velocity == search.velocity
    assert prompts(told.population).items() <= prompts(search.population).items()
    assert all(told.scores(birth.candidate) == {} for birth in bred.births)


def test_of_a_generation_that_was_measured_in_part_that_part_counts() -> None:
    search = beginning(8)
    bred, litters = brood(search)
    told = breeder().tell(search, bred, lost(bred, 0, 1, 3), None)
    assert told.merits == search.merits.told(litters[2].manner, crowned=False)
    tried = {name for name, (count, _) in prompts(told.population).items() if count}
    assert tried == {litters[2].unit.mutation_prompt.text}
    assert (told.velocity.generations, told.velocity.dry) == (1, 1)


def test_without_credit_nothing_is_learned_of_mutation_prompts_either() -> None:
    search = beginning(4)
    bred, _ = brood(search)
    blind = breeder(traits=replace(OWN_TEXT, credit=False))
    told = blind.tell(search, bred, raced(bred, 1, 2), confirmed(bred.births[1], 2))
    assert told.merits == search.merits
    assert set(prompts(told.population).values()) == {(0, 0)}
    assert told.champion.id == bred.births[1].candidate
    unfit = blind.deliver(search, 1, blind.ask(search, 1)[:1], [body("")])
    told = blind.tell(search, unfit, Raced(generation=1, laps=()), None)
    assert told.merits == search.merits
    assert set(prompts(told.population).values()) == {(0, 0)}


def test_a_birth_says_how_the_child_was_made_and_credit_goes_to_that() -> None:
    search = beginning(8)
    bred, litters = brood(search)
    for birth, litter in zip(bred.births, litters, strict=True):
        assert (birth.operator, birth.rounds, birth.depth) == (
            litter.manner.operator,
            litter.manner.rounds,
            litter.manner.depth,
        )
    told = breeder().tell(search, bred, raced(bred, 1, 2, 3, 4), confirmed(bred.births[3], 4)).merits
    assert sum(record.confirmed for record in told.operators.records.values()) == 1.0
    assert told.operators.records[bred.births[3].operator].confirmed == 1.0
    assert told.rounds.records[str(bred.births[3].rounds)].confirmed == 1.0
    assert set(told.operators.records) == {birth.operator for birth in bred.births}
    assert set(told.models.records) == {"breadth"}


@pytest.mark.parametrize(("blame", "tried"), [(Blame.CANDIDATE, 1), (Blame.MODEL, 0), (Blame.BUDGET, 0)])
def test_a_stillbirth_counts_for_its_operator_where_that_may_be_to_blame(blame: Blame, tried: int) -> None:
    search = beginning(2)
    [litter] = breeder().ask(search, 1)
    bred = breeder().deliver(search, 1, [litter], [Failed(blame, "nothing came")])
    told = breeder().tell(search, bred, Raced(generation=1, laps=()), None)
    assert sum(record.tried for record in told.merits.operators.records.values()) == tried


ONE_WAY = f"{BODY}\nIf the letter is small, answer with the capital.\n"
SAME_WAY = f"{BODY}\nAnswer with a capital if the letter is small!\n"
OTHER_WAY = f"{BODY}\nIf the letter is small, answer with the letter.\n"


def test_a_child_that_makes_the_same_of_its_parent_as_an_earlier_one_did_is_refused() -> None:
    first = version(beginning(2), ONE_WAY)
    search = knowing(beginning(2), (first, results(0)))
    [still] = deliver(search, body(SAME_WAY)).stillbirths
    assert still.reason == "duplicate"
    assert deliver(search, body(OTHER_WAY)).births


def test_a_child_that_only_puts_its_parent_otherwise_is_refused() -> None:
    first = version(beginning(2), ONE_WAY)
    search = holding(knowing(beginning(2), (first, results(3))), first)
    assert [still.reason for still in deliver(search, body(SAME_WAY)).stillbirths] == ["same text"]
    for new in (OTHER_WAY, f"{SAME_WAY}\nAnd be brief.\n"):
        [birth] = deliver(search, body(new)).births
        assert birth.parents == (first.id,)


def test_two_children_of_one_brood_that_make_the_same_of_their_parent_are_one() -> None:
    bred = deliver(beginning(4), body(ONE_WAY), body(SAME_WAY))
    assert [still.reason for still in bred.stillbirths] == ["duplicate"]
    assert len(deliver(beginning(4), body(ONE_WAY), body(OTHER_WAY)).births) == 2


def test_of_twins_in_one_brood_the_first_is_born_and_the_second_counts_as_tried() -> None:
    search = beginning(6)
    used = search.population.units[0].mutation_prompt
    bred = deliver(search, body(OTHER_WAY, used), body(ONE_WAY, used), body(SAME_WAY, used))
    assert [birth.body for birth in bred.births] == [OTHER_WAY, ONE_WAY]
    assert deliver(search, body(SAME_WAY), body(ONE_WAY)).births[0].body == SAME_WAY, "whichever came first"
    told = breeder().tell(search, bred, raced(bred, 0, 0), None)
    assert prompts(told.population)[used.text] == (3, 0), "two children and the twin"


def test_twins_of_two_parents_in_one_brood_are_both_born() -> None:
    start = beginning(4)
    other = version(start, f"{BODY}\nReply at once.\n")
    search = knowing(start, (other, results(0)))
    parents = ((start.origin.id,), (other.id,))
    asked = breeder().ask(search, 1)
    litters = [replace(litter, parents=of) for litter, of in zip(asked, parents, strict=True)]
    bred = breeder().deliver(search, 1, litters, [body(ONE_WAY), body(SAME_WAY)])
    assert [birth.parents for birth in bred.births] == list(parents)


def test_children_of_different_parents_are_no_copies_of_each_other() -> None:
    """What another text was told before may be what this one lacks: only siblings are compared."""
    start = beginning(2)
    first, other = version(start, ONE_WAY), version(start, f"{BODY}\nReply at once.\n")
    search = holding(knowing(start, (first, results(0)), (other, results(3))), other)
    [birth] = deliver(search, body(SAME_WAY)).births
    assert birth.parents == (other.id,)
