"""Cases that send the actor the same words: the improver must not see one that the gate measures by.

Two texts are the same here if they differ in letter case and white space alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rsi_cli.errors import InputError
from rsi_cli.nouns import Split
from rsi_cli.prompts.render import render_user_text
from rsi_cli.suite.model import Case
from rsi_cli.suite.split import Placement


def same_inputs(cases: Sequence[Case], prompt: str) -> tuple[tuple[int, ...], ...]:
    """The groups of two or more cases that send the same; each as indices in file order."""
    groups: dict[str, list[int]] = {}
    for index, case in enumerate(cases):
        if text := _sent(case, prompt):
            groups.setdefault(text, []).append(index)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def drawn_together(placements: Sequence[Placement], groups: Sequence[Sequence[int]]) -> tuple[Placement, ...]:
    """The placements, such that cases of a group that say neither split nor cluster share one draw.

    It is the draw of the first one, or of the first cluster among them: a later copy moves no other case.
    """
    result = list(placements)
    for group in groups:
        silent = [placements[index] for index in group if placements[index].own is None]
        lead = next((one for one in silent if one.cluster is not None), silent[0] if silent else None)
        for index in group:
            one = placements[index]
            if lead is not None and one.own is None and one.cluster is None:
                result[index] = replace(one, case_id=lead.case_id, cluster=lead.cluster)
    return tuple(result)


def torn(splits: Sequence[Split], groups: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Cases whose words stand on both sides of the wall: the later, and the first on the other side."""
    for group in groups:
        for at, later in enumerate(group):
            shown = splits[later] is Split.TRAIN
            other = next((i for i in group[:at] if (splits[i] is Split.TRAIN) != shown), None)
            if other is not None:
                yield later, other


def _sent(case: Case, prompt: str) -> str:
    """What the actor reads, without what does not count; '' where the template fails (told elsewhere)."""
    try:
        text = render_user_text(prompt, {**case.vars, "input": case.input})
    except InputError:
        return ""
    return " ".join(text.casefold().split())
