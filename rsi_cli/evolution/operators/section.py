"""Revise one section, leave all others byte for byte as they are. Not of Promptbreeder (docs/breeding.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from rsi_cli.errors import BugError
from rsi_cli.evolution.operators.operator import Draft, Situation, read_block
from rsi_cli.evolution.operators.row import has_cases
from rsi_cli.nouns import Blame, Failed, Talk
from rsi_cli.prompts.render import Rendered, render
from rsi_cli.skill.blocks import cut_sections
from rsi_cli.skill.lines import split_margins
from rsi_cli.skill.markers import Region, find_markers, pairs, unbalanced


class Section:
    """Choose a section at random and ask for it alone, shown the whole skill and the cases."""

    name = "section"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether something went wrong and there is a section that is not locked in full."""
        wrong = any(has_cases(failing) for failing, _ in situation.rounds)
        return wrong and bool(_free(situation.skill))

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:
        """Ask for the section; further rounds revise the same one, shown other cases.

        A round that fails, or goes where no child may go, leaves what the rounds before it made. Raises
        BugError where no section is free.
        """
        places = _free(situation.skill)
        if not places:
            raise BugError("a section was to be revised, and none is free")
        place = rng.choice(places)
        draft: Draft | None = None
        for failing, passing in situation.rounds:
            reply = yield situation.prompt(_question(situation, place, failing, passing))
            revised = read_block(reply.text, "section")
            filled = revised if isinstance(revised, Failed) else _filled(place, revised)
            if isinstance(filled, Failed):
                return draft or filled
            if draft is not None and not situation.is_sound(filled.body):
                return draft
            place, draft = filled, Draft(body=filled.body, mutation_prompt=situation.mutation_prompt)
        if draft is None:
            raise BugError("a section was to be revised without a round")
        return draft


@dataclass(frozen=True, slots=True)
class _Place:
    """One section of a body, and the sections before and after it; exact texts."""

    before: tuple[str, ...]
    section: str
    after: tuple[str, ...]

    @property
    def body(self) -> str:
        return "".join((*self.before, self.section, *self.after))


def _free(body: str) -> tuple[_Place, ...]:
    """Every section in which there is text that is not locked."""
    texts = tuple(section.text for section in cut_sections(body))
    found = find_markers(body)
    locked = () if unbalanced(found) else pairs(found)
    places: list[_Place] = []
    start = 0
    for number, text in enumerate(texts):
        if _unlocked(body, start, start + len(text), locked).strip():
            places.append(_Place(texts[:number], text, texts[number + 1 :]))
        start += len(text)
    return tuple(places)


def _unlocked(body: str, start: int, end: int, locked: Sequence[Region]) -> str:
    """The text of body[start:end] outside the locked regions."""
    parts: list[str] = []
    for region in locked:
        parts.append(body[start : max(start, min(end, region.start))])
        start = max(start, min(end, region.end))
    return "".join((*parts, body[start:end]))


def _filled(place: _Place, revised: str) -> _Place | Failed:
    """Put a revised section in the place of the old one, between the same blank lines.

    Failed where it brings other sections along, or would change what they are: an open code fence swallows
    the heading after it.
    """
    head, old, tail = split_margins(place.section)
    new = _with_heading(old, revised.strip("\n"))
    others = {text.strip() for text in (*place.before, *place.after)} - {"", old.strip()}
    if any(section.text.strip() in others for section in cut_sections(new)):
        return Failed(Blame.CANDIDATE, "more than the one section was sent back")
    filled = replace(place, section=head + new + tail)
    texts = tuple(section.text for section in cut_sections(filled.body))
    before, after = texts[: len(place.before)], texts[len(texts) - len(place.after) :]
    if (before, after) != (place.before, place.after):
        return Failed(Blame.CANDIDATE, "the revised section would change what the others are")
    return filled


def _with_heading(old: str, new: str) -> str:
    """Models tend to leave out the heading, as if it had not been asked for."""
    (was, *_), (came, *_) = cut_sections(old), cut_sections(new)
    heading = old.split("\n", 1)[0]
    if not was.level or came.level or not heading.startswith("#"):
        return new
    return f"{heading}\n\n{new}"


def _question(situation: Situation, place: _Place, failing: str, passing: str) -> Rendered:
    return render(
        "revise_section",
        task=situation.task,
        skill=place.body,
        section=place.section.strip("\n"),
        failing=failing,
        passing=passing,
        mutation_prompt=situation.mutation_prompt.text,
        thinking_style=situation.thinking_style,
        must=situation.must,
        tried=situation.tried,
        lessons=situation.lessons,
    )
