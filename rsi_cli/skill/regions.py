"""What of a skill may change: the one door by which a model's text becomes a child.

Everything refused is a value with a reason, because a model's bad reply is an everyday event; an
unbalanced region in the user's own file is an InputError.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rsi_cli.skill import front_matter as front
from rsi_cli.skill.document import Skill, normalised, parse
from rsi_cli.skill.lines import split_margins, to_lf, with_endings_of
from rsi_cli.skill.markers import MARKER, Marker, Region, find_markers, locked_regions, pairs, unbalanced

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class GrowthCap:
    """How long a child may get: factor times the text the night began with, plus slack_chars."""

    factor: float = 2.0
    slack_chars: int = 4000

    def limit(self, origin: Skill) -> int:
        """The most characters (LF line endings) that a child's body may have."""
        return int(self.factor * len(origin.text_for_models)) + self.slack_chars


@dataclass(frozen=True, slots=True)
class Refusal:
    """A model's text did not become a child.

    reason: one of the few fixed phrases, for counting: "empty", "not text", "front matter", "locked region",
    "too long", "same text", "not a skill". detail: one sentence for the report.
    """

    reason: str
    detail: str


def graft(parent: Skill, origin: Skill, proposed_body: str, cap: GrowthCap) -> Skill | Refusal:
    """Make a model's text the body of a child of `parent`.

    Front matter, locked regions, line endings and the ends of the file stay the parent's, byte for
    byte. origin: the version the night began with, against which growth is capped. proposed_body: what
    the model wrote, already out of its fence or tag; a verbatim echo of the front matter on top is dropped.
    Raises InputError only if the *parent's* markers are unbalanced.
    """
    proposed = to_lf(proposed_body).removeprefix("\ufeff").strip("\n")
    core = _without_echo(parent, proposed)
    if isinstance(core, Refusal):
        return core
    if refusal := _unfit(parent, core):
        return refusal
    child = _with_regions(parent, core)
    if isinstance(child, Refusal):
        return child
    return _too_long(child, origin, cap) or _checked(parent, child)


def _without_echo(parent: Skill, proposed: str) -> str | Refusal:
    """Drop front matter that equals the parent's; anything else that reads as front matter is refused."""
    head, rest = front.split(proposed)
    if not head or to_lf(parent.body).lstrip("\n").startswith(head.rstrip("\n")):
        return proposed
    if head.strip() == to_lf(parent.front_matter).strip():
        return rest.strip("\n")
    return Refusal("front matter", "the reply begins with front matter that is not the skill's own")


def _unfit(parent: Skill, core: str) -> Refusal | None:
    if not core.strip():
        return Refusal("empty", "the reply holds no text")
    try:
        core.encode()
    except UnicodeEncodeError as error:
        return Refusal("not text", f"the reply holds half a character at position {error.start}")
    if strange := sorted(set(_CONTROL.findall(core)) - set(_CONTROL.findall(parent.body))):
        names = ", ".join(f"U+{ord(char):04X}" for char in strange[:5])
        return Refusal("not text", f"the reply holds control characters the skill does not have: {names}")
    return None


def _too_long(child: Skill, origin: Skill, cap: GrowthCap) -> Refusal | None:
    length, began, limit = len(child.text_for_models), len(origin.text_for_models), cap.limit(origin)
    if length <= limit:
        return None
    detail = f"{length} characters; the night began with {began}, so at most {limit} are allowed"
    return Refusal("too long", detail)


def _with_regions(parent: Skill, core: str) -> Skill | Refusal:
    """Put the parent's locked bytes between the pieces of the proposal, piece by piece."""
    locked_regions(parent)  # the user's own mistake is raised, not blamed on the model
    before, old, after = split_margins(parent.body)
    ours, theirs = pairs(find_markers(old)), find_markers(core)
    if not ours and not theirs:
        return parent.with_body(core)
    if refusal := _moved(old, ours, core, theirs):
        return refusal
    gaps = zip(_gaps(old, ours), _gaps(core, pairs(theirs)), strict=True)
    free = [with_endings_of(mine, new, parent.newline) for mine, new in gaps]
    kept = [old[region.start : region.end] for region in ours] + [""]
    text = "".join(part for pair in zip(free, kept, strict=True) for part in pair)
    return replace(parent, body=before + text + after)


def _moved(old: str, ours: Sequence[Region], core: str, theirs: Sequence[Marker]) -> Refusal | None:
    """Refuse if the markers did not come back one by one, each around its own text."""
    opening = sum(not marker.closes for marker in theirs)
    closing = len(theirs) - opening
    if opening != len(ours) or closing != len(ours):
        came = f"the reply {opening} opening and {closing} closing markers"
        return Refusal("locked region", f"the skill has {len(ours)} locked regions, {came}")
    if wrong := unbalanced(theirs):
        return Refusal("locked region", f"line {wrong[0][0].line} of the reply: {wrong[0][1]}")
    mine = [_inner(old, region) for region in ours]
    for k, region in enumerate(pairs(theirs)):
        text = _inner(core, region)
        if text != mine[k] and text in mine:
            return Refusal(
                "locked region", f"locked regions {k + 1} and {mine.index(text) + 1} changed places"
            )
    return None


def _checked(parent: Skill, child: Skill) -> Skill | Refusal:
    """The last look, at the child as it would be written: what broke a rule on the way ends here."""
    if normalised(child) == normalised(parent):
        return Refusal("same text", "the reply says what the parent says")
    if parse(child.render()) != child or child.front_matter.strip() != parent.front_matter.strip():
        return Refusal("not a skill", "written to a file, the reply would be read as something else")
    if _kept(child) != _kept(parent):
        return Refusal("locked region", "the reply would change what is locked")
    return child


def _kept(skill: Skill) -> tuple[str, ...] | None:
    found = find_markers(skill.body)
    return None if unbalanced(found) else tuple(skill.body[r.start : r.end] for r in pairs(found))


def _inner(text: str, region: Region) -> str:
    return " ".join(MARKER.sub("", to_lf(text[region.start : region.end])).split())


def _gaps(text: str, regions: Sequence[Region]) -> list[str]:
    """The free text before, between and after the regions: one piece more than there are regions."""
    starts = [0, *(region.end for region in regions)]
    ends = [*(region.start for region in regions), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]
