"""How a run begins: as a new one, or where an interrupted one stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from rsi_cli.cli import wiring
from rsi_cli.errors import BugError, InputError, RepoError
from rsi_cli.evolution.night import SkillFiles
from rsi_cli.ledger.events import RunStarted
from rsi_cli.ledger.runs import Runs, new_run_id
from rsi_cli.nouns import Role, RunId
from rsi_cli.skill.document import Skill, parse
from rsi_cli.skill.sidecar import MutationPrompt, read_sidecar

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround
    from rsi_cli.cli.nights import Wish
    from rsi_cli.ledger.git import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the run began with, read from git: the file on disk may be a promotion of this very run."""

    raw: bytes
    skill: Skill
    inherited: tuple[MutationPrompt, ...]
    files: SkillFiles


def begin(ground: SkillGround, wish: Wish, runs: Runs) -> RunStarted:
    """The first fact of a new run, or the recorded one of the run to go on with.

    Raises InputError if an interrupted run is there and the person did not choose, or what it rested
    on has changed; RepoError if the repository is not ready.
    """
    skill = ground.shown(ground.file.path)
    interrupted = runs.newest(skill, unfinished=True)
    if interrupted and not wish.fresh:
        if not (wish.resume or wish.yes):
            raise InputError(
                f"run {interrupted} of this skill was interrupted",
                hint="go on with it: --resume; or give it up and start anew: --fresh",
            )
        return _resumed(ground, wish, runs, interrupted)
    if wish.resume:
        raise InputError("there is no interrupted run of this skill", hint="leave --resume out to start one")
    return _new(ground, wish)


def _new(ground: SkillGround, wish: Wish) -> RunStarted:
    repo = ground.need_repo()
    files = files_of(ground)
    repo.require_ready([files.skill, files.sidecar], wish.branch)
    tip = repo.tip(wish.branch)
    if repo.read(tip, files.skill) is None:
        raise RepoError(
            f"{files.skill} is not committed on {wish.branch or repo.branch()}",
            hint=f"`git add {files.skill} && git commit`: rsi starts from a committed version",
        )
    settings = ground.settings
    now = datetime.now(UTC)
    return RunStarted(
        run=new_run_id(now, SystemRandom()),
        at=now.isoformat(timespec="seconds"),
        skill=ground.shown(ground.file.path),
        skill_name=ground.file.name,
        suite=ground.shown(ground.suite_path),
        suite_hash=ground.suite.hash,
        judge_hash=wiring.judge_hash(settings),
        seed=wiring.draw_seed() if settings.seed is None else settings.seed,
        models=_models(ground),
        base_commit=tip,
        branch=wish.branch or repo.branch() or "",
        fresh_draws=settings.models[Role.ACTOR].temperature != 0,
        settings=_terms(ground, wish),
    )


def _resumed(ground: SkillGround, wish: Wish, runs: Runs, run: RunId) -> RunStarted:
    """The recorded beginning, if everything that shapes the run is still as it was."""
    recorded = runs.state(run).started
    if recorded is None:
        raise BugError(f"the journal of run {run} has no beginning")
    now: dict[str, str] = {
        **_terms(ground, wish),
        **_models(ground),
        "suite": ground.suite.hash,
        "judge": wiring.judge_hash(ground.settings),
    }
    then = {**recorded.settings, **recorded.models, "suite": recorded.suite_hash, "judge": recorded.judge_hash}
    if changed := sorted(name for name in now if now[name] != then.get(name)):
        raise InputError(
            f"run {run} cannot go on: {', '.join(changed)} changed since it began",
            hint="put it back as it was, or start anew with --fresh",
        )
    ground.need_repo().finish_interrupted()
    return recorded


def read_start(ground: SkillGround, started: RunStarted) -> Start:
    """Read skill and sidecar as they were in the commit that the run began on."""
    repo, files = ground.need_repo(), files_of(ground)
    raw = repo.read(started.base_commit, files.skill)
    if raw is None:
        raise RepoError(
            f"commit {started.base_commit[:12]} no longer holds {files.skill}", hint="start anew with --fresh"
        )
    sidecar = repo.read(started.base_commit, files.sidecar)
    inherited = read_sidecar(sidecar, file=str(files.sidecar)) if sidecar else ()
    return Start(raw=raw, skill=parse(raw), inherited=inherited, files=files)


def files_of(ground: SkillGround) -> SkillFiles:
    """The two files that a promotion of this skill may touch."""
    return files_in(ground.need_repo(), ground.file.path)


def files_in(repo: Repo, path: Path) -> SkillFiles:
    """A skill and its sidecar, as git names them: SKILL.md and SKILL.rsi.yaml, both in one folder."""
    skill = Path(repo.relative(path))
    return SkillFiles(skill=skill, sidecar=skill.with_suffix(".rsi.yaml"))


def _models(ground: SkillGround) -> dict[str, str]:
    settings = ground.settings
    names = {role.value: settings.models[role].name for role in (Role.ACTOR, Role.JUDGE)}
    return {**names, Role.IMPROVER.value: ",".join(choice.name for choice in settings.improvers)}


def _terms(ground: SkillGround, wish: Wish) -> dict[str, str]:
    """Everything else that shapes a run; budgets may be changed on the way, and are not in here."""
    settings = ground.settings
    rule: Mapping[str, object] = asdict(settings.gate)
    return {
        "population": str(wish.population),
        "generations": str(wish.generations),
        "temperature": str(settings.models[Role.ACTOR].temperature),
        **{f"gate.{name}": str(value) for name, value in rule.items()},
    }
