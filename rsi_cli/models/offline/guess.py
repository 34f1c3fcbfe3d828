"""What the apprentice says where no rule helps: plausible, and often wrong."""

from __future__ import annotations

from random import Random

from rsi_cli.models.offline import patterns
from rsi_cli.models.offline.note import Note
from rsi_cli.models.offline.rules import Policy
from rsi_cli.models.offline.values import Scalar
from rsi_cli.models.offline.words import stem, tokens

_HINTED = 1.5  # how much more a label weighs for each of its words that the input holds
_WORDS_FOR_KIND = {
    "date": "date day due",
    "time": "time at",
    "amount": "amount total price sum cost fee net gross tax",
    "percentage": "vat percent rate discount",
    "e-mail address": "email mail",
    "link": "url link website",
    "phone number": "phone tel",
    "number": "number count quantity qty age",
    "code": "id code reference ref ticket order invoice iban",
    "name": "name customer person author contact guest vendor supplier company",
    "capitalised word": "city country",
    "word in capitals": "currency",
}
_KIND_OF_WORD = {word: kind for kind, words in _WORDS_FOR_KIND.items() for word in words.split()}


def guess_label(policy: Policy, note: Note, rng: Random) -> str:
    """Choose among the labels; those that the skill describes with the input's words come more often."""
    words = set(note.flat.split())
    weights = [1.0 + _HINTED * len(words & policy.hints.get(label, frozenset())) for label in policy.labels]
    return rng.choices(policy.labels, weights)[0]


def guess_value(key: str, note: Note, rng: Random) -> Scalar:
    """Fill a slot by its name: the field called so, a span of the kind it sounds like, or some words."""
    words = [stem(word) for word in tokens(key.replace("_", " "))]
    for name, value in note.fields.items():
        if {stem(word) for word in tokens(name)} & set(words) and rng.random() < 0.8:
            return value or None
    for word in reversed(words):
        kind = _KIND_OF_WORD.get(word)
        spans = patterns.find(kind, note.text) if kind else ()
        if spans:
            span = rng.choice(spans) if rng.random() < 0.5 else spans[0]
            return patterns.as_number(span) if kind in {"amount", "number"} and rng.random() < 0.5 else span
    return None if rng.random() < 0.5 else guess_text(note, rng)


def guess_text(note: Note, rng: Random) -> str:
    """Copy a plausible stretch: a line, a field's value, or some words in a row."""
    if not note.lines:
        return "I cannot tell."
    choices = [note.lines[0], rng.choice(note.lines), *(value for value in note.fields.values() if value)]
    words = note.text.split()
    start = rng.randrange(len(words)) if words else 0
    choices.append(" ".join(words[start : start + rng.randint(3, 9)]))
    return rng.choice(choices)
