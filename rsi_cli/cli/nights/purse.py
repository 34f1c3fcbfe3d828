"""What the held-out cases still have to spend: counted once, and said alike by every command that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsi_cli.cli.ground import files_in
from rsi_cli.ledger.looks import LookMade, told
from rsi_cli.nouns import RunId, Split
from rsi_cli.trust.past import past_looks
from rsi_cli.trust.wealth import Allowance, tonight
from rsi_cli.trust.wear import Wear, worn

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What earlier looks at tonight's held-out cases leave of the owner's error, and of the cases.

    made: those looks that journals tell of. shallow: the repository is a clone that holds a part of its
    history, so that looks may be missing.
    """

    allowance: Allowance
    wear: Wear
    made: tuple[LookMade, ...] = ()
    shallow: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """For people, before the first paid call."""
        serves = () if self.wear.worn_out or not self.wear.sentence else (self.wear.sentence,)
        return (self.allowance.sentence, *serves)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the owner should do something about; a night goes on all the same."""
        tired = (self.wear.sentence,) if self.wear.worn_out else ()
        return (*tired, *((SHALLOW,) if self.shallow else ()))

    def as_json(self) -> Mapping[str, object]:
        """For programs; `docs/cli.md` has the keys."""
        wear = self.wear
        return {
            "alpha": self.allowance.full,
            "alpha_tonight": self.allowance.alpha,
            "error_left": self.allowance.left,
            "allowance": self.allowance.sentence,
            "holdout_wear": {
                "worn_out": wear.worn_out,
                "most_looks": max(wear.looks.values(), default=0),
                "worn": list(wear.worn),
                "rotate": list(wear.rotate),
                "sentence": wear.sentence,
            },
        }


SHALLOW = (
    "This clone holds only a part of the history, so looks of earlier nights may not be counted; "
    "`git fetch --unshallow --tags` brings them."
)


def purse_of(ground: SkillGround, *, but: RunId | None = None) -> Purse:
    """Count what all earlier looks of this skill have spent; outside of git, none.

    but: the run that goes on, which is not among the earlier ones.
    """
    rule = ground.settings.gate
    cases = [case.id for case in ground.suite.cases_of(Split.HOLDOUT)]
    repo = ground.repo
    if repo is None:
        return Purse(allowance=tonight((), cases, rule), wear=worn((), cases, rule))
    files = files_in(repo, ground.file.path)
    known = told(repo, (files.skill, files.sidecar), but=but)
    looks = past_looks(known)
    return Purse(
        allowance=tonight(looks, cases, rule),
        wear=worn(looks, cases, rule),
        made=known.made,
        shallow=repo.is_shallow(),
    )
