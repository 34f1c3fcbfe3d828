"""Every operator on the menu obeys one contract; four of Promptbreeder's are what the paper says they are."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import rsi_cli.evolution.operators as room
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.evolution.operators.operator import Draft, Mate, Operator, Situation
from rsi_cli.nouns import Blame, Failed, Prompt, Reply, Role
from rsi_cli.prompts.delimit import block
from rsi_cli.skill.sidecar import MutationPrompt
from tests.fakes.letters import shown
from tests.fakes.situations import NEW_SKILL, RICH, UNIT_PROMPT, hostile, outside_blocks

SITUATION = RICH
NEW_PROMPT = block("mutation_prompt", "NEW-PROMPT: look for exceptions.")
NEW_SECTION = block("section", "NEW-BODY\n")
NEW_EDITS = block("edits", block("edit", "<find>\n</find>\n<replace>\nNEW-BODY\n</replace>"))
FITTING = {
    "skill": NEW_SKILL,
    "mutation_prompt": NEW_PROMPT,
    "section": NEW_SECTION,
    "edits": NEW_EDITS,
}
BARE = replace(
    RICH,
    rounds=(("(none)", "(none)"),),
    population=(),
    lineage=(),
    workings=(),
    mate=None,
    tried="",
    lessons="",
)
ALWAYS = {"zero-order", "first-order", "hyper-zero-order", "hyper-first-order"}
LESS: tuple[dict[str, Any], ...] = (
    {"rounds": (("(none)", "PASSING-CASES"),)},
    {"rounds": (("FAILING-CASES", "(none)"),)},
    {"population": RICH.population[:2]},
    {"lineage": RICH.lineage[-2:]},
    {"workings": ("ONE-WORKING",)},
    {"mate": Mate(text="MATE-TEXT", wins="", losses="")},
    {"styles": ("ONLY-STYLE",), "thinking_style": "", "keep": "", "tried": ""},
)
ABOUT_THE_PARENT = ("PARENT-TEXT", "FAILING-CASES", "PASSING-CASES")
Outcome = Draft | Failed | None


def talk(
    operator: Operator, *replies: str, seed: int = 0, situation: Situation = SITUATION
) -> tuple[Outcome, list[Prompt]]:
    """Drive the generator by hand; None as outcome where it still waits for a reply."""
    conversation = operator.breed(situation, Random(seed))
    prompts = [next(conversation)]
    try:
        for reply in replies:  # no comprehension: it would swallow the end of the talk
            prompts.append(conversation.send(Reply(text=reply, model="by hand")))  # noqa: PERF401
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome, prompts
    conversation.close()
    return None, prompts


def words(prompt: Prompt) -> str:
    return prompt.messages[-1].content


def fitting(prompt: Prompt) -> str:
    """A reply of the shape that the prompt asks for at its end."""
    tags = re.findall(r"inside <([a-z_]+)> and </\1>", words(prompt))
    return FITTING[tags[-1]]


def whole_talk(
    operator: Operator, seed: int = 0, situation: Situation = SITUATION
) -> tuple[Outcome, list[Prompt], list[str]]:
    """Give every prompt the reply that it asks for; also the replies that were given."""
    replies: list[str] = []
    outcome, prompts = talk(operator, seed=seed, situation=situation)
    while outcome is None:
        replies.append(fitting(prompts[-1]))
        outcome, prompts = talk(operator, *replies, seed=seed, situation=situation)
    return outcome, prompts, replies


class OperatorContract:
    """What a breeder may rely on. Runs by itself for whatever is on the menu."""

    @pytest.fixture
    def operator(self) -> Operator:
        raise NotImplementedError

    def test_it_talks_to_the_improver_and_to_nobody_else(self, operator: Operator) -> None:
        _, prompts, _ = whole_talk(operator)
        for prompt in prompts:
            assert prompt.role is Role.IMPROVER
            assert [message.role for message in prompt.messages] == ["system", "user"]
            assert prompt.messages[0].content == SITUATION.improver
            assert prompt.repeat == SITUATION.draw
            assert re.fullmatch(r"[a-z_]+@[0-9a-f]+", prompt.template)

    def test_readable_replies_end_in_a_draft_with_what_they_say(self, operator: Operator) -> None:
        outcome, _, _ = whole_talk(operator)
        assert isinstance(outcome, Draft)
        assert "NEW-BODY" in outcome.body
        assert outcome.body != SITUATION.skill

    @pytest.mark.parametrize("rounds", [1, 2, 5])
    def test_it_sends_no_more_prompts_than_are_paid_for(self, operator: Operator, rounds: int) -> None:
        asked = replace(
            SITUATION, rounds=tuple((f"FAILING-{number}", f"PASSING-{number}") for number in range(rounds))
        )
        _, prompts, _ = whole_talk(operator, situation=asked)
        assert 1 <= len(prompts) <= operator.calls + rounds - 1

    def test_a_child_of_depth_is_asked_for_in_depth(self, operator: Operator) -> None:
        for depth in (False, True):
            _, prompts, _ = whole_talk(operator, situation=replace(SITUATION, depth=depth))
            assert {prompt.depth for prompt in prompts} == {depth}

    def test_the_prompt_that_brings_the_text_tells_what_is_the_owners(self, operator: Operator) -> None:
        _, prompts, _ = whole_talk(operator)
        assert shown(words(prompts[-1]), "hard_constraints") == "HARD-CONSTRAINT"
        assert shown(words(prompts[-1]), "lessons") == "LESSONS-LEARNED"
        _, prompts, _ = whole_talk(operator, situation=replace(SITUATION, must="", lessons=""))
        assert not any(f"<{tag}>" in words(p) for p in prompts for tag in ("hard_constraints", "lessons"))

    def test_it_fits_where_there_is_everything_and_can_always_say(self, operator: Operator) -> None:
        assert operator.fits(SITUATION)
        assert operator.fits(BARE) == (operator.name in ALWAYS)

    def test_where_it_fits_it_talks(self, operator: Operator) -> None:
        """With as little as it says that it needs, there is a talk and it ends."""
        for change in LESS:
            situation = replace(SITUATION, **change)
            if operator.fits(situation):
                outcome, _, _ = whole_talk(operator, situation=situation)
                assert isinstance(outcome, Draft), change

    @pytest.mark.parametrize(
        "unreadable",
        ["", " \n", "I am sorry.", "4. Be kind.", block("skill", " \n\t"), "<skill>cut", "<skill>\ncut o"],
    )
    def test_an_unreadable_reply_is_a_failure_and_never_an_empty_body(
        self, operator: Operator, unreadable: str
    ) -> None:
        _, _, readable = whole_talk(operator)
        for asked in range(len(readable)):
            outcome, prompts = talk(operator, *readable[:asked], unreadable)
            assert isinstance(outcome, Failed)
            assert outcome.blame is Blame.CANDIDATE
            assert outcome.message
            assert len(prompts) == asked + 1, "nothing is asked after a reply that could not be read"

    @given(
        replies=st.lists(
            st.text() | st.sampled_from([*FITTING.values(), "<skill>", "</skill>", "<edit>", "```"]),
            max_size=4,
        )
    )
    @example(replies=["\ud83d <skill>\n\x00\n</skill>"])
    def test_no_reply_makes_it_raise(self, operator: Operator, replies: list[str]) -> None:
        outcome, _ = talk(operator, *replies)
        if isinstance(outcome, Draft):
            assert outcome.body.strip()
            assert outcome.mutation_prompt.text.strip()

    def test_the_same_random_numbers_give_the_same_words(self, operator: Operator) -> None:
        assert whole_talk(operator, seed=5) == whole_talk(operator, seed=5)

    def test_data_cannot_close_its_block(self, operator: Operator) -> None:
        _, prompts, _ = whole_talk(operator, situation=hostile(SITUATION))
        assert any("OUT-OF-ITS-BLOCK" in words(prompt) for prompt in prompts), "nothing hostile was shown"
        for prompt in prompts:
            assert "OUT-OF-ITS-BLOCK" not in outside_blocks(words(prompt))


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS.keys(), scope="class")
class TestEveryOperatorOnTheMenu(OperatorContract):
    pass


def test_every_operator_file_is_on_the_menu() -> None:
    shared = {"__init__", "menu", "operator", "rewrite", "row", "edits"}
    files = {file.stem for file in Path(room.__path__[0]).glob("*.py")} - shared
    assert {name.replace("-", "_") for name in OPERATORS} == files
    assert all(operator.name == name for name, operator in OPERATORS.items())


def test_zero_order_sees_the_description_and_neither_parent_nor_cases() -> None:
    _, [prompt] = talk(OPERATORS["zero-order"])
    assert "TASK-DESCRIPTION" in words(prompt)
    assert "100 hints" in words(prompt)
    assert SITUATION.keep in words(prompt), "the owner's text has to come back, so it has to be known"
    for text in (*ABOUT_THE_PARENT, UNIT_PROMPT.text):
        assert text not in words(prompt)


def test_zero_order_keeps_the_units_mutation_prompt() -> None:
    outcome, _ = talk(OPERATORS["zero-order"], NEW_SKILL)
    assert isinstance(outcome, Draft)
    assert outcome.mutation_prompt == UNIT_PROMPT


def test_first_order_shows_mutation_prompt_parent_failing_and_passing_cases() -> None:
    outcome, [prompt] = talk(OPERATORS["first-order"], NEW_SKILL)
    assert shown(words(prompt), "mutation_prompt") == UNIT_PROMPT.text
    assert shown(words(prompt), "skill") == SITUATION.skill
    assert shown(words(prompt), "failing_cases") == "FAILING-CASES"
    assert shown(words(prompt), "passing_cases") == "PASSING-CASES"
    assert shown(words(prompt), "thinking_style") == "UNIT-STYLE"
    assert isinstance(outcome, Draft)
    assert outcome.mutation_prompt == UNIT_PROMPT


def test_zero_order_hypermutation_owes_nothing_to_the_old_mutation_prompt() -> None:
    _, [prompt] = talk(OPERATORS["hyper-zero-order"])
    assert "TASK-DESCRIPTION" in words(prompt)
    assert shown(words(prompt), "thinking_style") in SITUATION.styles
    for text in (*ABOUT_THE_PARENT, UNIT_PROMPT.text, "UNIT-STYLE"):
        assert text not in words(prompt)


def test_zero_order_hypermutation_draws_its_style_at_random() -> None:
    drawn = {
        shown(words(talk(OPERATORS["hyper-zero-order"], seed=seed)[1][0]), "thinking_style")
        for seed in range(20)
    }
    assert drawn == set(SITUATION.styles)


def test_first_order_hypermutation_improves_the_mutation_prompt_alone() -> None:
    _, [prompt] = talk(OPERATORS["hyper-first-order"])
    assert shown(words(prompt), "mutation_prompt") == UNIT_PROMPT.text
    assert "Summarise and improve" in words(prompt)
    for text in ABOUT_THE_PARENT:
        assert text not in words(prompt)


@pytest.mark.parametrize("name", ["hyper-zero-order", "hyper-first-order"])
def test_a_new_mutation_prompt_is_applied_at_once_and_carried_by_the_child(name: str) -> None:
    outcome, prompts = talk(OPERATORS[name], NEW_PROMPT, NEW_SKILL)
    applied = words(prompts[1])
    assert shown(applied, "mutation_prompt") == "NEW-PROMPT: look for exceptions."
    assert shown(applied, "skill") == SITUATION.skill
    assert shown(applied, "failing_cases") == "FAILING-CASES"
    assert UNIT_PROMPT.text not in applied
    assert isinstance(outcome, Draft)
    assert outcome.mutation_prompt == MutationPrompt(text="NEW-PROMPT: look for exceptions.", origin=name)


@pytest.mark.parametrize("name", ["first-order", "hyper-zero-order", "hyper-first-order"])
def test_mutation_prompt_and_thinking_style_are_never_swapped(name: str) -> None:
    _, prompts, _ = whole_talk(OPERATORS[name])
    assert shown(words(prompts[-1]), "thinking_style") == "UNIT-STYLE"
    assert shown(words(prompts[-1]), "mutation_prompt") in (
        UNIT_PROMPT.text,
        "NEW-PROMPT: look for exceptions.",
    )


ROUNDS = (("FAILING-CASES", "PASSING-CASES"), ("OTHER-FAILING", "OTHER-PASSING"), ("THIRD", "(none)"))


def test_each_further_round_revises_the_revision_with_other_cases() -> None:
    asked = replace(SITUATION, rounds=ROUNDS)
    replies = [block("skill", f"BODY-{number}\n") for number in (1, 2, 3)]
    outcome, prompts = talk(OPERATORS["first-order"], *replies, situation=asked)
    assert isinstance(outcome, Draft)
    assert outcome.body.strip() == "BODY-3"
    assert [shown(words(prompt), "failing_cases") for prompt in prompts] == [one for one, _ in ROUNDS]
    assert [shown(words(prompt), "skill").strip() for prompt in prompts[1:]] == ["BODY-1", "BODY-2"]


def test_a_round_that_cannot_be_read_or_goes_too_far_keeps_what_was_there() -> None:
    asked = replace(SITUATION, rounds=ROUNDS, is_sound=lambda body: "TOO-FAR" not in body)
    good = block("skill", "GOOD\n")
    unread, _ = talk(OPERATORS["first-order"], good, "no block at all", situation=asked)
    assert isinstance(unread, Draft)
    assert unread.body.strip() == "GOOD"
    far, _ = talk(OPERATORS["first-order"], good, block("skill", "TOO-FAR\n"), situation=asked)
    assert isinstance(far, Draft)
    assert far.body.strip() == "GOOD"
    first, _ = talk(OPERATORS["first-order"], "no block at all", situation=asked)
    assert isinstance(first, Failed)


def test_a_fresh_start_is_revised_in_the_rounds_that_are_left() -> None:
    asked = replace(SITUATION, rounds=ROUNDS[:2])
    outcome, prompts = talk(OPERATORS["zero-order"], NEW_SKILL, block("skill", "REVISED\n"), situation=asked)
    assert isinstance(outcome, Draft)
    assert outcome.body.strip() == "REVISED"
    assert len(prompts) == 2
    assert shown(words(prompts[1]), "failing_cases") == "OTHER-FAILING"
