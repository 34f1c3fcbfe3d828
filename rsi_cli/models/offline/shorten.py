"""Shorten a skill: take out what does no work on the cases that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from rsi_cli.models.offline.conditions import Mentions, either
from rsi_cli.models.offline.draft import Draft
from rsi_cli.models.offline.genes import Gene, cut, split
from rsi_cli.models.offline.lessons import Lesson
from rsi_cli.models.offline.prose import loose, without
from rsi_cli.models.offline.rules import Rule
from rsi_cli.models.offline.trial import total
from rsi_cli.models.offline.values import Value

_FORGO_RULE, _FORGO_SENTENCE = 0.4, 0.7  # chance that one which seems to do no work goes
_LONG = 3  # words; a longer signal was learnt by heart


def shortened(skill: str, lessons: Sequence[Lesson], rng: Random) -> str:
    """Return the skill with less in it; as it is where everything in it may be of use.

    lessons: cases that are answered well now; without any, all rules stay. A rule that one of them needs
    stays. Of the others, those learnt by heart go, and some more; of mere sentences most go.
    """
    text = _joined(_without_twins(skill))
    idle = _idle(text, lessons)
    going = [gene for gene in idle if _by_heart(gene) or rng.random() < _FORGO_RULE]
    said = loose(text)
    leaving = [number for number in said if rng.random() < _FORGO_SENTENCE]
    if not going and not leaving and text == skill:
        going, leaving = idle[:1], list(said)[:1]
    text = without(text, leaving)
    for gene in going:
        shorter = _cut(text, gene)
        if total(shorter, lessons) >= total(text, lessons):  # two that do the same work: one of them stays
            text = shorter
    return text


def _idle(text: str, lessons: Sequence[Lesson]) -> list[Gene]:
    """Return the genes without which the lessons come out as well."""
    if not lessons:
        return []
    worth = total(text, lessons)
    genes = split(Draft.of(text).rules)
    return [gene for gene in genes if total(_cut(text, gene), lessons) >= worth]


def _cut(text: str, gene: Gene) -> str:
    draft = Draft.of(text)
    cut(draft, gene)
    return draft.text()


def _by_heart(gene: Gene) -> bool:
    phrases = [one.atom.phrase for one in gene.clause if isinstance(one.atom, Mentions)]
    return any(len(phrase.split()) > _LONG for phrase in phrases)


def _joined(text: str) -> str:
    """Write rules with the same outcome as one, where no other rule for the same place stands between."""
    draft = Draft.of(text)
    before: Rule | None = None
    for rule in draft.rules:
        alike = before and not (before.always or rule.always) and _outcome(before) == _outcome(rule)
        if before and alike and before != rule:
            whole = replace(before, when=either(before.when, rule.when))
            draft.drop(rule)
            draft.replace(before, whole)
            before = whole
        else:
            before = rule
    return draft.text()


def _outcome(rule: Rule) -> tuple[str, Value]:
    return rule.slot, rule.value


def _without_twins(skill: str) -> str:
    """Take out a rule or a sentence that was said before in the same words."""
    draft, sentences = Draft.of(skill), loose(skill)
    seen: set[str] = set()
    twins: list[int] = []
    for number, line in enumerate(draft.lines):
        plain = " ".join(line.text.split())
        if line.rule or number in sentences:
            twins += [number] if plain in seen else []
            seen.add(plain)
    return without(skill, twins)
