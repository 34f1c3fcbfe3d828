"""Does a child know what it was never shown? Words and values of closed cases in the text of a skill. Pure.

Known is what stands in the version that the night began with or in any train case: its runs of words, and its
words. Only what is left can give a child away:

- a *quote*: five words in a row from a closed case, of which at least one is no known word, or eight in a row;
- a *value*: an id, an amount, a date in figures, an address, a full name, or an answer of several words;
- *names*: two single words of the same case that are known from nowhere, each a name or the answer itself.

One unknown name alone is no leak: models bring names of their own. Text is compared after Unicode and case
folding, without punctuation and markup, so that quoting it in bold hides nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rsi_cli.nouns import CaseId, Json
from rsi_cli.suite.model import Assertion, Case

RUN = 5  # words in a row that give a quote away, if one of them is unknown
SURE_RUN = 8  # words in a row that give it away whatever they are
LONG_QUOTE = 12  # words of a train case in a row that a skill hardly needs
FEWEST_SIGNS = 5  # letters and digits of a value
_WORD = re.compile(r"[^\W_]+(?:[.,:/@'’-][^\W_]+)*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+")
_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]{2,}(?:['’-][^\W\d_]+)*")
_NAMES = re.compile(rf"(?<![\w.])({_NAME.pattern})[ ]+({_NAME.pattern})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A child carries something of a case that it cannot know.

    kind: "quote", "value" or "names". evidence: what was found, without the words themselves. fingerprint: of the
    words, so that equal leaks can be told to be equal.
    """

    case_id: CaseId
    kind: str
    evidence: str
    fingerprint: str

    @property
    def sentence(self) -> str:
        """For the owner, never for the improver; the closed case by id, its text not at all."""
        return f"carries {self.evidence} of the closed case {self.case_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A long run of words that a child repeats from a train case: allowed, but rarely a rule. words: how many."""

    case_id: CaseId
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What gives a child away. Built once a night, asked for every child.

    runs, sure_runs: of words, with the closed case. values: without punctuation. names: single words and the
    cases they stand in. open_runs: of train cases, without what stood in the skill before.
    """

    runs: Mapping[str, CaseId]
    sure_runs: Mapping[str, CaseId]
    values: Mapping[str, CaseId]
    names: Mapping[str, frozenset[CaseId]]
    open_runs: Mapping[str, CaseId]

    @classmethod
    def of(cls, origin_text: str, open_cases: Sequence[Case], closed_cases: Sequence[Case]) -> Watch:
        """Prepare for a night.

        origin_text: the version that the night began with, front matter and locked text included, and whatever
        else the improver reads. open_cases: those that it may see. closed_cases: held-out, known-good, sealed.
        """
        shown = [origin_text, *(text for case in open_cases for text in _texts(case))]
        lists = [_words(text) for text in shown]
        known = frozenset(word for words in lists for word in words)
        known_values = frozenset(_squashed(value) for text in shown for value in _written_values(text))
        joined = known | {_squash(word) for word in known} | known_values
        runs, sure_runs = _closed_runs(lists, closed_cases, known)
        values, names = _closed_values(closed_cases, joined, _phrases(lists))
        origin = frozenset(_runs(lists[0], LONG_QUOTE))
        open_runs = _runs_of(open_cases, LONG_QUOTE, origin)
        return cls(runs=runs, sure_runs=sure_runs, values=values, names=names, open_runs=open_runs)

    def leaks(self, child_text: str) -> tuple[Leak, ...]:
        """Find what the child cannot know; at most one of each kind for a case, in the order of the text."""
        words = _words(child_text)
        found = [
            *_found(self.sure_runs, _runs(words, SURE_RUN), "quote", f"{SURE_RUN} words in a row"),
            *_found(self.runs, _runs(words, RUN), "quote", f"{RUN} words in a row"),
            *_found(self.values, _candidates(child_text, words), "value", "a value"),
            *self._names_in(words),
        ]
        return tuple({(leak.case_id, leak.kind): leak for leak in reversed(found)}.values())[::-1]

    def quotes(self, child_text: str) -> tuple[Quote, ...]:
        """Find train cases that the child repeats at length, the longest quote first."""
        hits = [self.open_runs.get(run) for run in _runs(_words(child_text), LONG_QUOTE)]
        longest: dict[CaseId, int] = {}
        for case_id, stretch in groupby(hits):
            if case_id is not None:
                words = LONG_QUOTE - 1 + len(list(stretch))
                longest[case_id] = max(words, longest.get(case_id, 0))
        quotes = (Quote(case_id=case_id, words=words) for case_id, words in longest.items())
        return tuple(sorted(quotes, key=lambda quote: (-quote.words, quote.case_id)))

    def _names_in(self, words: Sequence[str]) -> Iterator[Leak]:
        together: defaultdict[CaseId, dict[str, None]] = defaultdict(dict)
        for word in dict.fromkeys(words):
            for case_id in self.names.get(word, ()):
                together[case_id][word] = None
        for case_id, found in sorted(together.items()):
            if len(found) >= 2:
                yield _leak(case_id, "names", f"{len(found)} names or answers", " ".join(found))


def _found(where: Mapping[str, CaseId], pieces: Iterable[str], kind: str, what: str) -> Iterator[Leak]:
    for piece in pieces:
        if piece in where:
            evidence = f"{what} ({len(piece)} signs)" if kind == "value" else what
            yield _leak(where[piece], kind, evidence, piece)


def _leak(case_id: CaseId, kind: str, evidence: str, text: str) -> Leak:
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Leak(case_id=case_id, kind=kind, evidence=evidence, fingerprint=fingerprint)


def _closed_runs(
    shown: Sequence[Sequence[str]], closed: Sequence[Case], known: frozenset[str]
) -> tuple[dict[str, CaseId], dict[str, CaseId]]:
    short = frozenset(run for words in shown for run in _runs(words, RUN))
    long = frozenset(run for words in shown for run in _runs(words, SURE_RUN))
    telling = {
        run: case_id
        for run, case_id in _runs_of(closed, RUN, short).items()
        if not known.issuperset(run.split(" "))
    }
    return telling, _runs_of(closed, SURE_RUN, long)


def _runs_of(cases: Sequence[Case], length: int, without: frozenset[str]) -> dict[str, CaseId]:
    runs: dict[str, CaseId] = {}
    for case in cases:
        for text in _texts(case):
            for run in _runs(_words(text), length):
                if run not in without:
                    runs.setdefault(run, case.id)
    return runs


def _closed_values(
    closed: Sequence[Case], known: frozenset[str], phrases: frozenset[str]
) -> tuple[dict[str, CaseId], dict[str, frozenset[CaseId]]]:
    values: dict[str, CaseId] = {}
    names: defaultdict[str, set[CaseId]] = defaultdict(set)
    for case in closed:
        texts = list(_texts(case))
        for value in (squashed for text in texts for squashed in map(_squashed, _written_values(text))):
            if value not in known:
                values.setdefault(value, case.id)
        for answer in map(_words, _answers(case)):
            unknown = [word for word in answer if word not in known]
            if len(answer) in range(2, RUN + 1) and unknown and " ".join(answer) not in phrases:
                values.setdefault(" ".join(answer), case.id)
            if len(answer) == 1 and unknown and len(answer[0]) >= 3:
                names[answer[0]].add(case.id)
        for word in (fold(name) for text in texts for name in _NAME.findall(text)):
            if word not in known:
                names[word].add(case.id)
    return values, {word: frozenset(ids) for word, ids in names.items()}


def _phrases(shown: Sequence[Sequence[str]]) -> frozenset[str]:
    return frozenset(run for words in shown for n in range(2, RUN + 1) for run in _runs(words, n))


def _candidates(text: str, words: Sequence[str]) -> Iterator[str]:
    """Everything in a text that could be a value: written ones, joined neighbours, and short phrases."""
    yield from map(_squashed, _written_values(text))
    for n in (1, 2):
        yield from (_squash("".join(words[at : at + n])) for at in range(len(words) - n + 1))
    for n in range(2, RUN + 1):
        yield from _runs(words, n)


def _written_values(text: str) -> Iterator[str]:
    """Addresses, ids, amounts, dates in figures, and full names, as they are written."""
    yield from _ADDRESS.findall(text)
    for token in _WORD.findall(text):
        if _is_distinctive(token):
            yield token
    for first, last in _NAMES.findall(text):
        yield f"{first} {last}"


def _is_distinctive(token: str) -> bool:
    """Whether nobody writes this by chance: letters with digits, or a number that is neither short nor round."""
    signs = _squash(fold(token))
    digits = sum(sign.isdigit() for sign in signs)
    if digits == 0 or len(signs) < FEWEST_SIGNS:
        return False
    if digits == len(signs):
        return len(signs.strip("0")) >= 4
    return digits >= 2


def _texts(case: Case) -> Iterator[str]:
    """All that a case says, one text each."""
    yield case.input
    yield case.description
    yield from _strings(list(case.vars.values()))
    yield from _answers(case)


def _answers(case: Case) -> Iterator[str]:
    """What a case expects: expected values, and those of its assertions."""
    yield from _strings(case.expected)
    for assertion in case.asserts:
        yield from _demands(assertion)


def _demands(assertion: Assertion) -> Iterator[str]:
    yield from _strings(assertion.value)
    for part in assertion.parts:
        yield from _demands(part)


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _strings(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _runs(words: Sequence[str], length: int) -> Iterator[str]:
    for at in range(len(words) - length + 1):
        yield " ".join(words[at : at + length])


def _squashed(value: str) -> str:
    return _squash(fold(value))


def _squash(word: str) -> str:
    return "".join(sign for sign in word if sign.isalnum())


def fold(text: str) -> str:
    """Give the text as it is compared: compatible forms made equal, case folded, markup and soft signs dropped."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain.translate(_DROPPED)


_DROPPED = str.maketrans(dict.fromkeys("*`​⁠­﻿"))
