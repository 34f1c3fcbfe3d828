"""A version of the skill that may be measured, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass

from rsi_cli.nouns import CandidateId
from rsi_cli.skill.document import Skill, fingerprint
from rsi_cli.trust.parsimony import weighed_chars

ID_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One text of the skill. Equal bytes have equal ids, whoever bred them.

    parents: empty for the version the night began with. operator: "seed" for that one.
    mutation_prompt: what it was bred with, '' for the seed. generation: from 1; 0 for the seed. quotes:
    characters that it repeats from train cases.
    """

    id: CandidateId
    skill: Skill
    parents: tuple[CandidateId, ...] = ()
    operator: str = "seed"
    mutation_prompt: str = ""
    generation: int = 0
    quotes: int = 0

    @property
    def weighed_chars(self) -> int:
        """The length that it is weighed by."""
        return weighed_chars(len(self.text), self.quotes)

    @property
    def text(self) -> str:
        """What models read of it."""
        return self.skill.text_for_models


def candidate_id(skill: Skill) -> CandidateId:
    """Name a text by its bytes."""
    return CandidateId(fingerprint(skill)[:ID_LENGTH])
