"""Facts turned into rows and documents. Knows no live object, computes no statistics of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from rsi_cli.ledger.events import Interval
from rsi_cli.ledger.git import Version
from rsi_cli.ledger.replay import Promotion, RunState
from rsi_cli.nouns import Usage
from rsi_cli.report.words import counted, interval, percent


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
        "unmeasured": state.unmeasured,
        "generations": state.generations,
        "looks": [{"decision": look.decision, "sentence": look.sentence} for look in state.looks],
        "usage": asdict(usage),
    }


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


def night_lines(state: RunState, usage: Usage, *, skill: str) -> list[str]:
    """The account of a night for a person, with the next commands."""
    lines = ["", f"run {state.run}: {state.stopped_because}"]
    for split, before in state.baseline.items():
        lines.append(f"  {split:<11}{percent(before):>6} → {percent(state.final.get(split)):>6}")
    if state.gain is not None and state.promotions:
        lines.append(f"  gain       {interval(state.gain)}, {state.gain.basis}")
    lines.append(
        f"  {counted(state.born, 'candidate')}, {counted(len(state.looks), 'look')} at the held-out cases, "
        f"{counted(len(state.promotions), 'promotion')}, {counted(usage.calls, 'call')} ({usage.cached_calls} more from the cache), "
        f"{usage.usd:.4f} USD"
    )
    if not state.promotions:
        lines.append("  nothing was promoted: no candidate was shown to be really better")
        return lines
    lines.extend(
        f"  commit {promotion.commit[:12]} by {promotion.operator}" for promotion in state.promotions
    )
    return [*lines, f"  take it back with: rsi rollback {skill}"]


def log_json(versions: Iterable[Version]) -> list[dict[str, object]]:
    """The document of `rsi log --json`, newest first."""
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
        }
        for version in versions
    ]


def log_rows(versions: Iterable[Version]) -> list[tuple[str, str, str, str, str]]:
    """commit, date, gain, held-out score, subject: one row per promotion or rollback, newest first."""
    return [
        (
            version.commit[:12],
            version.date[:16].replace("T", " "),
            interval(version.gain) if version.gain else "",
            percent(version.holdout_score) if version.holdout_score is not None else "",
            version.subject,
        )
        for version in versions
    ]


def status_lines(state: RunState, *, pid: int | None) -> list[str]:
    """What a run is doing, for a person."""
    if state.finished:
        now = f"ended: {state.stopped_because}"
    elif pid is not None:
        now = f"running, process {pid}"
    else:
        now = "interrupted; go on with `rsi evolve … --resume`"
    lines = [f"run {state.run} on {state.skill}: {now}"]
    for split, score in state.baseline.items():
        lines.append(f"  {split:<11}{percent(score):>6} at the start")
    lines.append(
        f"  {counted(state.generations, 'generation')}, {counted(state.born, 'candidate')}, "
        f"{state.spent_share:.0%} of the search behind it, {counted(len(state.looks), 'look')}"
    )
    lines.extend(
        f"  commit {promotion.commit[:12]} by {promotion.operator}" for promotion in state.promotions
    )
    return lines


def status_json(state: RunState, *, pid: int | None) -> dict[str, object]:
    """The document of `rsi status --json`."""
    doing = "ended" if state.finished else "running" if pid is not None else "interrupted"
    return {
        "run": state.run,
        "skill": state.skill,
        "state": doing,
        "pid": pid,
        "stopped_because": state.stopped_because,
        "generations": state.generations,
        "candidates": state.born,
        "gate_looks": len(state.looks),
        "spent_share": state.spent_share,
        "baseline": dict(state.baseline),
        "promotions": [_promotion_json(promotion) for promotion in state.promotions],
    }
