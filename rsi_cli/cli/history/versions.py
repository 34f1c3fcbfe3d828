"""What git remembers of a skill: its promotions and rollbacks, one version against another, the way back."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rsi_cli.cli.audits.watch import Chronicle
from rsi_cli.cli.ground import SkillGround, files_in, survey
from rsi_cli.cli.locate import SKILL_FILE, locate_skill
from rsi_cli.cli.screen import announce, command, console, print_json, tell
from rsi_cli.errors import InputError, RepoError
from rsi_cli.ledger import rollback
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.parting import in_words
from rsi_cli.ledger.rollback import RollbackPlan
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import Sha
from rsi_cli.report.view import log_json, log_lines
from rsi_cli.report.words import percent

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which version to go back to."""

    to: str | None = None
    steps: int = 1
    best: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A skill in its repository.

    files: what promotions touch, the skill first. typed: the skill as the person named it.
    """

    repo: Repo
    files: tuple[Path, Path]
    typed: str

    @property
    def full(self) -> str:
        """The skill, named from any folder."""
        path = self.repo.root / self.files[0]
        return str(path.parent if path.name == SKILL_FILE else path)

    def commit(self, rev: str) -> Sha:
        """The commit that a person named. Raises InputError where there is none of that name."""
        try:
            return self.repo.resolve(rev)
        except RepoError as error:
            raise InputError(error.message, hint=error.hint) from error


def show_log(skill: str, *, as_json: bool) -> None:
    """Promotions and rollbacks of a skill, newest first, and a warning if their scores drift apart."""
    place = place_of(skill)
    versions, watch = place.repo.log(place.files[0]), Chronicle.of(place.repo, place.files[0]).warning
    taken_back = place.repo.taken_back(place.files)
    if as_json:
        print_json(log_json(versions, watch, taken_back))
        return
    out = console()
    if not versions:
        tell(out, f"no promotion of {place.files[0]} yet; this may make some: {command('evolve', skill)}")
    for line, style in log_lines(versions, watch, taken_back):
        tell(out, line, style, hang=14)


def roll_back(skill: str, target: Target, *, recheck: bool, as_json: bool) -> None:
    """Restore a version as a new commit; measure it again if that was asked for.

    Raises RepoError while a night is at work on the skill: it could commit nothing on top of this.
    """
    place = place_of(skill)
    with Runs(place.repo.state_dir).hold_skill(place.files[0].as_posix(), "a rollback"):
        planned = rollback.plan(place.repo, place.files, to=target.to, steps=target.steps, best=target.best)
        if recheck:
            _ground(skill)  # what could stop the measuring is said before anything is committed
        commit = rollback.apply(planned)
    checked = _recheck(_ground(skill)) if recheck else None
    if as_json:
        print_json({"commit": commit, "skill": str(place.files[0]), **_taken(planned), "recheck": checked})
        return
    out = console()
    tell(out, f"{place.files[0]} is again as in {planned.restored_from[:12]} ({planned.subject})")
    _show_taken(out, planned)
    tell(out, f"commit {commit[:12]}; to undo this:")
    tell(out, f"  {command('rollback', place.full, '--to', planned.head[:12])}", exact=True)
    for name, split in (checked or {}).items():
        score, measured = split["score"], f"{split['measured']} of {split['cases']} cases measured"
        tell(out, f"{name:<11}{percent(score if isinstance(score, float) else None):>6}  ({measured})")


def _taken(planned: RollbackPlan) -> dict[str, object]:
    """What was restored, and what went with what it replaced, for programs."""
    gone = planned.sidecar
    lessons = [{"kind": lesson.kind.value, "text": lesson.text} for lesson in gone.lessons]
    return {
        "restored_from": planned.restored_from,
        "edits": [{"commit": edit.commit, "subject": edit.subject} for edit in planned.edits],
        "sidecar": {
            "removed": gone.removed,
            "mutation_prompts": gone.prompts,
            "lessons": lessons,
            "unread": gone.unread,
        },
    }


def _show_taken(out: Console, planned: RollbackPlan) -> None:
    """Edits by hand that went with it, and what went with the sidecar, with the way to have that back."""
    if planned.edits:
        tell(out, "These edits by hand went with it:")
    for edit in planned.edits:
        tell(out, f"- {edit.commit[:12]} {edit.subject}", hang=2)
    gone = planned.sidecar
    if gone.sentence:
        more = "; the commit's message has the lessons" if len(gone.lessons) > len(gone.notes) else ""
        tell(out, f"{gone.sentence}{more}")
        for note in gone.notes:
            tell(out, in_words(note), hang=2)
        git = ["git", "-C", str(planned.repo.root)]
        again = [*git, "commit", "-m", "Bring the sidecar back", "--", gone.file]
        tell(out, "To have the sidecar back:")
        tell(out, f"  {shlex.join([*git, *gone.way_back])} && {shlex.join(again)}", exact=True)


def _ground(skill: str) -> SkillGround:
    from rsi_cli.cli.settings import Flags

    return survey(skill, Flags())


def _recheck(ground: SkillGround) -> dict[str, dict[str, object]]:
    """Score the restored version, as `rsi eval` would."""
    import asyncio

    from rsi_cli.cli.evals.scoring import OPEN_SPLITS, measure
    from rsi_cli.cli.evals.view import EvalView, splits_of

    announce(ground.settings)
    results, usage = asyncio.run(measure(ground, ground.suite.cases_of(*OPEN_SPLITS)))
    splits = splits_of(EvalView(ground=ground, results=results, usage=usage))
    return {name: asdict(split) for name, split in splits.items()}


def show_diff(skill: str, a: str | None, b: str | None, *, as_json: bool) -> None:
    """Text and per-case differences between two versions; the newest promotion and its parent by default."""
    from rsi_cli.cli.history.comparison import compare

    place = place_of(skill)
    new = place.commit(b or "HEAD")
    comparison = compare(place.repo, place.files[0], _older(place, a, new), new)
    if as_json:
        print_json(comparison.as_json())
    else:
        comparison.show(console())


def _older(place: Place, named: str | None, new: Sha) -> Sha:
    """The version to compare with: the one that was named, else the one before the newest promotion."""
    if named is not None:
        return place.commit(named)
    promotions = [v for v in place.repo.log(place.files[0], rev=new) if v.is_promotion]
    if not promotions:
        hint = f"name two revisions: rsi diff {place.typed} A B"
        raise InputError(f"{place.files[0]} has no promotion to show", hint=hint)
    return promotions[0].parents[0]


def place_of(skill: str) -> Place:
    """The skill that a person named. Raises InputError where there is none, RepoError outside of git."""
    file = locate_skill(skill, Path.cwd())
    repo = Repo.at(file.path)
    files = files_in(repo, file.path)
    return Place(repo=repo, files=(files.skill, files.sidecar), typed=skill)
