"""What a simulated task is: cases, whoever answers them, one improver for everybody, and a truth.

Nothing here asks a model. A text is a markdown body; its lines decide which cases are answered rightly. All
luck is a hash of the world's seed and of what is asked, so the same question has the same answer in every
process, whoever asks. The worlds that there are: `worlds.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

RIGHT, WRONG = "right", "wrong"
HEAD = (
    "# Requests\n\nAnswer each request in one word.\n\n"
    "Read the request twice, find its kind, and think of what the sender needs.\n"
    "Where two answers fit, take the plainer one. Never answer with a question.\n\n## Rules\n"
)


@dataclass(frozen=True, slots=True)
class Task:
    """One case. name: one word. kind: its class. split: "train" or "holdout"."""

    name: str
    kind: str
    split: str

    @property
    def input(self) -> str:
        """What the actor is asked."""
        sender = self.name[::-1]
        return (
            f"Request {self.name} of kind {self.kind}, sent by {sender}, asks for one word and nothing else"
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A train case as the improver sees it."""

    task: Task
    passed: bool


class World(Protocol):
    """A task whose truth is known. Scores: chance of a right answer, 0…1; gains: against the seed text."""

    @property
    def seed_text(self) -> str:
        """The version that everybody begins with."""

    @property
    def train(self) -> tuple[Task, ...]:
        """Cases that the improver may be shown."""

    @property
    def holdout(self) -> tuple[Task, ...]:
        """Cases to choose by."""

    @property
    def cold(self) -> bool:
        """Whether the actor runs at temperature 0, so that a repeat of a case is no fresh draw."""

    @property
    def best_true_score(self) -> float:
        """The true score that no text passes, of those that the improver's lines can make up; 0…1."""

    def answer(self, text: str, task: Task, draw: int) -> str:
        """What the actor answers: `RIGHT` if the grader will let it pass, else `WRONG`.

        draw: independent repeats have different numbers; a cold world does not look at it.
        """

    def meaning(self, text: str) -> tuple[object, ...]:
        """What of a text counts: texts that are alike in it answer alike."""

    def true_score(self, text: str) -> float:
        """Over all cases there are: exact, no sample."""

    def true_gain(self, text: str) -> float:
        """Over all cases there are, -1…1."""

    def true_gain_on(self, text: str, tasks: Sequence[Task]) -> float:
        """On these cases, -1…1."""

    def improve(self, parent: str, shown: Sequence[Shown], draw: int, guidance: str = "") -> str:
        """THE improver: the parent with a few edits, which depend on the cases it is shown.

        draw: another number, another rewrite. guidance: a mutation prompt, where there is one; what it is
        worth counts in guided worlds only.
        """

    def cross(self, mother: str, father: str, draw: int, shown: Sequence[Shown] = ()) -> str:
        """A crossover as a model writes it: about half of the lines of each parent, then an improvement."""

    def write(self, draw: int) -> str:
        """A text written from nothing but the task's description: the seed text with blind edits."""

    def think(self, draw: int, parent: str | None = None) -> str:
        """A new mutation prompt; in guided worlds one made of a parent inherits part of its quality."""

    def quality(self, guidance: str) -> float:
        """How much likelier a mutation prompt makes a helpful edit; 1 = as without one."""


def body(lines: Iterable[str]) -> str:
    """A text of these lines."""
    return HEAD + "".join(f"{line}\n" for line in lines)
