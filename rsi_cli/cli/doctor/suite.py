"""The doctor looks at suite, hard constraints, budget and models, once all of them can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rsi_cli.cli.doctor.finding import Finding, attempt
from rsi_cli.cli.evals.sealed_past import standing
from rsi_cli.cli.nights.forecast import Forecast, forecast
from rsi_cli.errors import RsiError
from rsi_cli.evolution.night import Shape
from rsi_cli.models.readiness import obstacle
from rsi_cli.nouns import Split
from rsi_cli.trust.must import breaches, locked_in, told, unmeetable

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround


def of_ground(ground: SkillGround) -> Iterator[Finding]:
    """What a night on this ground would meet."""
    yield from _must(ground)
    yield from _suite(ground)
    yield from _models(ground)


def _must(ground: SkillGround) -> Iterator[Finding]:
    """Whether the skill's text keeps to the suite's hard constraints, and whether any answer can."""
    must, skill = ground.suite.must, ground.skill
    try:
        hopeless = locked_in(must, skill)
    except RsiError:  # its markers are unbalanced: told above
        return
    broken = breaches(must, skill.text_for_models)
    for one in broken:
        fix = "mend the skill, or let `rsi evolve` try: no child that breaks it is measured"
        message = f"the skill breaks a hard constraint: {one}"
        yield Finding(check="must", state="warn", message=message, fix="" if hopeless else fix)
    if hopeless:
        message = f"no child can mend that, as locked text breaks it: {'; '.join(hopeless)}"
        fix = f"change `must` in {ground.shown(ground.suite_path)}, or the text between the keep markers"
        yield Finding(check="must", state="fail", message=message, fix=fix)
    if told(must) and not broken and not hopeless:
        yield Finding(check="must", state="ok", message="the skill keeps to the hard constraints on its text")
    if lost := unmeetable(ground.suite.cases):
        yield _lost(lost)


def _lost(cases: Sequence[str]) -> Finding:
    """Cases whose expected answer breaks a hard constraint, however many, in one line."""
    if len(cases) == 1:
        message = f"case {cases[0]}: its expected answer breaks a hard constraint, so no answer can pass"
    else:
        names = ", ".join(cases[:3]) + (f" and {len(cases) - 3} more" if len(cases) > 3 else "")
        message = (
            f"the expected answers of {len(cases)} cases break a hard constraint, so none can pass: {names}"
        )
    return Finding(check="must", state="warn", message=message, fix="correct one of the two in the suite")


def _suite(ground: SkillGround) -> Iterator[Finding]:
    counts = ", ".join(f"{len(ground.suite.cases_of(split))} {split}" for split in Split)
    yield Finding(check="suite", state="ok", message=f"{ground.shown(ground.suite_path)}: {counts}")
    ahead, failed = attempt("holdout", lambda: forecast(ground, Shape()))
    yield from failed
    if ahead is None:
        return
    yield from _holdout(ahead)
    if words := standing(ground):
        yield Finding(check="sealed", state="ok", message=words)
    if not ground.suite.gold:
        fix = "label some outputs under `gold:`, so that `rsi audit` can check the graders"
        yield Finding(check="gold", state="warn", message="no gold labels", fix=fix)


def _holdout(ahead: Forecast) -> Iterator[Finding]:
    """What the held-out cases can show tonight, what may be spent on them, and whether they are worn out."""
    outlook, purse = ahead.outlook(), ahead.purse
    needed = ahead.calls_needed
    fix = f"raise `max_calls` to {needed} or more, {_whose(ahead)}" if needed else ""
    if needed:
        yield Finding(check="budget", state="warn", message=ahead.too_small, fix=fix)
    yield Finding(check="holdout", state="warn" if needed else "ok", message=outlook.sentence, fix=fix)
    for warning in outlook.warnings:
        yield Finding(check="holdout", state="warn", message=warning)
    yield Finding(check="allowance", state="ok", message=purse.allowance.sentence)
    for gap in purse.gaps:
        yield Finding(check="allowance", state="warn", message=gap)
    tired = purse.wear.worn_out
    yield Finding(
        check="wear",
        state="warn" if tired else "ok",
        message=purse.wear.sentence or "no look has used these held-out cases",
        fix="give them `split: train` in the suite, and new cases `split: holdout`" if tired else "",
    )


def _whose(ahead: Forecast) -> str:
    """Where the limit of calls stands, or could."""
    origin = ahead.ground.settings.origin["budget.max_calls"]
    return "in `budget:` of the suite or of rsi.yaml" if origin == "default" else f"which {origin} sets"


def _models(ground: SkillGround) -> Iterator[Finding]:
    settings = ground.settings
    choices = [(str(role), choice) for role, choice in settings.models.items()]
    choices += [("improver", choice) for choice in settings.improvers[1:]]
    for role, choice in choices:
        found, origin = obstacle(choice), settings.origin.get(f"models.{role}", "default")
        yield Finding(
            check=role,
            state="ok" if found is None else "fail" if found.sure else "warn",
            message=f"{choice.name} ({origin})" if found is None else f"{found.message} ({origin})",
            fix=found.fix if found else "",
        )
