"""Who looks on during a night: shows every fact, and says what the held-out cases can show."""

from __future__ import annotations

from dataclasses import dataclass

from rsi_cli.cli.nights.forecast import Forecast
from rsi_cli.evolution.velocity import Mechanism
from rsi_cli.ledger.events import Event, GenerationPlanned, Measurement, RunStarted
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.models.budget import Budget
from rsi_cli.nouns import CaseResult, Split
from rsi_cli.report.terminal import NightScreen
from rsi_cli.report.words import budget_words, counted, spent_words


@dataclass(frozen=True, slots=True)
class Meter:
    """What was spent and what is left of a budget, as a few words for the moving line."""

    budget: Budget

    def __call__(self) -> str:
        """`812 of 2000 calls, 0.41 of 5 USD`."""
        return spent_words(self.budget.spent, self.budget.limits, self.budget.elapsed_s())


class Lookout:
    """Passes everything on to the screen, with the outlook before the first call and after the baseline."""

    def __init__(self, screen: NightScreen, ahead: Forecast) -> None:
        self._screen = screen
        self._ahead = ahead
        self._warned: set[str] = set()

    def begin(self, started: RunStarted) -> None:
        """Say who runs, what may be spent of money and of error, and what it can show."""
        self._screen.fact(started)
        self._screen.say(f"budget: {budget_words(self._ahead.limits)}")
        for sentence in self._ahead.sentences:
            self._screen.say(sentence)
        self._warn(self._ahead.warnings)

    def fact(self, event: Event) -> None:
        """Show a fact, and what it means for the rest of the night."""
        self._screen.fact(event)
        match event:
            case Measurement(purpose="baseline", split=Split.HOLDOUT):
                failing = len({result.case_id for result in event.results if not result.passed})
                cases = counted(len({result.case_id for result in event.results}), "held-out case")
                self._screen.say(f"  {failing} of {cases} fail now: only these can get better")
                self._warn(self._ahead.outlook(event.results).warnings)
            case NoiseFound(within=float()) if self._ahead.stages(event):
                sentence = self._ahead.outlook(noise=event).sentence
                self._screen.say(f"  so {sentence[0].lower()}{sentence[1:]}")
            case GenerationPlanned(change=change, why=why) if change:
                self._screen.say(f"{why[:1].upper()}{why[1:]}. {Mechanism(change).words}", "cyan")
            case _:
                pass

    def measured(self, result: CaseResult) -> None:
        """Count an answer."""
        self._screen.measured(result)

    def warned(self, message: str) -> None:
        """Show what went wrong and stopped nothing."""
        self._warn((message,))

    def _warn(self, warnings: tuple[str, ...]) -> None:
        """Each warning once."""
        for warning in warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._screen.say(f"warning: {warning}", "yellow")
