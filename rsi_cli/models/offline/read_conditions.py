"""Read the English of a condition: our own sentences, and what a person would write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rsi_cli.models.offline.conditions import (
    ALWAYS,
    Atom,
    Begins,
    Clause,
    Condition,
    Has,
    Is,
    Literal,
    Longer,
    Mentions,
)
from rsi_cli.models.offline.patterns import SPOKEN
from rsi_cli.models.offline.quotes import MARK, Aside, set_aside
from rsi_cli.models.offline.words import STOP_WORDS, tokens, word_set

_EXCEPT = re.compile(
    r",?\s*\b(?:unless|except (?:when|if|where|for|in)|but not (?:when|if|where)|except)\b\s*", re.IGNORECASE
)
_OR = re.compile(r"\s*(?:[,;]\s*or\b|\bor\b|[,;])\s*", re.IGNORECASE)
_AND = re.compile(r"\s*,?\s*\b(?:and|but|while|yet)\b\s*|\s+&\s+", re.IGNORECASE)
_VERBS = {
    "mention": (
        r"mention\w*|contain\w*|say\w*|includ\w*|use\w*|talk\w* (?:about|of)|ask\w* (?:for|about)"
        r"|about|concern\w*"
        r"|refer\w* to|with the (?:word|phrase|term)s?|(?:word|phrase|term)s?|speak\w* of|report\w*"
        r"|describ\w*"
        r"|complain\w* (?:about|of)|request\w*"
    ),
    "start": r"start\w*|begin\w*|open\w* with",
    "end": r"end(?:s|ing)?\b",
    "longer": r"longer|more than|over|exceed\w*",
    "shorter": r"shorter|fewer than|less than|under",
    "is": r"\bis(?! (?:longer|shorter|more|fewer|over|under)\b)|\bare|equal\w*|reads|=|set to",
    "has": r"\bhas|\bhave|\bhaving|there (?:is|are)|gives?|carries|shows?|names?",
}
_VERB = re.compile(
    "|".join(f"(?P<{name}>\\b(?:{pattern}))" for name, pattern in _VERBS.items()), re.IGNORECASE
)
_NOT = re.compile(r"\b(?:not|no|never|without|neither|lacks?|missing|absent)\b|n't\b", re.IGNORECASE)
_FIELD = re.compile(
    r"(?:\x01(?P<mark>\d+)\x02|\b(?P<name>[A-Za-z][\w-]*))\s+(?:line|field|header)\b", re.IGNORECASE
)
_NAMED_FIELD = re.compile(r"\bthe (?P<name>subject|title|sender|heading)\b", re.IGNORECASE)
_MENTIONING_FIELD = re.compile(
    r"\bin (?:the )?(?:\x01(?P<mark>\d+)\x02|(?P<name>[A-Za-z][\w-]*))\s+(?:line|field|header)\b",
    re.IGNORECASE,
)
_FILLER = STOP_WORDS | word_set(
    """
    message messages text mail mails input note notes customer customers user users word words
    phrase phrases line field case cases sender email emails writer explicitly clearly mainly mostly
    ticket tickets request requests etc both least
    """
)
_KIND = re.compile(
    r"\b("
    + "|".join(sorted(map(re.escape, SPOKEN), key=len, reverse=True))
    + r"|question mark|question|exclamation mark)s?\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Context:
    """What carries over from one segment of a list to the next."""

    verb: str = "mention"
    field: str = ""
    wanted: bool = True


def read_condition(english: str | Aside) -> Condition | None:
    """Read a condition; None where no demand on the input can be found in it."""
    aside = english if isinstance(english, Aside) else set_aside(english)
    main, *exceptions = _EXCEPT.split(aside.text, maxsplit=1)
    condition = _read_any(main, aside)
    if exceptions:
        against = _read_any(exceptions[0], aside)
        return without(condition or ALWAYS, against) if against else condition or None
    return condition or None


def without(condition: Condition, against: Condition) -> Condition:
    """Add "and none of these" to each clause; of a joint exception only its first demand is negated."""
    negated = tuple(Literal(clause[0].atom, not clause[0].wanted) for clause in against if clause)
    return tuple(clause + tuple(one for one in negated if one not in clause) for clause in condition)


def _read_any(text: str, aside: Aside) -> Condition:
    context = _Context()
    clauses: list[Clause] = []
    segments = [segment for segment in _OR.split(text) if segment.strip()]
    listed = len(segments) > 1
    both = re.search(r"\b(?:both|together with|as well as)\b", text, re.IGNORECASE) is not None
    for segment in segments:
        parts = [part for part in _AND.split(segment) if part.strip()]
        joint = both or not listed or any(_VERB.search(part) or _NOT.search(part) for part in parts[1:])
        read = [_read_part(part, aside, context) for part in parts]
        literals = [literal for literal in read if literal is not None]
        if joint and literals:
            clauses.append(tuple(dict.fromkeys(literals)))
        else:
            clauses.extend((literal,) for literal in literals)
    return tuple(dict.fromkeys(clauses))


def _read_part(part: str, aside: Aside, context: _Context) -> Literal | None:
    """Read one demand; what it leaves out it takes from the one before."""
    field = _field(part, aside)
    rest = part
    if field is not None:
        context.field, rest = field[0], part[: field[1]] + " " + part[field[2] :]
    elif re.search(r"\b(?:text|message|mail|input|note|it|request|change)\b", part, re.IGNORECASE):
        context.field = ""
    verb = _VERB.search(rest)
    if verb:
        context.verb = verb.lastgroup or "mention"
        context.wanted = _NOT.search(rest) is None
    elif _NOT.search(rest):
        context.wanted = False
    atom = _atom(rest[verb.end() :] if verb else rest, rest, aside, context)
    return Literal(atom, context.wanted) if atom else None


def _field(part: str, aside: Aside) -> tuple[str, int, int] | None:
    match = _MENTIONING_FIELD.search(part) or _FIELD.search(part) or _NAMED_FIELD.search(part)
    if match is None:
        return None
    groups = match.groupdict()
    name = aside.quoted[int(groups["mark"])] if groups.get("mark") else groups["name"]
    if not groups.get("mark") and name.lower() in {
        "first",
        "last",
        "second",
        "the",
        "a",
        "that",
        "this",
        "each",
        "any",
        "one",
        "no",
        "new",
    }:
        return None
    return name.strip(" :"), match.start(), match.end()


def _atom(tail: str, whole: str, aside: Aside, context: _Context) -> Atom | None:
    phrase = _phrase(tail, aside)
    number = re.search(r"\d+", MARK.sub("", tail))
    if context.verb in {"longer", "shorter"}:
        return (
            Longer(int(number[0]), context.field, context.verb == "shorter")
            if number and len(number[0]) < 7
            else None
        )
    if context.verb == "has" and not MARK.search(tail):
        kind = _KIND.search(tail)
        if kind:
            return Has(_kind(kind[1]), context.field)
        if not phrase and context.field:
            return Has("field", context.field)
    if not phrase:
        bare = context.field and re.search(r"\b(?:line|field|header)\b", whole) is None
        return Has("field", context.field) if bare and not tail.strip(" .") else None
    if context.verb in {"start", "end"}:
        return Begins(phrase, context.field, context.verb == "end")
    if context.verb == "is" and context.field and MARK.search(tail):
        return Is(phrase, context.field)
    return Mentions(phrase, context.field)


def _kind(spoken: str) -> str:
    spoken = spoken.lower()
    return {"question mark": "question"}.get(spoken, SPOKEN.get(spoken, spoken))


def _phrase(tail: str, aside: Aside) -> str:
    """Return the quoted words, else the telling words that stand next to each other."""
    quoted = aside.inside(tail)
    if quoted:
        return quoted[0].strip()
    words = list(tokens(tail))
    while words and words[0] in _FILLER:
        words.pop(0)
    while words and words[-1] in _FILLER:
        words.pop()
    return " ".join(words) if 0 < len(words) <= 3 and not any(a == b for a, b in pairwise(words)) else ""
