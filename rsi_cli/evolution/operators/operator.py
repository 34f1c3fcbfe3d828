"""What every operator has in common: it is shown a situation and talks its way to a draft.

An operator does no I/O. It yields prompts to the improver and is sent the replies (nouns.Talk).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol

from rsi_cli.nouns import Blame, Failed, Message, Prompt, Role, Talk
from rsi_cli.prompts.delimit import unblock
from rsi_cli.prompts.render import Rendered
from rsi_cli.skill.sidecar import MutationPrompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Another text of this skill with its mean train score, 0.0 … 1.0."""

    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mate:
    """A second parent.

    wins: train cases in blocks that it gets right and the parent does not. losses: the other way round.
    """

    text: str
    wins: str
    losses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that an operator may know. It is built from the skill, train cases and the owner's words alone.

    task: the skill's own description of its task. skill: the parent's text. keep: the owner's locked
    text, '' if none. rounds: failing and passing train cases with input, output and verdicts, in blocks, for
    each rewrite in a row; at least one. is_sound: whether a body may become a child of the parent at all.
    styles: the pool of thinking styles. improver: the improver skill, its system message.
    draw: makes equal prompts of different children different calls. must: the owner's hard constraints on the
    text, in words; '' if none. population: the texts that are alive, the parent's included, in no order.
    lineage: texts that led to the parent, oldest first, the parent last. workings: train cases in blocks that
    were answered correctly, with the output. mate: None where there is none. tried: edits of this text that
    did not help, in words, '' if none. lessons: what earlier nights learned, in words, '' if nothing.
    depth: ask the improver for deep work.
    """

    task: str
    skill: str
    keep: str
    rounds: tuple[tuple[str, str], ...]
    mutation_prompt: MutationPrompt
    thinking_style: str
    styles: tuple[str, ...]
    improver: str
    draw: int
    must: str = ""
    population: tuple[Ranked, ...] = ()
    lineage: tuple[str, ...] = ()
    workings: tuple[str, ...] = ()
    mate: Mate | None = None
    tried: str = ""
    lessons: str = ""
    depth: bool = False
    is_sound: Callable[[str], bool] = lambda _: True

    def prompt(self, rendered: Rendered) -> Prompt:
        """Address words to the improver."""
        return Prompt(
            role=Role.IMPROVER,
            messages=(Message("system", self.improver), Message("user", rendered.text)),
            template=rendered.template,
            repeat=self.draw,
            depth=self.depth,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an operator proposes: a whole new body, and the mutation prompt that the child will carry."""

    body: str
    mutation_prompt: MutationPrompt


class Operator(Protocol):
    """One family of mutation. name: the field's term, as it stands in journals and trailers."""

    @property
    def name(self) -> str:
        """See the class."""
        ...

    @property
    def calls(self) -> int:
        """How many prompts it sends at most where it rewrites once; each further round is one more."""
        ...

    def fits(self, situation: Situation) -> bool:
        """Whether there is what it works with; it is not drawn otherwise."""
        ...

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:
        """Talk to the improver and propose a child. An unreadable reply is a Failed, never an empty text."""
        ...


MOST_OF_A_PROMPT = 1500  # characters; "one to three sentences" were asked for


def read_mutation_prompt(reply: str, operator: str) -> MutationPrompt | Failed:
    """Read a new mutation prompt; one that is too long to be an instruction is refused."""
    text = read_block(reply, "mutation_prompt")
    if isinstance(text, Failed):
        return text
    if len(text) > MOST_OF_A_PROMPT:
        return Failed(Blame.CANDIDATE, f"a mutation prompt of {len(text)} characters is no instruction")
    return MutationPrompt(text=text.strip(), origin=operator)


def read_block(reply: str, tag: str) -> str | Failed:
    """Read the block that was asked for."""
    text = unblock(reply, tag)
    if text is None or not text.strip():
        return Failed(Blame.CANDIDATE, f"no <{tag}> could be read from the reply: {reply[:80]!r}")
    return text
