from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.evolution.operators.analysts import Analysts
from rsi_cli.evolution.operators.operator import Draft
from rsi_cli.nouns import Blame, Failed
from rsi_cli.prompts.delimit import block
from tests.evolution.operators.test_operators import Outcome, talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import PARENT, RICH, UNIT_PROMPT, hostile, outside_blocks, tags_at_top

ROUNDS = (("FAILING-1", "PASSING-1"), ("FAILING-2", "PASSING-2"), ("FAILING-3", "PASSING-3"))
THREE = replace(RICH, rounds=ROUNDS)
REFUND = "- If it mentions a refund, answer billing."


def edits(*pairs: tuple[str, str]) -> str:
    """A reply as it is asked for."""
    each = [block("edit", f"{block('find', find)}\n{block('replace', new)}") for find, new in pairs]
    return block("edits", "\n".join(each))


def adds(*lines: str) -> str:
    return edits(*(("", line) for line in lines))


def body(outcome: Outcome) -> str:
    assert isinstance(outcome, Draft), outcome
    return outcome.body


def seeds(*, apart: bool) -> list[int]:
    """Random numbers by which only what two analysts found is put in (or all of it)."""
    replies = [adds("- BOTH"), adds("- BOTH", "- ALONE"), adds("- LONELY")]
    made = {seed: body(talk(Analysts(), *replies, seed=seed, situation=THREE)[0]) for seed in range(40)}
    found = [seed for seed, text in made.items() if ("ALONE" not in text) is apart]
    assert 10 < len(found) < 30, "a fair coin"
    return found


def test_every_round_is_one_analyst_who_is_shown_other_cases_of_the_same_parent() -> None:
    _, prompts = talk(Analysts(), adds("- a"), adds("- b"), situation=THREE)
    assert [shown(words(prompt), "failing_cases") for prompt in prompts] == [one for one, _ in ROUNDS]
    assert [shown(words(prompt), "passing_cases") for prompt in prompts] == [two for _, two in ROUNDS]
    for prompt in prompts:
        assert shown(words(prompt), "skill") == PARENT
        assert shown(words(prompt), "mutation_prompt") == UNIT_PROMPT.text
        assert shown(words(prompt), "thinking_style") == "UNIT-STYLE"
        assert shown(words(prompt), "tried_edits") == "TRIED-EDITS"
        assert shown(words(prompt), "lessons") == "LESSONS-LEARNED"
        assert shown(words(prompt), "hard_constraints") == "HARD-CONSTRAINT"
        assert "- a" not in words(prompt).split("</skill>")[1], "no analyst reads another one's edits"


def test_analysts_with_the_same_cases_would_be_one_voice_twice() -> None:
    asked = replace(RICH, rounds=(ROUNDS[0], ROUNDS[0], ROUNDS[1]))
    _, prompts = talk(Analysts(), adds("- a"), adds("- b"), situation=asked)
    assert len(prompts) == 2


def test_edits_of_all_analysts_are_made_together() -> None:
    replies = [adds("- If late, wait."), edits((REFUND, REFUND.replace("billing", "accounts"))), adds("- C.")]
    outcome, prompts = talk(Analysts(), *replies, situation=THREE)
    assert body(outcome) == PARENT.replace("billing", "accounts") + "- If late, wait.\n- C.\n"
    assert isinstance(outcome, Draft)
    assert outcome.mutation_prompt == UNIT_PROMPT
    assert len(prompts) == 3, "there are no further rounds"


def test_on_a_coin_only_what_two_analysts_found_is_put_in() -> None:
    replies = [adds("- If late, wait."), adds("- Wait if late!", "- B."), adds("- C.")]
    for seed in seeds(apart=True):
        assert (
            body(talk(Analysts(), *replies, seed=seed, situation=THREE)[0]) == PARENT + "- If late, wait.\n"
        )
    for seed in seeds(apart=False):
        outcome, _ = talk(Analysts(), *replies, seed=seed, situation=THREE)
        assert body(outcome) == PARENT + "- If late, wait.\n- B.\n- C.\n"


@pytest.mark.parametrize("seed", range(8))
def test_where_nobody_agrees_all_is_put_in_either_way(seed: int) -> None:
    outcome, _ = talk(Analysts(), adds("- A."), adds("- B."), adds("- C."), seed=seed, situation=THREE)
    assert body(outcome) == PARENT + "- A.\n- B.\n- C.\n"


def test_of_edits_of_one_line_the_one_with_more_support_is_made() -> None:
    lone, shared = edits((REFUND, "- LONE")), edits((REFUND, "- SHARED"))
    outcome, _ = talk(Analysts(), lone, shared, shared, situation=THREE)
    assert body(outcome) == PARENT.replace(REFUND, "- SHARED")


def test_a_whole_skill_is_read_as_edits() -> None:
    whole = block("skill", PARENT.replace("billing", "accounts") + "- New.\n")
    outcome, _ = talk(Analysts(), whole, adds("- New."), adds("- Other."), situation=THREE)
    assert body(outcome) == PARENT.replace("billing", "accounts") + "- New.\n- Other.\n"


@pytest.mark.parametrize(
    "reply",
    [
        f"Here you are.\n\n{edits((REFUND, '- Ask.'))}\n\nHope it helps.",
        f"<edits>\n<edit><find>{REFUND}</find><replace>- Ask.</replace></edit>\n</edits>",
        f"<edit>\n<find>\n{REFUND}\n</find>\n<replace>\n- Ask.\n</replace>\n</edit>",
        f"```xml\n{edits((REFUND, '- Ask.'))}\n```",
        edits(("No such line.", "X"), (REFUND, "- Ask.")),
        edits((REFUND, "- Ask.")).replace("<edits>", "<edits>\n<edit>no tags</edit>"),
        "```markdown\n" + PARENT.replace(REFUND, "- Ask.") + "```",
    ],
)
def test_edits_may_come_in_several_shapes(reply: str) -> None:
    assert body(talk(Analysts(), reply, situation=RICH)[0]) == PARENT.replace(REFUND, "- Ask.")


def test_an_empty_tag_is_an_empty_text() -> None:
    gone = f"<edits>\n<edit>\n<find>\n{REFUND}\n</find>\n<replace/>\n</edit>\n</edits>"
    assert body(talk(Analysts(), gone, situation=RICH)[0]) == PARENT.replace(REFUND + "\n", "")
    new = "<edits>\n<edit>\n<find></find>\n<replace>\n- New.\n</replace>\n</edit>\n</edits>"
    assert body(talk(Analysts(), new, situation=RICH)[0]) == PARENT + "- New.\n"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "All is well.",
        "<edits>\n</edits>",
        "<edits>\n<edit>\n<find>\n" + REFUND,
        f"<edits>\n{block('edit', block('find', REFUND))}\n</edits>",
        f"{edits((REFUND, '- Ask.')).removesuffix('</edits>')}and cut o",
        edits(("No such line.", "X")),
        edits((REFUND, REFUND)),
        block("skill", PARENT),
    ],
)
def test_a_reply_without_an_edit_that_fits_is_a_failure(reply: str) -> None:
    outcome, _ = talk(Analysts(), reply, situation=RICH)
    assert isinstance(outcome, Failed)
    assert outcome.blame is Blame.CANDIDATE


def test_one_unreadable_reply_costs_one_voice() -> None:
    outcome, prompts = talk(Analysts(), "no", adds("- B."), "no", situation=THREE)
    assert body(outcome) == PARENT + "- B.\n"
    assert len(prompts) == 3
    assert isinstance(talk(Analysts(), "no", "no", "no", situation=THREE)[0], Failed)


def test_an_edit_that_would_spoil_the_child_by_itself_is_left_out() -> None:
    asked = replace(THREE, is_sound=lambda text: "LOCKED" not in text)
    outcome, _ = talk(Analysts(), adds("- LOCKED"), adds("- LOCKED", "- B."), adds("- C."), situation=asked)
    assert body(outcome) == PARENT + "- B.\n- C.\n"


@pytest.mark.parametrize(
    ("rounds", "fits"),
    [
        (ROUNDS, True),
        ((("(none)", "PASSING"),), False),
        ((("(none)", "PASSING"), ("FAILING", "PASSING")), True),
        ((("", "PASSING"),), False),
    ],
)
def test_it_takes_something_that_went_wrong(rounds: tuple[tuple[str, str], ...], *, fits: bool) -> None:
    assert Analysts().fits(replace(RICH, rounds=rounds)) is fits


def test_the_same_random_numbers_give_the_same_child() -> None:
    replies = [adds("- BOTH"), adds("- BOTH", "- ALONE"), adds("- MORE")]
    for seed in range(5):
        first = talk(Analysts(), *replies, seed=seed, situation=THREE)
        assert talk(Analysts(), *replies, seed=seed, situation=THREE) == first


def test_data_stays_in_its_blocks() -> None:
    _, [prompt] = talk(Analysts(), situation=hostile(RICH))
    assert "OUT-OF-ITS-BLOCK" in words(prompt)
    assert "OUT-OF-ITS-BLOCK" not in outside_blocks(words(prompt))
    _, [plain] = talk(Analysts(), situation=RICH)
    assert tags_at_top(words(plain)) == [
        *("task_description", "skill", "failing_cases", "passing_cases", "tried_edits", "lessons"),
        *("mutation_prompt", "thinking_style", "hard_constraints", "edits"),
    ]
