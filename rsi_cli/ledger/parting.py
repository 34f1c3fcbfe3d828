"""What a rollback takes out of a sidecar: no later promotion brings an owner's note back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rsi_cli.errors import InputError
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.message import flat
from rsi_cli.nouns import Sha
from rsi_cli.skill.sidecar import Kind, Lesson, Sidecar, read_sidecar


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """file: the sidecar as git names it. head: the commit that still holds all of it.

    removed: the file itself goes. lessons: that the restored sidecar has not, an owner's notes among them.
    prompts: how many mutation prompts it has not. unread: one of the two sidecars cannot be read, so that
    what goes is not counted: there are no lessons then, and no prompts.
    """

    file: str
    head: Sha
    removed: bool
    lessons: tuple[Lesson, ...]
    prompts: int
    unread: bool = False

    @property
    def sentence(self) -> str:
        """What goes, counted where both sidecars can be read; '' where nothing goes."""
        if self.unread and self.removed:
            return f"{self.file} is removed; it could not be read, so what it held is not counted"
        if self.unread:
            why = "one of the two could not be read, so what goes is not counted"
            return f"{self.file} is an earlier version again; {why}"
        numbers = {
            "mutation prompt": self.prompts,
            "lesson": len(self.lessons) - len(self.notes),
            "note": len(self.notes),
        }
        goods = ", ".join(
            f"{count} {one}{'' if count == 1 else 's'}" for one, count in numbers.items() if count
        )
        if self.removed:
            return f"{self.file} is removed" + (f", with {goods}" if goods else "")
        return f"{self.file} is an earlier version again, without {goods}" if goods else ""

    @property
    def notes(self) -> tuple[Lesson, ...]:
        """Of the lessons those that nobody but the owner writes."""
        return tuple(lesson for lesson in self.lessons if lesson.kind is Kind.NOTE)

    @property
    def way_back(self) -> tuple[str, ...]:
        """The arguments of git that bring the sidecar back, to be committed then."""
        return ("checkout", self.head[:12], "--", self.file)


def parting(repo: Repo, file: Path, head: Sha, source: Sha) -> Parting:
    """Compare the sidecar at `head` with that at `source`."""
    now, then = repo.read(head, file), repo.read(source, file)
    name, removed = repo.relative(file), now is not None and then is None
    before, after = _read(now), _read(then)
    if before is None or after is None:
        differ = now is not None and now != then
        return Parting(file=name, head=head, removed=removed, lessons=(), prompts=0, unread=differ)
    kept = {prompt.text for prompt in after.mutation_prompts}
    return Parting(
        file=name,
        head=head,
        removed=removed,
        lessons=tuple(lesson for lesson in before.lessons if lesson not in after.lessons),
        prompts=sum(prompt.text not in kept for prompt in before.mutation_prompts),
    )


def _read(raw: bytes | None) -> Sidecar | None:
    """What a sidecar says, nothing where there is none; None where it cannot be read."""
    try:
        return read_sidecar(raw, file="") if raw else Sidecar()
    except InputError:
        return None


def in_words(lesson: Lesson) -> str:
    """One lesson, as one line of a list."""
    return flat(f"- {lesson.kind}: {lesson.text}")
