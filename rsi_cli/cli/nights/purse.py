"""What the held-out cases still have to spend: counted once, and said alike by every command that says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsi_cli.cli.ground import files_in
from rsi_cli.ledger.looks import LookMade, told
from rsi_cli.nouns import RunId, Split
from rsi_cli.report.words import counted
from rsi_cli.trust.past import past_looks
from rsi_cli.trust.wealth import Allowance, tonight
from rsi_cli.trust.wear import Wear, worn

if TYPE_CHECKING:
    from rsi_cli.cli.ground import SkillGround
    from rsi_cli.ledger.git import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What earlier looks at tonight's held-out cases leave of the owner's error, and of the cases.

    made: those looks that journals tell of. gaps: why others may be missing, for people: this clone
    holds a part of the history, or came without tags.
    """

    allowance: Allowance
    wear: Wear
    made: tuple[LookMade, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """For people, before the first paid call."""
        serves = () if self.wear.worn_out or not self.wear.sentence else (self.wear.sentence,)
        return (self.allowance.sentence, *serves)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the owner should do something about; a night goes on all the same."""
        tired = (self.wear.sentence,) if self.wear.worn_out else ()
        return (*tired, *self.gaps)

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
_NAMED = 3


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
        gaps=tuple(_gaps(repo, known.half_told)),
    )


def _gaps(repo: Repo, half_told: Sequence[RunId]) -> Iterator[str]:
    """Why looks may not be counted: one sentence for each cause, with what helps."""
    if shallow := repo.is_shallow():
        yield SHALLOW
    remotes = repo.remotes_without_tags()
    for remote in remotes:
        yield (
            f"Tags of the remote {remote} are not fetched (remote.{remote}.tagOpt is --no-tags), so looks of "
            f"earlier nights may not be counted; `git config --unset-all remote.{remote}.tagOpt`, then "
            f"`git fetch --tags {remote}`, brings them."
        )
    if half_told and not shallow and not remotes:
        more = ", …" if len(half_told) > _NAMED else ""
        named = f"{counted(len(half_told), 'earlier run')} ({', '.join(half_told[:_NAMED])}{more})"
        yield (
            f"Of {named} only promotions are known here, so looks that were rejected may not be counted; "
            "`git fetch --tags` brings them, if `git push --follow-tags` sent them."
        )
