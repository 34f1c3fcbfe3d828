"""What looks have spent, told to everybody who clones the repository: one tag for each look.

A tag is written once and never changed: git does not send a tag again that was pushed before. Each tells of
the looks of its run so far, so one that could not be written is made good by the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rsi_cli.errors import RepoError
from rsi_cli.evolution.night import Night
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.tags import tag_names, write_tag
from rsi_cli.ledger.looks import FOLDER, LookMade, looks_made, tag_of
from rsi_cli.nouns import Sha
from rsi_cli.trust.holdout import PastLook
from rsi_cli.trust.past import past_look
from rsi_cli.trust.remembered import encode_look


def looks_so_far(night: Night, last: int) -> tuple[PastLook, ...]:
    """The looks that this run has taken, up to the number `last`, oldest first.

    promoted: the gate accepted it. Whether that became a commit that stands is read from git, later.
    """
    made = looks_made(night.facts.events())
    return _as_past([look for look in made if look.decision and look.number <= last])


def remember(night: Night, last: int) -> None:
    """Tag what the looks up to the number `last` have spent; if git refuses, the night goes on, warned."""
    started = night.started
    name = tag_of(started.skill, started.run, last)
    if name in _there(night.repo):
        return
    if complaint := _written(night.repo, name, started.base_commit, looks_so_far(night, last)):
        night.watcher.warned(complaint)


def catch_up(repo: Repo, skill: str, made: Sequence[LookMade], target: Sha) -> Iterator[str]:
    """Tag the looks of earlier runs that have none: a run was killed inside, or a tag could not be written.

    made: of runs that nobody will go on with, as journals tell them. Yields a sentence for each refusal.
    """
    there = _there(repo)
    for run, looks in groupby(sorted(made, key=lambda look: (look.run, look.number)), lambda look: look.run):
        so_far = tuple(looks)
        for at, look in enumerate(so_far, 1):
            name = tag_of(skill, run, look.number)
            if name not in there and (complaint := _written(repo, name, target, _as_past(so_far[:at]))):
                yield complaint


def _there(repo: Repo) -> frozenset[str]:
    """The tags that were written before; none where git does not say: the same again does no harm."""
    try:
        return tag_names(repo, FOLDER)
    except RepoError:
        return frozenset()


def _written(repo: Repo, name: str, target: Sha, looks: Sequence[PastLook]) -> str:
    """Write the tag; '' or, for people, why not."""
    try:
        write_tag(repo, name, target, "\n".join(map(encode_look, looks)))
    except RepoError as error:
        return (
            f"clones may not know what a look has spent: the tag rsi/{name} was not written: {error.message}"
        )
    return ""


def _as_past(made: Sequence[LookMade]) -> tuple[PastLook, ...]:
    return tuple(past_look(look, promoted=look.decision == "accept") for look in made)
