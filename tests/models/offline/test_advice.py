"""The apprentice revises advice on how to revise: pieces come and go, locked text stays."""

from __future__ import annotations

from random import Random

import pytest

from rsi_cli.models.offline.advice import advised, is_advice
from rsi_cli.models.offline.features import mood
from rsi_cli.prompts.render import render

KEPT = "<!-- rsi:keep -->\n- You reply with one block.\n<!-- /rsi:keep -->"
SKILL = f"# Improver\n\n- Choose friendlier words.\n- Take your time.\n\n{KEPT}\n"
REVISING = "Revise a skill file so that an assistant does its task better."


def prompt(*, task: str = REVISING, way: str = "Look for the rule.", skill: str = SKILL) -> str:
    return render(
        "rewrite_skill",
        task=task,
        skill=skill,
        must="",
        failing="(none)",
        passing="(none)",
        mutation_prompt=way,
        thinking_style="",
        tried="",
        lessons="",
    ).text


def many(way: str) -> list[str]:
    return [advised(prompt(way=way), Random(number)) for number in range(200)]


@pytest.mark.parametrize(
    ("task", "wanted"),
    [
        (REVISING, True),
        ("Rewrites the prompts of our assistants.", True),
        ("Sorts mail to the desk that answers it.", False),
        ("Improve the pictures of a shop.", False),
        ("Answer questions about skill.", False),
    ],
)
def test_advice_is_told_by_the_words_of_its_task(task: str, *, wanted: bool) -> None:
    assert is_advice(prompt(task=task)) is wanted


def test_locked_text_stays_and_the_rest_changes() -> None:
    found = many("Look for the rule.")
    assert all(KEPT in text for text in found)
    assert sum(text != SKILL for text in found) > 190
    assert any("Choose friendlier words." not in text for text in found)
    assert len(set(found)) > 50


def test_the_same_draw_gives_the_same_text() -> None:
    assert many("Look for the rule.") == many("Look for the rule.")


def test_what_is_put_in_is_better_or_worse_as_it_comes() -> None:
    moods = [mood("", "", text) for text in many("Revise it.")]
    assert max(one.general for one in moods) > mood("", "", SKILL).general + 0.1
    assert max(one.specific for one in moods) > mood("", "", SKILL).specific + 0.1


def test_the_mutation_prompt_has_a_say() -> None:
    def share(way: str) -> float:
        return sum("worked example" in text for text in many(way)) / 200

    assert share("Collect a worked example of every failure.") > 2 * share("Name the policy.") > 0
