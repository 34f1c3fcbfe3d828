"""What a night may take over of a sidecar: no text of a closed case; names that nobody knows are said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rsi_cli.evolution.merits import BREADTH, DEPTH
from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.skill.sidecar import strange_names
from rsi_cli.trust.pieces import texts, words_of

if TYPE_CHECKING:
    from rsi_cli.skill.sidecar import Sidecar
    from rsi_cli.suite.model import Case
    from rsi_cli.trust.leaks import Watch

_OPENING = 40  # characters of an entry that are shown


def unknown_names(raw: bytes, file: str) -> tuple[str, ...]:
    """A warning for each record of an operator or model that this rsi does not have, at its place.

    No error: a sidecar of another rsi has to stay readable, and such a record only travels on and fades.
    """
    strange = strange_names(raw, file=file, operators=OPERATORS, models=(BREADTH, DEPTH))
    return tuple(map(str, strange))


def without_leaks(inherited: Sidecar, watch: Watch, cases: Iterable[Case]) -> tuple[Sidecar, tuple[str, ...]]:
    """The sidecar without lessons and mutation prompts that hold text of a closed case, and why, in words.

    A case may have been a train case when it was quoted, or the owner wrote it there. An entry is named by
    its place in the file, from 1, and by its first words as far as none of them stands in the case.
    """
    kept = replace(
        inherited,
        lessons=tuple(each for each in inherited.lessons if not watch.leaks(each.text)),
        mutation_prompts=tuple(each for each in inherited.mutation_prompts if not watch.leaks(each.text)),
    )
    by_id = {case.id: case for case in cases}
    complaints = [
        f"{name}{_opening(text, (by_id[leak.case_id] for leak in found))} {found[0].sentence}; "
        "it is left out of this night"
        for name, text in _entries(inherited)
        if (found := watch.leaks(text))
    ]
    return kept, tuple(complaints)


def _entries(sidecar: Sidecar) -> Iterator[tuple[str, str]]:
    for number, lesson in enumerate(sidecar.lessons, 1):
        yield f"lesson {number} of the sidecar", lesson.text
    for number, prompt in enumerate(sidecar.mutation_prompts, 1):
        yield f"mutation prompt {number} of the sidecar", prompt.text


def _opening(text: str, closed: Iterable[Case]) -> str:
    """The first words of an entry up to the first that stands in one of the cases, for a message."""
    secret = {word for case in closed for said in texts(case) for word in words_of(said)}
    shown: list[str] = []
    for word in text.split():
        if not secret.isdisjoint(words_of(word)) or len(" ".join([*shown, word])) > _OPENING:
            break
        shown.append(word)
    return f' ("{" ".join(shown)} …")' if shown else ""
