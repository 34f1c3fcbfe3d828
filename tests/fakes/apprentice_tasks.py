"""Made-up tasks with a hidden policy, and the prompts that a night would send about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.models.offline.mind import answer
from rsi_cli.prompts.delimit import block, unblock

GENERAL = "Find the underlying rule that several failures share, and check it against the passing cases."
BY_HEART = "Quote each failing case verbatim as an example, with its answer."
VAGUE = "Make the tone friendlier and more inspiring."

_FILLER = (
    "the blue folder lay on the windowsill when the rain came",
    "grandma has been knitting mittens for the whole choir",
    "a violinist rehearsed behind the bakery",
    "the ferry to the island leaves from the northern pier",
    "our hedgehog sleeps under the wooden stairs",
    "the lighthouse keeper paints tiny ships",
    "somebody left an umbrella near the fountain",
    "the museum bought a rusty bicycle",
    "two painters argued over a ladder",
    "the orchard smells of cider and smoke",
)
_SIGNALS = {
    "north": ("lantern", "copper kettle"),
    "south": ("harvest moon", "pumpkin"),
    "east": ("telescope", "chalkboard"),
    "west": ("saddle", "thunderstorm"),
}
_NAMES = ("Ada", "Ben", "Cleo", "Dov", "Eve", "Finn", "Gus", "Hal")
_MONTHS = ("January", "March", "May", "July", "October", "December")


@dataclass(frozen=True, slots=True)
class Example:
    """An input with its right answer."""

    text: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Task:
    """A seed skill and cases, drawn from one hidden policy."""

    skill: str
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]


def _task(skill: str, draw: Callable[[Random], Example], seed: int) -> Task:
    rng = Random(seed)
    return Task(skill, tuple(draw(rng) for _ in range(24)), tuple(draw(rng) for _ in range(48)))


def labels_task(seed: int, *, noise: bool = False) -> Task:
    """Labels by hidden signal words; with `noise`, by nothing at all."""
    labels = ", ".join(f"`{label}`" for label in _SIGNALS)
    skill = f"# Sorting\n\n<!-- rsi:keep -->\nReply with exactly one of {labels}.\n<!-- /rsi:keep -->\n"

    def draw(rng: Random) -> Example:
        label = rng.choice(list(_SIGNALS))
        parts = [*rng.sample(_FILLER, 2), f"I saw the {rng.choice(_SIGNALS[label])} again"]
        rng.shuffle(parts)
        text = ". ".join(part[0].upper() + part[1:] for part in parts) + "."
        return Example(text, rng.choice(list(_SIGNALS)) if noise else label)

    return _task(skill, draw, seed)


def object_task(seed: int) -> Task:
    """A JSON object: a code, a date in ISO form, a number, and a kind that a word gives away."""
    skill = "Reply with one JSON object with the keys `slip`, `when`, `weight` and `kind`, nothing else.\n"

    def draw(rng: Random) -> Example:
        code, day, month = f"ZQ-{rng.randint(100, 999)}", rng.randint(1, 28), rng.randrange(6)
        weight, frail = rng.randint(1001, 9999), rng.random() < 0.5
        lines = [
            f"Slip {code} for {rng.choice(_NAMES)}.",
            f"Loaded: {day} {_MONTHS[month]} 2031",
            f"Gross {weight + 400:,} kg, net {weight:,} kg.",
            "Handle with gloves, porcelain inside." if frail else "Stack as high as you like.",
        ]
        number = (1, 3, 5, 7, 10, 12)[month]
        wanted = {
            "slip": code,
            "when": f"2031-{number:02d}-{day:02d}",
            "weight": weight,
            "kind": "frail" if frail else "firm",
        }
        return Example("\n".join(lines), json.dumps(wanted))

    return _task(skill, draw, seed)


def text_task(seed: int) -> Task:
    """A line in a fixed shape: the place in capitals, a verb in the imperative, a name in brackets."""
    skill = "Write one line about the note, and nothing else.\n"
    verbs = {"Painted": "paint", "Moved": "move", "Cleaned": "clean", "Opened": "open", "Carried": "carry"}
    things = ("the north gate", "both benches", "an old sign", "the small boat", "every lamp")

    def draw(rng: Random) -> Example:
        verb, thing, place = rng.choice(list(verbs)), rng.choice(things), rng.choice(("Quay", "Yard", "Loft"))
        name = rng.choice(_NAMES)
        lines = [f"Place: {place}", f"Done: {verb} {thing}.", f"By: {name}"]
        rng.shuffle(lines)
        return Example("\n".join(lines), f"{place.upper()}: {verbs[verb]} {thing} [{name}]")

    return _task(skill, draw, seed)


def act(skill: str, text: str, *, seed: int = 0, temperature: float | None = None) -> str:
    """Ask the actor as the executor does."""
    messages = [{"role": "system", "content": skill}, {"role": "user", "content": text}]
    return answer(messages, seed=seed, temperature=temperature)


def score(skill: str, examples: Sequence[Example], *, seed: int = 0) -> float:
    """Share of right answers; of an object, the share of right keys."""
    return sum(_right(act(skill, one.text, seed=seed), one.wanted) for one in examples) / len(examples)


def _right(output: str, wanted: str) -> float:
    if not wanted.startswith("{"):
        return float(output == wanted)
    said: dict[str, object] = json.loads(output)
    meant: dict[str, object] = json.loads(wanted)
    return sum(said.get(key) == value for key, value in meant.items()) / len(meant)


def rewrite_prompt(
    skill: str, advice: str, answered: Sequence[tuple[Example, str]], *, style: str = ""
) -> str:
    """Write the prompt of a first-order mutation over answered examples."""
    failing = [pair for pair in answered if _right(pair[1], pair[0].wanted) < 1.0][:10]
    passing = [pair for pair in answered if _right(pair[1], pair[0].wanted) == 1.0][:6]
    shown = [block("failing_cases", "\n".join(_failing(*pair) for pair in failing) or "(none)")]
    shown.append(block("passing_cases", "\n".join(_passing(*pair) for pair in passing) or "(none)"))
    return "\n\n".join(
        [
            "Revise the skill below.",
            block("task_description", "See the skill."),
            block("skill", skill),
            *shown,
            block("mutation_prompt", advice),
            block("thinking_style", style),
            "Reply with the complete revised skill, and nothing else, inside <skill> and </skill>.",
        ]
    )


def _failing(example: Example, output: str) -> str:
    parts = (
        ("input", example.text),
        ("output", output),
        ("expected", example.wanted),
        ("verdicts", "not equal"),
    )
    return block("case", "\n".join(block(tag, text) for tag, text in parts))


def _passing(example: Example, output: str) -> str:
    return block("case", f"{block('input', example.text)}\n{block('output', output)}")


def improve(skill: str, advice: str, examples: Sequence[Example], *, seed: int) -> str:
    """Ask the improver for one revision after the actor answered the examples."""
    answered = [
        (one, act(skill, one.text, seed=seed)) for one in Random(seed).sample(examples, len(examples))
    ]
    message = {"role": "user", "content": rewrite_prompt(skill, advice, answered)}
    revised = unblock(answer([message], seed=seed, temperature=None), "skill")
    assert revised is not None
    return revised


def short_night(task: Task, advice: str, *, seed: int, rewrites: int = 12) -> str:
    """Keep a revision where it does better on the training cases, as a simple night would."""
    best, best_score = task.skill, score(task.skill, task.train, seed=seed)
    for number in range(rewrites):
        child = improve(best, advice, task.train, seed=100 * seed + number)
        child_score = score(child, task.train, seed=100 * seed + number)
        if child_score > best_score:
            best, best_score = child, child_score
    return best
