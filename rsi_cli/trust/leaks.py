"""Does a child know what it was never shown? Words and values of closed cases in the text of a skill. Pure.

Known is what stands in the version that the night began with or in any train case: its runs of words, and its
words. Only what is left can give a child away:

- a *quote*: five words in a row from a closed case, one of them no known word, or six in a row;
- a *value*: an id, an amount, an address, or an answer of three to five words, one of them unknown;
- *names*: two unknown names of the same case; a date in figures and an answer of one word count as names.

One unknown name alone is no leak: models bring names of their own, which is why "Data Protection Officer"
counts once. Text is compared after Unicode and case folding, without punctuation and markup.

Train cases may be known; learned by heart they are no rule. What a child repeats of them at length counts:
eight words in a row, or a whole input of five to seven. Allowed is what the version that the night began with
held already, and common wording, which stands in three cases or more (those of one cluster are one): a form
that all answers have is a rule. Labels and expected answers of fewer words are never a quote.

A watch holds hashes alone: whoever holds one, holds no word of a closed case.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from rsi_cli.nouns import CaseId
from rsi_cli.skill.phrases import fold
from rsi_cli.suite.model import Case
from rsi_cli.trust.pieces import (
    CALENDAR,
    answers,
    capitalised,
    dates_in,
    names_in,
    runs_of,
    squash,
    squashed,
    texts,
    words_of,
    written_values,
)

RUN = 5  # words in a row that give a quote away, if one of them is unknown
SURE_RUN = 6  # words in a row that give it away whatever they are
LONG_QUOTE = 8  # words of a train case in a row that a rule hardly needs
COMMON = 3  # train cases in which a run of words is common wording, and no memory of one of them

_Name: TypeAlias = tuple[CaseId, int]  # which name of a case a word belongs to; -1 is its answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A child carries something of a case that it cannot know.

    kind: "quote", "value" or "names". evidence: what was found, without the words themselves. fingerprint:
    of the words, so that equal leaks can be told to be equal.
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
    """A long run of words that a child repeats from a train case: allowed, but rarely a rule.

    words: how many in a row, at least LONG_QUOTE, or a whole input of at least RUN.
    """

    case_id: CaseId
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What gives a child away. Built once a night, asked for every child. Keys are hashes of words.

    runs, sure_runs: of words, with the closed case. values: without punctuation. names: unknown words with
    the cases they stand in, and which name of the case they belong to; answers and dates are told apart, as
    they need no capital. open_runs: of train cases, but for common wording and what the skill held before.
    """

    runs: Mapping[int, CaseId]
    sure_runs: Mapping[int, CaseId]
    values: Mapping[int, CaseId]
    names: Mapping[int, frozenset[_Name]]
    answers: Mapping[int, frozenset[_Name]]
    open_runs: Mapping[int, CaseId]

    @classmethod
    def of(cls, origin_text: str, open_cases: Sequence[Case], closed_cases: Sequence[Case]) -> Watch:
        """Prepare for a night.

        origin_text: the version that the night began with, front matter and locked text included, and
        whatever else the improver reads. open_cases: those that it may see. closed_cases: held-out,
        known-good and sealed ones.
        """
        shown = [origin_text, *(text for case in open_cases for text in texts(case))]
        lists = [words_of(text) for text in shown]
        known = frozenset(word for words in lists for word in words)
        known_values = frozenset(squashed(value) for text in shown for value in written_values(text))
        joined = known | {squash(word) for word in known} | known_values
        telling, sure = _closed_runs(lists, closed_cases, known)
        return cls(
            runs=_hashed(telling),
            sure_runs=_hashed(sure),
            values=_hashed(_closed_values(closed_cases, joined, _phrases(lists))),
            names=_indexed(pair for case in closed_cases for pair in _named(case, known)),
            answers=_indexed(pair for case in closed_cases for pair in _answered(case, known)),
            open_runs=_hashed(_open_runs(open_cases, lists[0])),
        )

    def leaks(self, child_text: str) -> tuple[Leak, ...]:
        """Find what the child cannot know; at most one of each kind for a case, in the order of the text."""
        words = words_of(child_text)
        found = [
            *_found(self.sure_runs, runs_of(words, SURE_RUN), "quote", f"{SURE_RUN} words in a row"),
            *_found(self.runs, runs_of(words, RUN), "quote", f"{RUN} words in a row"),
            *_found(self.values, _candidates(child_text, words), "value", "a value"),
            *self._names_in(child_text, words),
        ]
        return tuple({(leak.case_id, leak.kind): leak for leak in reversed(found)}.values())[::-1]

    def quotes(self, child_text: str) -> tuple[Quote, ...]:
        """Find train cases that the child repeats at length, the longest quote first."""
        longest: dict[CaseId, int] = {}
        for case_id, stretch in groupby(self._quoted(words_of(child_text))):
            if case_id is not None:
                longest[case_id] = max(len(list(stretch)), longest.get(case_id, 0))
        quotes = (Quote(case_id=case_id, words=words) for case_id, words in longest.items())
        return tuple(sorted(quotes, key=lambda quote: (-quote.words, quote.case_id)))

    def quoted_chars(self, child_text: str) -> int:
        """Count the characters that the child repeats from train cases, a blank for each word; 0 if none."""
        words = words_of(child_text)
        return sum(
            len(word) + 1 for word, of in zip(words, self._quoted(words), strict=True) if of is not None
        )

    def _quoted(self, words: Sequence[str]) -> list[CaseId | None]:
        """For each word the train case that it is quoted from; None where it is not part of a quote."""
        sources: list[CaseId | None] = [None] * len(words)
        for length in range(RUN, LONG_QUOTE + 1):
            for at, run in enumerate(runs_of(words, length)):
                if (case_id := self.open_runs.get(hash(run))) is not None:
                    sources[at : at + length] = [source or case_id for source in sources[at : at + length]]
        return sources

    def _names_in(self, text: str, words: Sequence[str]) -> Iterator[Leak]:
        met = [name for word in capitalised(text) for name in self.names.get(hash(word), ())]
        met += [name for word in dict.fromkeys(words) for name in self.answers.get(hash(word), ())]
        together: defaultdict[CaseId, set[int]] = defaultdict(set)
        for case_id, number in met:
            together[case_id].add(number)
        for case_id, numbers in sorted(together.items()):
            if len(numbers) >= 2:
                evidence = f"{len(numbers)} names or answers"
                yield _leak(case_id, "names", evidence, f"{case_id} {sorted(numbers)}")


def _hashed(where: Mapping[str, CaseId]) -> dict[int, CaseId]:
    """One way only: the interpreter's hash of a text, which changes with every process."""
    return {hash(text): case_id for text, case_id in where.items()}


def _found(where: Mapping[int, CaseId], pieces: Iterable[str], kind: str, what: str) -> Iterator[Leak]:
    for piece in pieces:
        if (case_id := where.get(hash(piece))) is not None:
            evidence = f"{what} ({len(piece)} signs)" if kind == "value" else what
            yield _leak(case_id, kind, evidence, piece)


def _leak(case_id: CaseId, kind: str, evidence: str, text: str) -> Leak:
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Leak(case_id=case_id, kind=kind, evidence=evidence, fingerprint=fingerprint)


def _closed_runs(
    shown: Sequence[Sequence[str]], closed: Sequence[Case], known: frozenset[str]
) -> tuple[dict[str, CaseId], dict[str, CaseId]]:
    short = frozenset(run for words in shown for run in runs_of(words, RUN))
    long = frozenset(run for words in shown for run in runs_of(words, SURE_RUN))
    telling = {
        run: case_id
        for run, case_id in _case_runs(closed, RUN, short).items()
        if not known.issuperset(run.split(" "))
    }
    return telling, _case_runs(closed, SURE_RUN, long)


def _case_runs(cases: Sequence[Case], length: int, without: frozenset[str]) -> dict[str, CaseId]:
    runs: dict[str, CaseId] = {}
    for case in cases:
        for text in texts(case):
            for run in runs_of(words_of(text), length):
                if run not in without:
                    runs.setdefault(run, case.id)
    return runs


def _open_runs(cases: Sequence[Case], before: Sequence[str]) -> dict[str, CaseId]:
    """What a child should not repeat of train cases. before: words of the version that it descends from."""
    sources: defaultdict[str, dict[str, CaseId]] = defaultdict(dict)
    for case in cases:
        group = f"cluster {case.cluster}" if case.cluster else f"case {case.id}"
        for run in _telling(case):
            sources[run].setdefault(group, case.id)
    known = {run for length in range(RUN, LONG_QUOTE + 1) for run in runs_of(before, length)}
    return {
        run: next(iter(groups.values()))
        for run, groups in sources.items()
        if len(groups) < COMMON and run not in known
    }


def _telling(case: Case) -> Iterator[str]:
    """The runs of words that tell of one case: long ones of all its texts, and a short input as a whole."""
    asked = words_of(case.input)
    if RUN <= len(asked) < LONG_QUOTE:
        yield " ".join(asked)
    for text in texts(case):
        yield from runs_of(words_of(text), LONG_QUOTE)


def _closed_values(
    closed: Sequence[Case], known: frozenset[str], phrases: frozenset[str]
) -> dict[str, CaseId]:
    values: dict[str, CaseId] = {}
    for case in closed:
        for value in (squashed(value) for text in texts(case) for value in written_values(text)):
            if value not in known:
                values.setdefault(value, case.id)
        for answer in map(words_of, answers(case)):
            phrase = " ".join(answer)
            if 3 <= len(answer) <= RUN and not known.issuperset(answer) and phrase not in phrases:
                values.setdefault(phrase, case.id)
    return values


def _indexed(pairs: Iterable[tuple[str, _Name]]) -> dict[int, frozenset[_Name]]:
    index: defaultdict[str, set[_Name]] = defaultdict(set)
    for word, name in pairs:
        index[word].add(name)
    return {hash(word): frozenset(names) for word, names in index.items()}


def _named(case: Case, known: frozenset[str]) -> Iterator[tuple[str, _Name]]:
    """The words of a case's names that are unknown; neighbours are one name."""
    first: dict[str, int] = {}
    for number, name in enumerate(names_in(" \n".join(texts(case)))):
        mine = [word for word in name if word not in known and word not in CALENDAR]
        same = next((first[word] for word in mine if word in first), number)
        for word in mine:
            first.setdefault(word, same)
            yield word, (case.id, same)


def _answered(case: Case, known: frozenset[str]) -> Iterator[tuple[str, _Name]]:
    """The one-word answers and the dates of a case that are unknown."""
    dates = dict.fromkeys(fold(date) for text in texts(case) for date in dates_in(text))
    for number, date in enumerate(date for date in dates if date not in known):
        yield date, (case.id, -2 - number)
    for answer in map(words_of, answers(case)):
        if len(answer) == 1 and len(answer[0]) >= 4 and not known.issuperset(answer) and answer[0].isalpha():
            yield answer[0], (case.id, -1)


def _phrases(shown: Sequence[Sequence[str]]) -> frozenset[str]:
    return frozenset(run for words in shown for n in range(3, RUN + 1) for run in runs_of(words, n))


def _candidates(text: str, words: Sequence[str]) -> Iterator[str]:
    """Everything in a text that could be a value: written ones, joined neighbours, and short phrases."""
    yield from map(squashed, written_values(text))
    signs = [squash(word) for word in words]
    for first, second in zip(signs, (*signs[1:], ""), strict=False):
        if any(sign.isdigit() for sign in first + second):
            yield from (first, first + second)
    for n in range(3, RUN + 1):
        yield from runs_of(words, n)
