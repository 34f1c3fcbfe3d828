"""What a person sees while a run goes on: a line for each fact that matters, on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsi_cli.ledger.events import (
    Bred,
    Confirmed,
    Event,
    GenerationPlanned,
    LookSkipped,
    LookTaken,
    Measurement,
    Promoted,
    PromotionGain,
    Raced,
    RunStarted,
    RunStopped,
)
from rsi_cli.nouns import CaseResult
from rsi_cli.report.words import counted, interval, percent, points

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


class NightScreen:
    """Writes the story of a night line by line; on a terminal a moving line at the bottom shows the calls.

    console: for stderr. It decides by itself about colour and width (NO_COLOR, CI, no terminal).
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._answers = 0
        self._status: Status | None = None

    def __enter__(self) -> NightScreen:
        if self._console.is_terminal:
            self._status = self._console.status("measuring …")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def say(self, line: str, style: str = "") -> None:
        """Write one line; markup in it is only text."""
        self._console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)

    def measured(self, result: CaseResult) -> None:
        """Count an answer."""
        self._answers += 1
        if self._status is not None:
            self._status.update(f"{counted(self._answers, 'answer')} graded, last: {result.case_id}")

    def fact(self, event: Event) -> None:
        """Tell a fact in one line, if it is one for people."""
        line = _line(event)
        if line:
            self.say(line[0], line[1])


def _line(event: Event) -> tuple[str, str] | None:
    match event:
        case RunStarted():
            return f"run {event.run} · {event.skill_name} · seed {event.seed} · on {event.branch}", "bold"
        case Measurement(purpose="baseline"):
            return (
                f"baseline {event.split}: {percent(_mean(event.results))} over {counted(len(event.results), 'case')}",
                "",
            )
        case Bred():
            return _bred(event), "dim"
        case Raced():
            finished = sum(lap.finished for lap in event.laps)
            asked = sum(len(lap.results) for lap in event.laps)
            return (
                f"  race: {counted(asked, 'answer')}, {counted(finished, 'child', 'children')} ran to the end",
                "dim",
            )
        case Confirmed():
            verb = "leads now" if event.crowned else "did not hold up"
            return (
                f"  {event.candidate} {verb}: {points(event.difference)} on fresh train draws",
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
            return f"search ends: {event.stop}", ""
        case RunStopped():
            return f"whole run: {interval(event.gain)}", "bold"
        case _:
            return None


def _bred(event: Bred) -> str:
    line = f"generation {event.generation}: {counted(len(event.births), 'child', 'children')}"
    if event.stillbirths:
        reasons = sorted({still.reason for still in event.stillbirths})
        line += f", {len(event.stillbirths)} refused ({', '.join(reasons)})"
    return line


def _mean(results: tuple[CaseResult, ...]) -> float | None:
    scores = [result.score for result in results if result.score is not None]
    return sum(scores) / len(scores) if scores else None
