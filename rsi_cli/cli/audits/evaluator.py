"""`rsi audit`: gather what the checks need, show what they found, remember it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rsi_cli.cli import junit, wiring
from rsi_cli.cli.audits.checks import Audit, Records, audit, judge_all, open_gold, verdicts_under
from rsi_cli.cli.audits.past import labels_hash
from rsi_cli.cli.audits.watch import Chronicle, chronicle
from rsi_cli.cli.ground import Ground, SkillGround, survey, survey_suite
from rsi_cli.cli.junit import Outcome
from rsi_cli.cli.screen import announce, console, print_json, tell
from rsi_cli.errors import CheckFailed, Inconclusive, InputError, RepoError
from rsi_cli.ledger.events import Measurement, Raced
from rsi_cli.ledger.runs import Runs
from rsi_cli.models.call import MemoryLog
from rsi_cli.nouns import CaseResult, RunId, Usage
from rsi_cli.suite.load import parse_suite
from rsi_cli.suite.model import Suite
from rsi_cli.trust.audit import Yardstick
from rsi_cli.trust.findings import Finding, passed
from rsi_cli.trust.gold import too_many_unjudged
from rsi_cli.trust.goodhart import DRIFTS

if TYPE_CHECKING:
    from rsi_cli.cli.settings import Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How the audit is compared and shown."""

    junit: Path | None = None
    baseline: str | None = None
    update_baseline: bool = False
    as_json: bool = False


def run(target: str | None, flags: Flags, wanted: Wanted) -> None:
    """Audit the evaluator of a skill or of a suite; raise CheckFailed if it cannot be trusted.

    Raises Inconclusive where too few of its gold labels could be judged, or no answer measured, to say so.
    """
    ground = _ground(target, flags)
    junit.require_writable(wanted.junit, ground.sources)
    announce(ground.settings)
    told = chronicle(ground)
    found, usage = asyncio.run(_audit(ground, wanted, told))
    sound = passed(found.findings)
    mute = too_many_unjudged(found.golds, ground.settings.gate.max_unmeasured)
    blind = mute or found.unmeasured > 0
    ok = sound and not blind
    keep = ok or (wanted.update_baseline and not blind)
    note = _remember(ground, found, update=wanted.update_baseline) if keep else ""
    if told is not None and not blind:
        told.remember(ground.suite.hash, open_gold(ground.suite), tuple(found.verdicts.values()))
    if wanted.junit:
        junit.write(wanted.junit, ground.suite.name, {"audit": _outcomes(found)})
    if wanted.as_json:
        print_json(_document(found, usage, ok=ok))
    else:
        _show(found, note, ok=ok)
    if sound and blind:
        raise _inconclusive(ground, found, mute=mute)
    if not ok:
        raise _failed(ground, found)


def _inconclusive(ground: Ground, found: Audit, *, mute: bool) -> Inconclusive:
    """What could not be had: verdicts on labelled outputs (mute), else any score."""
    suite = ground.shown(ground.suite_path)
    silent = len(found.golds) - len(found.verdicts)
    message = f"none of {found.unmeasured} answers could be measured by {suite}"
    if mute:
        message = f"{silent} of {len(found.golds)} gold labels of {suite} could not be judged"
    return Inconclusive(
        message,
        hint=f"see to it that the {'judge answers' if mute else 'models answer'}, then audit again; "
        "answers so far are cached",
        shown=True,
    )


def _failed(ground: Ground, found: Audit) -> CheckFailed:
    """What failed: the evaluator, or, if that is sound, the history of what it has chosen."""
    failing = {finding.check for finding in found.findings if finding.severity == "fail"}
    if failing <= DRIFTS:
        return CheckFailed(
            f"the scores of versions promoted by {ground.shown(ground.suite_path)} drift apart",
            hint="read the last versions with `rsi diff`, go back with `rsi rollback`, or renew the cases",
            shown=True,
        )
    return CheckFailed(
        f"the evaluator of {ground.shown(ground.suite_path)} cannot be trusted",
        hint="mend the assertions or the judge, or correct the labels; then audit again",
        shown=True,
    )


def _ground(target: str | None, flags: Flags) -> Ground:
    if target is None and flags.suite is None:
        raise InputError("nothing to audit was named", hint="rsi audit SKILL, or rsi audit evals/NAME.yaml")
    if target is None or Path(target).suffix.lower() in (".yaml", ".yml", ".json"):
        return survey_suite(Path(target or flags.suite or ""), flags)
    return survey(target, flags)


async def _audit(ground: Ground, wanted: Wanted, told: Chronicle | None) -> tuple[Audit, Usage]:
    salt = "" if ground.settings.cache else f"audit-{wiring.draw_seed()}"
    door = wiring.gateway(ground.settings, MemoryLog(), salt=salt)
    bench = wiring.bench(ground, door)
    try:
        baseline = _stored(ground)
        if wanted.baseline is not None:
            then = replace(bench, suite=_suite_at(ground, wanted.baseline))
            baseline = verdicts_under(await judge_all(then, open_gold(ground.suite)))
        skill = ground.skill.text_for_models if isinstance(ground, SkillGround) else None
        now = Yardstick(suite=ground.suite.hash, judge=wiring.judge_hash(ground.settings))
        records = _records(ground)
        if told is not None:
            labels = labels_hash(open_gold(ground.suite))
            history = told.records(ground.suite.hash, labels)
            records = replace(records, history=history, version=told.version)
        found = await audit(bench, skill, now, records, baseline, ground.settings.gate.max_unmeasured)
        damage = told.damage if told is not None else ()
        return replace(found, findings=(*found.findings, *damage)), door.usage
    finally:
        await door.aclose()


def _suite_at(ground: Ground, rev: str) -> Suite:
    """The suite as an earlier revision had it."""
    if ground.repo is None:
        raise InputError("--baseline needs a git repository", hint="run it inside of one, or leave it out")
    try:
        raw = ground.repo.read(ground.repo.resolve(rev), ground.suite_path.resolve())
    except RepoError as error:
        raise InputError(f"--baseline {rev}: {error.message}", hint=error.hint) from error
    if raw is None:
        raise InputError(
            f"{rev} has no {ground.shown(ground.suite_path)}", hint="name a revision that holds the suite"
        )
    file = f"{ground.shown(ground.suite_path)}@{rev}"
    return parse_suite(raw.decode("utf-8"), file=file, name=ground.suite.name)


def _records(ground: Ground) -> Records:
    """Answers of the newest run that used this suite, and what the newest promotion was measured with."""
    if ground.repo is None:
        return Records()
    suite, runs = ground.shown(ground.suite_path), Runs(ground.repo.state_dir)
    promoted = None
    if isinstance(ground, SkillGround):
        versions = [v for v in ground.repo.log(ground.file.path.absolute()) if v.is_promotion]
        if versions:
            promoted = Yardstick(suite=versions[0].suite_hash or "", judge=versions[0].judge_hash or "")
    for run in runs.ids():
        state = runs.state(run)
        if state.started is not None and state.started.suite == suite:
            answers = _answers(runs, run)
            return Records(
                answers=answers, same_suite=state.started.suite_hash == ground.suite.hash, promoted=promoted
            )
    return Records(promoted=promoted)


def _answers(runs: Runs, run: RunId) -> tuple[CaseResult, ...]:
    results: list[CaseResult] = []
    for event in runs.events(run):
        if isinstance(event, Measurement):
            results.extend(event.results)
        elif isinstance(event, Raced):
            for lap in event.laps:
                results.extend(lap.results)
    return tuple(results)


def _place(ground: Ground) -> Path:
    """Where the last audit of this suite is kept: in git's own folder, else in the user's."""
    from platformdirs import user_data_path

    folder = ground.repo.state_dir if ground.repo else user_data_path("rsi", appauthor=False)
    name = hashlib.sha256(ground.shown(ground.suite_path).encode()).hexdigest()[:16]
    return folder / "audits" / f"{name}.json"


def _stored(ground: Ground) -> dict[str, bool] | None:
    """The verdicts of the baseline audit; None before the first one that judged any label."""
    place = _place(ground)
    try:
        kept = json.loads(place.read_text(encoding="utf-8"))
        return {str(key): bool(right) for key, right in kept["verdicts"].items()} or None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, AttributeError) as error:
        raise RepoError(f"the last audit in {place} cannot be read", hint=f"delete it: rm {place}") from error


def _remember(ground: Ground, found: Audit, *, update: bool) -> str:
    """Keep the first audit, and each that the owner wants to keep, as what later ones are compared with.

    One without a verdict on any label holds nothing to compare with, and would only keep out the next.
    """
    if not found.verdicts or (found.baseline is not None and not update):
        return ""
    place = _place(ground)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(
        json.dumps({"suite": ground.suite.hash, "verdicts": found.verdicts}, indent=1), encoding="utf-8"
    )
    return "kept as the baseline of later audits"


def _document(found: Audit, usage: Usage, *, ok: bool) -> dict[str, object]:
    return {
        "passed": ok,
        "findings": [asdict(finding) for finding in found.findings],
        "metrics": dict(found.metrics),
        "baseline": None
        if found.baseline is None
        else {"labels": len(found.baseline), "right": sum(found.baseline.values())},
        "usage": asdict(usage),
    }


def _show(found: Audit, note: str, *, ok: bool) -> None:
    out = console()
    style = {"fail": "red", "warn": "yellow", "info": ""}
    for finding in found.findings:
        tell(out, f"{finding.severity}: {finding.message} ({finding.check})", style[finding.severity])
        if finding.case_ids:
            tell(out, f"      cases: {', '.join(finding.case_ids)}")
    right = sum(found.verdicts.values())
    tell(out, f"{right} of {len(found.golds)} labelled outputs are judged as people judged them")
    tell(out, "passed" if ok else "failed", "bold green" if ok else "bold red")
    if note:
        tell(out, note, "dim")


def _outcomes(found: Audit) -> tuple[Outcome, ...]:
    """A test per finding, lost if it is a failure; an audit without findings is one passing test."""
    if not found.findings:
        return (Outcome(group="audit", name="all checks", state="passed"),)
    return tuple(
        Outcome(
            group="audit",
            name=finding.check,
            state=_state(finding),
            message=finding.message,
        )
        for finding in found.findings
    )


def _state(finding: Finding) -> Literal["passed", "failure", "error"]:
    """What could not be judged is an error, as a case that could not be measured is."""
    if finding.severity == "fail":
        return "failure"
    return "error" if finding.check in ("gold-unjudged", "nothing-measured") else "passed"
