"""The apprentice at work: follow the skill's rules; guess where they say nothing; slip now and then."""

from __future__ import annotations

import json
import re
from random import Random

from rsi_cli.models.offline.conditions import holds
from rsi_cli.models.offline.guess import guess_label, guess_text, guess_value
from rsi_cli.models.offline.note import Note, read_note
from rsi_cli.models.offline.read_skill import read_skill
from rsi_cli.models.offline.rules import PLACEHOLDER, Policy
from rsi_cli.models.offline.values import Const, Scalar, cut

SLIP_RATE = 0.03  # chance of not following a rule that applies: nobody's attention is perfect
_NO_RULE = object()


def act(skill: str, text: str, *, rng: Random, slips: float = SLIP_RATE) -> str:
    """Answer an input under a skill. slips: chance that a rule that applies is not followed, 0…1."""
    policy, note = read_skill(skill), read_note(text)
    if policy.keys:
        return _object(policy, note, rng, slips)
    if policy.template:
        return _shortened(_filled(policy, note, rng, slips), policy)
    return _shortened(_whole(policy, note, rng, slips), policy)


def decide(policy: Policy, slot: str, note: Note) -> Scalar | object:
    """Return what the rules say for a slot, or a private marker where they say nothing."""
    missing = False
    for rule in policy.of(slot):
        if holds(rule.when, note):
            value = rule.value.take(note)
            if value is not None or isinstance(rule.value, Const):
                return value
            missing = True
    return None if missing else _NO_RULE


def is_decided(value: Scalar | object) -> bool:
    """True for what `decide` returned if a rule spoke."""
    return value is not _NO_RULE


def _whole(policy: Policy, note: Note, rng: Random, slips: float) -> str:
    value = decide(policy, "", note)
    if not is_decided(value) or rng.random() < slips:
        return guess_label(policy, note, rng) if policy.labels else guess_text(note, rng)
    return "" if value is None else str(value)


def _object(policy: Policy, note: Note, rng: Random, slips: float) -> str:
    forgotten = rng.randrange(len(policy.keys)) if rng.random() < slips else -1
    answer: dict[str, object] = {}
    for number, key in enumerate(policy.keys):
        value = decide(policy, key, note)
        if not is_decided(value) or number == forgotten:
            value = guess_value(key, note, rng)
        if value is not None or not policy.omit_empty:
            answer[key] = value
    return json.dumps(answer, ensure_ascii=False)


def _filled(policy: Policy, note: Note, rng: Random, slips: float) -> str:
    forgotten = rng.choice(policy.parts) if rng.random() < slips else None
    values: dict[str, str] = {}
    for part in policy.parts:
        value = decide(policy, part, note)
        if not is_decided(value) or part == forgotten:
            value = guess_value(part, note, rng)
        values[part] = "" if value is None else str(value)
    return fill(policy.template, values)


def fill(template: str, values: dict[str, str]) -> str:
    """Put values into a template; an empty one takes the brackets or the separator around it along."""
    for part, value in values.items():
        hole = rf"(?:<{re.escape(part)}>|\{{{re.escape(part)}\}})"
        if not value:
            template = re.sub(rf"\s*(?:\({hole}\)|\[{hole}\])", "", template)
    text = PLACEHOLDER.sub(lambda match: values.get(match[1] or match[2], ""), template).replace("\\n", "\n")
    return (
        re.sub(r"^(?:\s*[-:|,]\s+)+|(?:\s+[-:|,]\s*|[:|,]\s*)+$", "", text).strip()
        if "" in values.values()
        else text
    )


def _shortened(text: str, policy: Policy) -> str:
    if policy.max_words:
        text = " ".join(text.split(" ")[: policy.max_words]) if len(text.split()) > policy.max_words else text
    return cut(text, policy.max_chars) if policy.max_chars else text
