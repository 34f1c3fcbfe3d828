"""Facts turned into rows and documents. Knows no live object, computes no statistics of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Literal

from rsi_cli.ledger.git import Version
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.replay import Promotion, RunState
from rsi_cli.nouns import Interval, Sha, Usage
from rsi_cli.report.words import counted, ending, interval, percent, points, spent_words
from rsi_cli.suite.model import Limits


def night_json(state: RunState, usage: Usage) -> dict[str, object]:
    """The document of `rsi evolve --json`."""
    started = state.started
    return {
        "run": state.run,
        "skill": state.skill,
        "suite": started.suite if started else None,
        "stopped_because": state.stopped_because,
        "seed": state.seed,
        "models": started.models if started else {},
        "baseline": dict(state.baseline),
        "final": dict(state.final),
        "gain": gain_json(state.gain),
        "promotions": [_promotion_json(promotion) for promotion in state.promotions],
        "candidates": state.born,
        "refused": state.refused,
        "gate_looks": len(state.looks),
        "rejected": state.rejected,
        "undecided": state.undecided,
        "unmeasured": state.unmeasured,
        "generations": state.generations,
        "noise_floor": _noise_json(state.noise),
        "looks": [{"decision": look.decision, "sentence": look.sentence} for look in state.looks],
        "usage": asdict(usage),
    }


def _noise_json(noise: NoiseFound | None) -> dict[str, object] | None:
    """How much two draws of the first version differ; None where that was not measured."""
    if noise is None or noise.within is None:
        return None
    measured = {"within": noise.within, "low": noise.low, "high": noise.high, "cases": noise.cases}
    return {**measured, "flipped": list(noise.flipped)}


def gain_json(gain: Interval | None) -> dict[str, object] | None:
    """A gain as documents write it; None where there is none."""
    if gain is None:
        return None
    return {"estimate": gain.estimate, "low": gain.low, "high": gain.high, "basis": gain.basis}


def _promotion_json(promotion: Promotion) -> dict[str, object]:
    return {
        "commit": promotion.commit,
        "parent_commit": promotion.parent_commit,
        "operator": promotion.operator,
        "mutation_prompt": promotion.mutation_prompt,
        "gain": gain_json(promotion.gain),
        "holdout_score": promotion.holdout_score,
    }


def night_lines(state: RunState, usage: Usage, *, changes: int = 0) -> list[str]:
    """The account of a night for a person. changes: how often it began to search in another way."""
    lines = ["", f"run {state.run}: {_ended(state)}"]
    for split, before in state.baseline.items():
        lines.append(f"  {split:<11}{percent(before):>6} → {percent(state.final.get(split)):>6}")
    if state.gain is not None and state.promotions:
        lines.append(f"  gain       {interval(state.gain)}")
        lines.append(f"             {state.gain.basis}")
    lines += [
        f"  tried      {counted(state.born, 'candidate')}{_quoting(state)}, {_looks(state)}",
        *([f"  changed    how it searches, {counted(changes, 'time')}"] if changes else []),
        f"  spent      {counted(usage.calls, 'call')}, {usage.usd:.4f} USD{_cached(usage)}",
    ]
    if not state.promotions:
        return [*lines, f"  {_nothing(state)}"]
    return [*lines, *(_promotion_line(promotion) for promotion in state.promotions)]


def _ended(state: RunState) -> str:
    return ending(state.stopped_because, bred=state.generations > 0)


def _looks(state: RunState) -> str:
    """How often the gate looked; an undecided look is neither a promotion nor a rejection."""
    undecided = f" ({state.undecided} undecided)" if state.undecided else ""
    return f"{counted(len(state.looks), 'look')} at the held-out cases{undecided}"


def _cached(usage: Usage) -> str:
    if not usage.cached_calls:
        return ""
    return f", {usage.cached_calls} more answered from the cache"


def _nothing(state: RunState) -> str:
    """Why nothing was promoted: what happened, not what usually does."""
    start = "nothing was promoted:"
    if state.looks and state.undecided == len(state.looks):
        return f"{start} no look could be decided, too little could be measured"
    if state.looks:
        some = f"; {counted(state.undecided, 'look')} could not be decided" if state.undecided else ""
        return f"{start} no candidate was shown to be really better{some}"
    if state.born == 0:
        return f"{start} no candidate was tried, {_ended(state)}"
    why = state.skipped[-1].why if state.skipped else _ended(state)
    return f"{start} there was no look at the held-out cases, {why}"


def _quoting(state: RunState) -> str:
    return f" ({state.quoting} quoting train cases)" if state.quoting else ""


def _promotion_line(promotion: Promotion) -> str:
    """A commit of the night: `commit 0123456789ab  +12.5 points (first-order)`."""
    gain = (
        f"{points(promotion.gain.estimate)} ({promotion.operator})" if promotion.gain else promotion.operator
    )
    return f"  commit     {promotion.commit[:12]}  {gain}"


def log_json(
    versions: Iterable[Version], watch: str = "", taken_back: Mapping[Sha, Sha] | None = None
) -> list[dict[str, object]]:
    """The document of `rsi log --json`, newest first.

    watch: a warning, told with the newest entry. taken_back: promotion → the commit that took it back.
    """
    return [
        {
            "commit": version.commit,
            "date": version.date,
            "run": version.run,
            "operator": version.operator,
            "gain": gain_json(version.gain),
            "holdout_score": version.holdout_score,
            "suite_hash": version.suite_hash,
            "judge_hash": version.judge_hash,
            "subject": version.subject,
            "rollback_to": version.rollback_to,
            "model": version.model,
            "taken_back": (taken_back or {}).get(version.commit),
            "watch": watch if watch and index == 0 else None,
        }
        for index, version in enumerate(versions)
    ]


def log_lines(
    versions: Iterable[Version], watch: str = "", taken_back: Mapping[Sha, Sha] | None = None
) -> list[tuple[str, str]]:
    """Two lines per promotion, one per rollback, newest first, below a warning; each with its style.

    taken_back: promotions that no longer stand, each with the commit that took it back: a line more.
    """
    lines: list[tuple[str, str]] = [(watch, "bold yellow")] if watch else []
    for version in versions:
        when = version.date[:16].replace("T", " ")
        if version.rollback_to:
            lines.append((f"{version.commit[:12]}  {when}  {version.subject}", "yellow"))
            continue
        lines.append((f"{version.commit[:12]}  {when}  {version.subject}", ""))
        score = (
            f", held-out then {percent(version.holdout_score)}" if version.holdout_score is not None else ""
        )
        if version.gain:
            lines.append((f"              {interval(version.gain)}{score}", "green"))
        if taker := (taken_back or {}).get(version.commit):
            lines.append((f"              taken back by {taker[:12]}", "yellow"))
    return lines


def status_lines(state: RunState, usage: Usage, *, pid: int | None, resume: str) -> list[str]:
    """What a run is doing, for a person. resume: the command that goes on with it."""
    doing = _doing(state, pid)
    now = {
        "ended": f"ended: {_ended(state)}",
        "running": f"running, process {pid}",
        "interrupted": "interrupted",
    }[doing]
    lines = [f"run {state.run} on {state.skill}: {now}"]
    for split, score in state.baseline.items():
        after = f" → {percent(state.final.get(split)):>6}" if state.finished else "  at the start"
        lines.append(f"  {split:<11}{percent(score):>6}{after}")
    budget = state.started.settings.get("budget", "") if state.started else ""
    tried = (
        f"{counted(state.generations, 'generation')}, {counted(state.born, 'candidate')}{_quoting(state)}, "
        + _looks(state)
    )
    lines += [
        f"  budget     {budget}" if budget else "",
        f"  spent      {spent_words(usage, Limits(), 0.0)}, {state.spent_share:.0%} of the search",
        f"  tried      {tried}",
        f"  noise      {state.noise.sentence}" if state.noise else "",
        *(_promotion_line(promotion) for promotion in state.promotions),
        f"  {_nothing(state)}" if doing == "ended" and not state.promotions else "",
    ]
    if doing == "interrupted":
        lines += ["  go on with:", f"    {resume}"]
    return [line for line in lines if line]


def status_json(state: RunState, usage: Usage, *, pid: int | None) -> dict[str, object]:
    """The document of `rsi status --json`."""
    return {
        "run": state.run,
        "skill": state.skill,
        "state": _doing(state, pid),
        "pid": pid,
        "stopped_because": state.stopped_because,
        "generations": state.generations,
        "candidates": state.born,
        "gate_looks": len(state.looks),
        "rejected": state.rejected,
        "undecided": state.undecided,
        "spent_share": state.spent_share,
        "budget": state.started.settings.get("budget") if state.started else None,
        "baseline": dict(state.baseline),
        "final": dict(state.final),
        "noise_floor": _noise_json(state.noise),
        "promotions": [_promotion_json(promotion) for promotion in state.promotions],
        "usage": asdict(usage),
    }


def _doing(state: RunState, pid: int | None) -> Literal["ended", "running", "interrupted"]:
    if state.finished:
        return "ended"
    return "running" if pid is not None else "interrupted"
