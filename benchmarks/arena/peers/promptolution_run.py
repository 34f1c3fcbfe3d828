"""How optimizers of the package `promptolution` are run over a desk, and what a user takes from them.

The parts are those that `promptolution.optimize` puts together: a ClassificationTask to choose by, measured
in blocks of 30 cases, a MarkerBasedPredictor, one model for answers and one for rewrites. The data are the
train cases: promptolution knows no second set while it searches. It caches each measurement. Its optimizers
begin with a population, so the seed text is joined by texts that the improver writes from the task's
description, each for one call.
"""

from __future__ import annotations

import logging
import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from statistics import fmean
from typing import Protocol

from benchmarks.arena.contestant import BudgetSpent, Desk, Outcome
from benchmarks.arena.peers.checked import candidates
from benchmarks.arena.peers.meta_prompts import Rewrite, answered
from benchmarks.arena.world import RIGHT, WRONG

BLOCK = 30  # n_subsamples of promptolution's tasks
STEPS = 10_000  # the meter ends a run, not the number of steps


class Task(Protocol):
    """What is used of promptolution's task."""

    eval_cache: Mapping[tuple[str, str, str], float]  # by prompt, input and expected answer


class Optimizer(Protocol):
    """What is used of promptolution's optimizers. prompts, scores: the population, best first."""

    prompts: Sequence[object]
    scores: Sequence[float]
    callbacks: list[object]

    def optimize(self, n_steps: int) -> object:
        """Run."""


@dataclass(slots=True)
class Parts:
    """What an optimizer is built from. population: seed text first. rewrites: filled by the builder."""

    task: Task
    predictor: object
    meta_llm: object
    population: list[str]
    rewrites: list[Rewrite] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shipping:
    """A callback of promptolution: after each step a user would run the first of the population."""

    desk: Desk

    def on_step_end(self, optimizer: Optimizer) -> bool:
        """Note it; True = go on."""
        if len(optimizer.scores):
            self.desk.ship(original(self.desk, str(optimizer.prompts[0])))
        return True

    def on_train_end(self, optimizer: Optimizer) -> None:
        """Nothing is left to note: `taken` says what is shipped at the end."""


class Failure(logging.Handler):
    """Promptolution logs what a step raises, and returns as if done; this keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Remember what ended the run."""
        if record.exc_info:
            self.error = record.exc_info[1]


def search(desk: Desk, seed: int, texts: int, block: int, build: Callable[[Parts], Optimizer]) -> Outcome:
    """Run one optimizer until the meter ends it. texts: in the population. block: cases measured at a time.

    Raises what a step raised, unless it was the budget or a population too alike to draw parents from.
    """
    import_module("promptolution.optimizers")  # draws from the generators of the process, the first time
    with seeded(seed), quiet() as failure:
        try:
            population = [desk.seed_text, *(desk.write() for _ in range(texts - 1))]
            parts = assembled(desk, population, block, seed)
            optimizer = build(parts)
            optimizer.callbacks.append(Shipping(desk))
            optimizer.optimize(STEPS)
        except BudgetSpent:  # before the first step
            return Outcome(shipped_text=desk.seed_text, candidates=candidates(desk))
        error = failure.error
        if error and not isinstance(error, BudgetSpent) and not converged(error):
            raise error
        return taken(desk, parts.task, optimizer)


def assembled(desk: Desk, population: list[str], block: int, seed: int) -> Parts:
    """The task, the predictor and the two models."""
    import pandas as pd
    from promptolution.predictors import MarkerBasedPredictor
    from promptolution.tasks import ClassificationTask

    rewrites: list[Rewrite] = []
    task = ClassificationTask(
        pd.DataFrame({"x": [task.input for task in desk.train], "y": [RIGHT] * len(desk.train)}),
        task_description="Answer each request in one word.",
        n_subsamples=block,
        eval_strategy="sequential_block",
        seed=seed,
    )
    actor, improver = models(desk, rewrites)
    return Parts(task, MarkerBasedPredictor(actor), improver, population, rewrites)


def models(desk: Desk, rewrites: Sequence[Rewrite]) -> tuple[object, object]:
    """The actor and the improver of a desk as promptolution's models."""
    from promptolution.llms.base_llm import BaseLLM

    tasks = {task.input: task for task in desk.train}

    class Actor(BaseLLM):
        def _get_response(self, prompts: list[str], _system_prompts: list[str]) -> list[str]:
            return [self._answer(prompt) for prompt in prompts]

        def _answer(self, prompt: str) -> str:
            text, _, asked = prompt.rpartition("\n")
            right = desk.passes(original(desk, text), tasks[asked])
            return f"<final_answer>{RIGHT if right else WRONG}</final_answer>"

    class Improver(BaseLLM):
        def _get_response(self, prompts: list[str], _system_prompts: list[str]) -> list[str]:
            return [answered(rewrites, prompt) for prompt in prompts]

    return Actor(), Improver()


def taken(desk: Desk, task: Task, optimizer: Optimizer) -> Outcome:
    """What a user takes from a run: the first prompt, and its score beside the seed text's."""
    if not len(optimizer.scores):  # no step was finished: nothing is known of any text
        return Outcome(shipped_text=desk.seed_text, candidates=candidates(desk))
    return Outcome(
        shipped_text=original(desk, str(optimizer.prompts[0])),
        claimed_gain=float(optimizer.scores[0]) - mean_of_seed(task.eval_cache, desk.seed_text),
        candidates=candidates(desk),
    )


def mean_of_seed(scores: Mapping[tuple[str, str, str], float], seed_text: str) -> float:
    """Mean score of the seed text, 0…1; if CAPO never measured it bare, of it with examples below."""
    begins = seed_text.strip()
    bare = [float(score) for (prompt, _, _), score in scores.items() if prompt == begins]
    with_examples = [
        float(score) for (prompt, _, _), score in scores.items() if prompt.startswith(f"{begins}\n\nInput:")
    ]
    return fmean(bare or with_examples)


def original(desk: Desk, text: str) -> str:
    """The text, or the seed text where only white space at the ends differs: promptolution strips prompts."""
    return desk.seed_text if text.strip() == desk.seed_text.strip() else text


def converged(error: BaseException) -> bool:
    """Whether a step raised since too few different texts were left to draw parents from."""
    return isinstance(error, ValueError) and "larger than population" in str(error)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Promptolution draws from the generators of the process: seed them, and restore them afterwards."""
    import numpy as np

    ours, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002 - the one that promptolution uses
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(ours)
        np.random.set_state(numpys)  # noqa: NPY002


@contextmanager
def quiet() -> Iterator[Failure]:
    """Keep promptolution's log, and scipy's warnings about ties in its t-tests, off the terminal."""
    log, failure = logging.getLogger("promptolution"), Failure()
    propagated, log.propagate = log.propagate, False
    log.addHandler(failure)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield failure
    finally:
        log.removeHandler(failure)
        log.propagate = propagated
