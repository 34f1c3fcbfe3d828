"""From a look to a commit. `_commit` is the one place that commits, and it takes the gate's acceptance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rsi_cli.errors import Overtaken
from rsi_cli.evolution.bar import Bar, raised
from rsi_cli.evolution.candidate import Candidate
from rsi_cli.evolution.gain import fresh_draws, holdout_score, promotion_gain
from rsi_cli.evolution.lessons import learned, of_version
from rsi_cli.evolution.look import Occasion, decision_of, look, vetoed
from rsi_cli.evolution.memory import remember
from rsi_cli.evolution.message import promotion_message
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.noise import train_draws
from rsi_cli.evolution.search import Search, restarted
from rsi_cli.ledger.events import LookSkipped, LookTaken
from rsi_cli.ledger.git import CommitMessage
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.promotions import ChampionKept, Promoted, PromotionGain, PromotionPlanned
from rsi_cli.nouns import CandidateId, CaseId, Sha, Split
from rsi_cli.skill.sidecar import Lesson, Sidecar, write_sidecar
from rsi_cli.trust.gate import Accept
from rsi_cli.trust.noise_floor import noise_floor

MOST_PROMPTS = 12  # mutation prompts that travel to the next night


async def look_and_promote(night: Night, search: Search, bar: Bar, when: Occasion) -> tuple[Search, Bar]:
    """Let the gate look at the champion; commit it if the gate accepts.

    A lineage that broke a known-good case or a hard constraint, or has nothing left to learn and was not
    accepted, is left: what descends from it would carry the same fault. That one bit is all that ever comes
    back from held-out cases.
    """
    taken = await look(night, search, bar, when)
    if isinstance(taken, LookSkipped):
        return search, bar
    remember(night, taken.look)
    search = replace(search, judged=search.judged | {taken.candidate})
    bar = bar.after(taken)
    decision = decision_of(night, taken)
    if not isinstance(decision, Accept):
        if vetoed(night, taken):
            bar = replace(bar, last=None)  # no second look at what broke something
        dead_end = vetoed(night, taken) or search.is_solved(taken.candidate)
        return (restarted(search) if dead_end else search), bar
    await _commit(night, search, taken, decision)
    incumbent = search.candidates[taken.candidate]
    lessons = _lessons(night, search, taken)
    committed = search.committed | {incumbent.id}
    search = replace(search, incumbent=incumbent, lessons=lessons, committed=committed)
    return search, raised(bar, taken, fresh_draws=night.draws)


async def _commit(night: Night, search: Search, taken: LookTaken, accepted: Accept) -> None:
    """Measure what the promotion brings, then commit it.

    The measurement comes first because the commit says what it brings; the gate has decided already.
    """
    winner, incumbent = search.candidates[taken.candidate], search.incumbent
    before = await fresh_draws(night, incumbent, taken.incumbent_results)
    after = await fresh_draws(night, winner, taken.results)
    gain, score = promotion_gain(night, taken, before, after), holdout_score(after, taken.results)
    planned = await _planned(night, winner)
    message = promotion_message(night, search, taken, accepted, (gain, score))
    taught = replace(search, lessons=_lessons(night, search, taken))

    async def make() -> Promoted:
        # A run that was killed between committing and writing that down finds its own commit again.
        found = night.repo.find_promotion(
            night.started.run, winner.id, planned.parent_commit, night.started.branch
        )
        commit = found or _promote(night, taught, winner, message)
        return Promoted(
            candidate=winner.id,
            commit=commit,
            parent_commit=night.repo.resolve(f"{commit}^"),  # the owner may have committed meanwhile
            operator=winner.operator,
            mutation_prompt=winner.mutation_prompt,
        )

    await night.step(f"promoted/{winner.id}", Promoted, make)

    async def account() -> PromotionGain:
        return PromotionGain(candidate=winner.id, gain=gain, holdout_score=score)

    await night.step(f"gain/{winner.id}", PromotionGain, account)


async def _planned(night: Night, winner: Candidate) -> PromotionPlanned:
    async def make() -> PromotionPlanned:
        return PromotionPlanned(candidate=winner.id, parent_commit=night.repo.tip(night.started.branch))

    return await night.step(f"planned/{winner.id}", PromotionPlanned, make)


def _promote(night: Night, search: Search, winner: Candidate, message: CommitMessage) -> Sha:
    """Commit skill and sidecar on top of the branch, as long as nobody else changed them meanwhile.

    search: with the lessons that go with the winner.
    """
    branch, files = night.started.branch, night.files
    tip = night.repo.tip(branch)
    if not night.repo.same(_last_commit(night, search), tip, (files.skill, files.sidecar)):
        raise Overtaken(
            f"{files.skill} or its sidecar changed on {branch} while the run went on; "
            f"{winner.id} was not committed",
            hint=f"nothing is lost: the winner is under refs/rsi/champions/{night.started.run}; "
            "see `git for-each-ref refs/rsi` and `git diff HEAD <ref>`",
        )
    contents = {files.skill: winner.skill.render(), files.sidecar: sidecar_of(search)}
    return night.repo.promote(contents, message, tip, branch)


def _lessons(night: Night, search: Search, taken: LookTaken) -> tuple[Lesson, ...]:
    """What is to travel with the version that a look accepted; the incumbent is still the one before."""
    own = _wavering(night, search, taken.candidate, taken.generation)
    found = night.facts.find("noise")
    before = _inputs(night, found.flipped) if isinstance(found, NoiseFound) else ()
    return learned(search, search.candidates[taken.candidate], own, before)


def _wavering(night: Night, search: Search, version: CandidateId, generation: int) -> tuple[str, ...]:
    """Inputs of the train cases that a version itself passed and failed before a generation, in file order.

    Known of one that was confirmed on fresh draws. That another version wavers says nothing of this one.
    """
    return _inputs(night, noise_floor(train_draws(night, search, version, generation)).flipped)


def _inputs(night: Night, cases: Collection[CaseId]) -> tuple[str, ...]:
    return tuple(str(case.input) for case in night.cases(Split.TRAIN) if case.id in cases)


def _last_commit(night: Night, search: Search) -> Sha:
    """The commit that the incumbent came from: this run's last promotion, or what the run began on."""
    made = night.facts.find(f"promoted/{search.incumbent.id}")
    return made.commit if isinstance(made, Promoted) else night.started.base_commit


async def keep_champion(night: Night, search: Search, generation: int) -> None:
    """Store the working champion under a ref of ours: it can be checked out whatever the gate says."""
    champion = search.champion
    wavering = _wavering(night, search, champion.id, generation + 1)
    taught = replace(search, lessons=of_version(search.lessons, wavering))

    async def make() -> ChampionKept:
        ref = f"{night.started.run}/{generation}"
        files = {night.files.skill: champion.skill.render(), night.files.sidecar: sidecar_of(taught)}
        message = CommitMessage(
            f"{night.started.skill_name}: working champion of generation {generation}",
            "The best so far on train cases; not (yet) accepted by the gate.",
            (("Rsi-Run", night.started.run), ("Rsi-Candidate", champion.id)),
        )
        commit = night.repo.keep(ref, files, night.started.base_commit, message)
        return ChampionKept(candidate=champion.id, ref=f"refs/rsi/champions/{ref}", commit=commit)

    await night.step(f"kept/{champion.id}", ChampionKept, make)


def sidecar_of(search: Search) -> bytes:
    """What should travel on: mutation prompts, the best record first, records of the rest, lessons."""
    return write_sidecar(
        Sidecar(
            mutation_prompts=search.population.prompts_by_record()[:MOST_PROMPTS],
            operators=search.merits.operators.carried(),
            models=search.merits.models.carried(),
            lessons=search.lessons,
        )
    )
