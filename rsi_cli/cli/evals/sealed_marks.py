"""By what a sealed case is known again: by its id, and by what it says. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from rsi_cli.ledger.unsealed import Unsealing
from rsi_cli.nouns import Json
from rsi_cli.skill.phrases import fold
from rsi_cli.suite.model import Case
from rsi_cli.trust.holdout import mark

_DIGITS = 12


def content_mark(case: Case) -> str:
    """Name a case by its input, vars and expected answer without telling them: twelve hex digits.

    Letter case, white space, marks of emphasis and forms of one letter that look alike do not count.
    """
    document = [_folded(case.input), _folded(dict(case.vars)), _folded(case.expected)]
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:_DIGITS]


def was_used(case: Case, past: Iterable[Unsealing]) -> bool:
    """Whether one of these unsealings scored the case, under this id or another one."""
    name, content = mark(case.id), content_mark(case)
    return any(one.used(name, content) for one in past)


def _folded(value: Json) -> Json:
    if isinstance(value, str):
        return "".join(fold(value).split())
    if isinstance(value, list):
        return [_folded(one) for one in value]
    if isinstance(value, dict):
        return {key: _folded(one) for key, one in value.items()}
    return value
