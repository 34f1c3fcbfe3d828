from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.operators.eda import Eda
from rsi_cli.evolution.operators.eda_rank import EdaRank
from rsi_cli.evolution.operators.lamarckian import Lamarckian
from rsi_cli.evolution.operators.lineage import Lineage
from rsi_cli.evolution.operators.operator import Draft, Operator, Situation
from rsi_cli.evolution.operators.row import begin_row, has_cases
from rsi_cli.nouns import Failed, Reply
from rsi_cli.prompts.delimit import block
from rsi_cli.prompts.render import Rendered
from tests.evolution.operators.test_operators import talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import NEW_SKILL, RICH, TWO_ROUNDS, UNIT_PROMPT

FIRST = Rendered("WRITE IT", "first@0")
ROUNDS = tuple((f"FAILING-{number}", f"PASSING-{number}") for number in range(3))


def run(situation: Situation, *replies: str) -> tuple[Draft | Failed, list[str]]:
    """The end of a row, and the prompts on the way to it."""
    row = begin_row(situation, FIRST)
    prompts = [next(row).messages[-1].content]
    try:
        for reply in replies:  # no comprehension: it would swallow the end of the talk
            prompts.append(row.send(Reply(text=reply, model="by hand")).messages[-1].content)  # noqa: PERF401
    except StopIteration as end:
        outcome: Draft | Failed = end.value
        return outcome, prompts
    raise AssertionError("the row wants more replies")


def test_what_the_first_step_wrote_is_revised_as_often_as_rounds_are_left() -> None:
    replies = [block("skill", f"BODY-{number}") for number in range(3)]
    outcome, prompts = run(replace(RICH, rounds=ROUNDS), *replies)
    assert outcome == Draft(body="BODY-2", mutation_prompt=UNIT_PROMPT)
    assert prompts[0] == "WRITE IT"
    assert [shown(prompt, "skill") for prompt in prompts[1:]] == ["BODY-0", "BODY-1"]
    assert [shown(prompt, "failing_cases") for prompt in prompts[1:]] == ["FAILING-1", "FAILING-2"]


def test_one_round_is_the_first_step_alone() -> None:
    assert run(RICH, NEW_SKILL) == (Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT), ["WRITE IT"])


def test_a_rewrite_that_fails_leaves_what_the_first_step_wrote() -> None:
    outcome, prompts = run(replace(RICH, rounds=ROUNDS), NEW_SKILL, "unreadable")
    assert outcome == Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT)
    assert len(prompts) == 2


def test_a_first_step_that_fails_ends_the_row() -> None:
    outcome, prompts = run(replace(RICH, rounds=ROUNDS), "unreadable")
    assert isinstance(outcome, Failed)
    assert len(prompts) == 1


def test_the_new_text_is_revised_with_lessons_but_without_edits_tried_on_the_parent() -> None:
    _, prompts = run(replace(RICH, rounds=ROUNDS[:2]), NEW_SKILL, NEW_SKILL)
    assert shown(prompts[1], "lessons") == "LESSONS-LEARNED"
    assert "TRIED-EDITS" not in prompts[1]


@pytest.mark.parametrize(
    ("evidence", "has"), [("", False), (" (none)\n", False), ("<case>\n(none)\n</case>", True)]
)
def test_evidence_that_says_none_holds_no_case(evidence: str, *, has: bool) -> None:
    assert has_cases(evidence) is has


@pytest.mark.parametrize("operator", [Eda(), EdaRank(), Lineage(), Lamarckian()], ids=lambda each: each.name)
def test_the_child_keeps_the_units_mutation_prompt_and_goes_on_in_rounds(operator: Operator) -> None:
    once, _ = talk(operator, NEW_SKILL, situation=RICH)
    assert once == Draft(body="NEW-BODY\n", mutation_prompt=UNIT_PROMPT)
    twice, prompts = talk(operator, NEW_SKILL, block("skill", "REVISED\n"), situation=TWO_ROUNDS)
    assert twice == Draft(body="REVISED\n", mutation_prompt=UNIT_PROMPT)
    assert shown(words(prompts[1]), "failing_cases") == "OTHER-FAILING"
