"""Read versions of a skill back from git: which commits hold it, and what their trailers say."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rsi_cli.ledger.git import entries
from rsi_cli.ledger.git.run import Git
from rsi_cli.nouns import CandidateId, Interval, RunId, Sha

_FORMAT = "%H%n%P%n%cI%n%s%n%(trailers:only,unfold)"
_GAIN = re.compile(r"([+-]?\d*\.?\d+)(?:\s*\[\s*([+-]?\d*\.?\d+)\s*,\s*([+-]?\d*\.?\d+)\s*\])?")
_MEAN = re.compile(r"([01]\.\d{1,9})\s*\((\d{1,6})\)")
_HOLDOUT = re.compile(r"\bholdout (\d{1,6})\b")
ROLLBACK_TO = "Rsi-Rollback-To"
LOOK = "Rsi-Look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One commit that changed a skill or its sidecar, and what its trailers say; None where they do not.

    parents: the first one first. date: ISO 8601, of the commit. parent: the candidate this one was bred from.
    gain, holdout_score: as known at the time of the commit. train, known_good: (mean score 0…1, number of
    measured cases) then. holdout_cases: of the suite. rollback_to: the version that it restored.
    looks: what its `Rsi-Look` trailers say, one line each, unread.
    """

    commit: Sha
    parents: tuple[Sha, ...]
    date: str
    subject: str
    run: RunId | None = None
    candidate: CandidateId | None = None
    parent: CandidateId | None = None
    operator: str | None = None
    gain: Interval | None = None
    holdout_score: float | None = None
    train: tuple[float, int] | None = None
    known_good: tuple[float, int] | None = None
    holdout_cases: int | None = None
    looks: tuple[str, ...] = ()
    suite_hash: str | None = None
    judge_hash: str | None = None
    model: str | None = None
    rollback_to: Sha | None = None
    trailers: tuple[tuple[str, str], ...] = ()

    @property
    def is_promotion(self) -> bool:
        """A candidate was committed."""
        return self.candidate is not None and self.rollback_to is None

    @property
    def ours(self) -> bool:
        """A promotion or a rollback."""
        return self.candidate is not None or self.rollback_to is not None


def gain_text(gain: Interval) -> str:
    """How a gain is written into a trailer: `+0.212 [+0.101, +0.323]`."""
    return f"{gain.estimate:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"


def parse_gain(text: str) -> Interval | None:
    """A gain as `gain_text` wrote it; a bare number has the bounds -1 and 1. None for any other text."""
    found = _GAIN.fullmatch(text.strip())
    if found is None:
        return None
    estimate, low, high = found.groups()
    return Interval(estimate=float(estimate), low=float(low or -1.0), high=float(high or 1.0))


def mean_text(score: float, cases: int) -> str:
    """How a mean score over cases is written into a trailer: `0.8333 (24)`."""
    return f"{score:.4f} ({cases})"


def versions(git: Git, tip: str, paths: tuple[str, ...], *, grep: str = "") -> tuple[Version, ...]:
    """Commits up to `tip` that changed one of `paths`, newest first, children before parents.

    Those of merged branches are there too. grep: only those whose message has this text.
    """
    chosen = ("--fixed-strings", f"--grep={grep}") if grep else ()
    return _log(git, "--topo-order", "--full-history", "--no-follow", *chosen, tip, "--", *paths)


def holding(git: Git, path: str, found: tuple[Version, ...]) -> tuple[Version, ...]:
    """Those versions in which the file exists, in the same order."""
    asked = b"".join(f"{version.commit}:".encode() + os.fsencode(path) + b"\n" for version in found)
    answers = git.out("cat-file", "--batch-check=%(objecttype)", stdin=asked).split(b"\n")
    return tuple(version for version, answer in zip(found, answers, strict=False) if answer == b"blob")


def on_any_branch(git: Git, paths: tuple[str, ...]) -> tuple[Version, ...]:
    """Promotions and rollbacks of `paths` on all branches, here and of remotes, newest first."""
    found = _log(
        git,
        *("--topo-order", "--full-history", "--no-follow", "--fixed-strings", "--grep=Rsi-"),
        *(*all_tips(git), "--", *paths),
    )
    return tuple(version for version in found if version.ours)


def all_tips(git: Git) -> tuple[str, ...]:
    """Arguments that name every branch, here and of remotes, and what is checked out."""
    return ("--branches", "--remotes", *(("HEAD",) if entries.resolve(git, "HEAD") else ()))


def messages(git: Git, path: str, *, grep: str) -> tuple[tuple[Sha, str], ...]:
    """Commits on all branches that changed the file and whose message has that text, with the message."""
    chosen = ("--topo-order", "--full-history", "--no-follow", "--fixed-strings", f"--grep={grep}")
    found = _raw(git, "%H%n%B", *chosen, *all_tips(git), "--", path)
    return tuple((Sha(commit), message) for commit, _, message in (each.partition("\n") for each in found))


def undone_by(git: Git, rollback: Version, paths: tuple[str, ...]) -> tuple[Version, ...]:
    """Versions that a rollback took out of force: those up to it which what it restored did not yet hold.

    Where what it restored is not here (a shallow clone), all versions up to it.
    """
    kept = entries.resolve(git, rollback.rollback_to or "")
    return versions(git, f"{kept}..{rollback.commit}" if kept else rollback.commit, paths, grep="Rsi-")


def with_trailers(git: Git, wanted: tuple[tuple[str, str], ...], commits: str) -> Sha | None:
    """The newest of `commits` (a revision or a range) that carries exactly these trailers, among others."""
    key, value = wanted[0]
    found = _log(git, "--topo-order", "--fixed-strings", f"--grep={key}: {value}", commits, "--")
    return next((version.commit for version in found if set(wanted) <= set(version.trailers)), None)


def _log(git: Git, *args: str) -> tuple[Version, ...]:
    return tuple(map(_parse, _raw(git, _FORMAT, *args)))


def _raw(git: Git, form: str, *args: str) -> tuple[str, ...]:
    settled = ("-z", "--encoding=UTF-8", "--no-show-signature", "--no-color", "--no-decorate")
    found = git.out("log", *settled, f"--format={form}", *args).decode("utf-8", "replace")
    return tuple(record for record in found.split("\0") if record.strip())


def _parse(record: str) -> Version:
    commit, parents, date, subject, *lines = record.strip("\n").split("\n")
    trailers = tuple(
        (key, value.strip()) for key, colon, value in (line.partition(":") for line in lines) if colon
    )
    said = {key.lower(): value for key, value in trailers if value}  # the last one counts, as for git itself
    return Version(
        commit=Sha(commit),
        parents=tuple(Sha(parent) for parent in parents.split()),
        date=date,
        subject=subject,
        run=RunId(said["rsi-run"]) if "rsi-run" in said else None,
        candidate=CandidateId(said["rsi-candidate"]) if "rsi-candidate" in said else None,
        parent=CandidateId(said["rsi-parent"]) if "rsi-parent" in said else None,
        operator=said.get("rsi-operator"),
        gain=_gain(said),
        holdout_score=_score(said.get("rsi-holdout", "")),
        train=_mean(said.get("rsi-train", "")),
        known_good=_mean(said.get("rsi-known-good", "")),
        holdout_cases=int(cases[1]) if (cases := _HOLDOUT.search(said.get("rsi-cases", ""))) else None,
        looks=tuple(value for key, value in trailers if key.lower() == LOOK.lower()),
        suite_hash=said.get("rsi-suite"),
        judge_hash=said.get("rsi-judge"),
        model=said.get("rsi-model"),
        rollback_to=Sha(said[ROLLBACK_TO.lower()]) if ROLLBACK_TO.lower() in said else None,
        trailers=trailers,
    )


def _gain(said: Mapping[str, str]) -> Interval | None:
    """The gain with the draws that it rests on; commits from before they were written down have none."""
    gain = parse_gain(said.get("rsi-gain", ""))
    return replace(gain, basis=said.get("rsi-gain-basis", "")) if gain else None


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if math.isfinite(score) else None


def _mean(text: str) -> tuple[float, int] | None:
    """A mean as `mean_text` wrote it; None for any other text."""
    found = _MEAN.fullmatch(text.strip())
    return (float(found[1]), int(found[2])) if found and float(found[1]) <= 1.0 else None
