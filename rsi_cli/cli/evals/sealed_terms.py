"""What shapes the number that an unsealing says, so that nobody finishes one under other terms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from rsi_cli.cli import wiring
from rsi_cli.cli.asked import change, manners
from rsi_cli.cli.ground import SkillGround
from rsi_cli.ledger.git.message import flat
from rsi_cli.ledger.unsealed import Unsealing
from rsi_cli.nouns import Role
from rsi_cli.suite.model import Case
from rsi_cli.trust.holdout import mark

_SHORT = 12


def terms_of(ground: SkillGround, sealed: Sequence[Case]) -> dict[str, str]:
    """The terms of an unsealing by name, without secrets and without anything that a case says.

    The suite's hash counts neither how often a case wants to be drawn nor how many draws may be lost.
    """
    settings = ground.settings
    actor, judge = settings.models[Role.ACTOR], settings.models[Role.JUDGE]
    terms = {
        "rsi": version("rsi-cli"),
        "actor": actor.name,
        **manners(Role.ACTOR, actor),
        "judge": judge.name,
        **manners(Role.JUDGE, judge),
        "judge's words": wiring.judge_hash(settings),
        "seed": "none" if settings.seed is None else str(settings.seed),
        "cache": "yes" if settings.cache else "no",
        "gate.max_unmeasured": str(settings.gate.max_unmeasured),
        "epochs of single cases": _own_epochs(sealed),
    }
    return {name: flat(value) for name, value in terms.items()}


def changes(then: Unsealing, now: Unsealing) -> tuple[str, ...]:
    """What is other than it was when `then` began, for people; a record of old knows less."""
    old, new = _facts(then), _facts(now)
    names = dict.fromkeys((*old, *new)) if then.terms else old
    return tuple(
        change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    )


def _facts(record: Unsealing) -> Mapping[str, str]:
    return {
        "the skill's commit": record.commit[:_SHORT],
        "suite": record.suite_hash,
        "the version to compare with": (record.against or "none")[:_SHORT],
        "actor": flat(record.model),
        "draws": str(record.draws),
        **record.terms,
    }


def _own_epochs(sealed: Sequence[Case]) -> str:
    own = sorted((mark(case.id), case.epochs) for case in sealed if case.epochs is not None)
    return hashlib.sha256(json.dumps(own).encode("ascii")).hexdigest() if own else "none"
