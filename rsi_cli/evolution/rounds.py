"""How many rewrites in a row make a child.

To measure a child takes dozens of calls, to write it takes one: so several lessons go into most children, and
the race says which helped. Some stay small, for where the improver does more harm than good. Chosen in the
arena: docs/decisions/0009-several-lessons-a-child.md.
"""

from __future__ import annotations

from collections.abc import Mapping

ROUNDS: Mapping[int, float] = {
    1: 1,
    2: 2,
    4: 3,
    8: 3,
}  # rounds, and how gladly each is chosen before anything is learned
