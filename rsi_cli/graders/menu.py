"""Every type of assertion that can be graded. A new family is a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from rsi_cli.graders.data import DATA_GRADERS
from rsi_cli.graders.exam import Grader
from rsi_cli.graders.improvement import IMPROVEMENT_GRADERS
from rsi_cli.graders.judge import JUDGE_GRADERS
from rsi_cli.graders.size import SIZE_GRADERS
from rsi_cli.graders.text import TEXT_GRADERS

GRADERS: Mapping[str, Grader] = {
    **TEXT_GRADERS,
    **DATA_GRADERS,
    **SIZE_GRADERS,
    **JUDGE_GRADERS,
    **IMPROVEMENT_GRADERS,
}

RIGHT_OR_WRONG = frozenset((*TEXT_GRADERS, *DATA_GRADERS, *SIZE_GRADERS))
"""Types that know no half marks: a score is 0.0 or 1.0. A family that is not here counts as one that does."""
