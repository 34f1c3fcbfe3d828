"""The sidecar: a readable file beside the skill that carries what the next night should know.

It holds the evolved mutation prompts, what operators and models earned, and the lessons of earlier nights. It
is committed together with the skill that it led to, so that a checkout of any promotion brings back the way
of searching as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from rsi_cli.errors import InputError
from rsi_cli.skill.sidecar_read import Listed, Node, Reader, Scalar, Table

if TYPE_CHECKING:
    import yaml

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
_MOST_NODES = 20_000
_MOST_DEPTH = 8
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

    Numbers keep three decimals. JSON strings are valid YAML, so no text can break out of its value.
    """
    prompts = [
        f"  - text: {_quoted(prompt.text)}\n"
        f"    origin: {_quoted(prompt.origin)}\n"
        f"    tried: {_decimal(prompt.tried)}\n"
        f"    confirmed: {_decimal(prompt.confirmed)}\n"
        for prompt in sidecar.mutation_prompts
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
    """A JSON string that YAML reads as the same text: YAML allows fewer characters, and halves of none."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(whole, ensure_ascii=False))


def read_sidecar(raw: bytes, *, file: str) -> Sidecar:
    """Read a sidecar file of either version, also one that a person edited; what is not there is empty.

    Raises InputError with every mistake at file:line:col.
    """
    reader = Reader(file)
    root = _composed(raw, reader)
    found = _read(root, reader) if not reader.problems else Sidecar()
    if reader.problems:
        raise InputError(
            f"{file} is no valid sidecar",
            hint="mend it, or remove the file: the next run then starts from built-in mutation prompts",
            problems=tuple(reader.problems),
        )
    return found


def _read(root: Node | None, reader: Reader) -> Sidecar:
    sections = reader.table(root, "", _SECTIONS)
    version = sections.get("version")
    if version and not (isinstance(version, Scalar) and version.text in _VERSIONS):
        reader.note(version, "version", "this rsi reads versions 1 and 2")
    prompts = reader.items(sections.get("mutation_prompts"), "mutation_prompts")
    return Sidecar(
        mutation_prompts=tuple(
            _prompt(node, f"mutation_prompts[{at}]", reader) for at, node in enumerate(prompts)
        ),
        operators=_named_records(sections.get("operators"), "operators", reader),
        models=_named_records(sections.get("models"), "models", reader),
        lessons=_lessons(sections.get("lessons"), reader),
    )


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


def _composed(raw: bytes, reader: Reader) -> Node | None:
    """The nodes of the file with their places; None, and a problem, where it cannot be read."""
    import yaml

    try:
        root = yaml.compose(raw.decode("utf-8"), Loader=yaml.SafeLoader)
        return _Copy().of(root) if root else None
    except UnicodeDecodeError as error:
        reader.note(None, "", f"not UTF-8 text: {error.reason}")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Listed((), mark.line + 1, mark.column + 1) if mark else None
        reader.note(place, "", str(error.problem))
    except (yaml.YAMLError, RecursionError) as error:
        reader.note(None, "", str(error))
    return None


@dataclass(slots=True)
class _Copy:
    """Turns composed nodes into ours. Aliases may repeat or contain themselves, hence the two limits."""

    left: int = _MOST_NODES

    def of(self, node: yaml.Node, depth: int = 0) -> Node:
        """A node and what is in it. Raises MarkedYAMLError past the limits."""
        import yaml

        self.left -= 1
        mark = node.start_mark
        line, col = mark.line + 1, mark.column + 1
        if self.left < 0 or depth > _MOST_DEPTH:
            raise yaml.MarkedYAMLError(problem="too many or too deeply nested values", problem_mark=mark)
        if isinstance(node, yaml.ScalarNode):
            return Scalar(str(node.value), node.tag == "tag:yaml.org,2002:str", line, col)
        if isinstance(node, yaml.SequenceNode):
            return Listed(tuple(self.of(item, depth + 1) for item in node.value), line, col)
        pairs = [(self.of(key, depth + 1), self.of(value, depth + 1)) for key, value in node.value]
        entries = tuple((key, value) for key, value in pairs if isinstance(key, Scalar))
        if len(entries) < len(pairs):
            raise yaml.MarkedYAMLError(problem="a key must be plain text", problem_mark=mark)
        return Table(entries, line, col)
