"""Known-good cases: what the incumbent always solves, no candidate may break.

A case is *certified* once the incumbent passed it in five draws of five; one that failed any draw is
flaky, is demoted and named, because it would veto at random. A candidate that fails a certified case
is asked twice more: two failures of three veto. Simulated with 30 cases, any-failure vetoes a harmless
candidate in 47 % of looks, this rule in 7 %, and a case that is broken for good is always caught.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rsi_cli.nouns import CaseId, CaseResult

CERTIFYING_PASSES = 5
VETO_DRAWS = 3
VETO_FAILURES = 2
MOST_UNMEASURED = 3  # draws of one case; after that it is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """Where the known-good cases stand. Every case is in exactly one of the four.

    certified: may veto. flaky: failed a draw of the incumbent, demoted. unmeasured: given up after too
    many draws without a result. open: the number of draws each other case still needs.
    """

    certified: tuple[CaseId, ...] = ()
    flaky: tuple[CaseId, ...] = ()
    unmeasured: tuple[CaseId, ...] = ()
    open: Mapping[CaseId, int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The outcome for people; flaky cases by name."""
        total = len(self.certified) + len(self.flaky) + len(self.unmeasured) + len(self.open)
        parts = [f"{len(self.certified)} of {total} known-good cases are certified"]
        parts += [f"{label}: {', '.join(ids)}" for label, ids in _named(self) if ids]
        return "; ".join(parts) + "."


def _named(certification: Certification) -> tuple[tuple[str, Sequence[CaseId]], ...]:
    return (
        ("flaky, so without a veto", certification.flaky),
        ("could not be measured", certification.unmeasured),
    )


@dataclass(frozen=True, slots=True)
class Veto:
    """Known-good cases got worse: the candidate is rejected, whatever it gained. case_ids: never empty."""

    case_ids: tuple[CaseId, ...]

    @property
    def sentence(self) -> str:
        """The veto for people, cases by name."""
        return f"known-good case{'' if len(self.case_ids) == 1 else 's'} broken: {', '.join(self.case_ids)}"


@dataclass(frozen=True, slots=True)
class Clear:
    """No certified case got worse, and each of them could say so."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """No certified case is known to be broken, but these could not be measured. case_ids: never empty."""

    case_ids: tuple[CaseId, ...]

    @property
    def sentence(self) -> str:
        """What is missing, for people, cases by name."""
        return f"known-good cases that could not be measured: {', '.join(self.case_ids)}"


@dataclass(frozen=True, slots=True)
class DrawAgain:
    """Some cases cannot say yet. needs: how many more draws each of them needs now."""

    needs: Mapping[CaseId, int]


def certify(
    incumbent: Sequence[CaseResult], case_ids: Sequence[CaseId], *, fresh_draws: bool = True
) -> Certification:
    """Sort the known-good cases by what the incumbent's draws so far say of them.

    incumbent: all its results on known-good cases, any order, one per case and repeat. case_ids: all
    known-good cases. fresh_draws: False at temperature 0, where one pass says all that five would.
    """
    needed = CERTIFYING_PASSES if fresh_draws else 1
    certified, flaky, unmeasured, still_open = [], [], [], {}
    for case_id in sorted(case_ids):
        passes, failures, missing = _count(incumbent, case_id)
        if failures:
            flaky.append(case_id)
        elif passes >= needed:
            certified.append(case_id)
        elif missing >= MOST_UNMEASURED:
            unmeasured.append(case_id)
        else:
            still_open[case_id] = needed - passes
    return Certification(
        certified=tuple(certified), flaky=tuple(flaky), unmeasured=tuple(unmeasured), open=still_open
    )


def veto(
    candidate: Sequence[CaseResult], certified: Collection[CaseId], *, fresh_draws: bool = True
) -> Veto | Unclear | Clear | DrawAgain:
    """Say whether the candidate broke a certified case.

    candidate: all its results on known-good cases so far, any order; others than the certified ones are
    ignored. A case broken for sure vetoes at once, even while others still need draws. A failed
    measurement is asked again, and given up after three.
    """
    draws, failures_allowed = (VETO_DRAWS, VETO_FAILURES - 1) if fresh_draws else (1, 0)
    broken, unmeasured, needs = [], [], {}
    for case_id in sorted(certified):
        passes, failures, missing = _count(candidate, case_id)
        wanted = draws if failures else 1
        if failures > failures_allowed:
            broken.append(case_id)
        elif passes >= draws - failures_allowed or (passes and not failures):
            continue
        elif missing >= MOST_UNMEASURED:
            unmeasured.append(case_id)
        else:
            needs[case_id] = wanted - passes - failures
    if broken:
        return Veto(tuple(broken))
    if needs:
        return DrawAgain(needs)
    return Unclear(tuple(unmeasured)) if unmeasured else Clear()


def _count(results: Sequence[CaseResult], case_id: CaseId) -> tuple[int, int, int]:
    """How many draws of the case passed, failed, and were not measured."""
    draws = [result for result in results if result.case_id == case_id]
    passes = sum(draw.score is not None and draw.passed for draw in draws)
    failures = sum(draw.score is not None and not draw.passed for draw in draws)
    return passes, failures, len(draws) - passes - failures
