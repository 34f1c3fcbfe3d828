"""Try a text on the cases that a prompt shows: what a careful writer does in the head before replying."""

from __future__ import annotations

from collections.abc import Sequence

from rsi_cli.models.offline.actor import decide, is_decided
from rsi_cli.models.offline.lessons import Lesson, as_record
from rsi_cli.models.offline.read_skill import read_skill
from rsi_cli.models.offline.rules import Policy


def right(policy: Policy, lesson: Lesson) -> float:
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


def total(text: str, lessons: Sequence[Lesson]) -> float:
    """Return how much of all right answers the rules of a text give, at most one a lesson."""
    policy = read_skill(text)
    return sum(right(policy, lesson) for lesson in lessons)
