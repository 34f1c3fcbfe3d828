"""Induce the shape of longer answers: the keys of an object, or a text's parts and what separates them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from random import Random

from rsi_cli.models.offline.draft import Draft, understood
from rsi_cli.models.offline.features import Mood
from rsi_cli.models.offline.induce_labels import Example
from rsi_cli.models.offline.induce_values import slot_changes, spans_of
from rsi_cli.models.offline.lessons import Lesson, as_record
from rsi_cli.models.offline.quotes import code
from rsi_cli.models.offline.rules import PLACEHOLDER
from rsi_cli.models.offline.values import write_constant

_DELIMITER = re.compile(r": | ?\[|\] ?| ?\(|\) ?| [-–—|>] |\n+|, |; | ?#|!")
_MOST_PARTS = 7


def object_changes(draft: Draft, lessons: Sequence[Lesson], mood: Mood, rng: Random) -> None:
    """Write rules for the keys that went wrong most, and name the keys where the skill does not."""
    records = [(lesson, record) for lesson in lessons if (record := as_record(lesson.wanted)) is not None]
    keys = list(dict.fromkeys(key for _, record in records for key in record))
    if keys and not set(keys) <= set(understood(draft).keys) and rng.random() < 0.5 + mood.format:
        named = ", ".join(code(key) for key in keys)
        draft.add_text(f"Reply with one JSON object with the keys {named} and nothing else.")
    by_key = {key: [_example(lesson, record.get(key), key) for lesson, record in records] for key in keys}
    _change_some(draft, by_key, mood, rng)


def _example(lesson: Lesson, wanted: object, key: str) -> Example:
    given = (as_record(lesson.output) or {}).get(key, ...)
    right = lesson.passed or (given == wanted and isinstance(given, bool) is isinstance(wanted, bool))
    scalar = wanted if wanted is None or isinstance(wanted, bool | int | float | str) else None
    return Example(lesson.input, write_constant(scalar), right)


def _change_some(draft: Draft, by_slot: Mapping[str, Sequence[Example]], mood: Mood, rng: Random) -> None:
    """Take up the slots that fail most; how many at once depends on what was asked for."""
    failures = {slot: sum(not example.passed for example in examples) for slot, examples in by_slot.items()}
    open_slots = sorted(
        (slot for slot in by_slot if failures[slot]), key=lambda slot: -failures[slot] - 3 * rng.random()
    )
    most = max(1, round((0.2 + 0.5 * mood.many + 0.3 * mood.general + 0.3 * mood.format) * len(open_slots)))
    for slot in open_slots[:most]:
        slot_changes(draft, slot, by_slot[slot], mood, rng)


def template_changes(draft: Draft, lessons: Sequence[Lesson], mood: Mood, rng: Random) -> None:
    """Find the shape that the wanted texts share; then write rules for its parts."""
    known = [lesson for lesson in lessons if lesson.wanted]
    template = understood(draft).template
    fits = _parts_of(template, known) if template else {}
    if rng.random() < 0.3 + 0.3 * mood.general + 0.6 * mood.format:
        found = induce_template(known)
        if (
            found
            and (_share(fits, known) < 0.6 or _detail(found) > _detail(template))
            and draft.state_template(found)
        ):
            template, fits = found, _parts_of(found, known)
    if not template:
        slot_changes(
            draft,
            "",
            [Example(one.input, write_constant(one.wanted), one.passed) for one in known],
            mood,
            rng,
        )
        return
    by_part: dict[str, list[Example]] = {}
    for lesson in known:
        wanted, given = fits.get(lesson.input, {}), split_by(template, lesson.output) or {}
        for part, value in wanted.items():
            right = lesson.passed or given.get(part) == value
            by_part.setdefault(part, []).append(Example(lesson.input, write_constant(value), right))
    _change_some(draft, by_part, mood, rng)


def _detail(template: str) -> int:
    """Return how much a template fixes: its parts and the signs between them."""
    return len(PLACEHOLDER.findall(template)) + len("".join(PLACEHOLDER.sub("", template).split()))


def _parts_of(template: str, lessons: Sequence[Lesson]) -> dict[str, dict[str, str]]:
    """Return input → part → text for the wanted answers that fit a template."""
    cut = {lesson.input: split_by(template, lesson.wanted or "") for lesson in lessons}
    return {text: parts for text, parts in cut.items() if parts is not None}


def _share(fits: Mapping[str, object], lessons: Sequence[Lesson]) -> float:
    return len(fits) / len(lessons) if lessons else 1.0


def split_by(template: str, text: str) -> dict[str, str] | None:
    """Cut a text into a template's parts; None where it does not fit."""
    pattern, seen = "", set[str]()
    pieces = PLACEHOLDER.split(template)
    for number in range(0, len(pieces), 3):
        pattern += re.escape(pieces[number])
        name = next((piece for piece in pieces[number + 1 : number + 3] if piece), None)
        if name and name not in seen:
            seen.add(name)
            symbol = pieces[number + 3][:1] == ":" and not pieces[number]
            pattern += (
                r"(\W?)"
                if symbol and number
                else r"(\w[\w ./-]*?)"
                if _before_symbol(pieces, number)
                else r"(.+?)"
            )
    match = re.fullmatch(pattern, text.strip(), re.DOTALL)
    return dict(zip(dict.fromkeys(_names(template)), match.groups(), strict=False)) if match else None


def _before_symbol(pieces: Sequence[str], number: int) -> bool:
    """Tell whether the next part follows without anything between."""
    return number + 3 < len(pieces) - 1 and not pieces[number + 3]


def _names(template: str) -> list[str]:
    return [match[1] or match[2] for match in PLACEHOLDER.finditer(template)]


def induce_template(lessons: Sequence[Lesson]) -> str:
    """Return the shape that eight in ten of the wanted texts share, parts named; "" where there is none."""
    texts = [lesson.wanted.strip() for lesson in lessons if lesson.wanted and len(lesson.wanted) < 400]
    if len(texts) < 2:
        return ""
    skeleton = reduce(_common, (_DELIMITER.findall(text) for text in texts))
    if not skeleton or len(skeleton) > _MOST_PARTS:
        return ""
    cut = [
        (lesson, parts)
        for lesson in lessons
        if lesson.wanted and (parts := _cut(lesson.wanted.strip(), skeleton))
    ]
    if len(cut) < 0.8 * len(texts):
        return ""
    names: list[str] = []
    template = ""
    for number in range(len(skeleton) + 1):
        values = [(lesson.input, parts[number]) for lesson, parts in cut]
        template += _part(values, names) + (skeleton[number] if number < len(skeleton) else "")
    return template


def _part(values: Sequence[tuple[str, str]], names: list[str]) -> str:
    """Write one part: the text itself where it never changes, else a named hole; a sign at its end apart."""
    different = {value for _, value in values}
    if len(different) == 1:
        return next(iter(different))
    signs = [value for _, value in values if value and not value[-1].isalnum() and value[-1] not in ".)]\"'"]
    if signs and len(signs) < len(values) and all(len(value.split()) == 1 for _, value in values):
        return f"<{_name(values, names)}><{_fresh('mark', names)}>"
    return f"<{_name(values, names)}>"


def _name(values: Sequence[tuple[str, str]], names: list[str]) -> str:
    """Call a part after the field of the input that gives it, else by what it looks like."""
    fields = [
        span.marker
        for text, value in values
        for span in spans_of(text, value)
        if span.place == "field" and span.kind == "text"
    ]
    if fields:
        common = max(dict.fromkeys(fields), key=fields.count)  # the first of equals
        if fields.count(common) * 2 >= len(values):
            return _fresh(common, names)
    short = sum(len(value.split()) <= 2 for _, value in values)
    return _fresh("kind" if short * 2 > len(values) else "summary", names)


def _fresh(name: str, names: list[str]) -> str:
    plain = re.sub(r"[^\w-]+", "_", name.lower()).strip("_-") or "part"
    plain = plain if plain[0].isalpha() else f"part_{plain}"
    while plain in names:
        plain += "_2"
    names.append(plain)
    return plain


def _cut(text: str, skeleton: Sequence[str]) -> tuple[str, ...] | None:
    pattern = "(.*?)" + "".join(re.escape(delimiter) + "(.*?)" for delimiter in skeleton)
    match = re.fullmatch(pattern, text, re.DOTALL)
    return match.groups() if match else None


def _common(one: list[str], two: list[str]) -> list[str]:
    """Return the longest common subsequence of two lists."""
    table: list[list[list[str]]] = [[[] for _ in range(len(two) + 1)] for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(two):
            table[i + 1][j + 1] = (
                [*table[i][j], a] if a == b else max(table[i][j + 1], table[i + 1][j], key=len)
            )
    return table[-1][-1]
