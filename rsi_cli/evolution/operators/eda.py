"""Estimation of distribution: continue a list of the population, in no order (Promptbreeder §3.2.2)."""

from __future__ import annotations

from random import Random

from rsi_cli.evolution.operators.operator import Draft, Situation
from rsi_cli.evolution.operators.row import begin_row
from rsi_cli.nouns import Failed, Talk
from rsi_cli.prompts.render import render
from rsi_cli.skill.likeness import without_copies

MOST_SHOWN = 8  # whole documents; the paper lists fifty prompts of one sentence


class Eda:
    """Show versions that are alive and ask for the next; no score is shown, for models then copy entries."""

    name = "eda"
    calls = 1

    def fits(self, situation: Situation) -> bool:
        """Whether there are two versions that are not copies of each other."""
        return len(without_copies([each.text for each in situation.population])) > 1

    def breed(self, situation: Situation, rng: Random) -> Talk[Draft | Failed]:
        """Ask for one more entry; further rounds revise it, as the unit's prompt asks."""
        texts = rng.sample([each.text for each in situation.population], len(situation.population))
        kept = without_copies(texts)[:MOST_SHOWN]
        first = render(
            "continue_list",
            task=situation.task,
            versions=[texts[index] for index in kept],
            keep=situation.keep,
            must=situation.must,
            lessons=situation.lessons,
        )
        return (yield from begin_row(situation, first))
