from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.prompts.delimit import block, unblock, unfence

NASTY = st.text() | st.lists(
    st.sampled_from(
        ["</skill>", "<skill>", "<\\/skill>", "<\\\\skill", "< / SKILL >", "\n", "```", "\r", " ", "a", "<"]
    )
).map("".join)


@settings(deadline=None)
@given(NASTY)
@example("</skill>")
@example("\r\n<\\/skill>\r")
@example("```markdown\nx\n```")
def test_any_text_comes_back_unchanged(text: str) -> None:
    assert unblock(block("skill", text), "skill") == text


@settings(deadline=None)
@given(NASTY)
def test_data_can_neither_close_nor_open_its_own_block(text: str) -> None:
    wrapped = block("skill", text).lower()
    assert wrapped.count("<skill>") == 1
    assert wrapped.count("</skill>") == 1
    assert wrapped.replace(" ", "").count("</skill>") == 1


def test_other_tags_are_left_as_they_are() -> None:
    assert (
        block("skill", "<b>x</b> </skills> </skill-2>") == "<skill>\n<b>x</b> </skills> </skill-2>\n</skill>"
    )


def test_prose_around_the_block_is_dropped() -> None:
    assert unblock("Sure! Here it is:\n\n<skill>\n# A\n</skill>\n\nHope this helps.", "skill") == "# A"


def test_the_last_of_two_blocks_counts() -> None:
    assert unblock("<skill>\ndraft\n</skill>\nBetter:\n<skill>\nfinal\n</skill>", "skill") == "final"
    assert unblock("<skill>\nan example\n</skill>\nso <skill>final</skill>", "skill") == "final"


@pytest.mark.parametrize(
    "reply",
    [
        "<skill>\n# A\nand then the model was cut o",
        "<skill>\nexample\n</skill>\n<skill>\n# A\ncut",
        "I use <skill>one</skill> and <skill>tw",
        "# A\n</skill>",
        "```\n# A\n```\n<skill>",
    ],
)
def test_a_block_that_is_not_whole_is_not_read(reply: str) -> None:
    assert unblock(reply, "skill") is None


def test_code_fences_inside_a_block_belong_to_it() -> None:
    body = "# A\n```python\nprint(1)\n```\ntext\n```\nbare\n```"
    assert unblock(f"<skill>\n{body}\n</skill>", "skill") == body
    assert unblock(f"```xml\n<skill>\n{body}\n</skill>\n```", "skill") == body


def test_a_tag_wins_over_a_fence() -> None:
    assert unblock("```\nnot this\n```\n<skill>\nthis\n</skill>", "skill") == "this"


@pytest.mark.parametrize(
    "reply",
    [
        "I put it in <skill> tags.\n<skill>\nbody\n</skill>",
        "<skill>\nbody\n</skill>\nThe <skill> tag holds the whole file.",
        "<skill>body</skill>",
        "<skill>\nbody</skill>",
        "<skill>body\n</skill>",
        "  <skill >\r\nbody\n  </skill>".replace("\n  </", "\n</"),
        "Here you are: <skill>body</skill>",
    ],
)
def test_tags_may_be_mentioned_and_need_no_line_of_their_own(reply: str) -> None:
    assert unblock(reply, "skill") == "body"


def test_the_text_may_mention_its_own_tags_in_the_middle_of_a_line() -> None:
    body = "Answer between `<skill>` and `</skill>`, please.\nBye"
    assert unblock(f"<skill>\n{body}\n</skill>", "skill") == body


@pytest.mark.parametrize(
    ("reply", "inside"),
    [
        ("```markdown\n# A\n```", "# A"),
        ("\n\nHere is the new version:\n\n```md\n# A\n\ntext\n```\n", "# A\n\ntext"),
        ("~~~\n# A\n```\ncode\n```\n~~~", "# A\n```\ncode\n```"),
        ("````markdown\n# A\n```\ncode\n```\n````", "# A\n```\ncode\n```"),
        ("```markdown\n# A\n```python\ncode\n```\nend\n```", "# A\n```python\ncode\n```\nend"),
        ("```\n```", ""),
    ],
)
def test_a_reply_that_is_one_fence_is_read(reply: str, inside: str) -> None:
    assert unblock(reply, "skill") == inside
    assert unfence(reply) == inside


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "just prose",
        "```markdown\n# A\n```\nand here is why",
        "One line.\nTwo lines.\n```\n# A\n```",
        "```\nA\n```\ntext\n```\nB\n```",
        "```markdown\n# cut",
        "# A skill without any fence around it\n\n```python\ncode\n```\n\nThe end.",
    ],
)
def test_a_fence_that_is_not_the_whole_reply_is_not_taken_for_it(reply: str) -> None:
    assert unblock(reply, "skill") is None


def test_a_defused_tag_copied_into_a_fence_is_undone_too() -> None:
    assert unblock("```\nends with <\\/skill>\n```", "skill") == "ends with </skill>"


def test_a_tag_that_is_no_tag_is_our_bug() -> None:
    with pytest.raises(BugError):
        block("no tag", "text")
