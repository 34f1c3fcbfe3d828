"""What has become of sealed cases so far: unsealings of theirs, and nights that measured them unsealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rsi_cli.cli.evals.sealed_marks import was_used
from rsi_cli.cli.ground import SkillGround
from rsi_cli.errors import RepoError
from rsi_cli.ledger.events import Event, LookTaken, Measurement, Raced
from rsi_cli.ledger.runs import Runs
from rsi_cli.ledger.unsealed import Unsealing, unsealings
from rsi_cli.nouns import CaseId, CaseResult, Split
from rsi_cli.report.words import counted, interval, percent
from rsi_cli.suite.model import Case


def standing(ground: SkillGround) -> str:
    """What has become of the sealed cases, in a few words; '' without any, or outside of git."""
    sealed = ground.suite.cases_of(Split.SEALED)
    if not sealed or ground.repo is None:
        return ""
    past = unsealings(ground.repo, ground.shown(ground.file.path))
    used = [case for case in sealed if was_used(case, past)]
    words = counted(len(sealed), "sealed case")
    if not used:
        return f"{words}, never used"
    which = "" if len(used) == len(sealed) else f"{len(used)} of them "
    last = next(one for one in reversed(past) if any(was_used(case, [one]) for case in used))
    ended = "" if last.score else ", which did not end"
    return f"{words}, {which}used on {last.began[:10]} for {last.commit[:12]}{ended}"


def told(record: Unsealing) -> str:
    """What an earlier unsealing was and what it said, in one line."""
    if record.everywhere:
        return f"{record.name} cannot be read, so it counts for every case"
    when = f"on {record.began[:16].replace('T', ' ')} at commit {record.commit[:12]}"
    if record.score is None:
        return f"{when}, begun and never ended"
    gain = f", gain {interval(record.gain)}" if record.gain else ""
    return f"{when}: {percent(record.score.estimate)}{gain}" + (" (not untouched)" if record.again else "")


def refusal(ground: SkillGround, past: Sequence[Unsealing], used: int) -> RepoError:
    """The error for sealed cases that were all scored before, with what was said of them then."""
    these = f"all {used} sealed cases" if used > 1 else "the one sealed case"
    listed = "; ".join(told(one) for one in past)
    return RepoError(
        f"{these} of {ground.shown(ground.suite_path)} were scored for {ground.shown(ground.file.path)} "
        f"before: {listed}",
        hint="write new cases with `split: sealed`; or score these once more with --again, which is recorded "
        "as what it then is: a number that later versions may have been chosen by",
    )


def cannot_go_on(begun: Unsealing, changed: Sequence[str]) -> RepoError:
    """The error for an unsealing that was interrupted, and that would be ended under other terms.

    changed: what is not as it was, for people; at least one.
    """
    return RepoError(
        f"the unsealing {told(begun)}, and it cannot go on, as this changed since it began: "
        f"{'; '.join(changed)}",
        hint="to go on with it, ask for it as before, with the skill and the suite as they were; or score "
        "these cases anew with --again, which is recorded as what it then is: no untouched number",
    )


def seen_by_nights(ground: SkillGround, cases: Sequence[Case]) -> tuple[CaseId, ...]:
    """Those cases that nights on this machine measured, when they were in another split.

    A journal that cannot be read tells nothing of them.
    """
    runs, skill = Runs(ground.need_repo().state_dir), ground.shown(ground.file.path)
    measured: set[CaseId] = set()
    for run in runs.ids():
        try:
            events = runs.events(run)
        except RepoError:
            continue
        if any(getattr(event, "skill", None) == skill for event in events[:1]):
            measured.update(result.case_id for event in events for result in _results(event))
    return tuple(case.id for case in cases if case.id in measured)


def _results(event: Event) -> Iterator[CaseResult]:
    match event:
        case Measurement():
            yield from event.results
        case LookTaken():
            yield from event.results
        case Raced():
            for lap in event.laps:
                yield from lap.results
        case _:
            pass
