"""Induce "if …, answer …" rules: signals that several cases share and that no other case contradicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.models.offline.clues import clues, phrases
from rsi_cli.models.offline.conditions import ALWAYS, Atom, Clause, Condition, Has, Literal, Mentions, holds
from rsi_cli.models.offline.features import Mood
from rsi_cli.models.offline.note import Note, read_note
from rsi_cli.models.offline.rules import Rule
from rsi_cli.models.offline.values import Const
from rsi_cli.models.offline.words import is_telling, tokens

_NOISE = 0.2  # of an opinion about a signal, in cases
_ENOUGH = 0.8  # conviction that makes a rule


@dataclass(frozen=True, slots=True)
class Example:
    """An input, the value wanted for it, and whether it was already answered so."""

    text: str
    wanted: str
    passed: bool

    @property
    def note(self) -> Note:
        """Return the input, read."""
        return read_note(self.text)


def label_rules(slot: str, examples: Sequence[Example], mood: Mood, rng: Random) -> list[Rule]:
    """Return new rules for the failing examples, the best supported first.

    How many, how long and how well checked depends on the mood. Examples that passed serve as evidence.
    """
    failing = [example for example in examples if not example.passed]
    if not failing:
        return []
    wanted = Counter(example.wanted for example in failing)
    order = sorted(wanted, key=lambda label: -wanted[label] + rng.random())
    most = max(1, round((0.35 + 0.9 * mood.many + 0.5 * mood.general) * len(order)))
    rules: list[Rule] = []
    for label in order[:most]:
        mine = [example for example in failing if example.wanted == label]
        if rng.random() < mood.by_heart:
            rules += [by_heart(slot, example, rng) for example in mine[: 1 + round(mood.specific)]]
            continue
        condition = _signals(label, examples, mood, rng)
        if condition:
            rules.append(Rule(slot, condition, Const(label)))
    return rules


def by_heart(slot: str, example: Example, rng: Random) -> Rule:
    """Learn one case by heart: a long stretch of it that will not come again."""
    runs = [run for run in phrases(example.text, 5, 16) if tokens(run)] or [
        example.text[:60].replace('"', "") or "?"
    ]
    rare = max(
        rng.sample(runs, min(4, len(runs))),
        key=lambda run: sum(word[0].isdigit() or is_telling(word) for word in tokens(run)),
    )
    return Rule(slot, ((Literal(Mentions(rare)),),), Const(example.wanted))


def _signals(label: str, examples: Sequence[Example], mood: Mood, rng: Random) -> Condition:
    """Collect signals for one label until its failing examples are covered or nothing convinces."""
    open_cases = [example for example in examples if example.wanted == label and not example.passed]
    clauses: list[Clause] = []
    for _ in range(1 + round(1.5 * mood.many + 1.5 * mood.general)):
        if not open_cases:
            break
        best = _best(label, open_cases, examples, mood, rng)
        if best is None:
            break
        clauses.append(best)
        open_cases = [example for example in open_cases if not holds((best,), example.note)]
    return tuple(clauses)


def _best(
    label: str, open_cases: Sequence[Example], examples: Sequence[Example], mood: Mood, rng: Random
) -> Clause | None:
    """Return the signal that convinces most, perhaps narrowed by a second one; None where none does."""
    seen: dict[Atom, float] = {}
    for example in open_cases:
        seen.update(clues(example.text))
    rated: list[tuple[float, Clause]] = []
    for atom, prior in seen.items():
        value = (
            _conviction((Literal(atom),), label, examples, mood)
            + prior
            + rng.gauss(0, _NOISE * (1.0 - 0.6 * mood.general))
        )
        rated.append((value, (Literal(atom),)))
    rated.sort(key=lambda pair: -pair[0])
    if mood.exceptions > 0.3 and rated:
        rated += _narrowed(rated[:4], label, examples, mood, rng)
        rated.sort(key=lambda pair: -pair[0])
    return rated[0][1] if rated and rated[0][0] >= _ENOUGH else None


def _conviction(clause: Clause, label: str, examples: Sequence[Example], mood: Mood) -> float:
    """Weigh the cases that speak for a signal against those that speak against it."""
    support = against = 0.0
    for example in examples:
        note = example.note
        if not all(literal.holds(note) for literal in clause):
            continue
        if example.wanted == label:
            support += 1.0 if not example.passed else 0.4 + 0.4 * mood.contrast
        elif example.passed:
            against += 0.3 + 1.7 * mood.contrast
        else:
            against += 0.6 + 0.9 * mood.general
    lone = 1.0 - 0.55 * mood.general - 0.2 * mood.contrast
    return lone * min(support, 1.0) + (0.4 + 0.6 * mood.general) * max(0.0, support - 1.0) - against


def _narrowed(
    rated: Sequence[tuple[float, Clause]], label: str, examples: Sequence[Example], mood: Mood, rng: Random
) -> list[tuple[float, Clause]]:
    """Add "and …" or "but not …" to signals that other cases contradict."""
    found: list[tuple[float, Clause]] = []
    for _, clause in rated:
        wrong = [
            example for example in examples if example.wanted != label and holds((clause,), example.note)
        ]
        right = [
            example for example in examples if example.wanted == label and holds((clause,), example.note)
        ]
        if not wrong or not right:
            continue
        extra = [Literal(atom, wanted=False) for atom in _shared(wrong, right)] + [
            Literal(atom) for atom in _shared(right, wrong)
        ]
        for literal in extra[:12]:
            if literal.atom != clause[0].atom:
                joint = (*clause, literal)
                value = (
                    _conviction(joint, label, examples, mood) + rng.gauss(0, _NOISE) + 0.2 * mood.exceptions
                )
                found.append((value, joint))
    return found


def _shared(these: Sequence[Example], those: Sequence[Example]) -> list[Atom]:
    """Return signals that stand in most of these and in none of those, the most common first."""
    counts: Counter[Atom] = Counter()
    priors: dict[Atom, float] = {}
    for example in these:
        found: Mapping[Atom, float] = clues(example.text)
        counts.update(found.keys())
        priors.update(found)
    free = [atom for atom in counts if not any(atom.holds(example.note) for example in those)]
    return sorted(free, key=lambda atom: -counts[atom] - priors[atom] - 0.1 * isinstance(atom, Has))[:6]


def default_rule(slot: str, examples: Sequence[Example]) -> Rule | None:
    """Return "otherwise answer …" for the value that is wanted most often; None without examples."""
    wanted = Counter(example.wanted for example in examples)
    return Rule(slot, ALWAYS, Const(wanted.most_common(1)[0][0])) if wanted else None
