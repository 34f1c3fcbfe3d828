"""What has been concluded once is not concluded again."""

from __future__ import annotations

import pytest

from rsi_cli.errors import BugError
from rsi_cli.ledger.events import GenerationPlanned, LookSkipped, LookTaken
from rsi_cli.ledger.steps import step
from tests.fakes.memory_journal import MemoryJournal
from tests.fakes.night import C1, look

PLAN = GenerationPlanned(generation=3, spent=0.5, stop="", share=0.0)


class Maker:
    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> GenerationPlanned:
        self.times += 1
        return PLAN


async def test_a_step_is_made_once_and_then_read() -> None:
    journal, make = MemoryJournal(), Maker()
    assert await step(journal, GenerationPlanned, PLAN.key, make) is PLAN
    assert await step(journal, GenerationPlanned, PLAN.key, make) == PLAN
    assert make.times == 1
    assert journal.events() == (PLAN,)


async def test_a_step_that_fails_leaves_no_fact() -> None:
    journal = MemoryJournal()

    async def fail() -> GenerationPlanned:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await step(journal, GenerationPlanned, PLAN.key, fail)
    assert journal.events() == ()


async def test_a_step_may_end_in_one_of_several_facts() -> None:
    journal = MemoryJournal()
    taken = look(0, C1, "accept")

    async def make() -> LookTaken | LookSkipped:
        return taken

    kinds = (LookTaken, LookSkipped)
    assert await step(journal, kinds, "look/0", make) == taken
    assert await step(journal, kinds, "look/0", make) == taken
    with pytest.raises(BugError, match="LookTaken"):
        await step(journal, LookSkipped, "look/0", make)  # type: ignore[arg-type]


async def test_a_step_that_makes_another_fact_than_it_said_is_a_bug() -> None:
    journal = MemoryJournal()
    with pytest.raises(BugError, match="planned-generation/3"):
        await step(journal, GenerationPlanned, "planned-generation/4", Maker())
    assert journal.events() == ()
