"""Which sealed cases may be scored, for which two versions, and what earlier unsealings make of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

from rsi_cli.cli.evals.order import Order
from rsi_cli.cli.evals.sealed_marks import content_mark, was_used
from rsi_cli.cli.evals.sealed_past import cannot_go_on, refusal, seen_by_nights
from rsi_cli.cli.evals.sealed_terms import changes, terms_of
from rsi_cli.cli.ground import SkillGround
from rsi_cli.errors import InputError, RepoError
from rsi_cli.ledger.git import Repo, Version
from rsi_cli.ledger.git.state import refuse_if_touched
from rsi_cli.ledger.rollback import in_force
from rsi_cli.ledger.runs import new_run_id
from rsi_cli.ledger.unsealed import Unsealing, unsealings
from rsi_cli.nouns import CaseId, Role, Sha, Split
from rsi_cli.skill.document import parse
from rsi_cli.suite.model import Case
from rsi_cli.trust.holdout import mark

DRAWS = 4  # per case and version, where nobody asked for another number; as many as a look takes at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A version that is scored. text: what models see of it."""

    commit: Sha
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An unsealing that may be made.

    cases: all that are scored now. used: those of them that were scored for this skill before. left_out:
    how many more were, and are not scored again. seen: those that nights measured, when they were not
    sealed. before: None where there is nothing to compare with, for the reason that `alone` says.
    promotions: those in force that lie between the two. resumed: `record` was begun before.
    """

    ground: SkillGround
    skill: str
    now: Scored
    before: Scored | None
    alone: str
    promotions: tuple[Version, ...]
    cases: tuple[Case, ...]
    used: tuple[Case, ...]
    left_out: int
    seen: tuple[CaseId, ...]
    past: tuple[Unsealing, ...]
    record: Unsealing
    resumed: bool

    @property
    def again(self) -> bool:
        """Whether any case was scored before."""
        return bool(self.used)

    @property
    def answers(self) -> int:
        """How many answers of the actor it takes."""
        return sum(map(self.draws_of, self.cases)) * (1 if self.before is None else 2)

    def draws_of(self, case: Case) -> int:
        """How often a case is drawn, for each version."""
        return case.epochs or self.record.draws


def prepare(ground: SkillGround, order: Order) -> Job:
    """Settle everything before the question and the first call. Writes nothing.

    Raises InputError without sealed cases or for an unknown `--against`, RepoError where the skill is not
    committed as it stands, or all its sealed cases were scored before and nobody said `--again`; also where
    the last unsealing was interrupted and cannot be gone on with, as it would be under other terms.
    """
    repo, skill = ground.need_repo(), ground.shown(ground.file.path)
    sealed = ground.suite.cases_of(Split.SEALED)
    if not sealed:
        raise InputError(
            f"{ground.shown(ground.suite_path)} has no sealed case",
            hint="write cases with `split: sealed`: no run measures them, and the improver never sees them",
        )
    now = _committed(repo, ground)
    before, alone = _other(repo, ground, now, order.against)
    past = unsealings(repo, skill)
    fresh = _record(ground, (now, before), past, sealed)
    interrupted = _unfinished(past)
    changed = changes(interrupted, fresh) if interrupted else ()
    begun = None if changed else interrupted
    earlier = past if begun is None else past[:-1]
    used = tuple(case for case in sealed if was_used(case, earlier))
    chosen = _chosen(sealed, used, begun, again=order.again)
    if not chosen:
        raise cannot_go_on(past[-1], changed) if changed else refusal(ground, earlier, len(used))
    now_used = tuple(case for case in used if case in chosen)
    return Job(
        ground=ground,
        skill=skill,
        now=now,
        before=before,
        alone=alone,
        promotions=_promotions(repo, ground.file.path.absolute(), now, before),
        cases=chosen,
        used=now_used,
        left_out=len(sealed) - len(chosen),
        seen=seen_by_nights(ground, chosen),
        past=earlier,
        record=begun or _of_cases(fresh, chosen, again=bool(now_used)),
        resumed=begun is not None,
    )


def _committed(repo: Repo, ground: SkillGround) -> Scored:
    """The skill as it is committed. Raises RepoError where the file is anything else."""
    path, head = ground.file.path.absolute(), repo.head()
    refuse_if_touched(repo, repo.relative(path), head)
    newest = repo.history(path)[0].commit
    commit = newest if repo.same(newest, head, [path]) else head
    return Scored(commit=commit, text=_text(repo, commit, path))


def _other(repo: Repo, ground: SkillGround, now: Scored, against: str | None) -> tuple[Scored | None, str]:
    """The version to compare with; where there is none, why."""
    path = ground.file.path.absolute()
    if against is not None:
        try:
            commit = repo.resolve(against)
        except RepoError as error:
            raise InputError(f"--against {against}: {error.message}", hint=error.hint) from error
    else:
        first = [version for version in repo.log(path) if version.is_promotion][-1:]
        if not first:
            return (
                None,
                "no version was promoted yet, so there is none to compare with; name one by --against",
            )
        commit = first[0].parents[0]
    other = Scored(commit=commit, text=_text(repo, commit, path))
    if other.text == now.text:
        return None, f"{commit[:12]} holds the same text, so there is nothing to compare"
    return other, ""


def _text(repo: Repo, commit: Sha, path: Path) -> str:
    raw = repo.read(commit, path)
    if raw is None:
        raise InputError(
            f"{commit[:12]} does not hold {repo.relative(path)}", hint="name another version by --against"
        )
    return parse(raw).text_for_models


def _promotions(repo: Repo, path: Path, now: Scored, before: Scored | None) -> tuple[Version, ...]:
    """The promotions in force now that the other version does not have."""
    if before is None:
        return ()
    known = {version.commit for version in repo.log(path, rev=before.commit)}
    return tuple(version for version in in_force(repo, path, now.commit) if version.commit not in known)


def _unfinished(past: Sequence[Unsealing]) -> Unsealing | None:
    """The last unsealing, if it was interrupted."""
    last = past[-1] if past else None
    return None if last is None or last.score is not None or last.everywhere else last


def _chosen(
    sealed: Sequence[Case], used: Iterable[Case], begun: Unsealing | None, *, again: bool
) -> tuple[Case, ...]:
    """The cases to score: those that the interrupted unsealing began with, else the unused ones, or all."""
    if begun is not None:
        return tuple(case for case in sealed if was_used(case, [begun]))
    return tuple(case for case in sealed if again or case not in used)


def _record(
    ground: SkillGround,
    versions: tuple[Scored, Scored | None],
    past: Sequence[Unsealing],
    sealed: Sequence[Case],
) -> Unsealing:
    """An unsealing as it would begin now, still without its cases."""
    now, clock = versions[0], datetime.now(UTC)
    actor = ground.settings.models[Role.ACTOR]
    asked = ground.settings.origin.get("epochs", "default") != "default"
    return Unsealing(
        id=new_run_id(clock, SystemRandom()),
        skill=ground.shown(ground.file.path),
        commit=now.commit,
        against=versions[1].commit if versions[1] else None,
        suite_hash=ground.suite.hash,
        model=actor.name,
        began=clock.isoformat(timespec="seconds"),
        draws=ground.settings.epochs if asked else (1 if actor.temperature == 0 else DRAWS),
        marks=frozenset(),
        number=1 + max((one.number for one in past), default=0),
        terms=terms_of(ground, sealed),
    )


def _of_cases(fresh: Unsealing, cases: Sequence[Case], *, again: bool) -> Unsealing:
    return replace(
        fresh,
        marks=frozenset(mark(case.id) for case in cases),
        contents=frozenset(map(content_mark, cases)),
        again=again,
    )
