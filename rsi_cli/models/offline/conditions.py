"""When a rule applies: conditions over an input, each with the English that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rsi_cli.models.offline import patterns
from rsi_cli.models.offline.note import Note, flatten


@dataclass(frozen=True, slots=True)
class Mentions:
    """The words stand in the text (or in one field) in this order; endings and case do not count."""

    phrase: str
    field: str = ""

    def holds(self, note: Note) -> bool:
        """Tell whether the input meets this."""
        words = flatten(self.phrase)
        if not words.strip():
            return self.phrase.strip() != "" and self.phrase.strip() in note.part(self.field)
        return words in note.flat_part(self.field)

    def says(self) -> str:
        """Return the English for it, as in "… mentions X"."""
        return f'mentions "{self.phrase}"'


@dataclass(frozen=True, slots=True)
class Has:
    """There is a span of this kind: a key of patterns.KINDS, "question", "exclamation mark" or "field"."""

    kind: str
    field: str = ""

    def holds(self, note: Note) -> bool:
        """Tell whether the input meets this."""
        if self.kind == "field":
            return bool(note.field(self.field))
        part = note.part(self.field)
        if self.kind == "question":
            return "?" in part
        if self.kind == "exclamation mark":
            return "!" in part
        return bool(patterns.find(self.kind, part))

    def says(self) -> str:
        """Return the English for it."""
        if self.kind == "field":
            return f'has a "{self.field}" line'
        return f"has {'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"


@dataclass(frozen=True, slots=True)
class Is:
    """A field has exactly this value; case does not count."""

    value: str
    field: str

    def holds(self, note: Note) -> bool:
        """Tell whether the input meets this."""
        found = note.field(self.field)
        return found is not None and found.strip(" .").lower() == self.value.strip(" .").lower()

    def says(self) -> str:
        """Return the English for it."""
        return f'is "{self.value}"'


@dataclass(frozen=True, slots=True)
class Begins:
    """The text (or field) starts, or ends, with these words."""

    phrase: str
    field: str = ""
    at_end: bool = False

    def holds(self, note: Note) -> bool:
        """Tell whether the input meets this."""
        words, part = flatten(self.phrase), note.flat_part(self.field)
        return bool(words.strip()) and (part.endswith(words) if self.at_end else part.startswith(words))

    def says(self) -> str:
        """Return the English for it."""
        return f'{"ends" if self.at_end else "starts"} with "{self.phrase}"'


@dataclass(frozen=True, slots=True)
class Longer:
    """The text has more (or fewer) than so many words."""

    words: int
    field: str = ""
    fewer: bool = False

    def holds(self, note: Note) -> bool:
        """Tell whether the input meets this."""
        count = len(note.part(self.field).split())
        return count < self.words if self.fewer else count > self.words

    def says(self) -> str:
        """Return the English for it."""
        return f"is {'shorter' if self.fewer else 'longer'} than {self.words} words"


Atom: TypeAlias = Mentions | Has | Is | Begins | Longer


@dataclass(frozen=True, slots=True)
class Literal:
    """One demand on the input, or its opposite."""

    atom: Atom
    wanted: bool = True

    def holds(self, note: Note) -> bool:
        """Tell whether the input meets this."""
        return self.atom.holds(note) is self.wanted


Clause: TypeAlias = tuple[Literal, ...]
"""All of these."""
Condition: TypeAlias = tuple[Clause, ...]
"""Any of these; () is never true, ((),) always."""
ALWAYS: Condition = ((),)


def holds(condition: Condition, note: Note) -> bool:
    """Tell whether an input meets a condition."""
    return any(all(literal.holds(note) for literal in clause) for clause in condition)


def either(*conditions: Condition) -> Condition:
    """Join conditions with "or", equal clauses once, order kept."""
    return tuple(dict.fromkeys(clause for condition in conditions for clause in condition))


def sentence(condition: Condition, thing: str = "text") -> str:
    """Say a condition: 'the text mentions "a" or "b", or the "Subject" line has a question'."""
    groups: dict[str, list[str]] = {}
    for clause in condition:
        subject, said = _say_clause(clause, thing)
        groups.setdefault(subject, []).append(said)
    return ", or ".join(f"{subject} {_join(said)}" for subject, said in groups.items())


def _say_clause(clause: Clause, thing: str) -> tuple[str, str]:
    """Return (the subject, what is said of it) for one clause."""
    if not clause:
        return f"the {thing}", "is anything else"
    first = _subject(clause[0], thing)
    said = [_say(clause[0])]
    for literal in clause[1:]:
        subject = _subject(literal, thing)
        head = "" if subject == first else f"{subject} "
        said.append(f"{'and' if literal.wanted else 'but'} {head}{_say(literal)}")
    return first, " ".join(said)


def _subject(literal: Literal, thing: str) -> str:
    if isinstance(literal.atom, Has) and literal.atom.kind == "field":
        return f"the {thing}"
    return f'the "{literal.atom.field}" line' if literal.atom.field else f"the {thing}"


def _say(literal: Literal) -> str:
    said = literal.atom.says()
    if literal.wanted:
        return said
    verb, _, rest = said.partition(" ")
    plain = {"mentions": "mention", "has": "have", "starts": "start", "ends": "end"}
    return f"is not {rest}" if verb == "is" else f"does not {plain.get(verb, verb)} {rest}"


def _join(said: list[str]) -> str:
    """Write "mentions a, b or c" instead of saying the verb each time; longer things joined with "or"."""
    simple = [
        part.removeprefix("mentions ")
        for part in said
        if part.startswith("mentions ") and part.count('"') == 2
    ]
    others = [part for part in said if not (part.startswith("mentions ") and part.count('"') == 2)]
    parts = []
    if simple:
        parts.append(
            "mentions " + (f"{', '.join(simple[:-1])} or {simple[-1]}" if len(simple) > 1 else simple[0])
        )
    return ", or ".join([*parts, *others])
