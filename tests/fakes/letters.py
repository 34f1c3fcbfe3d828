"""A whole night in a small world: letters, and the skill that knows which answer each of them wants.

The task: a case shows a letter, the answer is its capital. The scripted actor knows only the lines `a -> A`
of the skill; the scripted improver learns some letters from the failing cases that it is shown, and sees
nothing else. So everything a night does can be foreseen, and nothing is asked of a real model.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TypeVar

from rsi_cli.evaluation.executor import Bench
from rsi_cli.evolution.breeder import Breeder
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.lessons import told as lessons_told
from rsi_cli.evolution.merits import BREADTH
from rsi_cli.evolution.night import Night, Shape, SkillFiles
from rsi_cli.evolution.plan import costs_of
from rsi_cli.evolution.tally import Tally
from rsi_cli.evolution.traits import Traits
from rsi_cli.ledger.events import Event, RunStarted
from rsi_cli.ledger.facts import Facts
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.looks import alpha_of
from rsi_cli.models.budget import Budget
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Prompt, Reply, Role, RunId, Split, Usage
from rsi_cli.prompts.delimit import block
from rsi_cli.skill.document import parse
from rsi_cli.skill.regions import GrowthCap
from rsi_cli.skill.sidecar import Sidecar
from rsi_cli.suite.model import Case, GateRule, Limits, Suite
from rsi_cli.trust.leaks import Watch
from rsi_cli.trust.must import told

KEEP = "<!-- rsi:keep -->\nReply with one letter.\n<!-- /rsi:keep -->"
SKILL = (
    f"---\nname: letters\ndescription: Answer with the capital.\n---\n# Letters\n\n{KEEP}\n\na -> A\nb -> B\n"
)
PATHS = SkillFiles(skill=Path("skills/letters/SKILL.md"), sidecar=Path("skills/letters/SKILL.rsi.yaml"))
STYLES = ("Step by step.", "Backwards.")
RULE = re.compile(r"^([a-z]) -> (.+)$", re.MULTILINE)

E = TypeVar("E")
Answer = Callable[[Prompt], str | Failed]


def case(name: str, split: Split, letter: str) -> Case:
    """One task. Only the first character of the input counts."""
    return Case(id=CaseId(name), input=f"{letter} ({name})", expected=letter.upper(), split=split)


def letters_suite(
    train: str = "cdefghijklmn",
    holdout: str = "cdefghijklmn",
    known_good: str = "ab",
    gate: GateRule | None = None,
) -> Suite:
    """A suite with one case for each letter of each split."""
    rows = ((Split.TRAIN, train), (Split.HOLDOUT, holdout), (Split.KNOWN_GOOD, known_good))
    cases = tuple(
        case(f"{split}-{number:02}-{letter}", split, letter)
        for split, letters in rows
        for number, letter in enumerate(letters)
    )
    return Suite(
        name="letters", path="evals/letters.yaml", hash="5u1te", cases=cases, gate=gate or GateRule()
    )


def chance(*words: object) -> float:
    """A number 0…1 that depends on these words alone."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, words)).encode()).digest()[:4], "big") / 2**32


def read_case(prompt: Prompt) -> tuple[str, str]:
    """The skill and the case's text that an actor was sent."""
    return prompt.messages[0].content, prompt.messages[-1].content


def shown(prompt: str, tag: str) -> str:
    """What a prompt shows in the block of that tag, whose ends stand on lines of their own."""
    found = re.search(rf"^<{tag}>\n(.*?)\n</{tag}>$", prompt, re.DOTALL | re.MULTILINE)
    assert found, f"no <{tag}> in the prompt"
    return found[1]


@dataclass(frozen=True)
class LetterActor:
    """Answers by the skill's rules. slip: how often it errs although it knows, by skill, case and repeat."""

    slip: float = 0.0

    def __call__(self, prompt: Prompt) -> str | Failed:
        skill, asked = read_case(prompt)
        known: dict[str, str] = dict(RULE.findall(skill))
        if chance(skill, asked, prompt.repeat) < self.slip:
            return "?"
        return known.get(asked[0], "?")


@dataclass(frozen=True)
class NoisyActor:
    """Right or wrong by the toss of a coin, whatever the skill says."""

    seed: int

    def __call__(self, prompt: Prompt) -> str | Failed:
        skill, asked = read_case(prompt)
        heads = chance(self.seed, skill, asked, prompt.repeat) < 0.5
        return asked[0].upper() if heads else "?"


@dataclass(frozen=True)
class LetterImprover:
    """Adds a rule for some of the letters that failed, however it is asked. most: how many a reply.

    Where it is shown no failing case it adds a hint that helps nobody; merging, it keeps the rules of both.
    """

    most: int = 3

    def __call__(self, prompt: Prompt) -> str | Failed:
        text = prompt.messages[-1].content
        rng = Random(f"{prompt.repeat} {text}")
        hint = f"Hint {rng.randrange(10**6)}."
        match prompt.template.split("@")[0]:
            case "write_mutation_prompt" | "improve_mutation_prompt":
                return block("mutation_prompt", f"Look at letter number {rng.randrange(10**6)}.")
            case "write_skill" | "infer_skill":
                return block("skill", f"# Letters anew\n\n{shown(text, 'keep')}\n\n{hint}\n")
            case "continue_list" | "outdo_list" | "continue_lineage":
                return block("skill", f"{entries(text)[-1]}\n{hint}\n")
            case "merge_skills":
                first, other = shown(text, "skill"), shown(text, "other_skill")
                return block("skill", with_rules(first, RULE.findall(other)))
            case "shorten_skill":
                return block("skill", re.sub(r"\n+Hint \d+\.", "", shown(text, "skill")))
            case "revise_section":
                return block("section", with_rules(shown(text, "section"), self.learned(text, rng)))
            case "propose_edits":
                return block("edits", "\n".join(as_edit(f"{x} -> {y}") for x, y in self.learned(text, rng)))
            case _:
                return block("skill", with_rules(shown(text, "skill"), self.learned(text, rng)))

    def learned(self, text: str, rng: Random) -> list[tuple[str, str]]:
        """Rules for some of the failing cases that a prompt shows."""
        failing = shown(text, "failing_cases")
        lessons = re.findall(r"<input>\n(.).*\n</input>(?:.|\n)*?<expected>\n(.+)\n</expected>", failing)
        return rng.sample(lessons, min(self.most, len(lessons)))


def with_rules(skill: str, rules: list[tuple[str, str]]) -> str:
    """The skill with those rules at its end that it does not have yet."""
    known = RULE.findall(skill)
    return skill + "".join(
        f"\n{letter} -> {answer}" for letter, answer in rules if (letter, answer) not in known
    )


def as_edit(line: str) -> str:
    """An edit that adds a line at the end."""
    return block("edit", f"<find>\n</find>\n{block('replace', line)}")


def slipped_in(reply: str | Failed, line: str) -> str | Failed:
    """The reply with one more line in the skill, section or edits that it proposes."""
    if isinstance(reply, Failed):
        return reply
    for tag, more in (("skill", line), ("section", line), ("edits", as_edit(line))):
        reply = reply.replace(f"\n</{tag}>", f"\n{more}\n</{tag}>")
    return reply


def entries(prompt: str) -> list[str]:
    """The entries of a numbered list of skills."""
    return re.findall(r"^<entry>\n(.*?)\n</entry>$", prompt, re.DOTALL | re.MULTILINE)


@dataclass
class Watching:
    """Looks on and remembers."""

    facts: list[Event] = field(default_factory=list)
    results: list[CaseResult] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fact(self, event: Event) -> None:
        self.facts.append(event)

    def measured(self, result: CaseResult) -> None:
        self.results.append(result)

    def warned(self, message: str) -> None:
        self.warnings.append(message)


@dataclass(kw_only=True)
class ScriptedAsk:
    """Answers prompts from scripts, in an order of its own, and pays for each out of the budget.

    asked: every prompt, with the number of facts that the watcher knew by then. pace: another one answers in
    another order. free: as if every answer came from a cache.
    """

    actor: Answer = field(default_factory=LetterActor)
    improver: Answer = field(default_factory=LetterImprover)
    budget: Budget = field(default_factory=lambda: Budget(Limits()))
    watcher: Watching = field(default_factory=Watching)
    asked: list[tuple[int, Prompt]] = field(default_factory=list)
    pace: int = 7
    free: bool = False

    async def __call__(self, prompt: Prompt) -> Reply | Failed:
        held = self.budget.reserve(Usage(calls=1))
        if held is None:
            return Failed(Blame.BUDGET, "the budget leaves no room for another call")
        self.asked.append((len(self.watcher.facts), prompt))
        for _ in range(len(self.asked) * self.pace % 4):  # whoever asks first need not be answered first
            await asyncio.sleep(0)
        if self.free:
            self.budget.release(held)
            self.budget.count_cached()
        else:
            self.budget.settle(held, Usage(calls=1))
        answer = (self.improver if prompt.role is Role.IMPROVER else self.actor)(prompt)
        return answer if isinstance(answer, Failed) else Reply(text=answer, model="scripted")

    def prompts(self, role: Role) -> list[Prompt]:
        """What one role was sent, in order."""
        return [prompt for _, prompt in self.asked if prompt.role is role]


@dataclass(kw_only=True)
class Scene:
    """What a test wants to vary of a night; `night` builds it.

    twin: tells runs of one seed apart by name. alpha: what the night may spend; None = the suite's.
    most_rounds: rewrites in a row that may make a child, if the budget pays for them.
    """

    root: Path
    facts: Facts
    suite: Suite = field(default_factory=letters_suite)
    ask: ScriptedAsk = field(default_factory=ScriptedAsk)
    skill: str = SKILL
    seed: int = 7
    twin: str = ""
    size: int = 8
    generations: int | None = 6
    limits: Limits = field(default_factory=Limits)
    spent: int = 0
    draws: bool = True
    alpha: float | None = None
    inherited: Sidecar = field(default_factory=Sidecar)
    cap: GrowthCap = field(default_factory=GrowthCap)
    most_rounds: int = 1
    models: Mapping[str, float] = field(default_factory=lambda: {BREADTH: 1.0})
    traits: Traits = field(default_factory=Traits)
    stop_when_slow: bool = False

    def night(self) -> Night:
        """A night on the repository as it is now. Every fact but the first is still to come."""
        repo = Repo.at(self.root)
        started = self._started(repo)
        self.ask.budget = Budget(self.limits, Usage(calls=self.spent))
        train, holdout, known_good = (
            self.suite.cases_of(split) for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD)
        )
        costs = costs_of(
            self.suite,
            brood=self.size // 2,
            draws=self.draws,
            cases=(len(train), len(holdout), len(known_good)),
            calls=math.inf if self.limits.max_calls is None else self.limits.max_calls,
        )
        return Night(
            started=started,
            raw=self.skill.encode(),
            suite=self.suite,
            rule=replace(self.suite.gate, alpha=alpha_of(started)),
            bench=Bench(suite=self.suite, ask=self.ask, judge_skill="Judge."),
            improve=self.ask,
            breeder=self.breeder(costs.rounds),
            inherited=self.inherited,
            leaks=Watch.of(self.skill, train, (*holdout, *known_good)),
            costs=costs,
            tally=Tally(costs.attempt, draws=costs.draws),
            shape=Shape(size=self.size, generations=self.generations),
            budget=self.ask.budget,
            facts=self.facts,
            repo=repo,
            files=PATHS,
            watcher=self.ask.watcher,
            stop_when_slow=self.stop_when_slow,
        )

    def told(self, kind: type[E]) -> list[E]:
        """The facts of one kind, in order, as whoever looks on was told them."""
        return [fact for fact in self.ask.watcher.facts if isinstance(fact, kind)]

    def breeder(self, paid_rounds: int) -> Breeder:
        """The breeder of this night. paid_rounds: as many rewrites in a row does the budget pay for."""
        cases = {each.id: each for each in self.suite.cases_of(Split.TRAIN)}
        return Breeder(
            cases=TrainCases(cases=cases, template=self.suite.prompt),
            task=parse(self.skill.encode()).description,
            keep=KEEP,
            styles=STYLES,
            improver="Improve.",
            cap=self.cap,
            seed=self.seed,
            must=told(self.suite.must, self.suite.gate.train_quotes),
            lessons=lessons_told(self.inherited.lessons),
            most_rounds=min(self.most_rounds, paid_rounds),
            models=self.models,
            traits=self.traits,
        )

    def _started(self, repo: Repo) -> RunStarted:
        recorded = self.facts.find("run")
        if isinstance(recorded, RunStarted):
            return recorded
        started = RunStarted(
            run=RunId(f"20261120-173005-{self.seed:04x}{self.twin}"),
            at="2026-11-20T17:30:05+00:00",
            skill=str(PATHS.skill),
            skill_name="letters",
            suite=self.suite.path,
            suite_hash=self.suite.hash,
            judge_hash="7ud9e",
            seed=self.seed,
            models={"actor": "scripted/actor", "improver": "scripted/improver", "judge": "scripted/judge"},
            base_commit=repo.head(),
            branch="main",
            fresh_draws=self.draws,
            settings={},
            alpha_tonight=self.suite.gate.alpha if self.alpha is None else self.alpha,
        )
        self.facts.append(started)
        return started


def commit_skill(root: Path, text: str = SKILL) -> None:
    """The owner commits a first version of the skill."""
    file = root / PATHS.skill
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    git(root, "add", "--", str(PATHS.skill))
    git(root, "commit", "-q", "-m", "Add the skill")


def git(root: Path, *args: str) -> str:
    """Run git as the owner would; its output without the last line end."""
    ran = subprocess.run(["git", *args], cwd=root, check=True, capture_output=True)
    return ran.stdout.decode().rstrip("\n")
