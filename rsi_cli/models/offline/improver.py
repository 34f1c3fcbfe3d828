"""The apprentice as improver: induce rules as the mutation prompt asks, and write them down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.models.offline.advice import advised, is_advice
from rsi_cli.models.offline.blocks import first_block, reply_block
from rsi_cli.models.offline.draft import Draft, understood
from rsi_cli.models.offline.features import Mood, mood
from rsi_cli.models.offline.induce_labels import Example, default_rule, label_rules
from rsi_cli.models.offline.induce_shape import object_changes, template_changes
from rsi_cli.models.offline.lessons import Lesson, as_record, read_lessons
from rsi_cli.models.offline.read_skill import read_skill
from rsi_cli.models.offline.repair import prune, reorder, repair
from rsi_cli.models.offline.rules import Policy, Rule
from rsi_cli.models.offline.trial import right
from rsi_cli.models.offline.tried import untried
from rsi_cli.models.offline.values import write_constant
from rsi_cli.models.offline.wording import paraphrase

_LONGEST_LABEL = 5  # words
_SECOND_THOUGHTS = 3  # more drafts, where all that came to mind was tried before


def rewrite(prompt: str, *, office: str, rng: Random) -> str:
    """Return the revised skill in its block. office: the improver's own skill (its system message) or ""."""
    if is_advice(prompt):
        return reply_block("skill", advised(prompt, rng))
    skill = first_block(prompt, "skill") or ""
    return reply_block("skill", best_revision(skill, request_of(prompt, office), rng))


@dataclass(frozen=True, slots=True)
class Request:
    """What a prompt shows and wants. tried: edits that did not help, in words; "" if none."""

    lessons: tuple[Lesson, ...]
    wish: Mood
    tried: str


def request_of(prompt: str, office: str) -> Request:
    """Read the cases of a prompt, and in what mood to go about them."""
    style = first_block(prompt, "thinking_style") or ""
    wanted, learned = first_block(prompt, "mutation_prompt") or "", first_block(prompt, "lessons") or ""
    tried = first_block(prompt, "tried_edits", "tried") or ""
    return Request(read_lessons(prompt), mood(wanted, style, office, learned), tried)


def best_revision(skill: str, request: Request, rng: Random) -> str:
    """Return a revision, of several drafts the best; a mere paraphrase where none comes to anything."""
    lessons, wish = request.lessons, request.wish

    def draft() -> str:
        return untried(skill, revise(skill, lessons, wish, rng), request.tried)

    drafts = [draft() for _ in range(1 + round(3 * wish.contrast))]
    if request.tried and all(one == skill for one in drafts):
        drafts += [draft() for _ in range(_SECOND_THOUGHTS)]
    best = max(drafts, key=lambda one: kept(one, lessons, wish)) if len(drafts) > 1 else drafts[0]
    return best if best.strip() and best != skill else paraphrase(skill, rng)


def revise(skill: str, lessons: Sequence[Lesson], wish: Mood, rng: Random) -> str:
    """Return one revision of a skill, made in this mood."""
    draft = Draft.of(skill)
    if rng.random() > 0.1 + 1.3 * wish.clarity:
        return paraphrase(skill, rng)
    change(draft, lessons, wish, rng)
    return draft.text()


def change(draft: Draft, lessons: Sequence[Lesson], wish: Mood, rng: Random) -> None:
    """Take out, write and reorder rules as the lessons suggest and the mood wants."""
    kind = kind_of(understood(draft), lessons)
    if wish.prune > 0.25 and rng.random() < wish.prune:
        prune(draft, lessons, rng)
    if kind == "object":
        object_changes(draft, lessons, wish, rng)
    elif kind == "text":
        template_changes(draft, lessons, wish, rng)
    elif kind == "label":
        _label_changes(draft, lessons, wish, rng)
    if wish.order > 0.3 and rng.random() < wish.order:
        reorder(draft, lessons)


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


def kept(text: str, lessons: Sequence[Lesson], wish: Mood) -> float:
    """Count the lessons that a skill gets right, passing ones double; each signal costs a little."""
    policy = read_skill(text)
    signals = sum(len(rule.when) for rule in policy.rules)
    answers = sum((2.0 if lesson.passed else 1.0) * right(policy, lesson) for lesson in lessons)
    return answers - (0.1 + 0.6 * wish.general) * signals
