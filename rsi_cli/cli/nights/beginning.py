"""How a run begins: as a new one, or where an interrupted one stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from random import SystemRandom
from typing import TYPE_CHECKING

from rsi_cli.cli import wiring
from rsi_cli.cli.asked import change, manners
from rsi_cli.cli.carried import unknown_names
from rsi_cli.cli.ground import files_in
from rsi_cli.cli.inherited import inherited
from rsi_cli.errors import BugError, InputError, RepoError
from rsi_cli.evolution.night import SkillFiles
from rsi_cli.ledger.events import RunStarted
from rsi_cli.ledger.runs import Runs, new_run_id
from rsi_cli.nouns import Role, RunId
from rsi_cli.report.words import budget_words
from rsi_cli.skill.document import Skill, parse
from rsi_cli.skill.sidecar import Sidecar, read_sidecar
from rsi_cli.trust.must import locked_in

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround
    from rsi_cli.cli.nights.forecast import Forecast
    from rsi_cli.cli.nights.wish import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the run began with, read from git: the file on disk may be a promotion of this very run.

    strange: warnings about names in the sidecar that this rsi does not know.
    """

    raw: bytes
    skill: Skill
    inherited: Sidecar
    strange: tuple[str, ...]
    files: SkillFiles


def require_keepable(ground: SkillGround) -> None:
    """Raise InputError if locked text breaks a hard constraint: no child could ever be measured."""
    if hopeless := locked_in(ground.suite.must, ground.skill):
        raise InputError(
            f"no child could keep to the hard constraints, as locked text breaks them: {'; '.join(hopeless)}",
            hint=f"change `must` in {ground.shown(ground.suite_path)}, or the text between the keep markers",
        )


def begin(ahead: Forecast, wish: Wish, runs: Runs) -> RunStarted:
    """The first fact of a new run, or the recorded one of the run to go on with.

    A new one may spend of error what `ahead` says; a recorded one what it was given when it began.
    Raises InputError if an interrupted run is there and the person did not choose, or what it rested
    on has changed, or no child could be measured; RepoError if the repository is not ready.
    """
    ground = ahead.ground
    require_keepable(ground)
    if wish.resume and wish.fresh:
        raise InputError("--resume and --fresh exclude each other", hint="go on with the run, or start anew")
    skill = ground.shown(ground.file.path)
    interrupted = None if wish.fresh else runs.newest(skill, unfinished=True)
    if wish.resume:
        if interrupted is None:
            hint = "leave --resume out to start one"
            raise InputError(f"there is no interrupted run of {skill}", hint=hint)
        return _resumed(ground, wish, runs, interrupted)
    if interrupted and runs.has_something_to_lose(interrupted):
        if wish.yes:
            return _resumed(ground, wish, runs, interrupted)
        raise InputError(
            f"run {interrupted} of {skill} was interrupted",
            hint="go on with it: add --resume; or give it up and start anew: add --fresh",
        )
    return _new(ahead, wish)


def _new(ahead: Forecast, wish: Wish) -> RunStarted:
    ground = ahead.ground
    repo = ground.need_repo()
    files = files_of(ground)
    _require_ready(ground, wish.branch)
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
        models=models_of(ground),
        base_commit=tip,
        branch=wish.branch or repo.branch() or "",
        fresh_draws=settings.models[Role.ACTOR].temperature != 0,
        settings={
            **_terms(ground, wish),
            "budget": budget_words(ahead.limits),
            "cache": "yes" if settings.cache else "no",
            "limits": json.dumps(asdict(ahead.limits)),
        },
        command=wish.words(ground.full),
        alpha_tonight=ahead.rule.alpha,
        train_cases=ahead.costs.train,
    )


def _resumed(ground: SkillGround, wish: Wish, runs: Runs, run: RunId) -> RunStarted:
    """The recorded beginning, if everything that shapes the run is still as it was."""
    recorded = runs.state(run).started
    if recorded is None:
        raise BugError(f"the journal of run {run} has no beginning")
    now = {
        **_terms(ground, wish),
        **models_of(ground),
        "suite": ground.suite.hash,
        "judge's words": wiring.judge_hash(ground.settings),
        "seed": str(recorded.seed if ground.settings.seed is None else ground.settings.seed),
        "branch": wish.branch or recorded.branch,
    }
    then = {
        **recorded.settings,
        **recorded.models,
        "suite": recorded.suite_hash,
        "judge's words": recorded.judge_hash,
        "seed": str(recorded.seed),
        "branch": recorded.branch,
    }
    if changed := [change(name, then.get(name), now[name]) for name in now if now[name] != then.get(name)]:
        raise InputError(
            f"run {run} cannot go on, as this changed since it began: {'; '.join(changed)}",
            hint="ask for it as before, or start anew with --fresh",
        )
    _require_ready(ground, recorded.branch)
    return recorded


def _require_ready(ground: SkillGround, branch: str | None) -> None:
    """Raise RepoError where nothing could be committed, InputError for a sidecar that cannot be read.

    Where both are so, the InputError says both: nobody should have to commit a mistake to be told of it.
    """
    repo, files = ground.need_repo(), files_of(ground)
    broken: InputError | None = None
    try:
        inherited(repo, ground.file.path, branch)
    except InputError as error:
        broken = error
    try:
        repo.require_ready([files.skill, files.sidecar], branch)
    except RepoError as error:
        if broken is None:
            raise
        broken.message, broken.hint = f"{broken.message}; {error.message}", f"{broken.hint}; {error.hint}"
    if broken is not None:
        raise broken


def read_start(ground: SkillGround, started: RunStarted) -> Start:
    """Read skill and sidecar as they were in the commit that the run began on."""
    repo, files = ground.need_repo(), files_of(ground)
    raw = repo.read(started.base_commit, files.skill)
    if raw is None:
        raise RepoError(
            f"commit {started.base_commit[:12]} no longer holds {files.skill}", hint="start anew with --fresh"
        )
    sidecar = repo.read(started.base_commit, files.sidecar)
    inherited = read_sidecar(sidecar, file=str(files.sidecar)) if sidecar else Sidecar()
    strange = unknown_names(sidecar or b"", str(files.sidecar))
    return Start(raw=raw, skill=parse(raw), inherited=inherited, strange=strange, files=files)


def files_of(ground: SkillGround) -> SkillFiles:
    """The two files that a promotion of this skill may touch."""
    return files_in(ground.need_repo(), ground.file.path)


def models_of(ground: SkillGround) -> dict[str, str]:
    """The models by role, under their names; all improvers, breadth first."""
    settings = ground.settings
    names = {role.value: settings.models[role].name for role in (Role.ACTOR, Role.JUDGE)}
    return {**names, Role.IMPROVER.value: ",".join(choice.name for choice in settings.improvers)}


def _terms(ground: SkillGround, wish: Wish) -> dict[str, str]:
    """Everything else that shapes a run; budgets may be changed on the way, and are not in here."""
    settings = ground.settings
    rule: Mapping[str, object] = asdict(settings.gate)
    return {
        "rsi": version("rsi-cli"),
        "population": str(wish.population),
        "generations": str(wish.generations),
        "on_plateau": settings.on_plateau,
        "improver's words": wiring.improver_hash(),
        **manners(Role.ACTOR, settings.models[Role.ACTOR]),
        **manners(Role.JUDGE, settings.models[Role.JUDGE]),
        **{
            key: value
            for number, choice in enumerate(settings.improvers, 1)
            for key, value in manners(f"{Role.IMPROVER} {number}", choice).items()
        },
        **{f"gate.{name}": str(value) for name, value in rule.items()},
    }
