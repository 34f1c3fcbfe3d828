"""Can the models of a command be asked at all? Said before the first call, so that none is paid in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsi_cli.cli import wiring
from rsi_cli.cli.audits.checks import asks_a_judge
from rsi_cli.models import readiness
from rsi_cli.models.estimate import Estimator
from rsi_cli.models.litellm_provider import LitellmProvider
from rsi_cli.nouns import Role

if TYPE_CHECKING:
    from rsi_cli.cli.ground import Ground
    from rsi_cli.suite.model import ModelChoice


def require_usable(ground: Ground, *, breeds: bool = False) -> None:
    """Raise ModelError where a model that will be asked surely cannot be.

    breeds: the improvers will be asked too. What the gateway would say of the settings comes first, as
    InputError: a name that nobody can be called by, a limit in dollars without a price.
    """
    _require_settled(ground)
    readiness.require_usable(_asked(ground, breeds=breeds))


def require_known(ground: Ground) -> None:
    """Raise as `require_usable` does for a night, but for a key that is missing, as it may be set by then."""
    _require_settled(ground)
    readiness.require_known(_asked(ground, breeds=True))


def _require_settled(ground: Ground) -> None:
    settings = ground.settings
    priced = settings.limits.max_usd is not None
    Estimator(LitellmProvider(), priced=priced).refuse_unknown_prices(wiring.cast_of(settings))


def unusable(ground: Ground) -> tuple[str, ...]:
    """A sentence for each model of a night that surely cannot be asked, or might not be."""
    found = [readiness.obstacle(choice) for choice in dict.fromkeys(_asked(ground, breeds=True))]
    return tuple(f"{one.message}; {one.fix}" for one in found if one is not None)


def _asked(ground: Ground, *, breeds: bool) -> tuple[ModelChoice, ...]:
    """The models that will be asked: a judge only where an assertion needs one."""
    settings = ground.settings
    judge = any(asks_a_judge(case) for case in ground.suite.cases)
    breeds = breeds or any(case.pair for case in ground.suite.cases)  # such a case is a rewrite
    return (
        settings.models[Role.ACTOR],
        *(settings.improvers if breeds else ()),
        *((settings.models[Role.JUDGE],) if judge else ()),
    )
