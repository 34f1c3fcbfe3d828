"""Gold labels: outputs whose quality a person has judged."""

from __future__ import annotations

from collections.abc import Sequence

from rsi_cli.nouns import CaseId
from rsi_cli.suite.kinds import Flag, ListOf, OneOf, Text, did_you_mean
from rsi_cli.suite.model import Case, GoldLabel
from rsi_cli.suite.nodes import shown
from rsi_cli.suite.shape import Field, Record, Row, Shape

_GOLD_CASE = Field(
    name="case",
    kind=Text(blank=False, one_line=True),
    about="The id of the case it answers.",
    required=True,
    meant_by=("id", "case_id"),
)
_GOLD_OUTPUT = Field(
    name="output", kind=Text(), about="An answer.", required=True, meant_by=("answer", "text")
)
_GOLD_GOOD = Field(name="good", kind=Flag(), about="Whether a person finds it good.")
_GOLD_LABEL = Field(
    name="label", kind=OneOf({"good": True, "bad": False}), about="The same in words: good or bad."
)
_GOLD_NOTE = Field(name="note", kind=Text(), about="Why, for the report.", meant_by=("reason", "comment"))
GOLD_LABEL = Shape("a gold label", (_GOLD_CASE, _GOLD_OUTPUT, _GOLD_GOOD, _GOLD_LABEL, _GOLD_NOTE))


def _gold(row: Row) -> tuple[GoldLabel, Row]:
    verdicts = [row.get(one, None) for one in (_GOLD_GOOD, _GOLD_LABEL) if row.node(one) is not None]
    if len(verdicts) != 1:
        row.at.problem(
            row.table, "a gold label needs one verdict: `good: true`, `good: false` or `label: good|bad`"
        )
    label = GoldLabel(
        case_id=CaseId(row.get(_GOLD_CASE, "")),
        output=row.get(_GOLD_OUTPUT, ""),
        good=bool(verdicts and verdicts[0]),
        note=row.get(_GOLD_NOTE, ""),
    )
    return label, row


GOLD = Field(
    name="gold",
    kind=ListOf(Record(GOLD_LABEL, _gold)),
    about="Answers that a person has judged; `rsi audit` measures the graders by them.",
    meant_by=("gold_labels", "labels"),
)


def checked_gold(found: Sequence[tuple[GoldLabel, Row]], cases: Sequence[Case]) -> tuple[GoldLabel, ...]:
    """The labels; one for an unknown case, or against another label, is noted."""
    known = {str(case.id) for case in cases}
    earlier: dict[tuple[str, str], tuple[bool, int]] = {}
    for label, row in found:
        if label.case_id and label.case_id not in known:
            row.problem(
                _GOLD_CASE, f"no case has the id `{shown(label.case_id)}`{did_you_mean(label.case_id, known)}"
            )
        good, line = earlier.setdefault((label.case_id, label.output), (label.good, row.table.line))
        if good is not label.good:
            row.at.problem(
                row.table, f"the same answer is labelled {'good' if good else 'bad'} on line {line}"
            )
    return tuple(label for label, _ in found)
