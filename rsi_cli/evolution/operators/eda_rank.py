"""Estimation of distribution by rank: outdo a list of the population, worst first (Promptbreeder §3.2.2).

The prompt says that the list goes from the best to the worst. It is a lie of the paper's: a model writes what
resembles the last entries, which are the best; not knowing that keeps it from copying the very last.
"""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import begin_row
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render
from rsi_cli.skill.likeness import without_copies

MOST_SHOWN = 8  # the best ones; whole documents, where the paper lists prompts of one sentence


class EdaRank:
    """Show versions by ascending score and ask for one that is better than all; no score is shown."""

    name = "eda-rank"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether there are two versions that are not copies of each other."""
        return len(without_copies([each.text for each in situation.population])) > 1

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:
        """Ask for the best entry; further rounds revise it, as the unit's prompt asks. Ties: at random."""
        shuffled = rng.sample(situation.population, len(situation.population))
        best_first = [each.text for each in sorted(shuffled, key=lambda each: -each.score)]
        kept = without_copies(best_first)[:MOST_SHOWN]
        first = render(
            "outdo_list",
            task=situation.task,
            versions=[best_first[index] for index in reversed(kept)],
            mutation_prompt=situation.mutation_prompt.text,
            keep=situation.keep,
            must=situation.must,
            lessons=situation.lessons,
        )
        return (yield from begin_row(situation, first))
