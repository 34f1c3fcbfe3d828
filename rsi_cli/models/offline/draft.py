"""A skill being edited: lines that state one rule can change, locked lines cannot, the rest stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from rsi_cli.errors import BugError
from rsi_cli.models.offline.conditions import either, holds
from rsi_cli.models.offline.note import Note
from rsi_cli.models.offline.quotes import code
from rsi_cli.models.offline.read_rules import read_rules
from rsi_cli.models.offline.read_skill import read_skill
from rsi_cli.models.offline.rules import Policy, Rule
from rsi_cli.models.offline.values import Const

HEADING = "## Rules"
_BULLET = re.compile(r"^(\s*(?:[-*+]|\d{1,3}[.)])\s+)(.*)$")


@dataclass(slots=True)
class Line:
    """One line of the skill. rule: what it states, if that is exactly one rule and nobody locked it."""

    text: str
    rule: Rule | None = None
    locked: bool = False


@dataclass(slots=True)
class Draft:
    """The lines of a skill, to be changed rule by rule.

    home: the line before which a first rule is written; None = under a heading of its own.
    """

    lines: list[Line] = field(default_factory=list)
    home: Line | None = None

    @classmethod
    def of(cls, skill: str) -> Draft:
        """Read a skill into lines."""
        policy = read_skill(skill)
        slots = (
            frozenset(policy.keys)
            | frozenset(policy.parts)
            | {rule.slot for rule in policy.rules if rule.slot}
        )
        lines: list[Line] = []
        locked = fenced = False
        texts = skill.split("\n")
        for text, following in zip(texts, [*texts[1:], ""], strict=True):
            locked = locked or ("rsi:keep" in text and "/rsi:keep" not in text)
            fenced = fenced ^ text.lstrip().startswith(("```", "~~~"))
            bullet = _BULLET.match(text)
            wrapped = following[:1].isspace() and following.strip() and not _BULLET.match(following)
            readable = not (locked or fenced or wrapped)
            rules = read_rules(bullet[2], slots=slots, labels=policy.labels) if bullet and readable else ()
            lines.append(Line(text, rules[0] if len(rules) == 1 else None, locked))
            locked = locked and "/rsi:keep" not in text
        return cls(lines)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that may be changed, in order."""
        return tuple(line.rule for line in self.lines if line.rule)

    def text(self) -> str:
        """Return the skill."""
        return "\n".join(line.text for line in self.lines)

    def add(self, rule: Rule, *, first: bool = False) -> None:
        """State a new rule in the section of rules: before the others, or before the default of its slot."""
        places = [number for number, line in enumerate(self.lines) if line.rule]
        same = [number for number in places if _rule_of(self.lines[number]).slot == rule.slot]
        line = _line(rule, otherwise=rule.always and bool(same))
        if not places:
            self._open_section(line)
            return
        defaults = [number for number in same if _rule_of(self.lines[number]).always]
        if rule.always:
            at = max(same or places) + 1
        elif first:
            at = min(same or places)
        else:
            at = min(defaults) if defaults else max(same or places) + 1
        self.lines.insert(at, line)
        for number in defaults if not rule.always else []:
            default = self.lines[number + (number >= at)]
            default.text = _line(_rule_of(default), otherwise=True).text

    def enter(self, rule: Rule) -> None:
        """State a rule, joined to one with the same outcome where there is one."""
        twin = next(
            (
                old
                for old in self.rules
                if (old.slot, old.value) == (rule.slot, rule.value) and not old.always
            ),
            None,
        )
        if twin and not rule.always:
            self.replace(twin, replace(twin, when=either(twin.when, rule.when)))
        else:
            self.add(rule)

    def state_template(self, template: str) -> bool:
        """State the shape of the answer, in place of an earlier statement; False where that one is locked."""
        sentence = f"- Write the answer in the form {code(template)}."
        old = understood(self).template
        for line in self.lines:
            if old and code(old) in line.text:
                if not line.locked:
                    line.text, line.rule = sentence, None
                return not line.locked
        self.add_text(sentence[2:])
        return True

    def add_text(self, sentence: str) -> None:
        """Write a sentence that is no rule for one slot: the shape of the answer, its length."""
        at = next((number for number, line in enumerate(self.lines) if line.rule), None)
        if at is None:
            self._open_section(Line(f"- {sentence}"))
        else:
            self.lines.insert(at, Line(f"- {sentence}"))

    def replace(self, old: Rule, new: Rule) -> None:
        """State `new` where `old` stood."""
        for line in self.lines:
            if line.rule == old:
                line.text, line.rule = (
                    _line(new, otherwise=line.text.lstrip("-* ").startswith("Otherwise")).text,
                    new,
                )
                return

    def drop(self, rule: Rule) -> None:
        """Take a rule out."""
        self.lines = [line for line in self.lines if line.rule != rule]

    def blamed(self, slot: str, note: Note) -> Rule | None:
        """Return the changeable rule that decides a slot for an input, if one does."""
        mine = sorted((rule for rule in self.rules if rule.slot == slot), key=lambda rule: rule.always)
        return next((rule for rule in mine if holds(rule.when, note)), None)

    def rule_for(self, slot: str, constant: str, note: Note) -> Rule | None:
        """Return the rule that would give this constant to an input, if its turn came."""
        mine = [
            rule
            for rule in self.rules
            if rule.slot == slot and rule.value == Const(constant) and not rule.always
        ]
        return next((rule for rule in mine if holds(rule.when, note)), None)

    def move_before(self, rule: Rule, other: Rule) -> None:
        """Give a rule the turn before another one."""
        moved = next(line for line in self.lines if line.rule == rule)
        self.lines = [line for line in self.lines if line is not moved]
        at = next(number for number, line in enumerate(self.lines) if line.rule == other)
        self.lines.insert(at, moved)

    def _open_section(self, line: Line) -> None:
        """Write the first rule: at its home, or at the end of the list under the heading, made if missing."""
        if self.home is not None:
            self._come_home(line, next(n for n, old in enumerate(self.lines) if old is self.home))
            return
        headings = [n for n, old in enumerate(self.lines) if not old.locked and old.text.strip() == HEADING]
        if not headings:
            while self.lines and not self.lines[-1].text.strip() and not self.lines[-1].locked:
                self.lines.pop()
            self.lines += [Line(""), Line(HEADING), Line(""), line, Line("")]
            return
        at = headings[0] + 1
        while (
            at < len(self.lines)
            and not self.lines[at].locked
            and _continues(self.lines[at], at - headings[0])
        ):
            at += 1
        self.lines.insert(at, line)

    def _come_home(self, line: Line, at: int) -> None:
        """Write a line before the one at that place, apart from a paragraph that ends there."""
        before = self.lines[at - 1].text if at else ""
        self.lines[at:at] = [line] if not before.strip() or _BULLET.match(before) else [Line(""), line]


def _continues(line: Line, distance: int) -> bool:
    """Tell whether a line belongs to the list under a heading: an item of it, or the gap before it."""
    return bool(_BULLET.match(line.text)) or (distance == 1 and not line.text.strip())


def _rule_of(line: Line) -> Rule:
    if line.rule is None:
        raise BugError("a line without a rule was taken for one")
    return line.rule


def _line(rule: Rule, *, otherwise: bool = False) -> Line:
    return Line(f"- {rule.sentence(otherwise=otherwise)}", rule)


def understood(draft: Draft) -> Policy:
    """Return what a reader makes of the draft."""
    return read_skill(draft.text())
