"""`rsi evolve --dry-run`: what the night would do and cost; no call is made and nothing is written."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rsi_cli.cli.askable import unusable
from rsi_cli.cli.ground import survey
from rsi_cli.cli.nights.beginning import models_of, require_keepable
from rsi_cli.cli.nights.forecast import Forecast, forecast
from rsi_cli.cli.nights.price import cost_range
from rsi_cli.cli.screen import announce, console, print_json, tell
from rsi_cli.report.words import budget_words

if TYPE_CHECKING:
    from rsi_cli.cli.nights.wish import Wish


def show_plan(wish: Wish) -> None:
    """Say what a night would do and what it would cost at least and at most."""
    ground = survey(wish.skill, wish.flags)
    require_keepable(ground)
    ahead = forecast(ground, wish.shape)
    announce(ahead.ground.settings)
    if wish.as_json:
        print_json(_document(ahead))
        return
    out = console()
    for line in _lines(ahead):
        tell(out, line)


def _document(ahead: Forecast) -> dict[str, object]:
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
        "warnings": [*unusable(ground), *ahead.warnings],
    }


def _lines(ahead: Forecast) -> list[str]:
    ground = ahead.ground
    return [
        f"{ground.shown(ground.file.path)} against {ground.shown(ground.suite_path)}",
        f"budget: {budget_words(ahead.limits)}",
        "calls, at most:",
        *(f"  {name:<12}{count:>6}" for name, count in ahead.steps.items()),
        str(cost_range(ahead) or "cost: unknown; litellm lists no price for one of the models"),
        *ahead.sentences,
        *(f"warning: {warning}" for warning in (*unusable(ground), *ahead.warnings)),
        "nothing was asked and nothing was written",
    ]
