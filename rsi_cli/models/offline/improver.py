"""The apprentice as improver: induce rules as the mutation prompt asks, and write them down."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from rsi_cli.models.offline.actor import decide, is_decided
from rsi_cli.models.offline.blocks import first_block, reply_block
from rsi_cli.models.offline.draft import Draft
from rsi_cli.models.offline.features import Mood, mood
from rsi_cli.models.offline.induce_labels import Example, default_rule, label_rules
from rsi_cli.models.offline.induce_shape import object_changes, template_changes
from rsi_cli.models.offline.lessons import Lesson, as_record, read_lessons
from rsi_cli.models.offline.read_skill import read_skill
from rsi_cli.models.offline.repair import prune, reorder, repair
from rsi_cli.models.offline.rules import Policy, Rule
from rsi_cli.models.offline.values import write_constant
from rsi_cli.models.offline.wording import paraphrase

_LONGEST_LABEL = 5  # words


def rewrite(prompt: str, *, office: str, rng: Random) -> str:
    """Return the revised skill in its block. office: the improver's own skill (its system message) or ""."""
    skill = first_block(prompt, "skill") or ""
    style = first_block(prompt, "thinking_style") or ""
    wish = mood(first_block(prompt, "mutation_prompt") or "", style, office)
    lessons = read_lessons(prompt)
    drafts = [revise(skill, lessons, wish, rng) for _ in range(1 + round(3 * wish.contrast))]
    best = max(drafts, key=lambda draft: _kept(draft, lessons, wish)) if len(drafts) > 1 else drafts[0]
    text = best if best.strip() and best != skill else paraphrase(skill, rng)
    return reply_block("skill", text)


def revise(skill: str, lessons: Sequence[Lesson], wish: Mood, rng: Random) -> str:
    """Return one revision of a skill, made in this mood."""
    draft = Draft.of(skill)
    if rng.random() > 0.1 + 1.3 * wish.clarity:
        return paraphrase(skill, rng)
    if wish.prune > 0.25 and rng.random() < wish.prune:
        prune(draft, lessons, rng)
    kind = kind_of(read_skill(skill), lessons)
    if kind == "object":
        object_changes(draft, lessons, wish, rng)
    elif kind == "text":
        template_changes(draft, lessons, wish, rng)
    elif kind == "label":
        _label_changes(draft, lessons, wish, rng)
    if wish.order > 0.3 and rng.random() < wish.order:
        reorder(draft, lessons)
    return draft.text()


def kind_of(policy: Policy, lessons: Sequence[Lesson]) -> str:
    """Tell what is wanted: "object" (JSON), "label" (one of few short answers), "text", or "" (unknown)."""
    wanted = [lesson.wanted for lesson in lessons if lesson.wanted]
    if not wanted:
        return ""
    if sum(as_record(one) is not None for one in wanted) * 2 > len(wanted):
        return "object"
    if policy.template:
        return "text"
    short = [one for one in wanted if len(one.split()) <= _LONGEST_LABEL and "\n" not in one]
    known = sum(one in policy.labels for one in wanted)
    repeated = len(set(short)) <= 0.7 * len(short) or len(set(short)) <= 2
    return "label" if known * 2 >= len(wanted) or (len(short) * 5 >= 4 * len(wanted) and repeated) else "text"


def _label_changes(draft: Draft, lessons: Sequence[Lesson], wish: Mood, rng: Random) -> None:
    examples = [Example(one.input, write_constant(one.wanted), one.passed) for one in lessons if one.wanted]
    if rng.random() < 0.4 + wish.contrast + wish.exceptions:
        repair(draft, "", examples, wish, rng)
    for rule in label_rules("", examples, wish, rng):
        enter(draft, rule, wish, rng, examples)
    default = default_rule("", examples)
    wants_default = wish.default > 0.3 and rng.random() < wish.default
    if wants_default and default and not any(rule.always for rule in draft.rules):
        draft.add(default)


def enter(draft: Draft, rule: Rule, wish: Mood, rng: Random, examples: Sequence[Example] = ()) -> None:
    """Write a rule into the draft: joined to one with the same outcome, or on its own line."""
    twins = [
        old for old in draft.rules if (old.slot, old.value) == (rule.slot, rule.value) and not old.always
    ]
    if twins and not rule.always and rng.random() > wish.by_heart:
        draft.enter(rule)
        return
    shadowed = any(not example.passed and draft.blamed(rule.slot, example.note) for example in examples)
    draft.add(rule, first=shadowed and rng.random() < 0.4 + 0.5 * wish.order)


def _kept(text: str, lessons: Sequence[Lesson], wish: Mood) -> float:
    """Count the lessons that a skill gets right, passing ones double; each signal costs a little."""
    policy = read_skill(text)
    signals = sum(len(rule.when) for rule in policy.rules)
    right = sum((2.0 if lesson.passed else 1.0) * _right(policy, lesson) for lesson in lessons)
    return right - (0.1 + 0.6 * wish.general) * signals


def _right(policy: Policy, lesson: Lesson) -> float:
    """Return how much of the right answer the rules give, 0…1; -0.5 for a wrong one."""
    if lesson.wanted is None:
        return 0.0
    if policy.keys:
        record = as_record(lesson.wanted) or {}
        hits = [decide(policy, key, lesson.note) == value for key, value in record.items()]
        return sum(hits) / len(hits) if hits else 0.0
    if policy.template:
        values = [decide(policy, part, lesson.note) for part in policy.parts]
        return sum(isinstance(value, str) and value in lesson.wanted for value in values) / max(
            1, len(values)
        )
    value = decide(policy, "", lesson.note)
    if not is_decided(value):
        return 0.0
    return 1.0 if str(value) == lesson.wanted else -0.5
