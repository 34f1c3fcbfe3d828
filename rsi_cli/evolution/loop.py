"""The story of a night. Read `evolve` aloud: it is the design.

Every step is a fact in the journal. A run that was killed is run again from the top: what is recorded is
taken as it is, and the first step that is not recorded is where it goes on. All randomness is derived
from the seed and the step's number, so the second half is the one that the killed run would have had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from rsi_cli.errors import Inconclusive
from rsi_cli.evaluation.race import RUNGS, Field, race
from rsi_cli.evaluation.run import mean_scores, side_by_side
from rsi_cli.evolution.bar import Bar, opened
from rsi_cli.evolution.breeder import seedling
from rsi_cli.evolution.gain import closing_account
from rsi_cli.evolution.guard import guarded
from rsi_cli.evolution.look import Occasion
from rsi_cli.evolution.merits import Merits
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.noise import find_noise, stages_for_champion
from rsi_cli.evolution.plan import Prospect, affordable_repeats, next_turn
from rsi_cli.evolution.population import found
from rsi_cli.evolution.promote import keep_champion, look_and_promote
from rsi_cli.evolution.search import Search
from rsi_cli.evolution.second_look import brought_back, planned_again
from rsi_cli.evolution.selection import difference
from rsi_cli.evolution.stall import barren_generations, with_refusals
from rsi_cli.evolution.turnabout import patience_of, with_change
from rsi_cli.evolution.velocity import Mechanism, Velocity
from rsi_cli.ledger.events import (
    Bred,
    Confirmed,
    GenerationPlanned,
    Lap,
    Measurement,
    Raced,
    RunStopped,
)
from rsi_cli.models.converse import converse
from rsi_cli.nouns import CandidateId, CaseResult, Split
from rsi_cli.prompts.pools.pool import mutation_prompts, thinking_styles
from rsi_cli.skill.document import parse
from rsi_cli.skill.sidecar import MutationPrompt
from rsi_cli.suite.model import Case

BEYOND_DOUBT = 3.0  # standard errors of a race's difference (docs/trust.md, "Racing")
RACE, CONFIRM = 0, 1  # repeat indices: a confirmation never sees the draws that chose the finalist


async def evolve(night: Night) -> RunStopped:
    """Breed until a budget or the generations run out; promote each champion that passes the gate.

    Raises Inconclusive if the first version cannot be measured.
    """
    search, bar = await begin(night)
    looks, generation, looked = 0, 1, False
    while True:
        turn = await plan(night, search, bar, generation, looked=looked)
        if turn.share > 0 or turn.stop:
            search = brought_back(search, bar) if turn.again else search
            search, bar = await look_and_promote(night, search, bar, _occasion(looks, turn))
            looks += 1
        if turn.stop:
            return await closing_account(night, search, bar, turn.stop)
        if turn.share > 0 and not _began_without(night, generation):
            looked = True  # what the look took may be what the generation needs
            continue
        if turn.change:
            search = night.breeder.changed(search, Mechanism(turn.change), generation)
        search = await advance(night, search, generation)
        generation, looked = generation + 1, False


def _occasion(number: int, turn: GenerationPlanned) -> Occasion:
    return Occasion(
        number=number, generation=turn.generation, share=turn.share, stages=turn.stages, again=turn.again
    )


def _began_without(night: Night, generation: int) -> bool:
    """Whether it was bred without a second plan after its look, as in journals of earlier versions."""
    replanned = night.facts.find(f"planned-generation/{generation}/looked")
    return replanned is None and night.facts.find(f"bred/{generation}") is not None


async def begin(night: Night) -> tuple[Search, Bar]:
    """Measure the version that is committed now, and how steady it is; found the population on it."""
    seed = seedling(parse(night.raw))
    baseline: dict[Split, tuple[CaseResult, ...]] = {}
    for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD):
        baseline[split] = await _baseline(night, seed.id, seed.text, split)
    noise = await find_noise(night, seed, baseline[Split.TRAIN])
    pool = [MutationPrompt(text=text) for text in mutation_prompts()]
    merits = Merits.inherited(night.inherited.operators, night.inherited.models)
    population = found(
        seed.id,
        night.inherited.mutation_prompts,
        pool,
        thinking_styles(),
        size=night.shape.size,
        rng=Random(f"{night.started.seed}/found"),
    )
    search = Search(
        origin=seed,
        incumbent=seed,
        champion=seed,
        population=population,
        candidates={seed.id: seed},
        train={seed.id: baseline[Split.TRAIN]},
        merits=replace(merits, learning=night.breeder.traits.credit),
        velocity=Velocity(patience=patience_of(night)),
        lessons=night.inherited.lessons,
        committed=frozenset({seed.id}),
    )
    if noise is None:
        return search, opened(baseline, night.rule.repeats)
    return search, opened(baseline, noise.stages, noise.expected)


async def _baseline(night: Night, version: CandidateId, text: str, split: Split) -> tuple[CaseResult, ...]:
    async def make() -> Measurement:
        results = await night.measure(text, night.cases(split), [RACE])
        unmeasured = sum(result.score is None for result in results)
        if unmeasured > len(results) * night.rule.max_unmeasured:
            raise Inconclusive(
                f"{unmeasured} of {len(results)} {split} cases were not measured: {_first_failure(results)}",
                hint="see what failed with `rsi eval`, raise the budget, then run again with --resume",
            )
        return Measurement(purpose="baseline", version=version, split=split, results=results)

    return (await night.step(f"baseline/{version}/{split}", Measurement, make)).results


def _first_failure(results: Sequence[CaseResult]) -> str:
    failed = next(result for result in results if result.score is None)
    return getattr(failed.result, "message", "no reason given")


async def plan(
    night: Night, search: Search, bar: Bar, generation: int, *, looked: bool = False
) -> GenerationPlanned:
    """Decide what comes next; recorded, because the clock and the bill are not the same twice.

    looked: the look that may come before this generation is over.
    """

    async def make() -> GenerationPlanned:
        prospect = Prospect(
            generation=generation,
            generations=night.shape.generations,
            left=night.left,
            spent=night.tally.calls,
            solved=search.is_solved(search.champion.id),
            challenger=search.has_challenger,
            lead=search.fresh_lead,
            shares_spent=bar.spent,
            barren=barren_generations(night.facts, generation),
            within=bar.within,
            dearest=night.tally.dearest,
            dry=search.velocity.dry,
            drawn=bar.draws,
        )
        rule = replace(night.rule, repeats=stages_for_champion(night, search, bar, generation))
        stages = affordable_repeats(rule, night.costs, night.left, bar.draws)
        turn = with_refusals(next_turn(prospect, night.costs, rule), night.facts, generation)
        turn = replace(turn, stages=stages, looked=looked)
        if not turn.stop and (looked or turn.share <= 0):
            turn = with_change(replace(turn, share=0.0), night, search, bar.spent)
        return planned_again(turn, search, bar, rule, night.costs, night.left) if turn.stop else turn

    key = f"planned-generation/{generation}{'/looked' if looked else ''}"
    return await night.step(key, GenerationPlanned, make)


async def advance(night: Night, search: Search, generation: int) -> Search:
    """One generation: ask for a brood, race it, confirm the finalist, tell."""
    bred = await breed(night, search, generation)
    raced = await run_race(night, search, bred)
    confirmed = await confirm(night, search, bred, raced)
    calls = night.tally.generations.get(generation, 0.0)
    search = night.breeder.tell(search, bred, raced, confirmed, calls)
    if confirmed is not None and confirmed.crowned:
        await keep_champion(night, search, generation)
    return search


async def breed(night: Night, search: Search, generation: int) -> Bred:
    """Let the tournaments' winners have children; all talks with the improver run side by side."""

    async def make() -> Bred:
        litters = night.breeder.ask(search, generation)
        drafts = await side_by_side(converse(litter.talk, night.improve) for litter in litters)
        bred = night.breeder.deliver(search, generation, litters, drafts)
        return guarded(bred, night.leaks, night.suite.must, night.rule.train_quotes)

    return await night.step(f"bred/{generation}", Bred, make)


async def run_race(night: Night, search: Search, bred: Bred) -> Raced:
    """Measure the brood on train cases, dropping the hopeless early."""
    texts = night.breeder.texts(search, bred)

    async def measure(child: CandidateId, cases: Sequence[Case]) -> tuple[CaseResult, ...]:
        return await night.measure(texts[child], cases, [RACE])

    async def make() -> Raced:
        runners = await race(
            [birth.candidate for birth in bred.births],
            search.scores(search.champion.id),
            night.cases(Split.TRAIN),
            measure,
            Random(f"{night.started.seed}/{bred.generation}/race"),
            RUNGS if night.breeder.traits.racing else (),
        )
        laps = (Lap(candidate=r.candidate, results=tuple(r.results), finished=r.finished) for r in runners)
        return Raced(generation=bred.generation, laps=tuple(laps))

    return await night.step(f"raced/{bred.generation}", Raced, make)


async def confirm(night: Night, search: Search, bred: Bred, raced: Raced) -> Confirmed | None:
    """Measure the best finisher on draws that did not choose it; it leads if it still beats the champion.

    One that the race shows to be better beyond doubt is not measured again: the luck of having been the best
    of a few is small against such a lead, and no promotion rests on train draws.
    """
    lead = search.scores(search.champion.id)
    margins = {
        lap.candidate: difference(mean_scores(lap.results), lead) for lap in raced.laps if lap.finished
    }
    finalist = max(margins, key=lambda candidate: margins[candidate], default=None)  # the first of equals
    if finalist is None or margins[finalist] <= 0:
        return None
    text = night.breeder.texts(search, bred)[finalist]

    async def make() -> Confirmed:
        lap = next(lap for lap in raced.laps if lap.candidate == finalist)
        estimate, error = Field(lead).estimate(lap.results)
        fresh = night.draws and estimate < BEYOND_DOUBT * error
        results = await night.measure(text, night.cases(Split.TRAIN), [CONFIRM]) if fresh else lap.results
        margin = difference(mean_scores(results), lead)
        gaps = sum(result.score is None for result in results)
        return Confirmed(
            generation=raced.generation,
            candidate=finalist,
            results=results,
            difference=margin,
            crowned=margin > 0 and gaps <= night.rule.max_unmeasured * len(results),
            fresh=fresh,
        )

    return await night.step(f"confirmed/{raced.generation}", Confirmed, make)
