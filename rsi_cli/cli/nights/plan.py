"""`rsi evolve --dry-run`: what the night would do and cost; no call is made and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rsi_cli.cli.askable import require_known, unusable
from rsi_cli.cli.ground import SkillGround, survey
from rsi_cli.cli.inherited import inherited
from rsi_cli.cli.nights.beginning import files_of, models_of, require_keepable
from rsi_cli.cli.nights.forecast import Forecast, forecast, require_cases
from rsi_cli.cli.nights.price import cost_range
from rsi_cli.cli.screen import announce, console, print_json, tell
from rsi_cli.errors import RepoError
from rsi_cli.ledger.git.repo import HalfShown
from rsi_cli.report.words import budget_words

if TYPE_CHECKING:
    from rsi_cli.cli.nights.wish import Wish


def show_plan(wish: Wish) -> None:
    """Say what a night would do and what it would cost at least and at most.

    Raises InputError and ModelError as the night would, but for a key that is not set: that is a warning.
    """
    ground = survey(wish.skill, wish.flags)
    require_cases(ground)
    require_known(ground)
    require_keepable(ground)
    sidecar = inherited(ground.repo, ground.file.path, wish.branch)
    ahead = forecast(ground, wish.shape)
    announce(ahead.ground.settings)
    strange = sidecar.warnings if sidecar else ()
    warnings = (*_unready(ground, wish.branch), *unusable(ground), *ahead.warnings, *strange)
    if wish.as_json:
        print_json(_document(ahead, warnings))
        return
    out = console()
    for line in _lines(ahead, warnings):
        tell(out, line)


def _unready(ground: SkillGround, branch: str | None) -> Iterator[str]:
    """Why nothing could be committed as things stand, in one sentence, and what a night would mend first."""
    try:
        files = files_of(ground)
        found = ground.need_repo().unready([files.skill, files.sidecar], branch)
    except RepoError as error:
        found = error
    if found is not None:
        before = "" if isinstance(found, HalfShown) else "no night can begin yet: "
        yield f"{before}{found.message}; {found.hint}"


def _document(ahead: Forecast, warnings: Sequence[str]) -> dict[str, object]:
    ground, outlook = ahead.ground, ahead.outlook()
    return {
        "skill": ground.shown(ground.file.path),
        "suite": ground.shown(ground.suite_path),
        "models": models_of(ground),
        "limits": asdict(ahead.limits),
        "calls_at_most": dict(ahead.steps),
        "usd": asdict(cost) if (cost := cost_range(ahead)) else None,
        "smallest_detectable_gain": outlook.smallest_gain,
        "outlook": outlook.sentence,
        **ahead.purse.as_json(),
        "warnings": list(warnings),
    }


def _lines(ahead: Forecast, warnings: Sequence[str]) -> list[str]:
    ground = ahead.ground
    return [
        f"{ground.shown(ground.file.path)} against {ground.shown(ground.suite_path)}",
        f"budget: {budget_words(ahead.limits)}",
        "calls, at most:",
        *(f"  {name:<12}{count:>6}" for name, count in ahead.steps.items()),
        str(cost_range(ahead) or "cost: unknown; litellm lists no price for one of the models"),
        *ahead.sentences,
        *(f"warning: {warning}" for warning in warnings),
        "nothing was asked and nothing was written",
    ]
