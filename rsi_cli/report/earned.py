"""What ways of working earned, for `rsi log --operators`: rows and a document, made of what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from rsi_cli.report.words import percent
from rsi_cli.skill.sidecar import Lesson, MutationPrompt

LESSON = "  "  # how the row of a lesson begins, which may need several
MOST_SHOWN = 43  # characters of a mutation prompt that people are shown: the row stays within 80 columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A way of working and what it brought.

    tried: children, those that were refused unmeasured included. confirmed: became working champion.
    promoted: passed the gate. share: how likely it is drawn next, 0.0 … 1.0. retired: hardly drawn any more.
    Fractions where counts come from a sidecar, in which old children fade.
    """

    name: str
    tried: float
    refused: int
    confirmed: float
    promoted: int
    share: float
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that was learned about breeding one skill. basis: one sentence that says what was counted.

    models: empty where there is no choice and no record. prompts: best first.
    """

    basis: str
    operators: tuple[Earned, ...]
    models: tuple[Earned, ...]
    prompts: tuple[MutationPrompt, ...]
    lessons: tuple[Lesson, ...]


def account_json(account: Account) -> dict[str, object]:
    """The document of `rsi log --operators --json`."""
    return {
        "operators": [asdict(one) for one in account.operators],
        "models": [asdict(one) for one in account.models],
        "mutation_prompts": [
            {"text": one.text, "origin": one.origin, "tried": one.tried, "confirmed": one.confirmed}
            for one in account.prompts
        ],
        "lessons": [{"kind": one.kind.value, "text": one.text} for one in account.lessons],
    }


def account_lines(account: Account) -> Iterator[tuple[str, str]]:
    """The tables for a person, each line with its style."""
    yield account.basis, ""
    yield from _table("operator", account.operators)
    if account.models:
        yield from _table("improver model", account.models)
    yield "", ""
    if account.prompts:
        yield f"{'tried':>5}  {'confirmed':>9}  {'origin':<17}  mutation prompt", "bold"
        yield from map(_prompt, account.prompts)
    else:
        yield "no mutation prompt evolved yet: a night draws from the built-in ones", ""
    yield "", ""
    if account.lessons:
        yield "lessons", "bold"
        yield from ((f"{LESSON}{one.kind.value:<10}  {_flat(one.text)}", "") for one in account.lessons)
    else:
        yield "no lesson yet", ""


def _table(title: str, rows: Sequence[Earned]) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield f"{title:<18}{'tried':>7}{'refused':>9}{'confirmed':>11}{'promoted':>10}{'next share':>12}", "bold"
    for row in rows:
        numbers = f"{_number(row.tried):>7}{row.refused:>9}{_number(row.confirmed):>11}{row.promoted:>10}"
        line = f"{_flat(row.name):<18}{numbers}{percent(row.share):>12}"
        yield (f"{line}  retired", "dim") if row.retired else (line, "green" if row.promoted else "")


def _prompt(prompt: MutationPrompt) -> tuple[str, str]:
    text = _flat(prompt.text)
    shown = text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
    record = f"{_number(prompt.tried):>5}  {_number(prompt.confirmed):>9}"
    return f"{record}  {_flat(prompt.origin):<17}  {shown}", "green" if prompt.confirmed else ""


def _number(count: float) -> str:
    """With one decimal, unless it is whole."""
    return f"{round(count, 1):g}"


def _flat(text: str) -> str:
    return " ".join(text.split())
