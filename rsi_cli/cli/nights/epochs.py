"""What `epochs` means to a night, and where it means nothing, so that it is never silently left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsi_cli.nouns import Split
from rsi_cli.trust.noise_floor import stages_up_to

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround


def unused(ground: SkillGround, *, draws: bool) -> tuple[str, ...]:
    """One sentence for each `epochs` that changes nothing tonight. draws: False at temperature 0."""
    settings, found = ground.settings, []
    origin = settings.origin["epochs"]
    if origin != "default" and settings.gate.repeats != stages_up_to(settings.epochs):
        winner = settings.origin["gate.repeats"]
        found.append(
            f"epochs {settings.epochs} ({origin}) is not used: `gate.repeats` ({winner}) comes first."
        )
    elif settings.epochs > 1 and not draws:
        found.append(
            f"epochs {settings.epochs} ({origin}) is not used: at temperature 0 a repeat tells nothing new, "
            "so one draw of a case decides."
        )
    if any(case.epochs is not None for case in ground.suite.cases_of(Split.HOLDOUT)):
        found.append("Cases' own `epochs` count for `rsi eval` alone: a look draws all held-out cases alike.")
    return tuple(found)
