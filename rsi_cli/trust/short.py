"""Short texts that give a case away as a whole: inputs, answers, and an answer beside its input. Pure.

What is shorter than the runs of words of `trust.leaks` tells nothing in part, but all of it as a whole. Like
there, hashes alone are held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from rsi_cli.nouns import CaseId
from rsi_cli.suite.model import Case
from rsi_cli.trust.pieces import WORD, answers, eighths, texts, words_of

FEWEST = 2  # words of an input that is worth looking for
FEWEST_OF_ANSWER = 3
TOO_LONG = 6  # words; runs of that length are looked for by themselves

_Words: TypeAlias = tuple[str, ...]


def is_short(words: Sequence[str], least: int, below: int = TOO_LONG) -> bool:
    """Whether a text has at least `least` and fewer than `below` words."""
    return least * WORD <= eighths(words) < below * WORD


@dataclass(frozen=True, slots=True)
class Phrases:
    """Runs of words, each with its case. counts: how many words the runs have; a sign is a word here."""

    cases: Mapping[int, CaseId]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, phrases: Iterable[tuple[Sequence[str], CaseId]]) -> Phrases:
        """Prepare to look for them; of equal ones the first case counts."""
        cases: dict[int, CaseId] = {}
        counts: set[int] = set()
        for words, case_id in phrases:
            cases.setdefault(_key(words), case_id)
            counts.add(len(words))
        return cls(cases, tuple(sorted(counts)))

    def found(self, words: Sequence[str]) -> Iterator[tuple[int, int, CaseId]]:
        """Give where they stand in a text, first and last bound, the shortest first."""
        for count in self.counts:
            for at in range(len(words) - count + 1):
                if (case_id := self.cases.get(_key(words[at : at + count]))) is not None:
                    yield at, at + count, case_id


def whole_inputs(closed: Sequence[Case], shown: Sequence[Sequence[str]], known: frozenset[str]) -> Phrases:
    """Give the short inputs of at least FEWEST words that stand in nothing that was shown.

    Two known words are anybody's ("thank you", "my order"): such an input tells only beside its answer.
    """
    asked = ((words_of(case.input), case.id) for case in closed)
    telling = (
        (words, case_id)
        for words, case_id in asked
        if is_short(words, FEWEST) and not (is_short(words, 0, FEWEST + 1) and known.issuperset(words))
    )
    return _unknown(telling, shown)


def whole_answers(closed: Sequence[Case], shown: Sequence[Sequence[str]], known: frozenset[str]) -> Phrases:
    """Give the answers of three to five words, one of them unknown, that stand in nothing that was shown."""
    said = ((words_of(answer), case.id) for case in closed for answer in answers(case))
    telling = (
        (words, case_id)
        for words, case_id in said
        if is_short(words, FEWEST_OF_ANSWER) and not known.issuperset(words)
    )
    return _unknown(telling, shown)


def _unknown(phrases: Iterable[tuple[list[str], CaseId]], shown: Sequence[Sequence[str]]) -> Phrases:
    listed = list(phrases)
    sought = Phrases.of(listed)
    there = {" ".join(words[at:end]) for words in shown for at, end, _ in sought.found(words)}
    return Phrases.of((words, case_id) for words, case_id in listed if " ".join(words) not in there)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Short inputs of closed cases, known ones too, with the answers that are not known to go with them.

    answers: by the hash of an input, the hash of each answer and how many words it has, with the case.
    """

    inputs: Phrases
    answers: Mapping[int, Mapping[tuple[int, int], CaseId]]

    @classmethod
    def of(cls, origin: str, open_cases: Sequence[Case], closed: Sequence[Case]) -> Pairs:
        """Prepare.

        A pair is known if the version that the night began with has it, or a train case whose text holds the
        input has that answer. An input of one word says little: if its answer is one that train cases have,
        it is a label, and the two side by side are a rule.
        """
        labels = {tuple(words_of(answer)) for case in open_cases for answer in answers(case)}
        pairs = {
            (asked, said): case.id
            for case in reversed(closed)
            if is_short(asked := tuple(words_of(case.input)), 0)
            for said in {tuple(words_of(answer)) for answer in answers(case)}
            if asked and said and (said not in labels or is_short(asked, FEWEST))
        }
        all_of_them = cls._indexed(pairs)
        known = {(asked, said) for asked, said, _ in all_of_them.met(origin)}
        known |= all_of_them.taught(open_cases)
        secret = {pair: case for pair, case in pairs.items() if (_key(pair[0]), _key(pair[1])) not in known}
        return cls._indexed(secret)

    @classmethod
    def _indexed(cls, pairs: Mapping[tuple[_Words, _Words], CaseId]) -> Pairs:
        index: defaultdict[int, dict[tuple[int, int], CaseId]] = defaultdict(dict)
        for (asked, said), case_id in pairs.items():
            index[_key(asked)][_key(said), len(said)] = case_id
        return cls(Phrases.of((asked, case_id) for (asked, _), case_id in pairs.items()), index)

    def found(self, text: str) -> Iterator[CaseId]:
        """Give the cases whose answer stands on a line of their input, or on the one before or after it."""
        yield from (case_id for _, _, case_id in self.met(text))

    def met(self, text: str) -> Iterator[tuple[int, int, CaseId]]:
        """Give the hashes of each input and answer that stand beside each other, with the case."""
        lines = [words for line in text.splitlines() if (words := words_of(line))]
        words = [word for line in lines for word in line]
        starts = list(accumulate(map(len, lines), initial=0))
        line_of = [number for number, line in enumerate(lines) for _ in line]
        for at, end, _ in self.inputs.found(words):
            asked = _key(words[at:end])
            before = words[starts[max(0, line_of[at] - 1)] : at]
            after = words[end : starts[min(len(lines), line_of[end - 1] + 2)]]
            for (said, count), case_id in self.answers.get(asked, {}).items():
                if said in _keys(before, count) or said in _keys(after, count):
                    yield asked, said, case_id

    def taught(self, cases: Sequence[Case]) -> set[tuple[int, int]]:
        """Give the pairs that train cases have: their text holds the input, and the answer is theirs."""
        return {
            (_key(words[at:end]), _key(words_of(answer)))
            for case in cases
            for words in map(words_of, texts(case))
            for at, end, _ in self.inputs.found(words)
            for answer in answers(case)
        }


def _key(words: Sequence[str]) -> int:
    return hash(" ".join(words))


def _keys(words: Sequence[str], count: int) -> set[int]:
    return {_key(words[at : at + count]) for at in range(len(words) - count + 1)}
