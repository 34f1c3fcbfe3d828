"""Does a child know what it was never shown? Words and values of closed cases in the text of a skill. Pure.

Known is what stands in the version that the night began with or in any train case: its runs of words, and its
words. Only what is left can give a child away:

- a *quote*: five words in a row from a closed case, one of them no known word, or six in a row; a whole input
  of two words or more, but for two known ones; a short input, even a known one, beside its answer: on its
  line, or on the one before or after;
- a *value*: an id, an amount, an address, or an answer of three to five words, one of them unknown;
- *names*: two unknown names of the same case; a date in figures and an answer of one word count as names.

One unknown name alone is no leak: models bring names of their own, which is why "Data Protection Officer"
counts once. Text is compared after Unicode and case folding, without punctuation and markup. Where no blanks
stand between words, runs are of signs: eight of Han or kana for five words, ten for six.

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
from operator import itemgetter

from rsi_cli.nouns import CaseId
from rsi_cli.suite.model import Case
from rsi_cli.trust.pieces import (
    WORD,
    Name,
    answered,
    capitalised,
    eighths,
    named,
    runs_of,
    squash,
    squashed,
    stretches,
    texts,
    words_of,
    written_values,
)
from rsi_cli.trust.short import Pairs, Phrases, is_short, whole_answers, whole_inputs

RUN = 5  # words in a row that give a quote away, if one of them is unknown
SURE_RUN = 6  # words in a row that give it away whatever they are
LONG_QUOTE = 8  # words of a train case in a row that a rule hardly needs
COMMON = 3  # train cases in which a run of words is common wording, and no memory of one of them


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

    runs, sure_runs: of words, with the closed case. inputs: whole ones. pairs: inputs with their answers.
    values: without punctuation. phrases: whole answers. names: unknown words with the cases they stand in,
    and which name of the case they belong to; answers and dates are told apart, as they need no capital.
    open_runs, open_inputs: of train cases, but for common wording and what the skill held before.
    """

    runs: Mapping[int, CaseId]
    sure_runs: Mapping[int, CaseId]
    inputs: Phrases
    pairs: Pairs
    values: Mapping[int, CaseId]
    phrases: Phrases
    names: Mapping[int, frozenset[Name]]
    answers: Mapping[int, frozenset[Name]]
    open_runs: Mapping[int, CaseId]
    open_inputs: Phrases

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
        long, whole = _open_runs(open_cases, lists[0])
        return cls(
            runs=_hashed(telling),
            sure_runs=_hashed(sure),
            inputs=whole_inputs(closed_cases, lists, known),
            pairs=Pairs.of(origin_text, open_cases, closed_cases),
            values=_hashed(_closed_values(closed_cases, joined)),
            phrases=whole_answers(closed_cases, lists, known),
            names=_indexed(pair for case in closed_cases for pair in named(case, known)),
            answers=_indexed(pair for case in closed_cases for pair in answered(case, known)),
            open_runs=_hashed(long),
            open_inputs=whole,
        )

    def leaks(self, child_text: str) -> tuple[Leak, ...]:
        """Find what the child cannot know; at most one of each kind for a case, in the order of the text."""
        words = words_of(child_text)
        found = [
            *_found(self.sure_runs, runs_of(words, SURE_RUN), "quote"),
            *_found(self.runs, runs_of(words, RUN), "quote"),
            *_whole(self.inputs, words, "quote", "the whole input"),
            *(
                _leak(case_id, "quote", "the input and answer", f"{case_id} input and answer")
                for case_id in self.pairs.found(child_text)
            ),
            *_found(self.values, _candidates(child_text, words), "value"),
            *_whole(self.phrases, words, "value", "a value"),
            *self._names_in(child_text, words),
        ]
        return tuple({(leak.case_id, leak.kind): leak for leak in reversed(found)}.values())[::-1]

    def quotes(self, child_text: str) -> tuple[Quote, ...]:
        """Find train cases that the child repeats at length, the longest quote first."""
        longest: dict[CaseId, int] = {}
        words = words_of(child_text)
        for case_id, stretch in groupby(zip(self._quoted(words), words, strict=True), itemgetter(0)):
            if case_id is not None:
                length = eighths([word for _, word in stretch]) // WORD
                longest[case_id] = max(length, longest.get(case_id, 0))
        quotes = (Quote(case_id=case_id, words=words) for case_id, words in longest.items())
        return tuple(sorted(quotes, key=lambda quote: (-quote.words, quote.case_id)))

    def quoted_chars(self, child_text: str) -> int:
        """Count the characters that the child repeats from train cases, a blank for each word; 0 if none."""
        words = words_of(child_text)
        repeated = [word for word, of in zip(words, self._quoted(words), strict=True) if of is not None]
        return sum(len(word) + (eighths([word]) == WORD) for word in repeated)

    def _quoted(self, words: Sequence[str]) -> list[CaseId | None]:
        """For each word the train case that it is quoted from; None where it is not part of a quote."""
        sources: list[CaseId | None] = [None] * len(words)
        long = (
            (at, end, case_id)
            for at, end in stretches(words, LONG_QUOTE)
            if (case_id := self.open_runs.get(hash(" ".join(words[at:end])))) is not None
        )
        for at, end, case_id in (*self.open_inputs.found(words), *long):
            sources[at:end] = [source or case_id for source in sources[at:end]]
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


def _whole(phrases: Phrases, words: Sequence[str], kind: str, what: str) -> Iterator[Leak]:
    for at, end, case_id in phrases.found(words):
        text = " ".join(words[at:end])
        yield _leak(case_id, kind, f"{what} ({len(text)} signs)", text)


def _found(where: Mapping[int, CaseId], pieces: Iterable[str], kind: str) -> Iterator[Leak]:
    for piece in pieces:
        if (case_id := where.get(hash(piece))) is not None:
            words = piece.split(" ")
            run = f"{len(words)} {'words' if eighths(words) == len(words) * WORD else 'signs'} in a row"
            yield _leak(case_id, kind, f"a value ({len(piece)} signs)" if kind == "value" else run, piece)


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


def _open_runs(cases: Sequence[Case], before: Sequence[str]) -> tuple[dict[str, CaseId], Phrases]:
    """What a child should not repeat of train cases: long runs of all their texts, and whole short inputs.

    before: words of the version that it descends from.
    """
    sources: defaultdict[str, dict[str, CaseId]] = defaultdict(dict)
    inputs: list[tuple[list[str], CaseId]] = []
    for case in cases:
        group = f"cluster {case.cluster}" if case.cluster else f"case {case.id}"
        if is_short(asked := words_of(case.input), RUN, LONG_QUOTE):
            inputs.append((asked, case.id))
            sources[" ".join(asked)].setdefault(group, case.id)
        for run in (run for text in texts(case) for run in runs_of(words_of(text), LONG_QUOTE)):
            sources[run].setdefault(group, case.id)
    whole = Phrases.of(inputs)
    known = {*runs_of(before, LONG_QUOTE), *(" ".join(before[at:end]) for at, end, _ in whole.found(before))}
    rare = {
        run: next(iter(groups.values()))
        for run, groups in sources.items()
        if len(groups) < COMMON and run not in known
    }
    return rare, Phrases.of((asked, case_id) for asked, case_id in inputs if " ".join(asked) in rare)


def _closed_values(closed: Sequence[Case], known: frozenset[str]) -> dict[str, CaseId]:
    values: dict[str, CaseId] = {}
    for case in closed:
        for value in (squashed(value) for text in texts(case) for value in written_values(text)):
            if value not in known:
                values.setdefault(value, case.id)
    return values


def _indexed(pairs: Iterable[tuple[str, Name]]) -> dict[int, frozenset[Name]]:
    index: defaultdict[str, set[Name]] = defaultdict(set)
    for word, name in pairs:
        index[word].add(name)
    return {hash(word): frozenset(names) for word, names in index.items()}


def _candidates(text: str, words: Sequence[str]) -> Iterator[str]:
    """Everything in a text that could be a value: written ones and joined neighbours."""
    yield from map(squashed, written_values(text))
    signs = [squash(word) for word in words]
    for first, second in zip(signs, (*signs[1:], ""), strict=False):
        if any(sign.isdigit() for sign in first + second):
            yield from (first, first + second)
