"""Every look at held-out cases that the ledger knows of: from journals here, from commits, and from tags.

Journals stay on one machine. Commits and tags come along with a clone, so a clone remembers as well. What a
line of them says is read by `trust.past`; what cannot be read here is handed on as a line that says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rsi_cli.errors import RepoError
from rsi_cli.ledger.events import Event, GenerationPlanned, LookSkipped, LookTaken, Measurement, RunStarted
from rsi_cli.ledger.git import Repo, Version
from rsi_cli.ledger.git.tags import read_tags
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import CandidateId, CaseId, RunId, Split
from rsi_cli.suite.model import GateRule

FOLDER = "looks"
UNREADABLE = "look/0"  # a version that was never written: whoever reads the line takes the worst for granted
_KINDS = (RunStarted, Measurement, GenerationPlanned, LookTaken, LookSkipped)
_LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LookMade:
    """A look of one run, as its facts tell it.

    number: within the run, from 0. alpha: what it could spend, 0…1. cases: the held-out cases. decision: the
    gate's word; "" where the look was begun and never finished, or goes on. candidate: None with it.
    """

    run: RunId
    number: int
    alpha: float
    cases: frozenset[CaseId]
    decision: str = ""
    candidate: CandidateId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is known of the looks of one skill, of finished runs and others.

    made: from journals. lines: from trailers and tags, many of them twice, and one for each journal that
    cannot be read. in_force: promotions that are on a branch and that nothing has taken back.
    half_told: runs that promoted, and of whose other looks neither a tag nor a journal here tells.
    """

    made: tuple[LookMade, ...] = ()
    lines: tuple[str, ...] = ()
    in_force: tuple[Version, ...] = ()
    half_told: tuple[RunId, ...] = ()


def told(repo: Repo, files: tuple[Path, Path], *, but: RunId | None = None) -> Told:
    """Gather the looks of the skill whose file and sidecar these are, relative to the root.

    but: a run to leave out of the journals. A journal that cannot be read may be any skill's, so it counts.
    """
    skill, runs = repo.relative(files[0]), Runs(repo.state_dir)
    versions = repo.log_everywhere(files)
    tags = read_tags(repo, f"{FOLDER}/{skill_mark(skill)}")
    made: list[LookMade] = []
    lost: list[str] = []
    for run in runs.ids():
        if run == but:
            continue
        try:
            made.extend(looks_made(runs.events(run, *_KINDS), skill))
        except RepoError:
            lost.append(_unreadable(run, 0))
    trailers = (line for version in versions for line in version.looks)
    known = {*runs.ids(), *(name.partition("/")[0] for name in tags)}
    return Told(
        made=tuple(made),
        lines=(*trailers, *_tagged(tags), *lost),
        in_force=repo.promotions_in_force(files),
        half_told=tuple(sorted({each.run for each in versions if each.run is not None} - known)),
    )


def looks_made(events: Iterable[Event], skill: str | None = None) -> tuple[LookMade, ...]:
    """The looks of one run, oldest first; nothing if it evolved another skill than `skill` (None: any).

    A look counts from the moment it was planned: its draws are asked for next, and a kill between the two
    leaves no other fact. Whether there was one to take is then not known, so it counts.
    """
    made: list[LookMade] = []
    started: RunStarted | None = None
    planned: GenerationPlanned | None = None
    cases: frozenset[CaseId] = frozenset()
    number = 0
    for event in events:
        match event:
            case RunStarted():
                started = event
            case Measurement(purpose="baseline", split=Split.HOLDOUT):
                cases = frozenset(result.case_id for result in event.results)
            case GenerationPlanned():
                planned = event
            case LookTaken() if started is not None:
                made.append(_taken(started, event))
                number, planned = event.look + 1, None
            case LookSkipped():
                number, planned = event.look + 1, None
            case _:
                pass
    if started is None or skill not in (None, started.skill):
        return ()
    if planned is not None and planned.share > 0:
        share = alpha_of(started) * planned.share
        made.append(LookMade(run=started.run, number=number, alpha=share, cases=cases))
    return tuple(made)


def _taken(started: RunStarted, look: LookTaken) -> LookMade:
    return LookMade(
        run=started.run,
        number=look.look,
        alpha=alpha_of(started) * look.share,
        cases=frozenset(result.case_id for result in look.results),
        decision=look.decision,
        candidate=look.candidate,
    )


def alpha_of(started: RunStarted) -> float:
    """What all looks of a run together may spend, 0…1."""
    if started.alpha_tonight is not None:
        return started.alpha_tonight
    return float(started.settings.get("gate.alpha", GateRule().alpha))


def tag_of(skill: str, run: RunId, number: int) -> str:
    """The name, below `rsi/`, of the tag that remembers a run's looks up to that one. Never made anew.

    skill: as `RunStarted.skill` has it.
    """
    return f"{FOLDER}/{skill_mark(skill)}/{run}/{number}"


def skill_mark(skill: str) -> str:
    """A skill's path as a plain word: its name, and a fingerprint of the path."""
    path = PurePosixPath(skill)
    name = path.parent.name if path.stem == "SKILL" else path.stem
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:_LONGEST_SLUG].strip("-") or "skill"
    return f"{slug}-{hashlib.sha256(skill.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


def _tagged(tags: Mapping[str, str]) -> Iterator[str]:
    """What the tags of a skill say; one without a line that names its run is a look that cannot be read."""
    for name, text in tags.items():
        run, _, number = name.partition("/")
        known = [line for line in text.split("\n") if line.startswith("look/") and f" run={run} " in line]
        yield from known or [_unreadable(run, int(number) if number.isdecimal() else 0)]


def _unreadable(run: str, number: int) -> str:
    return f"{UNREADABLE} run={run} number={number}"
