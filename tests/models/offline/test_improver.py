from __future__ import annotations

import re
from random import Random
from statistics import mean

import pytest

from rsi_cli.models.offline.features import mood
from rsi_cli.models.offline.lessons import read_lessons
from rsi_cli.models.offline.mind import answer
from rsi_cli.prompts.delimit import block, unblock
from tests.fakes.apprentice_tasks import (
    BY_HEART,
    GENERAL,
    VAGUE,
    act,
    improve,
    labels_task,
    object_task,
    rewrite_prompt,
    score,
    short_night,
    text_task,
)

TASKS = {"labels": labels_task, "object": object_task, "text": text_task}
SEEDS = range(4)


@pytest.mark.parametrize("kind", TASKS)
def test_general_advice_carries_over_to_cases_that_nobody_saw(kind: str) -> None:
    tasks = [TASKS[kind](seed) for seed in SEEDS]
    before = mean(score(task.skill, task.held_out) for task in tasks)
    after = mean(
        score(short_night(task, GENERAL, seed=seed), task.held_out)
        for seed, task in zip(SEEDS, tasks, strict=True)
    )
    assert before < 0.35
    assert after > 0.7


@pytest.mark.parametrize("kind", TASKS)
def test_learning_by_heart_helps_in_training_and_fails_on_new_cases(kind: str) -> None:
    nights = [(TASKS[kind](seed), short_night(TASKS[kind](seed), BY_HEART, seed=seed)) for seed in SEEDS]
    trained = mean(score(skill, task.train) for task, skill in nights)
    held_out = mean(score(skill, task.held_out) for task, skill in nights)
    general = mean(
        score(short_night(TASKS[kind](s), GENERAL, seed=s), TASKS[kind](s).held_out) for s in SEEDS
    )
    assert trained > held_out + 0.15
    assert general > held_out + 0.2


def test_vague_advice_is_mostly_harmless_and_mostly_useless() -> None:
    gains = [
        score(improve(task.skill, VAGUE, task.train, seed=seed), task.held_out)
        - score(task.skill, task.held_out)
        for seed, task in ((seed, labels_task(seed)) for seed in range(12))
    ]
    assert abs(mean(gains)) < 0.1


def test_noise_teaches_nothing() -> None:
    gains = []
    for seed in range(24):
        task = labels_task(seed, noise=True)
        gains.append(score(short_night(task, GENERAL, seed=seed, rewrites=4), task.held_out) - 0.25)
    assert abs(mean(gains)) < 0.05


def test_a_rule_that_it_writes_is_obeyed_by_the_actor() -> None:
    task = labels_task(3)
    skill = improve(task.skill, GENERAL, task.train, seed=5)
    rules = re.findall(r'^- If the text mentions "([^"]+)".*answer `(\w+)`\.$', skill, re.MULTILINE)
    assert rules
    for phrase, label in rules:
        assert act(skill, f"Well, the {phrase} it is.", temperature=0.0) == label


def test_locked_lines_come_back_as_they_were() -> None:
    task = labels_task(1)
    locked = re.search(r"<!-- rsi:keep -->.*<!-- /rsi:keep -->", task.skill, re.DOTALL)
    assert locked
    under_a_heading = f"# Sorting\n\n## Rules\n{locked[0]}\n\nBe quick.\n"
    with_a_rule = f'# Sorting\n\n- If the text mentions "rain", answer `west`.\n{locked[0]}\n'
    for seed in range(6):
        for advice in (GENERAL, BY_HEART, VAGUE, "Shorten it, remove and reorder."):
            for skill in (task.skill, under_a_heading, with_a_rule):
                assert locked[0] in improve(skill, advice, task.train, seed=seed)


def test_the_same_prompt_and_seed_give_the_same_skill() -> None:
    task = object_task(2)
    assert improve(task.skill, GENERAL, task.train, seed=1) == improve(
        task.skill, GENERAL, task.train, seed=1
    )
    assert len({improve(task.skill, GENERAL, task.train, seed=seed) for seed in range(8)}) > 1


def test_more_cases_that_contradict_a_signal_keep_it_out_of_the_skill() -> None:
    task = labels_task(4)
    shared = [example for example in task.train if "umbrella" in example.text]
    wanted = {example.wanted for example in shared}
    assert len(wanted) > 1
    for seed in range(8):
        skill = improve(task.skill, GENERAL, shared, seed=seed)
        assert '"umbrella"' not in skill


def test_names_of_labels_and_words_do_not_matter() -> None:
    task = labels_task(6)

    def foreign(text: str) -> str:
        return re.sub(r"\b(?:north|south|east|west)\b", lambda match: f"q{match[0][::-1]}", text)

    pairs = [(one, "?") for one in task.train[:10]]
    renamed = [(type(one)(one.text, foreign(one.wanted)), "?") for one, _ in pairs]
    plain = unblock(_ask(rewrite_prompt(task.skill, GENERAL, pairs)), "skill")
    other = unblock(_ask(rewrite_prompt(foreign(task.skill), GENERAL, renamed)), "skill")
    assert plain is not None
    assert other is not None
    assert plain.count("- If") >= 2
    assert other.count("- If") >= 2


def _ask(prompt: str) -> str:
    return answer([{"role": "user", "content": prompt}], seed=0, temperature=0.0)


def test_expected_answers_can_be_read_from_verdicts_alone() -> None:
    task = labels_task(2)
    prompt = rewrite_prompt(task.skill, GENERAL, [(one, "?") for one in task.train[:10]])
    hidden = re.sub(
        r"<expected>\n(.*?)\n</expected>\n<verdicts>\nnot equal",
        r'<verdicts>\nequals: expected "\1", got "?"',
        prompt,
    )
    assert "<expected>" not in hidden
    assert [lesson.wanted for lesson in read_lessons(hidden)] == [one.wanted for one in task.train[:10]]


@pytest.mark.parametrize(
    ("dimension", "advice", "other"),
    [
        ("general", "Find the common principle behind these failures", "Quote every case"),
        ("specific", "Memorise each case verbatim", "Never memorise single cases"),
        ("contrast", "Compare with the passing cases", "Write it down"),
        ("exceptions", "Which edge cases need an exception?", "Which words recur?"),
        ("prune", "Shorten the text, remove what is redundant", "Do not remove or shorten anything"),
        ("format", "State the format and structure", "State the principle"),
    ],
)
def test_advice_is_understood_by_its_words(dimension: str, advice: str, other: str) -> None:
    assert getattr(mood(advice), dimension) > getattr(mood(other), dimension) + 0.3


def test_a_skill_can_be_started_from_a_description_alone() -> None:
    keep = "<!-- rsi:keep -->\nReply with `a` or `b`.\n<!-- /rsi:keep -->"
    prompt = (
        "<task_description>\nSort notes.\n</task_description>\n\nThink of a list of 100 hints.\n\n"
        f"<keep>\n{keep}\n</keep>\n\nReply with the complete skill inside <skill> and </skill>."
    )
    skill = unblock(_ask(prompt), "skill")
    assert skill is not None
    assert keep in skill
    assert "Sort notes." in skill


def test_a_mutation_prompt_is_really_changed() -> None:
    old = "Look for the shared rule. Check it against passing cases."
    prompt = f"{block('mutation_prompt', old)}\nReply inside <mutation_prompt> and </mutation_prompt>."
    new = {
        unblock(answer([{"role": "user", "content": prompt}], seed=seed, temperature=None), "mutation_prompt")
        for seed in range(20)
    }
    assert None not in new
    assert old not in new
    assert len(new) > 10
    moods = [mood(text or "") for text in new]
    assert min(m.clarity for m in moods) < max(m.clarity for m in moods)


def test_a_mutation_prompt_is_invented_from_a_thinking_style() -> None:
    prompt = (
        f"{block('thinking_style', 'Think like a sceptic: test every rule.')}\n"
        "Reply with the instruction inside <mutation_prompt> and </mutation_prompt>."
    )
    texts = [
        unblock(answer([{"role": "user", "content": prompt}], seed=seed, temperature=None), "mutation_prompt")
        for seed in range(10)
    ]
    assert len(set(texts)) > 5
    assert all(texts)
    assert any("sceptic" in (text or "") for text in texts)


def test_draws_are_independent_of_the_order_of_calls() -> None:
    task = text_task(1)
    seeds = Random(0).sample(range(50), 6)
    forward = {seed: act(task.skill, task.train[0].text, seed=seed) for seed in seeds}
    backward = {seed: act(task.skill, task.train[0].text, seed=seed) for seed in reversed(seeds)}
    assert forward == backward


def test_a_rule_over_two_lines_is_left_whole() -> None:
    task = labels_task(5)
    wrapped = '- Answer `north` if the text mentions "violinist"\n  or "hedgehog" or "ferry".\n'
    for seed in range(6):
        assert wrapped in improve(task.skill + "\n" + wrapped, GENERAL, task.train, seed=seed)
