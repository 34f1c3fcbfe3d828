"""What was asked of `rsi eval` about sealed cases, and which of its flags go together."""

from __future__ import annotations

from dataclasses import dataclass

from rsi_cli.errors import InputError
from rsi_cli.nouns import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for. split, against: None where not given."""

    split: str | None = None
    unseal: bool = False
    again: bool = False
    against: str | None = None
    yes: bool = False

    def unseals(self) -> bool:
        """Whether sealed cases shall be scored. Raises InputError for flags that do not go together."""
        if self.unseal and self.split not in (None, Split.SEALED.value):
            raise InputError(
                f"--unseal scores sealed cases alone, not --split {self.split}",
                hint="leave --split out, or write --split sealed",
            )
        for flag, given in (("--again", self.again), ("--against", self.against is not None)):
            if given and not self.unseal:
                raise InputError(
                    f"{flag} goes with --unseal alone", hint=f"add --unseal, or leave {flag} out"
                )
        return self.unseal
