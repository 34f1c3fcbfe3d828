"""Mend the rules that are there: narrow those that misled, drop what is idle, put precise ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from rsi_cli.models.offline.clues import clues
from rsi_cli.models.offline.conditions import Clause, Condition, Literal, Mentions, holds
from rsi_cli.models.offline.draft import Draft
from rsi_cli.models.offline.features import Mood
from rsi_cli.models.offline.induce_labels import Example
from rsi_cli.models.offline.lessons import Lesson
from rsi_cli.models.offline.rules import Rule
from rsi_cli.models.offline.values import Const, write_constant

ENOUGH = 2  # failures that outweigh the cases, not shown, for which a rule was once written


def repair(draft: Draft, slot: str, examples: Sequence[Example], mood: Mood, rng: Random) -> None:
    """Take the signal that misled out of a rule, or narrow it with "but does not mention …"."""
    for example in examples:
        if example.passed:
            continue
        rule = draft.blamed(slot, example.note)
        if (
            rule is None
            or rule.always
            or not isinstance(rule.value, Const)
            or rule.value.text == example.wanted
        ):
            continue
        guilty = [clause for clause in rule.when if holds((clause,), example.note)]
        rest: Condition = tuple(clause for clause in rule.when if clause not in guilty)
        good = [one for one in examples if one.wanted == rule.value.text and holds(tuple(guilty), one.note)]
        better = draft.rule_for(slot, example.wanted, example.note)
        if better and good and rng.random() < 0.4 + 0.6 * mood.order:
            draft.move_before(better, rule)
        elif (
            not good
            and _misled(draft, slot, rule, examples) >= ENOUGH
            and rng.random() < 0.5 + 0.5 * mood.contrast
        ):
            shrink(draft, rule, rest)
        elif rng.random() < mood.exceptions + 0.2 and len(guilty[0]) < 3:
            narrowed = _narrow(guilty[0], example, good)
            if narrowed:
                draft.replace(
                    rule,
                    replace(
                        rule, when=tuple(narrowed if clause == guilty[0] else clause for clause in rule.when)
                    ),
                )


def _misled(draft: Draft, slot: str, rule: Rule, examples: Sequence[Example]) -> int:
    """How many of the shown failures this rule is to blame for."""
    return sum(not one.passed and draft.blamed(slot, one.note) == rule for one in examples)


def shrink(draft: Draft, rule: Rule, rest: Condition) -> None:
    """Leave a rule the rest of its condition; without any it is dropped."""
    if rest:
        draft.replace(rule, replace(rule, when=rest))
    else:
        draft.drop(rule)


def _narrow(clause: Clause, wrong: Example, right: Sequence[Example]) -> Clause | None:
    """Add "but does not mention X", X standing in the wrong case and in no right one."""
    ranked = sorted(clues(wrong.text).items(), key=lambda pair: -pair[1])
    for atom, _ in ranked[:40]:
        known = any(literal.atom == atom for literal in clause)
        if (
            isinstance(atom, Mentions)
            and not known
            and not any(atom.holds(example.note) for example in right)
        ):
            return (*clause, Literal(atom, wanted=False))
    return None


def prune(draft: Draft, lessons: Sequence[Lesson], rng: Random) -> None:
    """Drop rules that decide no passing case: those that misled, and some idle ones with long conditions."""
    for rule in draft.rules:
        met = [lesson for lesson in lessons if holds(rule.when, lesson.note)]
        wrong = [lesson for lesson in met if not lesson.passed and not _wanted(rule, lesson)]
        right = [lesson for lesson in met if lesson.passed or _wanted(rule, lesson)]
        long = any(
            isinstance(lit.atom, Mentions) and len(lit.atom.phrase.split()) > 3
            for clause in rule.when
            for lit in clause
        )
        if not rule.slot and (
            (len(wrong) >= ENOUGH and not right) or (not met and long and rng.random() < 0.7)
        ):
            draft.drop(rule)


def _wanted(rule: Rule, lesson: Lesson) -> bool:
    return (
        isinstance(rule.value, Const)
        and lesson.wanted is not None
        and rule.value.text == write_constant(lesson.wanted)
    )


def reorder(draft: Draft, lessons: Sequence[Lesson]) -> None:
    """Order the rules for whole answers by how seldom the lessons prove them wrong; ties as they stand."""
    mine = [rule for rule in draft.rules if not rule.slot and not rule.always]
    places = [number for number, line in enumerate(draft.lines) if line.rule in mine]

    def wrongs(rule: Rule) -> float:
        met = [lesson for lesson in lessons if holds(rule.when, lesson.note)]
        return sum(not _wanted(rule, lesson) for lesson in met) / (len(met) + 1)

    lines = sorted(
        (draft.lines[number] for number in places), key=lambda line: wrongs(line.rule) if line.rule else 1.0
    )
    for number, line in zip(places, lines, strict=True):
        draft.lines[number] = line
