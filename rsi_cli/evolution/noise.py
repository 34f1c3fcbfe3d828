"""The A/A run: the committed version against itself on some train cases, before anything is bred.

What it finds chooses the stages of tonight's looks and says which gain they can tell from luck. It looks at
train cases alone, so whatever it chooses, the gate's error stays what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from rsi_cli.evolution.bar import Bar
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.plan import NOISE_SHARE, noise_draws
from rsi_cli.evolution.search import Search
from rsi_cli.ledger.events import Measurement, Raced
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.nouns import CandidateId, CaseResult, Split
from rsi_cli.trust.noise_floor import FEWEST_CASES, NoiseFloor, chosen, noise_floor, stages

FIRST_AGAIN = 500  # repeats from here on are for the noise floor alone: nothing else is decided by them


async def find_noise(night: Night, first: Candidate, train: Sequence[CaseResult]) -> NoiseFound | None:
    """Ask some train cases again of the first version; None at temperature 0, where that tells nothing.

    train: its baseline, the first of each case's draws.
    """
    if not night.draws:
        return None
    again = await _asked_again(night, first)
    asked = {result.case_id for result in again}
    floor = noise_floor([*(result for result in train if result.case_id in asked), *again])

    async def conclude() -> NoiseFound:
        return NoiseFound(
            version=first.id,
            cases=floor.cases,
            flipped=floor.flipped,
            within=floor.within,
            low=floor.low,
            high=floor.high,
            expected=floor.expected,
            stages=stages(floor, night.rule, fresh_draws=True, stated=night.repeats_stated),
            sentence=_sentence(night, floor) if again else _skipped(night),
        )

    return await night.step("noise", NoiseFound, conclude)


def stages_for_champion(night: Night, search: Search, bar: Bar, generation: int) -> tuple[int, ...]:
    """Stages of a look before that generation: one draw only for a champion that is as steady as the first.

    What a version has learned may waver although what it knew before did not. The champion's race and its
    confirmation are two draws of all train cases, so this costs nothing. Where the race left no doubt there
    is one draw alone, which shows no steadiness: then the look has all stages.
    """
    if bar.stages == night.rule.repeats or not search.has_challenger:
        return bar.stages
    floor = noise_floor(train_draws(night, search, search.champion.id, generation))
    return stages(floor, night.rule, fresh_draws=night.draws)


def train_draws(
    night: Night, search: Search, version: CandidateId, generation: int
) -> tuple[CaseResult, ...]:
    """Each draw of a train case that a version has before that generation: of its race and confirmation."""
    both = (*_raced(night, version, generation), *search.train[version])
    return tuple({(result.case_id, result.repeat): result for result in both}.values())


def _raced(night: Night, version: CandidateId, generation: int) -> Sequence[CaseResult]:
    """A version's results in its own race, which is over before that generation begins."""
    for earlier in range(generation - 1, 0, -1):
        fact = night.facts.find(f"raced/{earlier}")
        if isinstance(fact, Raced):
            for lap in fact.laps:
                if lap.candidate == version:
                    return lap.results
    return ()


async def _asked_again(night: Night, first: Candidate) -> tuple[CaseResult, ...]:
    """The new draws; none where a small part of the budget pays for too few to say anything."""

    async def make() -> Measurement:
        cases = {case.id: case for case in night.cases(Split.TRAIN)}
        whole = night.left + night.tally.calls
        count, times = noise_draws(whole, night.costs.attempt, len(cases))
        drawn = chosen(tuple(cases), Random(f"{night.started.seed}/noise"), count)
        repeats = range(FIRST_AGAIN, FIRST_AGAIN + times)
        results = await night.measure(first.text, [cases[case_id] for case_id in drawn], repeats)
        return Measurement(purpose="a/a", version=first.id, split=Split.TRAIN, results=results)

    return (await night.step(f"a/a/{first.id}/{Split.TRAIN}", Measurement, make)).results


def _sentence(night: Night, floor: NoiseFloor) -> str:
    """What was found, and what follows where it is not what the rule does anyway."""
    chose = stages(floor, night.rule, fresh_draws=True, stated=night.repeats_stated)
    if chose == night.rule.repeats:
        return floor.sentence
    return f"{floor.sentence} One draw of a held-out case will decide, if a candidate is as steady."


def _skipped(night: Night) -> str:
    cases = len(night.cases(Split.TRAIN))
    if cases < FEWEST_CASES:
        why = f"{cases} train case{'' if cases == 1 else 's'} would say too little"
    else:
        why = f"{100 * NOISE_SHARE:.0f} % of the budget pays for fewer than {FEWEST_CASES} answers"
    return f"The noise floor was not measured: {why}."
