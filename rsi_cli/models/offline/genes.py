"""Rules in their smallest parts, one signal and one outcome: what skills can have in common, or exchange."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rsi_cli.models.offline.conditions import Clause
from rsi_cli.models.offline.draft import Draft
from rsi_cli.models.offline.read_skill import read_skill
from rsi_cli.models.offline.repair import shrink
from rsi_cli.models.offline.rules import Policy, Rule
from rsi_cli.models.offline.values import Value


@dataclass(frozen=True, slots=True)
class Gene:
    """Give a slot a value where a clause holds; an empty clause always does."""

    slot: str
    clause: Clause
    value: Value

    @property
    def place(self) -> tuple[str, Clause]:
        """What only one value can be given for."""
        return self.slot, self.clause

    def fits(self, policy: Policy) -> bool:
        """Tell whether a skill with such answers can use it: a key for an object, a part for a template."""
        slots = {*policy.keys, *policy.parts}
        return self.slot in slots if slots else not self.slot


def genes_of(skill: str) -> tuple[Gene, ...]:
    """Return the genes of all rules that a reader finds in a skill, locked ones too, in order."""
    return split(read_skill(skill).rules)


def split(rules: Iterable[Rule]) -> tuple[Gene, ...]:
    """Take rules apart."""
    parts = (Gene(rule.slot, clause, rule.value) for rule in rules for clause in rule.when)
    return tuple(dict.fromkeys(parts))


def put(draft: Draft, gene: Gene, *, first: bool = False) -> None:
    """State a gene, with its twins where there are any; a default takes the place of the old one."""
    rule = Rule(gene.slot, (gene.clause,), gene.value)
    old = next((one for one in draft.rules if one.slot == gene.slot and one.always), None)
    if rule.always and old:
        draft.replace(old, rule)
    elif first:
        draft.add(rule, first=True)
    else:
        draft.enter(rule)


def cut(draft: Draft, gene: Gene) -> None:
    """Take a gene out, wherever it stands in lines that may change."""
    for rule in draft.rules:
        if (rule.slot, rule.value) == (gene.slot, gene.value) and gene.clause in rule.when:
            shrink(draft, rule, tuple(clause for clause in rule.when if clause != gene.clause))
