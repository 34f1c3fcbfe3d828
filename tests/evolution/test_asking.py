"""Who has a child, how it is made, what the improver is shown for it: train cases and the owner's words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from rsi_cli.evolution.asking import Litter
from rsi_cli.evolution.breeder import Breeder
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.merits import BREADTH, DEPTH, ONE_STEP, Merits
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.evolution.population import Population
from rsi_cli.evolution.rounds import ROUNDS
from rsi_cli.evolution.search import Search, restarted
from rsi_cli.evolution.traits import Traits
from rsi_cli.ledger.events import Raced
from rsi_cli.nouns import Blame, CaseId, Failed, Prompt, Reply
from rsi_cli.prompts.delimit import block
from tests.evolution.searches import (
    BODY,
    CASES,
    OWN_TEXT,
    SEED,
    TRAIN,
    answered,
    beginning,
    breeder,
    holding,
    knowing,
    results,
    version,
)
from tests.fakes.letters import LetterImprover

WHOLE = Traits()
SECTIONS = f"{BODY}\n## More\n\nBe brief.\n"


def rich(size: int = 8) -> Search:
    """A search with material for every operator: two parents with different strengths, and a child."""
    start = beginning(size)
    one = version(start, f"{SECTIONS}\nThe first way of doing it.\n")
    two = version(start, f"{SECTIONS}\nAnother thing altogether, to be done last.\n")
    child = version(start, f"{SECTIONS}\nThe first way of doing it, put better.\n", one)
    known = knowing(
        start,
        (one, answered({0: 1.0, 1: 1.0, 2: 0.0, 3: 0.0, 4: 0.0, 5: 0.0})),
        (two, answered({0: 0.0, 1: 0.0, 2: 1.0, 3: 1.0, 4: 0.0, 5: 0.0})),
        (child, answered({0: 1.0, 1: 1.0, 2: 0.0, 3: 0.0, 4: 1.0, 5: 0.0})),
    )
    return replace(holding(known, child, two), merits=Merits(learning=False))


def litters(search: Search, generations: int = 150, asking: Breeder | None = None) -> list[Litter]:
    asking = asking or breeder(traits=WHOLE)
    return [litter for number in range(generations) for litter in asking.ask(search, number)]


def spoken(litter: Litter) -> list[Prompt]:
    """All that a talk asks for, each prompt answered in its own shape."""
    prompts, improver = [next(litter.talk)], LetterImprover()
    try:
        while True:
            reply = improver(replace(prompts[-1], repeat=len(prompts)))
            assert isinstance(reply, str)
            prompts.append(litter.talk.send(Reply(text=reply, model="scripted")))
    except StopIteration:
        return prompts


def said(prompts: list[Prompt]) -> str:
    return "\n".join(message.content for prompt in prompts for message in prompt.messages)


# ---------------------------------------------------------------------------------------------- parents


def test_three_children_of_four_are_bred_of_their_units_own_text() -> None:
    start = beginning(8)
    special = version(start, f"{BODY}\nAlone right about t5.\n")
    plain = version(start, f"{BODY}\nRight about the rest.\n")
    search = knowing(
        start, (special, answered({**dict.fromkeys(range(5), 0.0), 5: 1.0})), (plain, results(5))
    )
    search = holding(search, plain)
    bred = litters(search)
    parents = Counter(litter.parents[0] for litter in bred)
    own = parents[plain.id] / len(bred)
    assert {special.id, plain.id} <= set(parents) <= set(search.candidates)
    # The plain one leads the front with 5 cases of 6, so it is drawn from there as well.
    assert 0.75 < own < 0.97
    assert all(litter.unit.candidate == plain.id for litter in bred)


def test_without_that_trait_every_unit_breeds_from_its_own_text() -> None:
    for litter in litters(rich(), asking=breeder(traits=OWN_TEXT)):
        assert litter.parents[0] == litter.unit.candidate


def test_whatever_its_parent_a_child_takes_the_way_of_its_unit() -> None:
    drafts = Draft(body=f"{BODY}\nNew.\n", mutation_prompt=rich().population.units[0].mutation_prompt)
    for litter in litters(rich(), 40):
        assert litter.unit in rich().population.units
        assert litter.unit != rich().population.units[litter.place], "the loser's place, the winner's way"
    bred = breeder().deliver(rich(), 1, breeder(traits=WHOLE).ask(rich(), 1)[:1], [drafts])
    assert bred.births


def test_a_lineage_that_was_left_has_no_more_children() -> None:
    """What broke a known-good case leads the front and the archive, and is neither parent nor mate."""
    start = beginning(8)
    before = version(start, f"{BODY}\nBefore.\n")
    broke = version(start, f"{BODY}\nBroke it.\n", before)
    after = version(start, f"{BODY}\nAfter it.\n", broke)
    known = knowing(start, (before, results(4)), (broke, results(6)), (after, results(6)))
    search = replace(holding(known, broke), champion=broke, judged=frozenset({broke.id}))
    left = restarted(search)
    assert left.champion == left.incumbent
    line = {before.id, broke.id, after.id}
    for litter in litters(left, 100):
        assert line.isdisjoint(litter.parents)
        shown = said(spoken(litter))
        assert not [text for text in ("Before.", "Broke it.", "After it.") if text in shown]


@pytest.mark.parametrize("shared", [False, True], ids=["the first version", "an ancestor"])
def test_what_is_committed_goes_on_whatever_it_has_in_common_with_a_lineage_that_was_left(
    *, shared: bool
) -> None:
    """After a promotion a champion may come from the archive: it and the incumbent share forebears."""
    start = beginning(8)
    common = version(start, f"{BODY}\nCommon.\n") if shared else start.origin
    committed = version(start, f"{BODY}\nCommon.\n\nCommitted.\n", common)
    broke = version(start, f"{BODY}\nCommon.\n\nBroke it.\n", common)
    known = knowing(start, *[(v, results(3)) for v in (common, committed)], (broke, results(6)))
    search = replace(
        holding(known, committed), incumbent=committed, champion=broke, judged=frozenset({broke.id})
    )
    left = restarted(search)
    bred = litters(left, 100)
    assert committed.id in {litter.parents[0] for litter in bred}
    assert not any(broke.id in litter.parents for litter in bred)


def test_after_two_promotions_and_a_veto_there_are_parents_for_everything() -> None:
    """The vetoed champion comes from what was committed before the incumbent: the line ends there."""
    start = beginning(8)
    first = version(start, f"{BODY}\nFirst.\n")
    second = version(start, f"{BODY}\nFirst.\n\nSecond.\n", first)
    broke = version(start, f"{BODY}\nFirst.\n\nBroke it.\n", first)
    known = knowing(start, (first, results(3)), (second, results(4)), (broke, results(6)))
    search = replace(
        holding(known, broke),
        incumbent=second,
        champion=broke,
        judged=frozenset({first.id, second.id, broke.id}),
        committed=frozenset({start.origin.id, first.id, second.id}),
    )
    parents = {litter.parents[0] for litter in litters(restarted(search), 200)}
    assert parents == {start.origin.id, first.id, second.id}


# ------------------------------------------------------------------------------------- ways of working


def test_every_operator_is_drawn_where_there_is_material_for_all() -> None:
    assert {litter.manner.operator for litter in litters(rich(), 400)} == set(OPERATORS)


def test_what_there_is_no_material_for_is_never_drawn() -> None:
    search = replace(beginning(8), merits=Merits(learning=False))
    drawn = {litter.manner.operator for litter in litters(search, 300)}
    assert drawn == {
        *("first-order", "zero-order", "hyper-zero-order", "hyper-first-order"),
        *("analysts", "section"),
    }, "all cases fail and there is one text: no list, no lineage, no mate, nothing right to learn from"


def test_where_nothing_fails_nobody_looks_for_faults() -> None:
    search = replace(
        holding(replace(beginning(8), train={beginning(8).origin.id: results(6)}), beginning(8).origin),
        merits=Merits(learning=False),
    )
    drawn = {litter.manner.operator for litter in litters(search, 300)}
    assert drawn.isdisjoint({"analysts", "section", "merge"})
    assert {"prune", "lamarckian"} <= drawn


@pytest.mark.parametrize(
    ("traits", "missing"),
    [
        (Traits(merge=False), {"merge"}),
        (Traits(hypermutation=False), {"hyper-zero-order", "hyper-first-order"}),
    ],
)
def test_operators_that_are_switched_off_are_never_drawn(traits: Traits, missing: set[str]) -> None:
    drawn = {litter.manner.operator for litter in litters(rich(), 400, breeder(traits=traits))}
    assert drawn == set(OPERATORS) - missing


def test_a_row_of_rewrites_follows_all_but_merge_and_prune() -> None:
    bred = litters(rich(), 400)
    rounds: dict[str, set[int]] = {}
    for litter in bred:
        rounds.setdefault(litter.manner.operator, set()).add(litter.manner.rounds)
    for operator, counts in rounds.items():
        if operator in ONE_STEP:
            assert counts == {1}, operator
        else:
            assert len(counts) > 1, operator
    assert {litter.manner.rounds for litter in bred} == set(ROUNDS)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_no_row_is_longer_than_the_budget_pays_for(most: int) -> None:
    bred = litters(rich(), 100, replace(breeder(traits=WHOLE), most_rounds=most))
    assert {litter.manner.rounds for litter in bred} == {count for count in ROUNDS if count <= most}
    for litter in bred:
        calls = OPERATORS[litter.manner.operator].calls + litter.manner.rounds - 1
        assert 1 <= len(spoken(litter)) <= calls


def test_a_merge_has_two_parents_and_shows_both() -> None:
    search = rich()
    merges = [litter for litter in litters(search, 400) if litter.manner.operator == "merge"]
    assert merges
    for litter in merges:
        one, other = (search.candidates[parent] for parent in litter.parents)
        [prompt] = spoken(litter)
        assert block("skill", one.text) in said([prompt])
        assert block("other_skill", other.text) in said([prompt])
    others = [litter for litter in litters(search, 100) if litter.manner.operator != "merge"]
    assert {len(litter.parents) for litter in others} == {1}


def test_what_a_unit_got_right_feeds_the_lamarckian() -> None:
    search = rich()
    units = tuple(replace(unit, workings=(CaseId("t1"), CaseId("t3"))) for unit in search.population.units)
    search = replace(search, population=Population(units))
    asking = replace(breeder(traits=OWN_TEXT), most_rounds=1)
    shown = [
        (litter.parents[0], said(spoken(litter)))
        for litter in litters(search, 300, asking)
        if litter.manner.operator == "lamarckian"
    ]
    assert len(shown) > 5
    for parent, text in shown:
        right = {name for name in ("t1", "t3") if search.scores(parent)[CaseId(name)] == 1.0}
        assert right, "both parents got one of them right"
        assert {name for name in CASES if f"({name})" in text} == right


def test_depth_is_what_the_manner_says() -> None:
    asking = breeder(traits=WHOLE, models={BREADTH: 1.0, DEPTH: 1.0})
    bred = litters(rich(), 60, asking)
    assert {litter.manner.depth for litter in bred} == {True, False}
    for litter in bred:
        assert {prompt.depth for prompt in spoken(litter)} == {litter.manner.depth}
    assert not any(litter.manner.depth for litter in litters(rich(), 60)), "one model is no choice"


# --------------------------------------------------------------------------------- what is told to whom


def test_the_seed_settles_everything_and_generations_differ() -> None:
    def begun(asking: Breeder, generation: int) -> list[object]:
        return [
            (litter.manner, litter.parents, litter.place, next(litter.talk))
            for litter in asking.ask(rich(), generation)
        ]

    asking = breeder(traits=WHOLE)
    assert begun(asking, 3) == begun(asking, 3)
    assert begun(asking, 3) != begun(asking, 4)
    assert begun(asking, 3) != begun(replace(asking, seed=SEED + 1), 3)


def test_asking_changes_nothing() -> None:
    search = rich()
    before = replace(search)
    litters(search, 5)
    assert search == before


def test_no_two_children_of_a_night_are_the_same_draw() -> None:
    draws = [{prompt.repeat for prompt in spoken(litter)} for litter in litters(rich(), 30)]
    assert all(len(each) == 1 for each in draws)
    assert len(set.union(*draws)) == len(draws)


def test_lessons_and_constraints_are_told_with_every_request_for_a_text() -> None:
    asking = replace(breeder(traits=WHOLE), lessons="LESSON-OF-OLD", must="OWNER-CONSTRAINT")
    for litter in litters(rich(), 60, asking):
        for prompt in spoken(litter):
            if "mutation_prompt@" not in prompt.template:
                assert block("lessons", "LESSON-OF-OLD") in said([prompt])
                assert block("hard_constraints", "OWNER-CONSTRAINT") in said([prompt])


def test_edits_that_did_not_help_are_told_to_those_who_change_the_same_text() -> None:
    start = rich()
    parent = start.candidates[start.population.units[0].candidate]
    failed = version(start, f"{parent.text}\nTRIED-IN-VAIN.\n", parent)
    search = knowing(start, (failed, results(0)))
    search = holding(search, parent)
    asking = breeder(traits=OWN_TEXT)
    told = Counter[str]()
    for litter in litters(search, 150, asking):
        if "<tried_edits>\nput in: TRIED-IN-VAIN.\n" in said([next(litter.talk)]):
            told[litter.manner.operator] += 1
    assert set(told) == {"first-order", "section", "analysts"}


def test_without_reflection_no_case_is_shown_to_anybody() -> None:
    blind = breeder(traits=Traits(reflection=False))
    for litter in litters(rich(), 300, blind):
        text = said(spoken(litter))
        assert not [name for name in CASES if f"({name})" in text], litter.manner.operator
        assert "<tried_edits>" not in text
    drawn = {litter.manner.operator for litter in litters(rich(), 300, blind)}
    assert drawn.isdisjoint({"merge", "lamarckian"}), "they are nothing without cases"
    everything = "".join(said(spoken(litter)) for litter in litters(rich(), 60))
    assert all(f"({name})" in everything for name in CASES), "else they are shown"


def test_nothing_that_was_held_out_is_shown_to_anybody() -> None:
    """Should answers to another case get among the results: the wall knows train cases alone."""
    wall = TrainCases(
        cases={name: each for name, each in CASES.items() if name != "t5"}, template=TRAIN.template
    )
    asking = replace(breeder(traits=WHOLE), cases=wall)
    assert all("t5" in rich().scores(version) for version in rich().candidates)
    seen = "".join(said(spoken(litter)) for litter in litters(rich(), 150, asking))
    assert "(t0)" in seen
    assert "(t5)" not in seen


@pytest.mark.parametrize("blame", [Blame.MODEL, Blame.BUDGET, Blame.CANDIDATE])
def test_a_generation_without_a_child_can_be_told(blame: Blame) -> None:
    asking, search = breeder(traits=WHOLE), rich()
    asked = asking.ask(search, 1)
    bred = asking.deliver(search, 1, asked, [Failed(blame, "nothing came")] * len(asked))
    told = asking.tell(search, bred, Raced(generation=1, laps=()), None)
    assert told.candidates == search.candidates
    assert (told.velocity.generations, told.velocity.dry) == (1, 1)


def test_names_and_scores_of_versions_stay_with_us() -> None:
    search = rich()
    everything = "".join(said(spoken(litter)) for litter in litters(search, 60))
    assert not [version for version in search.candidates if version in everything]
    assert not [score for score in ("0.33", "0.5", "33 %", "50 %") if score in everything]
