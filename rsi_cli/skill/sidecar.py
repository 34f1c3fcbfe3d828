"""The sidecar: a readable file beside the skill that carries what the next night should know.

It holds the evolved mutation prompts, what operators and models earned, and the lessons of earlier nights. It
is committed together with the skill that it led to, so that a checkout of any promotion brings back the way
of searching as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rsi_cli.errors import InputError, Problem
from rsi_cli.skill.sidecar_read import Node, Reader, Scalar, Table, guess
from rsi_cli.skill.sidecar_yaml import composed

_HEAD = """\
# What evolved with this skill; rsi reads it when the next run starts. Edit, add or remove entries freely.
# `tried` counts children, `confirmed` those that became working champion; old ones fade, hence the fractions.
version: 2
"""
_LESSONS = "# Told to the improver. kind: what helped, what misled, or which signal is unreliable.\n"
_VERSIONS = ("1", "2")
_SECTIONS = ("version", "mutation_prompts", "operators", "models", "lessons")
_PROMPT = ("text", "origin", "tried", "confirmed")
_RECORD = ("tried", "confirmed")
_LESSON = ("kind", "text")

LONGEST = 1_500  # characters of a mutation prompt: all of it is sent with every request that uses it
LONGEST_LESSON = 300  # characters
MOST_LESSONS = 20
MOST_OF_LESSONS = 3_000  # characters of all lessons: they are sent with every request to the improver
_PLAIN_NAME = re.compile("[a-z]+(?:-[a-z]+)*")
# DEL and C1 controls, the two Unicode line ends, the byte order mark, two non-characters.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an operator, a model or the like was tried for and earned; both >= 0, confirmed <= tried.

    tried: children. confirmed: those that became working champion. Fractions: old children fade.
    """

    tried: float = 0.0
    confirmed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationPrompt:
    """An instruction that tells the improver how to revise a skill, with its record.

    origin: "pool", or the operator that wrote it. tried: children bred with it. confirmed: those that
    became working champion. Both >= 0; fractions where the record fades.
    """

    text: str
    origin: str = "pool"
    tried: float = 0
    confirmed: float = 0

    def after(self, *, crowned: bool) -> MutationPrompt:
        """The same prompt with one more child on its record."""
        return MutationPrompt(
            text=self.text,
            origin=self.origin,
            tried=self.tried + 1,
            confirmed=self.confirmed + int(crowned),
        )


class Kind(StrEnum):
    """What a lesson is about."""

    HELPED = "helped"  # a change that brought a gain
    MISLED = "misled"  # a change that looked good and was not
    UNRELIABLE = "unreliable"  # a signal that says less than it seems to
    NOTE = "note"  # what the owner wants the improver to know; rsi writes none and drops none


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a night learned, in words for the improver. text: at most LONGEST_LESSON characters."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """All that travels to the next night. operators, models: records by name, as in "breadth" and "depth"."""

    mutation_prompts: tuple[MutationPrompt, ...] = ()
    operators: Mapping[str, Record] = field(default_factory=dict)
    models: Mapping[str, Record] = field(default_factory=dict)
    lessons: tuple[Lesson, ...] = ()


def kept_lessons(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """The lessons that fit in, in the order given: one that is blank, too long or too much is left out."""
    kept: list[Lesson] = []
    left = MOST_OF_LESSONS
    for lesson in lessons:
        size = len(lesson.text)
        if lesson.text.strip() and size <= min(left, LONGEST_LESSON) and len(kept) < MOST_LESSONS:
            kept.append(lesson)
            left -= size
    return tuple(kept)


def write_sidecar(sidecar: Sidecar) -> bytes:
    """Render the file; the same sidecar always gives the same bytes. Lessons past the limits are left out.

    Of mutation prompts with the same text the first is kept. Numbers keep three decimals. JSON strings are
    valid YAML, so no text can break out of its value.
    """
    prompts = [
        f"  - text: {_quoted(prompt.text)}\n"
        f"    origin: {_quoted(prompt.origin)}\n"
        f"    tried: {_decimal(prompt.tried)}\n"
        f"    confirmed: {_decimal(prompt.confirmed)}\n"
        for prompt in _each_once(sidecar.mutation_prompts)
    ]
    lessons = [
        f"  - kind: {lesson.kind}\n    text: {_quoted(lesson.text)}\n"
        for lesson in kept_lessons(sidecar.lessons)
    ]
    return "".join(
        (
            _HEAD,
            _section("mutation_prompts", prompts, "[]"),
            _section("operators", _records(sidecar.operators), "{}"),
            _section("models", _records(sidecar.models), "{}"),
            _LESSONS,
            _section("lessons", lessons, "[]"),
        )
    ).encode()


def _each_once(prompts: Iterable[MutationPrompt]) -> Iterable[MutationPrompt]:
    once: dict[str, MutationPrompt] = {}
    for prompt in prompts:
        once.setdefault(_sense(prompt.text), prompt)
    return once.values()


def _section(name: str, entries: list[str], empty: str) -> str:
    return f"{name}:\n{''.join(entries)}" if entries else f"{name}: {empty}\n"


def _records(records: Mapping[str, Record]) -> list[str]:
    return [
        f"  {name if _PLAIN_NAME.fullmatch(name) else _quoted(name)}: "
        f"{{tried: {_decimal(record.tried)}, confirmed: {_decimal(record.confirmed)}}}\n"
        for name, record in sorted(records.items())
    ]


def _decimal(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _quoted(text: str) -> str:
    """A JSON string that YAML reads as the same text: YAML allows fewer characters."""
    whole = json.dumps(_whole(text), ensure_ascii=False)
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", whole)


def _whole(text: str) -> str:
    """The text as a file can hold it: without halves of characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _sense(text: str) -> str:
    """What two mutation prompts have in common that are one."""
    return _whole(text).strip()


def read_sidecar(raw: bytes, *, file: str) -> Sidecar:
    """Read a sidecar file of either version, also one that a person edited; what is not there is empty.

    Operators and models may have any name (`strange_names`). Raises InputError with every mistake at
    file:line:col, in file order.
    """
    reader = Reader(file)
    root = composed(raw, reader)
    found = _read(root, reader) if not reader.problems else Sidecar()
    if reader.problems:
        raise InputError(
            f"{file} is no valid sidecar",
            hint="mend it, or remove the file: the next run then starts from built-in mutation prompts",
            problems=tuple(sorted(reader.problems, key=lambda problem: (problem.line, problem.col))),
        )
    return found


def strange_names(
    raw: bytes, *, file: str, operators: Collection[str], models: Collection[str]
) -> tuple[Problem, ...]:
    """Name the records that belong to none of these operators and models, at their places, in file order.

    No mistakes: another rsi may know them, and a sidecar of any promotion has to stay readable. They are for
    a warning. A file that cannot be read has none; `read_sidecar` says why.
    """
    root, reader = composed(raw, Reader(file)), Reader(file)
    known = {"operators": (operators, "operator"), "models": (models, "improver model")}
    for section, value in root.entries if isinstance(root, Table) else ():
        names, what = known.get(section.text, ((), ""))
        for name, _ in value.entries if what and isinstance(value, Table) else ():
            if name.text not in names:
                unused = f"this rsi has no such {what}, so the record counts for nothing"
                reader.note(name, f"{section.text}.{name.text}", f"{unused}{guess(name.text, names)}")
    return tuple(reader.problems)


def _read(root: Node | None, reader: Reader) -> Sidecar:
    sections = reader.table(root, "", _SECTIONS)
    version = sections.get("version")
    if version and not (isinstance(version, Scalar) and version.text in _VERSIONS):
        reader.note(version, "version", "this rsi reads versions 1 and 2")
    return Sidecar(
        mutation_prompts=_prompts(sections.get("mutation_prompts"), reader),
        operators=_named_records(sections.get("operators"), "operators", reader),
        models=_named_records(sections.get("models"), "models", reader),
        lessons=_lessons(sections.get("lessons"), reader),
    )


def _prompts(node: Node | None, reader: Reader) -> tuple[MutationPrompt, ...]:
    prompts: list[MutationPrompt] = []
    lines: dict[str, int] = {}
    for at, item in enumerate(reader.items(node, "mutation_prompts")):
        prompt = _prompt(item, f"mutation_prompts[{at}]", reader)
        if prompt.text and (sense := _sense(prompt.text)) in lines:
            reader.note(item, f"mutation_prompts[{at}].text", f"written twice (first on line {lines[sense]})")
        elif prompt.text:
            lines[sense] = item.line
        prompts.append(prompt)
    return tuple(prompts)


def _prompt(node: Node, where: str, reader: Reader) -> MutationPrompt:
    entry = reader.table(node, where, _PROMPT)
    origin = entry.get("origin")
    record = _record(entry, where, reader)
    return MutationPrompt(
        text=reader.text(entry.get("text", node), f"{where}.text", LONGEST),
        origin=origin.text if isinstance(origin, Scalar) else "owner",
        tried=record.tried,
        confirmed=record.confirmed,
    )


def _record(entry: Mapping[str, Node], where: str, reader: Reader) -> Record:
    tried = reader.number(entry.get("tried"), f"{where}.tried")
    confirmed = reader.number(entry.get("confirmed"), f"{where}.confirmed")
    if confirmed > tried:
        reader.note(entry["confirmed"], f"{where}.confirmed", "more are confirmed than were tried")
    return Record(tried=max(tried, confirmed), confirmed=confirmed)


def _named_records(node: Node | None, where: str, reader: Reader) -> dict[str, Record]:
    return {
        name: _record(reader.table(value, f"{where}.{name}", _RECORD), f"{where}.{name}", reader)
        for name, value in reader.table(node, where).items()
    }


def _lessons(node: Node | None, reader: Reader) -> tuple[Lesson, ...]:
    lessons: list[Lesson] = []
    kinds = [kind.value for kind in Kind]
    for at, item in enumerate(reader.items(node, "lessons")):
        where = f"lessons[{at}]"
        entry = reader.table(item, where, _LESSON)
        kind = reader.word(entry.get("kind", item), f"{where}.kind", kinds)
        text = reader.text(entry.get("text", item), f"{where}.text", LONGEST_LESSON)
        lessons.append(Lesson(kind=Kind(kind or Kind.HELPED), text=text))
    if len(lessons) > MOST_LESSONS:
        reader.note(node, "lessons", f"{len(lessons)} lessons; {MOST_LESSONS} are allowed")
    if (size := sum(len(lesson.text) for lesson in lessons)) > MOST_OF_LESSONS:
        reader.note(node, "lessons", f"{size} characters in all; {MOST_OF_LESSONS} are allowed")
    return tuple(lessons)
