"""Induce where a value comes from: spans of the input that give the wanted value in several cases at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from rsi_cli.models.offline import patterns
from rsi_cli.models.offline.conditions import ALWAYS, holds
from rsi_cli.models.offline.draft import Draft
from rsi_cli.models.offline.features import Mood
from rsi_cli.models.offline.induce_labels import Example, by_heart, default_rule, label_rules
from rsi_cli.models.offline.note import Note, read_note
from rsi_cli.models.offline.repair import repair
from rsi_cli.models.offline.rules import Rule
from rsi_cli.models.offline.values import Const, Scalar, Span, read_constant, shaped
from rsi_cli.models.offline.words import tokens

_TEXT_SHAPES = (
    (), ("no-stop",), ("lower",), ("upper",), ("lower-first",), ("lower-first", "no-stop"), ("imperative",),
    ("imperative", "no-stop"), ("imperative", "lower-first"), ("imperative", "lower-first", "no-stop"),
    ("upper-first",),
    ("upper-first", "no-stop"),
    ("title",), ("lower", "slug"), ("slug",), ("no-article",), ("digits",), ("iso-date",), ("24h",),
)  # fmt: skip
_NUMBER_SHAPES = (("number",), ("integer",))
_NOISE = 0.2  # of an opinion about a span, in cases


@dataclass(frozen=True, slots=True)
class _Rated:
    span: Span
    worth: float
    right: int


def same(one: Scalar, two: Scalar) -> bool:
    """Compare as JSON does: true is not 1, but 2 is 2.0."""
    return isinstance(one, bool) is isinstance(two, bool) and one == two


def slot_changes(draft: Draft, slot: str, examples: Sequence[Example], mood: Mood, rng: Random) -> None:
    """Write better rules for one slot into the draft. examples: wanted as a constant is written."""
    wrong = [example for example in examples if not _met(draft, slot, example)]
    if not wrong:
        return
    if rng.random() < mood.by_heart:
        for example in wrong[: 1 + round(mood.specific)]:
            draft.add(by_heart(slot, example, rng), first=True)
        return
    best = _best_span(examples, mood, rng)
    settled = sum(_met(draft, slot, example) for example in examples)
    if best and best.right > settled and _convinces(best, examples, mood):
        _install(draft, slot, best.span, examples)
    elif _is_class(wrong, examples):
        _class_changes(draft, slot, examples, mood, rng)
    elif (
        (more := _best_span(wrong, mood, rng))
        and _convinces(more, wrong, mood)
        and _harmless(draft, slot, more.span, examples)
    ):
        _add_fallback(draft, slot, more.span)


def _met(draft: Draft, slot: str, example: Example) -> bool:
    """Tell whether the draft's rules give the wanted value."""
    mine = sorted((rule for rule in draft.rules if rule.slot == slot), key=lambda rule: rule.always)
    for rule in mine:
        if holds(rule.when, example.note):
            value = rule.value.take(example.note)
            if value is not None or isinstance(rule.value, Const):
                return same(value, read_constant(example.wanted))
    return bool(mine) and example.wanted == "null"


@lru_cache(maxsize=16384)
def _taken(span: Span, text: str) -> Scalar:
    return span.take(read_note(text))


def _convinces(rated: _Rated, examples: Sequence[Example], mood: Mood) -> bool:
    """One case is enough for the careless only."""
    telling = sum(example.wanted != "null" for example in examples)
    return rated.worth > 0.3 and (rated.right >= 2 or telling <= 1 or mood.general < 0.4)


def _install(draft: Draft, slot: str, span: Span, examples: Sequence[Example]) -> None:
    """State where the value comes from; a rule that does so already and is wrong somewhere gives way."""
    for rule in [rule for rule in draft.rules if rule.slot == slot and rule.always]:
        taken = [(rule.value.take(example.note), read_constant(example.wanted)) for example in examples]
        if any(value is not None and not same(value, wanted) for value, wanted in taken) or isinstance(
            rule.value, Const
        ):
            draft.replace(rule, Rule(slot, ALWAYS, span))
            return
    draft.add(Rule(slot, ALWAYS, span))


def _harmless(draft: Draft, slot: str, span: Span, examples: Sequence[Example]) -> bool:
    good = [example for example in examples if _met(draft, slot, example)]
    taken = [
        (span.take(example.note), read_constant(example.wanted))
        for example in good
        if example.wanted == "null"
    ]
    return not any(value is not None for value, _ in taken) or not good


def _add_fallback(draft: Draft, slot: str, span: Span) -> None:
    constant = next(
        (rule for rule in draft.rules if rule.slot == slot and rule.always and isinstance(rule.value, Const)),
        None,
    )
    if constant:
        draft.replace(constant, Rule(slot, ALWAYS, span))
    else:
        draft.add(Rule(slot, ALWAYS, span))


def _is_class(wrong: Sequence[Example], examples: Sequence[Example]) -> bool:
    """Few different values that come again and again are names of kinds, not pieces of the input."""
    counts = Counter(example.wanted for example in examples)
    repeated = sum(count for count in counts.values() if count > 1)
    return (len(counts) <= 2 or repeated * 2 >= len(examples)) and all(len(one.wanted) <= 40 for one in wrong)


def _class_changes(draft: Draft, slot: str, examples: Sequence[Example], mood: Mood, rng: Random) -> None:
    marked = [replace(example, passed=_met(draft, slot, example)) for example in examples]
    repair(draft, slot, marked, mood, rng)
    usual = Counter(example.wanted for example in examples).most_common(1)[0][0]
    mine = [rule for rule in draft.rules if rule.slot == slot]
    if (
        not any(rule.always for rule in mine)
        and rng.random() < 0.35 + 0.3 * mood.general + 0.5 * mood.default
    ):
        rule = default_rule(slot, examples)
        if rule:
            draft.add(rule)
    for rule in label_rules(slot, marked, mood, rng):
        if rule.value != Const(usual) or not any(rule.always for rule in draft.rules if rule.slot == slot):
            draft.enter(rule)


def _best_span(examples: Sequence[Example], mood: Mood, rng: Random) -> _Rated | None:
    """Return the span that gives the wanted value most often; ties go to the simpler one."""
    found: Counter[Span] = Counter()
    for example in examples:
        if example.wanted != "null":
            found.update(spans_of(example.text, example.wanted))  # each once, in order
    rated = [_rate(span, examples, mood, rng) for span, _ in found.most_common(60)]
    return max(rated, key=lambda one: one.worth, default=None)


def _rate(span: Span, examples: Sequence[Example], mood: Mood, rng: Random) -> _Rated:
    right = wrong = silent = 0
    for example in examples:
        value = _taken(span, example.text)
        if same(value, read_constant(example.wanted)):
            right += 1
        elif value is None:
            silent += 1
        else:
            wrong += 1
    worth = right - (0.4 + 0.4 * mood.general + 0.4 * mood.contrast) * wrong - 0.3 * mood.general * silent
    simple = (
        0.15 * (span.place == "field")
        + 0.05 * (span.place == "after")
        - 0.08 * len(span.shape)
        - 0.1 * bool(span.until)
    )
    return _Rated(span, worth + simple + rng.gauss(0, _NOISE * (1.1 - mood.general)), right)


@lru_cache(maxsize=4096)
def spans_of(text: str, wanted: str) -> tuple[Span, ...]:
    """Return ways to point at a value in an input; () where it does not stand there."""
    value, note = read_constant(wanted), read_note(text)
    if value is None or isinstance(value, bool) or value == "":
        return ()
    return tuple(dict.fromkeys([*_of_kinds(note, value), *_of_texts(note, value)]))[:120]


def _shape(raw: str, value: Scalar) -> tuple[str, ...] | None:
    """Return the norms that turn a piece of the input into the wanted value; None where none do."""
    shapes = _TEXT_SHAPES if isinstance(value, str) else _NUMBER_SHAPES
    return next((shape for shape in shapes if same(shaped(raw, shape), value)), None)


def _of_kinds(note: Note, value: Scalar) -> Iterator[Span]:
    for kind, pattern in patterns.KINDS.items():
        if kind == "word" and not isinstance(value, str):
            continue
        everywhere = list(pattern.finditer(note.text))
        for number, match in enumerate(everywhere[:40]):
            shape = _shape(match.group(match.lastindex or 0).strip(), value)
            if shape is None:
                continue
            base = Span(kind=kind, shape=shape)
            if number <= 1:
                yield replace(base, which=number)
            if number == len(everywhere) - 1:
                yield replace(base, which=-1)
            yield from _near(note, base, match.start(), match.end())


def _near(note: Note, base: Span, start: int, end: int) -> Iterator[Span]:
    """Point at a place by the words before it, the word after it, or the line that it stands in."""
    before = note.text[max(0, start - 60) : start].rsplit("\n", 1)[-1]
    words = re.findall(r"[^\W\d_][\w'-]*", before)
    for size in (1, 2):
        for back in range(3):
            run = words[len(words) - size - back : len(words) - back]
            if len(run) == size and len(words) >= size + back:
                marker = before[before.rfind(run[0]) : before.rfind(run[-1]) + len(run[-1])]
                yield replace(base, place="after", marker=marker)
    after = re.match(r"\s{0,2}([^\W\d_]{3,})", note.text[end : end + 40])
    if after:
        yield replace(base, place="before", marker=after[1])
    line_start = note.text.rfind("\n", 0, start) + 1
    line = note.text[line_start:].split("\n", 1)[0]
    for name, content in note.fields.items():
        if line.strip().lower().lstrip("-* ").startswith(name) and content and content in line:
            yield replace(base, place="field", marker=note.spelled[name])
    for word in dict.fromkeys(tokens(line)):
        if len(word) > 3 and word.isalpha():
            yield replace(base, place="line", marker=word)


def _of_texts(note: Note, value: Scalar) -> Iterator[Span]:
    for name, content in note.fields.items():
        if content and (shape := _shape(content, value)) is not None:
            yield Span(place="field", marker=note.spelled[name], shape=shape)
    if not isinstance(value, str):
        return
    for place, line in (("first line", note.lines[:1]), ("last line", note.lines[-1:])):
        if line and (shape := _shape(line[0], value)) is not None:
            yield Span(place=place, shape=shape)
    at = note.text.lower().find(value.lower())
    if at < 0:
        return
    before = note.text[max(0, at - 40) : at].rsplit("\n", 1)[-1]
    words = re.findall(r"[^\W\d_][\w'-]*", before)
    tail = note.text[at + len(value) :].split("\n", 1)[0].strip()
    until = re.match(r"[,;.()|]|\w+", tail)
    for marker in words[-1:]:
        for shape in ((), ("lower",), ("upper",)):
            yield Span(place="after", marker=marker, until=until[0] if until else "", shape=shape)
