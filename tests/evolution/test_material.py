"""What an operator is shown beside the parent: true relatives, true mates, and only train cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.crossover import MOST_WORKINGS
from rsi_cli.evolution.evidence import MOST_PASSING, TrainCases
from rsi_cli.evolution.material import (
    MOST_ANCESTORS,
    MOST_OF_AN_EDIT,
    MOST_TRIED,
    archive_of,
    in_words,
    lineage_of,
    mate_of,
    population_of,
    tried_edits,
    tried_on,
    workings_of,
)
from rsi_cli.evolution.operators.edits import Edit
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.evolution.operators.operator import Mate
from rsi_cli.evolution.population import Population, Unit
from rsi_cli.nouns import CaseId, Split
from rsi_cli.prompts.delimit import block
from rsi_cli.skill.sidecar import MutationPrompt
from tests.evolution.searches import BODY, TRAIN, answered, beginning, holding, knowing, results, version
from tests.fakes.letters import case

START = beginning(4)
SEED = START.origin


def rule(name: str) -> str:
    return f"{BODY}Rule {name}.\n"


def shown(number: int) -> str:
    """Case number as the improver sees it."""
    asked = f"{'cdefgh'[number]} (t{number})"
    return block("case", f"{block('input', asked)}\n{block('output', f'answer {number}')}")


# ------------------------------------------------------------------------------------------ the archive


def test_the_archive_holds_whoever_was_measured_with_children_and_niches() -> None:
    one, two = version(START, rule("one")), version(START, rule("two"))
    below = version(START, rule("one below"), one)
    both = version(START, rule("both"), below, two)
    search = knowing(START, (one, results(1)), (two, results(2)), (below, results(3)), (both, answered({})))
    unborn = version(START, rule("never measured"))
    archive = archive_of(replace(search, candidates={**search.candidates, unborn.id: unborn}))
    assert set(archive.scores) == {SEED.id, one.id, two.id, below.id, both.id}
    assert archive.scores[two.id] == {f"t{n}": float(n < 2) for n in range(6)}
    assert archive.scores[both.id] == {}
    assert archive.children == {SEED.id: 3, one.id: 1, two.id: 1, below.id: 1}
    assert archive.niches[below.id] == archive.niches[both.id] == one.id, "by first parents"
    assert (archive.niches[two.id], archive.niches[SEED.id]) == (two.id, SEED.id)


def test_what_descends_from_the_incumbent_begins_niches_of_its_own() -> None:
    one = version(START, rule("one"))
    below, beside = version(START, rule("below"), one), version(START, rule("beside"), one)
    search = knowing(START, (one, results(1)), (below, results(2)), (beside, results(2)))
    assert len({archive_of(search).niches[each.id] for each in (one, below, beside)}) == 1
    promoted = archive_of(replace(search, incumbent=one)).niches
    assert len({promoted[each.id] for each in (one, below, beside)}) == 3


# -------------------------------------------------------------------------------------------- relatives


def test_the_population_is_told_text_by_text_with_its_score() -> None:
    one, lost = version(START, rule("one")), version(START, rule("lost"))
    search = knowing(START, (one, results(3)), (lost, answered({0: None})))
    units = holding(search, one, SEED, one, lost)
    # Half of the two got t0 … t2 right, none the others: a mean of 1/4, and 3 halves over 6 + 5 cases off it.
    found = population_of(units)
    assert [each.text for each in found] == [one.text, SEED.text]
    assert [each.score for each in found] == pytest.approx([1 / 4 + 1.5 / 11, 1 / 4 - 1.5 / 11])
    assert population_of(holding(search, lost)) == (), "what was not measured has no place in a ranking"


def test_luck_in_one_case_does_not_rank_a_text_above_one_that_answered_all() -> None:
    sound, lucky = version(START, rule("sound")), version(START, rule("lucky"))
    search = knowing(START, (sound, results(5)), (lucky, answered({0: 1.0})))
    told = {each.text: each.score for each in population_of(holding(search, lucky, sound, SEED))}
    assert search.train_score(lucky.id) == 1.0, "the raw mean would"
    assert told[sound.text] > told[lucky.text] > told[SEED.text]


def test_a_lineage_goes_by_first_parents_and_ends_with_the_parent() -> None:
    mate = version(START, rule("mate"))
    child = version(START, rule("child"), SEED, mate)
    grandchild = version(START, rule("grandchild"), child)
    search = knowing(START, (mate, results(1)), (child, results(1)), (grandchild, results(1)))
    assert lineage_of(search, grandchild) == (SEED.text, child.text, grandchild.text)
    assert lineage_of(search, SEED) == (SEED.text,)


def test_of_a_long_lineage_the_newest_are_shown() -> None:
    search, line = START, [SEED]
    for number in range(MOST_ANCESTORS + 2):
        line.append(version(START, rule(f"{number}"), line[-1]))
        search = knowing(search, (line[-1], results(1)))
    assert lineage_of(search, line[-1]) == tuple(each.text for each in line[-MOST_ANCESTORS:])


def test_a_mate_is_shown_with_what_each_alone_gets_right() -> None:
    parent, mate = version(START, rule("parent")), version(START, rule("mate"))
    search = knowing(
        START,
        (parent, answered({0: 1.0, 1: 1.0, 2: 0.0, 3: 0.0, 4: 0.0, 5: None})),
        (mate, answered({0: 0.0, 1: 1.0, 2: 1.0, 3: 1.0, 4: 0.0, 5: 1.0})),
    )
    found = mate_of(search, (parent, mate.id), TRAIN)
    assert found is not None
    assert found.text == mate.text
    assert found.wins == f"{shown(2)}\n{shown(3)}", "t5 was lost, so nobody won it"
    assert found.losses == shown(0)


def test_there_is_no_mate_where_none_was_chosen() -> None:
    parent, stronger = version(START, rule("parent")), version(START, rule("stronger"))
    search = knowing(START, (parent, results(2)), (stronger, results(4)))
    assert mate_of(search, (parent, None), TRAIN) is None


def test_the_mate_is_the_one_that_was_chosen_whoever_else_there_is() -> None:
    parent, best, chosen = (version(START, rule(name)) for name in ("parent", "best", "chosen"))
    search = knowing(START, (parent, results(2)), (best, results(6)), (chosen, answered({0: 0.0, 5: 1.0})))
    found = mate_of(search, (parent, chosen.id), TRAIN)
    assert found == Mate(text=chosen.text, wins=shown(5), losses=shown(0))


def test_of_many_wins_some_are_shown() -> None:
    many = {CaseId(f"t{n}"): case(f"t{n}", Split.TRAIN, "c") for n in range(30)}
    parent, mate = version(START, rule("parent")), version(START, rule("mate"))
    search = knowing(
        START,
        (parent, answered(dict.fromkeys(range(30), 0.0))),
        (mate, answered(dict.fromkeys(range(30), 1.0))),
    )
    found = mate_of(search, (parent, mate.id), TrainCases(cases=many, template="{{ input }}"))
    assert found is not None
    assert found.wins.count("<case>") == MOST_PASSING
    assert found.losses == ""


def unit(*workings: str) -> Unit:
    return Unit(
        candidate=SEED.id,
        mutation_prompt=MutationPrompt(text="way"),
        thinking_style="",
        workings=tuple(map(CaseId, workings)),
    )


def test_workings_are_the_units_own_as_far_as_the_parent_got_them_right() -> None:
    parent = version(START, rule("parent"))
    search = knowing(START, (parent, answered({0: 1.0, 1: 0.0, 2: 1.0, 3: 0.9, 4: None, 5: 1.0})))
    assert workings_of(search, unit("t5", "t1", "t0"), parent, TRAIN) == (shown(5), shown(0))


def test_a_unit_without_workings_is_lent_the_parents() -> None:
    parent = version(START, rule("parent"))
    search = knowing(START, (parent, results(5)))
    lent = workings_of(search, unit("t5"), parent, TRAIN)
    assert lent == tuple(shown(number) for number in range(MOST_WORKINGS))
    assert workings_of(START, unit(), SEED, TRAIN) == ()


# ------------------------------------------------------------------------------------------ tried edits


def test_edits_are_told_whose_children_did_no_better_the_newest_first() -> None:
    parent = version(START, rule("parent"))
    worse, same, better = (
        version(START, parent.text + f"{name}.\n", parent) for name in ("Worse", "Same", "Better")
    )
    search = knowing(
        START, (parent, results(2)), (worse, results(1)), (same, results(2)), (better, results(3))
    )
    assert tried_edits(search, parent) == ("put in: Same.", "put in: Worse.")
    assert tried_on(search, parent) == "put in: Same.\nput in: Worse."


def test_a_child_is_held_against_its_parent_on_the_cases_that_both_answered() -> None:
    parent = version(START, rule("parent"))
    dropped = version(START, parent.text + "Dropped early.\n", parent)
    lucky = version(START, parent.text + "Good on what it was asked.\n", parent)
    search = knowing(
        START,
        (parent, answered({0: 0.0, 1: 1.0, 2: 1.0, 3: 1.0})),
        (dropped, answered({0: 0.0})),
        (lucky, answered({0: 1.0})),
    )
    assert tried_edits(search, parent) == ("put in: Dropped early.",)


def test_a_child_that_was_not_measured_says_nothing_of_its_edits() -> None:
    parent = version(START, rule("parent"))
    lost = version(START, parent.text + "Lost.\n", parent)
    search = knowing(START, (parent, results(2)), (lost, answered({0: None, 1: None})))
    assert tried_edits(search, parent) == ()
    assert tried_on(search, parent) == ""


def test_edits_of_another_text_are_another_matter() -> None:
    parent, other = version(START, rule("parent")), version(START, rule("other"))
    nephew = version(START, other.text + "Of the other.\n", other)
    second = version(START, parent.text + "As a second parent.\n", other, parent)
    search = knowing(
        START, (parent, results(2)), (other, results(2)), (nephew, results(0)), (second, results(0))
    )
    assert tried_edits(search, parent) == ()
    assert "put in: Of the other." in tried_edits(search, other)


EDITORS = {"first-order", "hyper-first-order", "hyper-zero-order", "analysts", "section"}


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_only_who_edits_the_parent_has_tried_something_on_it(operator: str) -> None:
    """A merge, a new text or a shorter one differs from the parent by what nobody proposed as an edit."""
    parent = version(START, rule("parent"))
    child = replace(version(START, parent.text + "Tried.\n", parent), operator=operator)
    search = knowing(START, (parent, results(2)), (child, results(0)))
    assert tried_edits(search, parent) == (("put in: Tried.",) if operator in EDITORS else ())


@pytest.mark.parametrize(("count", "told"), [(1, 1), (3, 3), (4, 0)])
def test_of_many_edits_at_once_none_is_to_blame(count: int, told: int) -> None:
    parent = version(START, BODY + "".join(f"\n\nOld {number}." for number in range(9)))
    text = parent.text
    for number in range(0, 2 * count, 2):
        text = text.replace(f"Old {number}.", f"New {number}.")
    search = knowing(START, (parent, results(2)), (version(START, text, parent), results(0)))
    edits = tuple(f"instead of: Old {number}. / put: New {number}." for number in range(0, 2 * told, 2))
    assert tried_edits(search, parent) == edits


def test_one_edit_of_many_children_is_told_once_and_of_many_edits_the_newest() -> None:
    parent = version(START, rule("parent"))
    search = knowing(START, (parent, results(2)))
    for number in range(MOST_TRIED + 3):
        child = version(START, f"{parent.text}Edit {number}.\n\nAlways.\n", parent)
        search = knowing(search, (child, results(0)))
    told = tried_edits(search, parent)
    assert len(told) == MOST_TRIED
    assert told[0] == f"put in: Edit {MOST_TRIED + 2}."
    assert told.count("put in: Always.") == 1


def test_an_edit_is_said_in_one_line() -> None:
    text = "one\ntwo\nthree"
    assert in_words(text, Edit(start=1, end=1, new=("new  line", "", "more"))) == "put in: new line more"
    assert in_words(text, Edit(start=0, end=2, new=())) == "took out: one two"
    assert in_words(text, Edit(start=2, end=3, new=("four",))) == "instead of: three / put: four"


def test_a_long_edit_is_cut_and_neither_half_takes_the_room_of_the_other() -> None:
    long = "x" * (3 * MOST_OF_AN_EDIT)
    said = in_words(long, Edit(start=0, end=1, new=("y" * len(long),)))
    assert len(said) == MOST_OF_AN_EDIT
    old, new = said.removeprefix("instead of: ").split(" / put: ")
    assert (set(old), set(new)) == ({"x", "…"}, {"y", "…"})
    assert len(old) == len(new)
    short = in_words("x\n" + long, Edit(start=0, end=1, new=("y" * len(long),)))
    assert short.startswith("instead of: x / put: yyy")
    assert len(short) == MOST_OF_AN_EDIT
    assert len(in_words(long, Edit(start=0, end=1, new=("y",)))) == MOST_OF_AN_EDIT
    assert len(in_words(long, Edit(start=0, end=1, new=()), 200)) == 200
    assert len(in_words(long, Edit(start=0, end=0, new=(long,)), 200)) == 200


def test_a_case_that_is_not_for_training_is_told_to_nobody() -> None:
    """Whatever finds its way among the results, the wall holds train cases alone."""
    parent, mate = version(START, rule("parent")), version(START, rule("mate"))
    few = TrainCases(
        cases={name: each for name, each in TRAIN.cases.items() if name != "t0"}, template="{{ input }}"
    )
    search = knowing(START, (parent, results(0)), (mate, results(2)))
    found = mate_of(search, (parent, mate.id), few)
    assert found is not None
    assert found.wins == shown(1)


def test_nothing_changes_by_looking() -> None:
    before = Population(START.population.units)
    archive_of(START), population_of(START), lineage_of(START, SEED), tried_edits(START, SEED)
    assert START.population == before
