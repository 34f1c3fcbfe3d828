"""What a person sees while a run goes on: a line for each fact that matters, on stderr."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from rsi_cli.ledger.events import (
    Bred,
    Confirmed,
    Event,
    GenerationPlanned,
    LookSkipped,
    LookTaken,
    Measurement,
    Raced,
    RunStarted,
    RunStopped,
)
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.promotions import Promoted, PromotionGain
from rsi_cli.ledger.replay import mean_score
from rsi_cli.nouns import CaseResult
from rsi_cli.report.words import broken_must, counted, ending, interval, percent, points, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


class NightScreen:
    """Writes the story of a night line by line; on a terminal a moving line at the bottom shows the spending.

    console: for stderr. It decides by itself about colour and width (NO_COLOR, CI, no terminal).
    meter: says what was spent and what is left, in a few words.
    """

    def __init__(self, console: Console, meter: Callable[[], str] = str) -> None:
        self._console = console
        self._meter = meter
        self._answers = 0
        self._doing = "measuring"
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._console.is_interactive:
            self._status = self._console.status("")
            self._move()
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def say(self, line: str, style: str = "") -> None:
        """Write one line, wrapped at words on a terminal; markup in it is only text."""
        wide = not self._console.is_terminal
        line = printable(line)
        self._console.print(line, style=style, markup=False, emoji=False, highlight=False, soft_wrap=wide)

    def measured(self, result: CaseResult) -> None:
        """Count an answer."""
        self._answers += 1
        self._doing = f"{counted(self._answers, 'answer')} graded, last {result.case_id}"
        self._move()

    def fact(self, event: Event) -> None:
        """Tell a fact in one line, if it is one for people."""
        line = _line(event)
        if line:
            self.say(line[0], line[1])

    def _move(self) -> None:
        """Renew the moving line; it never takes a second one."""
        if self._status is not None:
            from rich.text import Text

            words = printable("; ".join(part for part in (self._meter(), self._doing) if part))
            width = max(10, self._console.width - 4)  # the spinner's own place
            self._status.update(Text(words[:width], no_wrap=True, overflow="ellipsis"))


def _line(event: Event) -> tuple[str, str] | None:  # noqa: C901, PLR0912 - one arm for each kind of fact
    match event:
        case RunStarted():
            return f"run {event.run} · {event.skill_name} · seed {event.seed} · on {event.branch}", "bold"
        case Measurement(purpose="baseline"):
            return _baseline(event), ""
        case NoiseFound():
            return event.sentence, ""
        case Bred():
            return _bred(event), "dim"
        case Raced():
            finished = sum(lap.finished for lap in event.laps)
            asked = sum(len(lap.results) for lap in event.laps)
            ran = counted(finished, "child", "children")
            return f"  race: {counted(asked, 'answer')}, {ran} ran to the end", "dim"
        case Confirmed():
            verb = "leads now" if event.crowned else "did not hold up"
            draws = "fresh train draws" if event.fresh else "the draws of its race"
            return (
                f"  {event.candidate} {verb}: {points(event.difference)} on {draws}",
                "cyan" if event.crowned else "",
            )
        case LookTaken():
            return event.sentence, "green" if event.decision == "accept" else "yellow"
        case LookSkipped():
            return f"no look at the held-out cases: {event.why}", ""
        case Promoted():
            return f"committed {event.commit[:12]} ({event.operator})", "bold green"
        case PromotionGain():
            return f"  brought {interval(event.gain)}", "green"
        case GenerationPlanned() if event.stop:
            return f"search ends: {ending(event.stop, bred=event.generation > 1)}", ""
        case RunStopped():
            return f"whole run: {_whole(event)}", "bold"
        case _:
            return None


def _whole(event: RunStopped) -> str:
    """What the night brought; an interval from 0 to 0 would look like a measurement."""
    flat = event.gain.low == event.gain.high == 0.0
    return event.gain.basis if flat and event.gain.basis else interval(event.gain)


def _bred(event: Bred) -> str:
    line = f"generation {event.generation}: {counted(len(event.births), 'child', 'children')}"
    if event.stillbirths:
        reasons = sorted({still.reason for still in event.stillbirths})
        line += f", {len(event.stillbirths)} refused ({', '.join(reasons)})"
    quoting = sum(birth.quotes > 0 for birth in event.births)
    return f"{line}, {quoting} quoting train cases" if quoting else line


def _baseline(event: Measurement) -> str:
    cases = {result.case_id for result in event.results}
    if not cases:
        return f"baseline {event.split}: no cases"
    measured = {result.case_id for result in event.results if result.score is not None}
    score = percent(mean_score(event.results) if measured else None)
    lost = f", {len(cases - measured)} could not be measured" if cases - measured else ""
    line = f"baseline {event.split}: {score} over {counted(len(measured), 'case')}{lost}"
    return f"{line}; {broken}" if (broken := broken_must(event.results)) else line
