"""A night of rsi in a world: the real loop, breeder, race, gate and account, with no model and no disk.

Real are `evolution.loop.evolve` and all that it calls: the operators' talks and prompts, the graders, the
leak watch, the budget and every decision. Not real are the way to the models (the desk answers at once), the
journal (a dict) and git (`PaperRepo`): thousands of nights on a disk would measure the disk.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import cast

from benchmarks.arena.contestant import BudgetSpent, Desk, Outcome
from benchmarks.arena.paper import FILES, PaperFacts, PaperRepo, Silent
from benchmarks.arena.world import RIGHT, WRONG, Shown, Task
from rsi_cli.bundled import bundled
from rsi_cli.evaluation.executor import Bench
from rsi_cli.evolution.breeder import Breeder
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.night import Night, Shape
from rsi_cli.evolution.plan import costs_of
from rsi_cli.evolution.tally import Tally
from rsi_cli.evolution.traits import Traits
from rsi_cli.ledger.events import Raced, RunStarted, RunStopped
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.looks import looks_made
from rsi_cli.models.budget import Budget
from rsi_cli.nouns import (
    Blame,
    CaseId,
    Failed,
    Prompt,
    Reply,
    Role,
    RunId,
    Sha,
    Split,
    Usage,
)
from rsi_cli.prompts.delimit import block
from rsi_cli.prompts.pools.pool import thinking_styles
from rsi_cli.skill.document import parse
from rsi_cli.skill.regions import GrowthCap
from rsi_cli.skill.sidecar import Sidecar
from rsi_cli.suite.model import Case, Limits, Suite
from rsi_cli.trust.holdout import PastLook
from rsi_cli.trust.leaks import Watch
from rsi_cli.trust.must import told
from rsi_cli.trust.past import past_look
from rsi_cli.trust.wealth import tonight

FRONT = "---\nname: requests\ndescription: Answer requests in one word.\n---\n"
_ENTRY = re.compile(r"<entry>\n(.*?)\n</entry>", re.DOTALL)
_CASE = re.compile(r"^<input>\nRequest ([a-z]+) of kind .*\n</input>", re.MULTILINE)


@dataclass(slots=True)
class WorldAsk:
    """Answers rsi's prompts out of the world; the desk's meter and rsi's own budget both count."""

    desk: Desk
    budget: Budget
    tasks: Mapping[str, Task] = field(init=False)

    def __post_init__(self) -> None:
        self.tasks = {task.name: task for task in (*self.desk.train, *self.desk.holdout)}

    async def __call__(self, prompt: Prompt) -> Reply | Failed:
        """Answer one prompt, whichever role it is for."""
        held = self.budget.reserve(Usage(calls=1))
        if held is None:
            return Failed(Blame.BUDGET, "the budget leaves no room for another call")
        try:
            text = self._improved(prompt) if prompt.role is Role.IMPROVER else self._answered(prompt)
        except BudgetSpent as spent:
            self.budget.release(held)
            return Failed(Blame.BUDGET, str(spent))
        self.budget.settle(held, Usage(calls=1))
        return Reply(text=text, model="world")

    def _answered(self, prompt: Prompt) -> str:
        skill, asked = prompt.messages[0].content, prompt.messages[-1].content
        return RIGHT if self.desk.passes(skill, self.tasks[asked.split()[1]], prompt.repeat) else WRONG

    def _improved(self, prompt: Prompt) -> str:
        text, template = prompt.messages[-1].content, prompt.template.partition("@")[0]
        match template:
            case "write_mutation_prompt":
                return block("mutation_prompt", self.desk.think())
            case "improve_mutation_prompt":
                return block("mutation_prompt", self.desk.think(_inside(text, "mutation_prompt")))
            case "write_skill" | "infer_skill":
                return block("skill", self.desk.write())
            case "continue_list" | "outdo_list" | "continue_lineage":
                return block("skill", self._listed(text))
            case "merge_skills":
                shown = self._shown(text, "won_by_other_skill", "won_by_skill")
                return block(
                    "skill", self.desk.cross(_inside(text, "skill"), _inside(text, "other_skill"), shown)
                )
            case "shorten_skill":
                return block("skill", self.desk.improve(_inside(text, "skill")))
        guidance = _inside(text, "mutation_prompt")
        shown = self._shown(text, "failing_cases", "passing_cases")
        revised = self.desk.improve(_inside(text, "skill"), shown, guidance)
        return block("skill", revised) if template != "revise_section" else block("section", _rules(revised))

    def _listed(self, text: str) -> str:
        """A text that goes on with a list: a crossover of the two entries that a model remembers best."""
        entries = _ENTRY.findall(text)
        return self.desk.cross(entries[0], entries[-1])

    def _shown(self, text: str, failing: str, passing: str) -> tuple[Shown, ...]:
        return tuple(
            Shown(self.tasks[name], passed=passed)
            for tag, passed in ((failing, False), (passing, True))
            for name in _CASE.findall(_inside(text, tag))
        )


def _inside(prompt: str, tag: str) -> str:
    """What a prompt shows in the block of that tag."""
    return prompt.split(f"\n<{tag}>\n", 1)[1].split(f"\n</{tag}>\n", 1)[0]


def _rules(text: str) -> str:
    """The section of a text that all lines stand in."""
    return text[text.index("## Rules") :]


def _suite(desk: Desk) -> Suite:
    cases = tuple(
        Case(
            id=CaseId(f"{task.split}-{task.name}"), input=task.input, expected=RIGHT, split=Split(task.split)
        )
        for task in (*desk.train, *desk.holdout)
    )
    return Suite(name="requests", path="evals/requests.yaml", hash="5u1te", cases=cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What a night begins with. text: the committed skill. calls: its budget. past: earlier nights' looks."""

    number: int
    text: str
    calls: int
    past: tuple[PastLook, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What a night leaves. text: committed now. looks: that it took, for the nights to come."""

    text: str
    stopped: RunStopped
    candidates: int
    looks: tuple[PastLook, ...]

    @property
    def promoted(self) -> bool:
        """Whether anything was committed."""
        return any(look.promoted for look in self.looks)


@dataclass(frozen=True, slots=True)
class RsiNight:
    """rsi as a contestant: its first night on these held-out cases. size: places in the population."""

    name: str = "rsi"
    size: int = 8
    traits: Traits = field(default_factory=Traits)

    def run(self, desk: Desk, seed: int) -> Outcome:
        """One night, from the seed text; shipped is what is committed at its end, claimed its account."""
        evening = Evening(number=0, text=desk.seed_text, calls=desk.meter.left)
        morning = self.slept(desk, seed, evening)
        gain = morning.stopped.gain
        return Outcome(
            shipped_text=morning.text,
            claimed_gain=gain.estimate,
            claimed_low=gain.low if morning.promoted else None,
            claimed_high=gain.high if morning.promoted else None,
            candidates=morning.candidates,
        )

    def slept(self, desk: Desk, seed: int, evening: Evening) -> Morning:
        """Let a night run to its end."""
        night = self.night(desk, seed, evening)
        stopped = asyncio.run(evolve(night))
        facts = night.facts.events()
        return Morning(
            text=parse(cast("PaperRepo", night.repo).texts[-1]).text_for_models,
            stopped=stopped,
            candidates=sum(len(fact.laps) for fact in facts if isinstance(fact, Raced)),
            looks=tuple(past_look(made, promoted=made.decision == "accept") for made in looks_made(facts)),
        )

    def night(self, desk: Desk, seed: int, evening: Evening) -> Night:
        """Put the parts together as `rsi_cli.cli` does; nothing has been asked yet."""
        suite, raw = _suite(desk), (FRONT + evening.text).encode()
        train, holdout = suite.cases_of(Split.TRAIN), suite.cases_of(Split.HOLDOUT)
        allowance = tonight(evening.past, [case.id for case in holdout], suite.gate)
        rule = replace(suite.gate, alpha=allowance.alpha)
        budget = Budget(Limits(max_calls=evening.calls))
        ask = WorldAsk(desk, budget)
        costs = costs_of(
            suite,
            brood=self.size // 2,
            draws=not desk.world.cold,
            cases=(len(train), len(holdout), 0),
            calls=evening.calls,
        )
        facts = PaperFacts()
        started = _started(suite, seed, evening, rule.alpha, fresh_draws=costs.draws)
        facts.append(started := replace(started, train_cases=costs.train))
        improver = parse((bundled("skills") / "improver" / "SKILL.md").read_bytes()).text_for_models
        return Night(
            started=started,
            raw=raw,
            suite=suite,
            rule=rule,
            bench=Bench(suite=suite, ask=ask, judge_skill=""),
            improve=ask,
            breeder=Breeder(
                cases=TrainCases(cases={case.id: case for case in train}, template=suite.prompt),
                task=parse(raw).description,
                keep="",
                styles=thinking_styles(),
                improver=improver,
                cap=GrowthCap(factor=rule.growth_cap, slack_chars=rule.growth_slack_chars),
                seed=seed,
                must=told(suite.must, rule.train_quotes),
                traits=self.traits,
                most_rounds=costs.rounds,
            ),
            inherited=Sidecar(),
            leaks=Watch.of(f"{raw.decode()}\n{improver}", train, holdout),
            costs=costs,
            tally=Tally(costs.attempt, draws=costs.draws),
            shape=Shape(size=self.size),
            budget=budget,
            facts=facts,
            repo=cast("Repo", PaperRepo([raw], lambda made: desk.ship(parse(made).text_for_models))),
            files=FILES,
            watcher=Silent(),
        )


def _started(suite: Suite, seed: int, evening: Evening, alpha: float, *, fresh_draws: bool) -> RunStarted:
    return RunStarted(
        run=RunId(f"20261120-173005-{evening.number:04}"),
        at="2026-11-20T17:30:05+00:00",
        skill=str(FILES.skill),
        skill_name="requests",
        suite=suite.path,
        suite_hash=suite.hash,
        judge_hash="7ud9e",
        seed=seed,
        models={"actor": "world", "improver": "world", "judge": "world"},
        base_commit=Sha("0"),
        branch="main",
        fresh_draws=fresh_draws,
        settings={},
        alpha_tonight=alpha,
    )


ABLATIONS: Mapping[str, RsiNight] = {
    f"rsi-no-{part.name}": RsiNight(
        name=f"rsi-no-{part.name}", traits=replace(Traits(), **{part.name: False})
    )
    for part in fields(Traits)
}
