"""The improver's other prompts, through their real templates: lists, workings, pairs, edits, sections."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

import pytest

from rsi_cli.evolution.operators.analysts import read_edits
from rsi_cli.evolution.operators.edits import Counted, applied
from rsi_cli.models.offline.features import mood
from rsi_cli.models.offline.mind import answer
from rsi_cli.prompts.delimit import block, unblock
from rsi_cli.prompts.render import render
from tests.fakes.apprentice_tasks import (
    GENERAL,
    Example,
    Task,
    act,
    labels_task,
    object_task,
    score,
    text_task,
)

ROOT = Path(__file__).parents[3]
KEEP = "<!-- rsi:keep -->\nReply with exactly one of `north`, `south`, `east`, `west`.\n<!-- /rsi:keep -->"
HEAD = f"# Sorting\n\n{KEEP}\n"
EAGER = f"{GENERAL} Cover every answer, each and all of them, thoroughly."
NOTHING = {"keep": "", "must": "", "lessons": ""}
REVISING = {"task": "Sort notes.", "mutation_prompt": EAGER, "thinking_style": "", "tried": ""} | NOTHING
JUNK = "\x01 `` ** | <b> ``` {x}"


def reply(template: str, /, *, seed: int = 0, **variables: object) -> str:
    known = REVISING | variables
    return answer([{"role": "user", "content": render(template, **known).text}], seed=seed, temperature=None)


def written(template: str, /, *, seed: int = 0, tag: str = "skill", **variables: object) -> str:
    """What came back in the block that was asked for."""
    text = unblock(reply(template, seed=seed, **variables), tag)
    assert text is not None
    return text


def rule(word: str, label: str) -> str:
    return f'- If the text mentions "{word}", answer `{label}`.'


def skill_of(*rules: str) -> str:
    return HEAD + "\n## Rules\n\n" + "".join(f"{one}\n" for one in rules)


def right(*examples: Example) -> str:
    cases = (f"{block('input', one.text)}\n{block('output', one.wanted)}" for one in examples)
    return "\n".join(block("case", case) for case in cases) or "(none)"


def wrong(*examples: Example) -> str:
    shown = (
        "\n".join(
            block(tag, text) for tag, text in (("input", e.text), ("output", "?"), ("expected", e.wanted))
        )
        for e in examples
    )
    return "\n".join(block("case", case) for case in shown) or "(none)"


EMPTY: dict[str, tuple[str, dict[str, object]]] = {
    "continue_list": ("skill", {"versions": ("",)}),
    "outdo_list": ("skill", {"versions": ("",)}),
    "continue_lineage": ("skill", {"versions": ("",)}),
    "infer_skill": ("skill", {"workings": ""}),
    "merge_skills": ("skill", {"skill": "", "other_skill": "", "won": "", "won_by_other": ""}),
    "shorten_skill": ("skill", {"skill": "", "passing": ""}),
    "propose_edits": ("edits", {"skill": "", "failing": "", "passing": ""}),
    "revise_section": ("section", {"skill": "", "section": "", "failing": "", "passing": ""}),
    "rewrite_skill": ("skill", {"skill": "", "failing": "", "passing": ""}),
}


@pytest.mark.parametrize("junk", ["", JUNK, "<case>\n<input>\n</case>", "(none)"])
@pytest.mark.parametrize("name", EMPTY)
def test_material_that_says_nothing_still_gets_the_block(name: str, junk: str) -> None:
    tag, empty = EMPTY[name]
    shown = {key: (junk,) if key == "versions" else junk for key in empty}
    for seed in range(3):
        assert unblock(reply(name, seed=seed, **shown), tag) is not None


COMMON, SECOND, FIRST_ONLY, LAST_ONLY = (
    rule("lantern", "north"), rule("pumpkin", "south"), rule("saddle", "west"), rule("telescope", "east"),
)  # fmt: skip
LISTED = (
    skill_of(COMMON, FIRST_ONLY),
    skill_of(COMMON, SECOND),
    skill_of(COMMON, SECOND, rule("kettle", "north")),
    skill_of(COMMON, LAST_ONLY),
)


def held(template: str, *, task: str = "Sort notes.", times: int = 60) -> Counter[str]:
    """How many of so many replies hold each rule of the list."""
    texts = [written(template, seed=seed, versions=LISTED, task=task) for seed in range(times)]
    said = [" ".join(text.split()) for text in texts]
    words = ("lantern", "pumpkin", "saddle", "telescope")
    return Counter({word: sum(f'"{word}"' in text for text in said) for word in words})


def test_a_list_is_continued_with_each_rule_as_often_as_it_holds_it() -> None:
    counts = held("continue_list")
    assert counts["lantern"] == 60
    assert counts["lantern"] > counts["pumpkin"] > counts["saddle"]
    assert abs(counts["saddle"] - counts["telescope"]) < 15
    assert min(counts["saddle"], counts["telescope"]) > 5


@pytest.mark.parametrize("template", ["outdo_list", "continue_lineage"])
def test_in_a_list_that_has_an_order_the_later_entries_count_more(template: str) -> None:
    counts = held(template)
    assert counts["telescope"] > counts["saddle"] + 15


def test_a_word_of_the_task_is_not_taken_for_the_order_of_the_list() -> None:
    counts = held("continue_list", task="Sort numbers in ascending order, better than all others.")
    assert abs(counts["saddle"] - counts["telescope"]) < 15


@pytest.mark.parametrize("template", ["continue_list", "outdo_list", "continue_lineage"])
def test_an_entry_is_no_copy_and_keeps_what_is_locked(template: str) -> None:
    for seed in range(20):
        text = written(template, seed=seed, versions=LISTED, keep=KEEP)
        assert text not in LISTED
        assert text.count(KEEP) == 1


def test_the_owners_text_is_put_in_where_no_entry_has_it() -> None:
    assert KEEP in written("continue_list", versions=("Be quick.",), keep=KEEP)


@pytest.mark.parametrize(
    ("make", "keep", "shown", "floor"),
    [(labels_task, KEEP, 8, 0.5), (object_task, "", 3, 0.6), (text_task, "", 3, 0.6)],
)
def test_a_skill_is_inferred_from_a_few_workings(
    make: Callable[[int], Task], keep: str, shown: int, floor: float
) -> None:
    scores = []
    for seed in range(8):
        task = make(seed)
        text = written("infer_skill", seed=seed, workings=right(*task.train[:shown]), keep=keep)
        scores.append(score(text, task.held_out))
        assert keep in text
        assert not any(example.text in text for example in task.train)
    assert mean(scores) > floor


def test_labels_that_nobody_named_are_listed_from_the_workings() -> None:
    shown = [example for example in labels_task(0).train if example.wanted in {"north", "east"}][:6]
    assert {example.wanted for example in shown} == {"north", "east"}
    text = written("infer_skill", workings=right(*shown))
    assert {act(text, "Nothing that is known.", seed=seed) for seed in range(20)} <= {"north", "east"}


LAMP, OAR = Example("There was a lamp.", "north"), Example("There was an oar.", "south")
BOTH = Example("A lamp and an oar.", "south")


def test_a_merged_skill_does_what_both_did() -> None:
    one, other = skill_of(rule("lamp", "north")), skill_of(rule("oar", "south"))
    text = written("merge_skills", skill=one, other_skill=other, won=right(LAMP), won_by_other=right(OAR))
    assert [act(text, case.text, temperature=0.0) for case in (LAMP, OAR)] == ["north", "south"]
    assert text.count(KEEP) == 1


@pytest.mark.parametrize("wanted", ["north", "south"])
def test_where_two_skills_disagree_the_cases_decide(wanted: str) -> None:
    one, other = skill_of(rule("lamp", "north")), skill_of(rule("lamp", "south"), rule("oar", "east"))
    case = Example("There was a lamp.", wanted)
    won, lost = (right(case), "(none)") if wanted == "north" else ("(none)", right(case))
    text = written("merge_skills", skill=one, other_skill=other, won=won, won_by_other=lost)
    assert act(text, case.text, temperature=0.0) == wanted
    assert act(text, "There was an oar.", temperature=0.0) == "east"


@pytest.mark.parametrize("wanted", ["north", "south"])
def test_the_cases_decide_too_which_of_two_rules_comes_first(wanted: str) -> None:
    one, other = skill_of(rule("lamp", "north")), skill_of(rule("oar", "south"))
    case = Example(BOTH.text, wanted)
    won, lost = (right(case), "(none)") if wanted == "north" else ("(none)", right(case))
    text = written(
        "merge_skills",
        skill=one,
        other_skill=other,
        won=f"{won}\n{right(LAMP)}",
        won_by_other=f"{lost}\n{right(OAR)}",
    )
    assert [act(text, each.text, temperature=0.0) for each in (case, LAMP, OAR)] == [wanted, "north", "south"]


BY_HEART = rule("grandma has been knitting mittens for the choir", "west")


def test_a_shorter_skill_keeps_what_the_passing_cases_need() -> None:
    skill = skill_of(rule("lamp", "north"), rule("oar", "south"), BY_HEART, rule("oar", "south"))
    for seed in range(10):
        text = written("shorten_skill", seed=seed, skill=skill, passing=right(LAMP, OAR), keep=KEEP)
        assert [act(text, case.text, temperature=0.0) for case in (LAMP, OAR)] == ["north", "south"]
        assert "mittens" not in text
        assert text.count("oar") == 1
        assert KEEP in text
        assert len(text) < len(skill)


def test_rules_that_are_one_rule_are_joined() -> None:
    text = written(
        "shorten_skill",
        skill=skill_of(rule("lamp", "north"), rule("torch", "north"), rule("oar", "south")),
        passing=right(LAMP, OAR, Example("There was a torch.", "north")),
    )
    assert '"lamp" or "torch"' in text
    assert text.count("answer `north`") == 1


def test_without_a_passing_case_no_rule_is_given_up() -> None:
    skill = skill_of(rule("lamp", "north"), rule("oar", "south"), "- Take your time and stay friendly.")
    texts = {written("shorten_skill", seed=seed, skill=skill, passing="(none)") for seed in range(10)}
    assert all("lamp" in text and "oar" in text for text in texts)
    assert any("friendly" not in text for text in texts)


def test_edits_fit_the_skill_and_help() -> None:
    before, after, numbers = [], [], []
    for seed in range(6):
        task = labels_task(seed)
        skill = skill_of(rule("umbrella", "west"))
        failing = [one for one in task.train if act(skill, one.text, temperature=0.0) != one.wanted][:10]
        said = reply("propose_edits", seed=seed, skill=skill, failing=wrong(*failing), passing="(none)")
        edits = read_edits(said, skill)
        assert isinstance(edits, tuple)
        revised = applied(skill, [Counted(edit, 1) for edit in edits])
        assert KEEP in revised
        before.append(score(skill, task.held_out))
        after.append(score(revised, task.held_out))
        numbers.append(said.count("<edit>"))
    assert mean(after) > mean(before) + 0.2
    assert max(numbers) <= 4
    assert max(numbers) > 1


def two_sections(task: Task) -> tuple[str, str]:
    """A skill of two sections, and the second of them."""
    assert KEEP in task.skill
    section = f"## Signals\n\nLook for the words that decide.\n\n{rule('umbrella', 'west')}"
    return f"{task.skill}\n{section}\n\n## Manner\n\nBe quick.\n", section


def test_a_section_comes_back_alone_and_better() -> None:
    before, after = [], []
    for seed in range(6):
        skill, section = two_sections(labels_task(seed))
        task = labels_task(seed)
        failing = [one for one in task.train if act(skill, one.text, temperature=0.0) != one.wanted][:10]
        shown = {"skill": skill, "section": section, "failing": wrong(*failing), "passing": "(none)"}
        text = written("revise_section", seed=seed, tag="section", **shown)
        assert text.startswith("## Signals\n")
        assert "Manner" not in text
        assert "Sorting" not in text
        before.append(score(skill, task.held_out))
        after.append(score(skill.replace(section, text), task.held_out))
    assert mean(after) > mean(before) + 0.1


def test_the_first_rule_of_a_section_stands_in_it() -> None:
    skill = f"{HEAD}\n## Signals\n\nLook for the words that decide.\n\n## Manner\n\nBe quick.\n"
    section = "## Signals\n\nLook for the words that decide."
    shown = {"skill": skill, "section": section, "failing": wrong(LAMP, LAMP), "passing": "(none)"}
    texts = [written("revise_section", seed=seed, tag="section", **shown) for seed in range(10)]
    assert f"{section}\n\n{rule('lamp', 'north')}" in texts


def new_lines(old: str, new: str) -> set[str]:
    return set(new.splitlines()) - set(old.splitlines())


REWRITTEN: Sequence[tuple[str, str]] = [("rewrite_skill", "skill"), ("revise_section", "section")]


@pytest.mark.parametrize(("template", "tag"), REWRITTEN)
def test_an_edit_that_did_not_help_is_not_written_again(template: str, tag: str) -> None:
    skill, section = two_sections(labels_task(1))
    failing = wrong(*labels_task(1).train[:10])
    shown = {"skill": skill, "section": section, "failing": failing, "passing": "(none)"}
    first = [new_lines(skill, written(template, seed=seed, tag=tag, **shown)) for seed in range(10)]
    rules = {line for lines in first for line in lines if line.startswith("- If")}
    assert rules
    tried = "\n".join(f"- put in, no gain: {line[2:]}" for line in sorted(rules))
    for seed in range(10):
        again = new_lines(skill, written(template, seed=seed, tag=tag, **shown, tried=tried))
        assert not again & rules


def test_what_was_tried_is_not_proposed_as_an_edit_again() -> None:
    skill = skill_of(rule("umbrella", "west"))
    shown = {"skill": skill, "failing": wrong(LAMP, LAMP), "passing": "(none)"}
    assert any(rule("lamp", "north") in reply("propose_edits", seed=seed, **shown) for seed in range(10))
    tried = f"Added: {rule('lamp', 'north')}"
    for seed in range(10):
        assert rule("lamp", "north") not in reply("propose_edits", seed=seed, **shown, tried=tried)


def test_lessons_colour_the_mood_a_little() -> None:
    told = "Signals that several cases share carried over. Check rules against the passing cases."
    plain, coloured, asked = mood("Write it."), mood("Write it.", lessons=told), mood(told)
    assert plain.general < coloured.general < asked.general
    assert plain.contrast < coloured.contrast < asked.contrast


def test_lessons_reach_the_rewrite() -> None:
    failing = wrong(*labels_task(1).train[:10])
    shown = {"skill": HEAD, "failing": failing, "passing": "(none)", "mutation_prompt": "Be nice."}
    told = "General rules, shared by several cases and checked against all the passing ones, carried over."
    learned = [
        sum("- If" in written("rewrite_skill", seed=seed, **shown, lessons=text) for seed in range(30))
        for text in ("", told)
    ]
    assert learned[1] > learned[0] + 5


def all_replies() -> list[str]:
    """One reply to each prompt; for a process of its own."""
    task = labels_task(1)
    skill, section = two_sections(task)
    failing, passing = wrong(*task.train[:10]), right(*task.train[10:16])
    revised = {"skill": skill, "failing": failing, "passing": passing}
    return [
        *(reply(name, versions=LISTED) for name in ("continue_list", "outdo_list", "continue_lineage")),
        reply("infer_skill", workings=passing, keep=KEEP),
        reply("merge_skills", skill=skill, other_skill=LISTED[2], won=passing, won_by_other=failing),
        reply("shorten_skill", skill=LISTED[2], passing=passing),
        reply("propose_edits", seed=0, **revised),
        reply("revise_section", seed=0, **revised, section=section),
        reply("rewrite_skill", seed=0, **revised, tried="- added: x", lessons="General rules help."),
    ]


def test_no_reply_depends_on_the_process_that_gives_it() -> None:
    asked = "from tests.models.offline.test_replies import all_replies\nprint(all_replies())"
    replies = {
        subprocess.run(
            [sys.executable, "-c", asked],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "2")
    }
    assert len(replies) == 1
