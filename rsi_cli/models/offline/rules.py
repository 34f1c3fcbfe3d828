"""A rule and a policy: what a skill's sentences come to once they have been read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rsi_cli.models.offline.conditions import ALWAYS, Condition, sentence
from rsi_cli.models.offline.quotes import code
from rsi_cli.models.offline.values import Const, Value

PLACEHOLDER = re.compile(r"<([A-Za-z][\w -]{0,30})>|\{([A-Za-z][\w -]{0,30})\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """Give a slot a value when a condition holds. slot: a JSON key or a template part; "" = all of it."""

    slot: str
    when: Condition
    value: Value

    @property
    def always(self) -> bool:
        """True for a rule without a condition."""
        return self.when == ALWAYS

    def sentence(self, thing: str = "text", *, otherwise: bool = False) -> str:
        """Say the rule in one English sentence that `read_rules` understands."""
        if self.slot:
            action = f"set {code(self.slot)} to {self.value.says()}"
        elif isinstance(self.value, Const):
            action = f"answer {self.value.says()}"
        else:
            action = f"answer with {self.value.says()}"
        if not self.always:
            return f"If {sentence(self.when, thing)}, {action}."
        return f"Otherwise {action}." if otherwise else f"{action[0].upper()}{action[1:]}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that the apprentice understood of a skill.

    rules: in order of the text; the first that fits wins, unconditional ones come last.
    labels: answers to choose from. hints: label → stems of words that describe it.
    keys: of a JSON object, in order.
    template: the answer's shape with `<parts>`. max_chars, max_words: 0 = no limit.
    omit_empty: leave keys without a value out.
    """

    rules: tuple[Rule, ...] = ()
    labels: tuple[str, ...] = ()
    hints: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    keys: tuple[str, ...] = ()
    template: str = ""
    max_chars: int = 0
    max_words: int = 0
    omit_empty: bool = False

    def of(self, slot: str) -> tuple[Rule, ...]:
        """Return the rules for a slot in the order in which they are tried."""
        mine = [rule for rule in self.rules if rule.slot == slot]
        return tuple(sorted(mine, key=lambda rule: rule.always))

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of the template's parts, in order."""
        return tuple(dict.fromkeys((m[1] or m[2]) for m in PLACEHOLDER.finditer(self.template)))
