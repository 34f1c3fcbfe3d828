from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.section import Section
from rsi_cli.nouns import Blame, Failed
from rsi_cli.prompts.delimit import block
from rsi_cli.skill.blocks import cut_sections
from tests.evolution.operators.test_operators import Outcome, talk, words
from tests.fakes.letters import shown
from tests.fakes.situations import KEPT, RICH, UNIT_PROMPT, hostile, outside_blocks, tags_at_top

PREAMBLE = "You sort mail.\n\n"
ROLE = "# Role\n\n\nBe brief.   \n\n\n"
RULES = "Rules\n-----\n- one\n- two\n\n"
LAST = "## Last ##\nSign it."
SKILL = PREAMBLE + ROLE + RULES + LAST
SECTIONS = (PREAMBLE, ROLE, RULES, LAST)
SITUATION = replace(RICH, skill=SKILL)


def chosen(seed: int, situation: Situation = SITUATION) -> str:
    _, [prompt] = talk(Section(), seed=seed, situation=situation)
    return shown(words(prompt), "section")


def seed_for(text: str, situation: Situation = SITUATION) -> int:
    return next(seed for seed in range(200) if text in chosen(seed, situation))


def revised(text: str, reply: str, situation: Situation = SITUATION) -> Outcome:
    """What becomes of the skill when the section that holds the text comes back like that."""
    seed = seed_for(text, situation)
    return talk(Section(), block("section", reply), seed=seed, situation=situation)[0]


def test_the_section_is_shown_with_the_whole_skill_and_the_cases() -> None:
    _, [prompt] = talk(Section(), situation=SITUATION)
    assert tags_at_top(words(prompt)) == [
        *("task_description", "skill", "failing_cases", "passing_cases", "tried_edits", "lessons"),
        *("mutation_prompt", "thinking_style", "hard_constraints", "section"),
    ]
    assert shown(words(prompt), "skill") == SKILL
    assert shown(words(prompt), "mutation_prompt") == UNIT_PROMPT.text
    assert shown(words(prompt), "thinking_style") == "UNIT-STYLE"
    assert shown(words(prompt), "tried_edits") == "TRIED-EDITS"


def test_every_section_gets_its_turn_and_the_random_numbers_settle_it() -> None:
    assert {chosen(seed) for seed in range(60)} == {section.strip("\n") for section in SECTIONS}
    assert chosen(7) == chosen(7)


@pytest.mark.parametrize("place", range(4))
def test_every_other_section_stays_byte_for_byte(place: int) -> None:
    text = SECTIONS[place].strip("\n")
    outcome = revised(text, text + "\nAnd one line more.")
    assert isinstance(outcome, Draft)
    cut = [section.text for section in cut_sections(outcome.body)]
    assert cut[:place] + cut[place + 1 :] == [*SECTIONS[:place], *SECTIONS[place + 1 :]]
    assert cut[place].strip("\n") == text + "\nAnd one line more."
    assert outcome.mutation_prompt == UNIT_PROMPT


@given(reply=st.text(alphabet=" \n#`-=<>!ab|\t", max_size=60), seed=st.integers(0, 20))
def test_whatever_comes_back_touches_no_other_section(reply: str, seed: int) -> None:
    place = [section.strip("\n") for section in SECTIONS].index(chosen(seed))
    outcome, _ = talk(Section(), block("section", reply), seed=seed, situation=SITUATION)
    assert outcome is not None
    if isinstance(outcome, Draft):
        cut = tuple(section.text for section in cut_sections(outcome.body))
        assert cut[:place] == SECTIONS[:place]
        assert cut[len(cut) - (len(SECTIONS) - place - 1) :] == SECTIONS[place + 1 :]


@pytest.mark.parametrize(
    "reply",
    [
        "# Role\n\n```\nnever closed",
        "# Role\n\n<!-- never closed",
        "# Role\n\nBe brief.\n\n" + RULES,
        SKILL,
    ],
)
def test_a_section_that_would_spoil_another_one_is_a_failure(reply: str) -> None:
    outcome = revised("Be brief.", reply)
    assert isinstance(outcome, Failed)
    assert outcome.blame is Blame.CANDIDATE


def test_a_heading_that_was_forgotten_is_put_back() -> None:
    outcome = revised("Be brief.", "Be very brief.")
    assert isinstance(outcome, Draft)
    assert outcome.body == PREAMBLE + "# Role\n\nBe very brief.\n\n\n" + RULES + LAST


def test_a_section_may_become_two_or_change_its_heading() -> None:
    outcome = revised("Be brief.", "# Manner\n\nBe kind.\n\n# Length\n\nBe brief.")
    assert isinstance(outcome, Draft)
    assert outcome.body == (PREAMBLE + "# Manner\n\nBe kind.\n\n# Length\n\nBe brief.\n\n\n" + RULES + LAST)


def test_a_reply_that_changes_nothing_gives_the_body_as_it_is() -> None:
    outcome = revised("Be brief.", chosen(seed_for("Be brief.")))
    assert isinstance(outcome, Draft)
    assert outcome.body == SKILL


@pytest.mark.parametrize("skill", ["Be brief.\n", "# Only\n\nBe brief.", "\n\n# Only\nBe brief.\n\n\n"])
def test_a_skill_with_a_single_section_works_too(skill: str) -> None:
    asked = replace(RICH, skill=skill)
    outcome = revised("Be brief.", skill.strip("\n") + " Always.", asked)
    assert isinstance(outcome, Draft)
    assert outcome.body == skill.replace("brief.", "brief. Always.")


def test_a_section_that_is_locked_in_full_is_never_chosen() -> None:
    across = "<!-- rsi:keep -->\n# Mine\n\nMine.\n\n# Mine too\n\nMine.\n<!-- /rsi:keep -->\n\nYours.\n\n"
    asked = replace(RICH, skill=f"# Locked\n\nFree words.\n\n{across}# Free\n\nYours too.\n")
    assert {chosen(seed, asked).split("\n")[0] for seed in range(60)} == {"# Locked", "# Mine too", "# Free"}


def test_it_takes_a_free_section_and_something_that_went_wrong() -> None:
    assert Section().fits(SITUATION)
    assert not Section().fits(replace(SITUATION, skill=KEPT))
    assert not Section().fits(replace(SITUATION, rounds=(("(none)", "PASSING-CASES"),)))
    with pytest.raises(BugError):
        talk(Section(), situation=replace(SITUATION, skill=KEPT))


def test_further_rounds_revise_the_same_section_with_other_cases() -> None:
    rounds = (("FIRST", "-"), ("SECOND", "-"), ("THIRD", "-"))
    asked = replace(SITUATION, rounds=rounds)
    replies = [block("section", f"# Role\n\nBe brief {number}.") for number in (1, 2)]
    outcome, prompts = talk(
        Section(), *replies, "no section", seed=seed_for("Be brief.", asked), situation=asked
    )
    assert [shown(words(prompt), "failing_cases") for prompt in prompts] == ["FIRST", "SECOND", "THIRD"]
    assert shown(words(prompts[2]), "section") == "# Role\n\nBe brief 2."
    assert isinstance(outcome, Draft)
    assert outcome.body == PREAMBLE + "# Role\n\nBe brief 2.\n\n\n" + RULES + LAST


def test_a_round_that_goes_too_far_keeps_what_was_there() -> None:
    asked = replace(
        SITUATION, rounds=(("FIRST", "-"), ("SECOND", "-")), is_sound=lambda body: "TOO-FAR" not in body
    )
    good, far = block("section", "# Role\n\nGood."), block("section", "# Role\n\nTOO-FAR")
    outcome, _ = talk(Section(), good, far, seed=seed_for("Be brief.", asked), situation=asked)
    assert isinstance(outcome, Draft)
    assert "Good." in outcome.body


def test_an_unreadable_reply_is_a_failure() -> None:
    for reply in ("", "No.", block("section", " \n"), "<section>\ncut o"):
        outcome, prompts = talk(Section(), reply, situation=SITUATION)
        assert isinstance(outcome, Failed)
        assert len(prompts) == 1


def test_data_stays_in_its_blocks() -> None:
    _, [prompt] = talk(Section(), situation=hostile(RICH))
    assert "OUT-OF-ITS-BLOCK" in words(prompt)
    assert "OUT-OF-ITS-BLOCK" not in outside_blocks(words(prompt))
