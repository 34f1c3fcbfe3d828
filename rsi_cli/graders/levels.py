"""Which scores a case can give: only 0 and 1, or others too. Read off its demands, never off answers."""

from __future__ import annotations

from rsi_cli.graders.grade import SET, demands
from rsi_cli.graders.menu import RIGHT_OR_WRONG
from rsi_cli.suite.model import Assertion, Case


def is_graded(case: Case) -> bool:
    """Whether an answer to this case can score strictly between 0 and 1.

    It can where two demands share the score, or where the one that makes it gives half marks. What weighs
    nothing makes no score; a threshold decides what passes, and changes no score.
    """
    return _in_between(demands(case))


def _in_between(demanded: tuple[Assertion, ...]) -> bool:
    counting = [one for one in demanded if one.weight > 0]
    if len(counting) != 1:
        return bool(counting)
    (one,) = counting
    return _in_between(one.parts) if one.type == SET else one.type not in RIGHT_OR_WRONG
