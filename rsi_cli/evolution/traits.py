"""Parts of the search that can be left out, so that a benchmark can say what each brings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a night's breeding is made of; all of it, unless a benchmark wants to know.

    racing: hopeless children are dropped early. reflection: the improver is shown cases. pareto: parents also
    come from the front and the archive. merge: two parents may have a child. credit: ways of working that
    bring children are chosen more often. hypermutation: mutation prompts evolve. velocity: a night that slows
    down searches in another way.
    """

    racing: bool = True
    reflection: bool = True
    pareto: bool = True
    merge: bool = True
    credit: bool = True
    hypermutation: bool = True
    velocity: bool = True

    @property
    def missing_operators(self) -> frozenset[str]:
        """Operators that are not drawn."""
        names: set[str] = set()
        if not self.merge:
            names.add("merge")
        if not self.hypermutation:
            names |= {"hyper-zero-order", "hyper-first-order"}
        return frozenset(names)
