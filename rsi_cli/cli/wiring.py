"""The only place that picks real parts: which provider, which cache, whose words for judge and improver."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from rsi_cli.bundled import bundled
from rsi_cli.evaluation.executor import Bench
from rsi_cli.evolution.breeder import Breeder
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.lessons import told as lessons_told
from rsi_cli.evolution.merits import BREADTH, DEPTH
from rsi_cli.models.budget import Budget
from rsi_cli.models.cache import SqliteCache
from rsi_cli.models.cast import Cast
from rsi_cli.models.gateway import Gateway, Parts
from rsi_cli.models.litellm_provider import LitellmProvider
from rsi_cli.models.pace import Pace
from rsi_cli.nouns import Role, Split
from rsi_cli.prompts.pools.pool import thinking_styles
from rsi_cli.prompts.render import mark_of
from rsi_cli.skill.document import Skill, normalised, parse
from rsi_cli.skill.lines import to_lf
from rsi_cli.skill.markers import locked_regions
from rsi_cli.skill.regions import GrowthCap
from rsi_cli.skill.sidecar import Lesson
from rsi_cli.trust.leaks import Watch
from rsi_cli.trust.must import told

if TYPE_CHECKING:
    from rsi_cli.cli.ground import Ground, SkillGround
    from rsi_cli.cli.settings import Settings
    from rsi_cli.models.call import AttemptLog


def gateway(
    settings: Settings,
    log: AttemptLog,
    *,
    salt: str = "",
    budget: Budget | None = None,
    seed: int | None = None,
) -> Gateway:
    """Open the one door to the models: real litellm, the user's cache, the run's budget.

    seed: what draws follow from, see `night_seed`; None = the settings' own, 0 where they have none.
    """
    return Gateway(
        Parts(
            cast=cast_of(settings),
            provider=LitellmProvider(),
            cache=SqliteCache(cache_path()),
            budget=budget or Budget(settings.limits),
            log=log,
            seed=seed if seed is not None else settings.seed or 0,
            pace=Pace(concurrency=settings.concurrency, on_limit=settings.on_limit),
            salt=salt,
        )
    )


def cast_of(settings: Settings) -> Cast:
    """Who plays which role. Raises InputError for a name that nobody can be called by."""
    return Cast(
        actor=settings.models[Role.ACTOR], improvers=settings.improvers, judge=settings.models[Role.JUDGE]
    )


def cache_path() -> Path:
    """Where answers are kept between runs: the user's cache folder."""
    from platformdirs import user_cache_path

    return user_cache_path("rsi", appauthor=False) / "answers.sqlite"


def own_words(name: str) -> str:
    """What models read of one of our own skills: improver, judge."""
    return parse((bundled("skills") / name / "SKILL.md").read_bytes()).text_for_models


def improver_hash() -> str:
    """Name the words that write: those of a night must not change under it, not even by its own promotion."""
    return hashlib.sha256(own_words("improver").encode()).hexdigest()


def judge_hash(settings: Settings) -> str:
    """Name the evaluator's changeable half: the judge's model, how it is asked, and its words.

    Prices and the timeout change no verdict and do not count.
    """
    choice = settings.models[Role.JUDGE]
    asked = [choice.name, choice.api_base, choice.temperature, choice.max_tokens]
    text = json.dumps([*asked, mark_of("judge"), own_words("judge")])
    return hashlib.sha256(text.encode()).hexdigest()


def bench(ground: Ground, door: Gateway) -> Bench:
    """The bench on which skills are measured."""
    return Bench(suite=ground.suite, ask=door.ask, judge_skill=own_words("judge"))


def draw_seed() -> int:
    """A seed for a run that was given none; the run records it."""
    return SystemRandom().randrange(2**31)


def night_seed(seed: int, skill: Skill) -> int:
    """What the draws of a night follow from: its recorded seed and the version that it begins on, 64 bits.

    A version that was promoted begins the next night as the incumbent. With the same draws as before, those
    that chose it would measure it, and their luck would count for it once more.
    """
    text = hashlib.sha256(normalised(skill).encode()).hexdigest()
    return int.from_bytes(hashlib.sha256(f"{seed}/{text}".encode()).digest()[:8], "big")


def breeder(
    ground: SkillGround, skill: Skill, seed: int, lessons: Iterable[Lesson], most_rounds: int
) -> Breeder:
    """The breeder: it is handed the skill and the train cases, and nothing else of the suite.

    A child costs as much by either improver: what it takes to measure it is far more than to write it.
    """
    train = {case.id: case for case in ground.suite.cases_of(Split.TRAIN)}
    rule = ground.settings.gate
    return Breeder(
        cases=TrainCases(cases=train, template=ground.suite.prompt),
        task=task_of(skill, ground.file.name),
        keep=_kept(skill),
        styles=thinking_styles(),
        improver=own_words("improver"),
        cap=GrowthCap(factor=rule.growth_cap, slack_chars=rule.growth_slack_chars),
        seed=seed,
        must=told(ground.suite.must, rule.train_quotes),
        lessons=lessons_told(lessons),
        most_rounds=most_rounds,
        models={BREADTH: 1.0, DEPTH: 1.0} if len(ground.settings.improvers) > 1 else {BREADTH: 1.0},
    )


def leaks(ground: SkillGround, skill: Skill) -> Watch:
    """What knows the cases that breeding must not know, and refuses a child that holds their text."""
    closed = ground.suite.cases_of(Split.HOLDOUT, Split.KNOWN_GOOD, Split.SEALED)
    said = told(ground.suite.must, ground.settings.gate.train_quotes)
    shown = "\n".join([skill.front_matter, skill.text_for_models, own_words("improver"), said])
    return Watch.of(shown, ground.suite.cases_of(Split.TRAIN), closed)


def task_of(skill: Skill, name: str) -> str:
    """The skill's own description of its task: never the suite's, which knows the answers."""
    if skill.description:
        return skill.description
    paragraphs = [part.strip() for part in skill.text_for_models.split("\n\n")]
    first = next((part for part in paragraphs if part and not part.startswith(("#", "<!--"))), "")
    return first or name


def _kept(skill: Skill) -> str:
    """The owner's locked text, markers included."""
    return "\n\n".join(to_lf(skill.body[region.start : region.end]) for region in locked_regions(skill))
