"""What an improver's edits do in each landscape: the parameters of the simulated truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

KINDS = ("amber", "birch", "cedar", "delta", "ember", "fjord")  # classes of cases, equally frequent


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """How a world answers, and what the one improver writes into it.

    edits: relative chance of each kind of edit (see `edits.py`) of an improver that is shown nothing; none
    at all = it returns the text that it was given. cold: temperature 0, so that a case always passes or
    always fails. gullible_train, gullible: part of the cases, 0…1, whose grader padding can fool: of train
    cases, and of all others. guided: how far mutation prompts differ in what they are worth (`guidance.py`),
    as the standard deviation of a logarithm; 0 = not at all.
    """

    name: str
    edits: Mapping[str, float] = field(default_factory=dict)
    cold: bool = False
    gullible_train: float = 0.0
    gullible: float = 0.0
    guided: float = 0.0

    @property
    def levels(self) -> tuple[float, float]:
        """Chance of a right answer to a hard and to an easy case."""
        return (0.0, 1.0) if self.cold else (0.1, 0.9)


GUIDED = 0.3  # spread of quality in landscapes called guided: ordinary prompts lie between 0.7 and 1.3
STEERED = 0.8  # the same in those called steered: ordinary prompts lie between 0.4 and 1.9

_ALL = (
    Landscape(name="null", edits={"recast": 1.0}),
    Landscape(name="harmful", edits={"harm": 1.0}),
    Landscape(name="mixed", edits={"mend": 0.15, "harm": 0.25, "idle": 0.6}),
    Landscape(name="mixed-guided", edits={"mend": 0.15, "harm": 0.25, "idle": 0.6}, guided=GUIDED),
    Landscape(name="mixed-steered", edits={"mend": 0.15, "harm": 0.25, "idle": 0.6}, guided=STEERED),
    Landscape(name="noisy", edits={"mend": 0.15, "harm": 0.25, "recast": 0.6}),
    Landscape(name="overfit", edits={"recall": 0.7, "recast": 0.2, "mend": 0.04}),
    Landscape(name="length", edits={"pad": 0.7, "recast": 0.3}, gullible_train=0.4, gullible=0.25),
    Landscape(name="identical"),
)
LANDSCAPES: Mapping[str, Landscape] = {
    name: replace(each, name=name, cold=name.endswith("-cold"))
    for each in _ALL
    for name in (each.name, f"{each.name}-cold")
}
