"""Which promotions no longer stand: a later commit, by whatever tool, brought the skill back behind them.

`rsi rollback` says so in a trailer and `git revert` in its message. A file restored by hand and a merge that
kept the other side say nothing; they are known by the text that they hold.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rsi_cli.ledger.git import entries, log
from rsi_cli.ledger.git.log import Version
from rsi_cli.ledger.git.run import Git
from rsi_cli.nouns import Sha

_REVERTS = "This reverts commit"
_REVERTED = re.compile(rf"{_REVERTS} ([0-9a-f]{{7,64}})\b")


@dataclass(frozen=True, slots=True)
class _Graph:
    """Commits that changed a file, parents before children; merges too where the sides differed.

    texts: of each, the file's blob; "" where it is absent. upto: of each, the positions of its ancestors and
    its own, as bits. reverters: position → commits that its message says it reverts.
    """

    commits: tuple[Sha, ...]
    texts: tuple[str, ...]
    upto: tuple[int, ...]
    reverters: Mapping[int, frozenset[str]]


def taken_back(git: Git, paths: Sequence[str], found: Sequence[Version]) -> dict[Sha, Sha]:
    """The promotions among `found` that no longer stand, each with a commit that took it back, the oldest.

    paths: the skill file first. found: promotions and rollbacks on all branches. A promotion is taken back by

    - a commit after it, or after another that holds its text, whose text is from before it, and not its own;
    - a commit that changed the skill and whose message says that it reverts it, or the merge that brought it;
    - a rollback that goes behind it.

    Copies (the same candidate of the same run, rebased or picked) share the fate of the first one taken back.
    """
    promotions = {version.commit: version for version in found if version.is_promotion}
    if not promotions:
        return {}
    graph = _graph(git, paths[0])
    gone: dict[Sha, Sha] = {}
    for position, commit in enumerate(graph.commits):
        if commit in promotions and (taker := _taker(graph, position)) is not None:
            gone[commit] = graph.commits[taker]
    for rollback in reversed(found):
        if rollback.rollback_to is not None:
            for version in log.undone_by(git, rollback, tuple(paths)):
                gone.setdefault(version.commit, rollback.commit)
    fates = {(one.run, one.candidate): gone[commit] for commit, one in promotions.items() if commit in gone}
    for commit, one in promotions.items():
        if one.run is not None and (fate := fates.get((one.run, one.candidate))):
            gone.setdefault(commit, fate)
    return {commit: gone[commit] for commit in promotions if commit in gone}


def _taker(graph: _Graph, position: int) -> int | None:
    """Who was the first to take back the promotion there; None if nobody did."""
    own = graph.texts[position]
    before = graph.upto[position] & ~(1 << position)
    earlier = {text for at, text in enumerate(graph.texts) if before >> at & 1} - {own, ""}
    carriers = sum(1 << at for at, text in enumerate(graph.texts) if text == own and not before >> at & 1)
    for at, text in enumerate(graph.texts):
        said = graph.commits[position] in graph.reverters.get(at, ())
        if said or (text in earlier and graph.upto[at] & carriers):
            return at
    return None


def _graph(git: Git, path: str) -> _Graph:
    # --simplify-merges keeps a merge that gave up one side's text, which the usual history leaves out.
    options = ("--topo-order", "--reverse", "--simplify-merges", "--parents")
    listed = git.out("rev-list", *options, *log.all_tips(git), "--", path).decode("ascii")
    families = [line.split() for line in listed.splitlines()]
    places = {commit: position for position, (commit, *_) in enumerate(families)}
    upto: list[int] = []
    for position, (_, *parents) in enumerate(families):
        bits = 1 << position
        for parent in parents:
            bits |= upto[places[parent]] if parent in places else 0
        upto.append(bits)
    commits = tuple(map(Sha, places))
    reverters = {places[commit]: gone for commit, gone in _reverts(git, path) if commit in places}
    return _Graph(commits=commits, texts=_texts(git, commits, path), upto=tuple(upto), reverters=reverters)


def _texts(git: Git, commits: Sequence[Sha], path: str) -> tuple[str, ...]:
    asked = b"".join(f"{commit}:".encode() + os.fsencode(path) + b"\n" for commit in commits)
    answers = git.out("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=asked).split(b"\n")
    blobs = (answer.decode("ascii") if answer.startswith(b"blob ") else "" for answer in answers)
    return tuple(blob for blob, _ in zip(blobs, commits, strict=False))


def _reverts(git: Git, path: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Commits that changed the file and say that they revert others, with all that these had brought."""
    for commit, message in log.messages(git, path, grep=_REVERTS):
        brought: set[str] = set()
        for named in _REVERTED.findall(message):
            if known := entries.resolve(git, named):
                # Of a merge: all that came with it. Of any other commit: itself.
                ran = git.run("rev-list", known, f"^{known}^1")
                brought.update({known} if ran.status != 0 else ran.out.decode("ascii").split())
        yield commit, frozenset(brought)
