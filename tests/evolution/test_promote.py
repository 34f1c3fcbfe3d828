"""From a look to a commit: what goes into it, what keeps it out, and who may make one."""

from __future__ import annotations

import ast
import functools
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

import rsi_cli
from rsi_cli.errors import BugError, RepoError
from rsi_cli.evaluation.run import mean_scores
from rsi_cli.evolution import promote
from rsi_cli.evolution.look import decision_of
from rsi_cli.evolution.loop import begin, evolve
from rsi_cli.ledger.events import Bred, Confirmed, LookSkipped, LookTaken, Measurement
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.promotions import ChampionKept, Promoted, PromotionGain, PromotionPlanned
from rsi_cli.nouns import Blame, Failed, Prompt, Role
from rsi_cli.skill.document import parse
from rsi_cli.skill.sidecar import read_sidecar
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.remembered import decode_look
from tests.fakes.letters import (
    KEEP,
    PATHS,
    RULE,
    SKILL,
    LetterActor,
    LetterImprover,
    Scene,
    ScriptedAsk,
    git,
    letters_suite,
    read_case,
)
from tests.fakes.memory_journal import MemoryJournal

MANY = "cdefghijklmnopqrstuvwxyz"


def skill_at(scene: Scene, rev: str = "HEAD") -> str:
    return git(scene.root, "show", f"{rev}:{PATHS.skill}") + "\n"


def has_learned(skill: str) -> bool:
    """Whether a version knows more letters than the night began with."""
    return len(RULE.findall(skill)) > len(RULE.findall(SKILL))


async def test_a_real_gain_is_committed_as_skill_and_sidecar_and_nothing_else(scene: Scene) -> None:
    (scene.root / "staged.txt").write_text("the owner's\n")
    git(scene.root, "add", "staged.txt")
    stopped = await evolve(scene.night())
    [promoted] = scene.told(Promoted)
    assert git(scene.root, "rev-parse", "HEAD") == promoted.commit
    names = git(scene.root, "diff-tree", "-r", "--no-commit-id", "--name-status", "HEAD").splitlines()
    assert names == [f"M\t{PATHS.skill}", f"A\t{PATHS.sidecar}"]
    assert git(scene.root, "status", "--porcelain") == "A  staged.txt"
    assert stopped.gain.low > 0


async def test_the_commit_tells_everything_that_the_log_needs(scene: Scene) -> None:
    night = scene.night()
    await evolve(night)
    [version] = Repo.at(scene.root).log(PATHS.skill)
    [promoted], [gained] = scene.told(Promoted), scene.told(PromotionGain)
    [look] = [fact for fact in scene.told(LookTaken) if fact.decision == "accept"]
    [confirmed] = [fact for fact in scene.told(Confirmed) if fact.candidate == promoted.candidate]
    train = sum(mean_scores(confirmed.results).values()) / 12
    trailers = dict(version.trailers)
    assert trailers == {
        "Rsi-Run": night.started.run,
        "Rsi-Candidate": promoted.candidate,
        "Rsi-Parent": look.incumbent,
        "Rsi-Gain": trailers["Rsi-Gain"],
        "Rsi-Gain-Basis": gained.gain.basis,
        "Rsi-Holdout": f"{gained.holdout_score:.4f}",
        "Rsi-Train": f"{train:.4f} (12)",
        "Rsi-Known-Good": "1.0000 (2)",
        "Rsi-Cases": "train 12, holdout 12, known-good 2",
        "Rsi-Suite": "5u1te",
        "Rsi-Judge": "7ud9e",
        "Rsi-Model": "actor scripted/actor, improver scripted/improver, judge scripted/judge",
        "Rsi-Operator": promoted.operator,
        "Rsi-Look": version.looks[-1],
    }
    assert (version.train, version.known_good, version.holdout_cases) == ((round(train, 4), 12), (1.0, 2), 12)
    read = [decode_look(line) for line in version.looks]
    looks = [fact for fact in scene.told(LookTaken) if fact.look <= look.look]
    assert [(told.number, told.decision, told.promoted) for told in read if told] == [
        (fact.look, fact.decision, fact.decision == "accept") for fact in looks
    ]
    assert [told.alpha for told in read if told] == pytest.approx([0.05 * fact.share for fact in looks])
    assert not [each.id for each in scene.suite.cases if each.id in "".join(version.looks)]
    assert version.gain is not None
    assert version.gain.estimate == pytest.approx(gained.gain.estimate, abs=1e-4)
    assert version.gain.basis == gained.gain.basis != ""
    body = git(scene.root, "log", "-1", "--format=%b")
    assert look.sentence in body
    assert gained.gain.basis in body


async def test_the_promoted_text_is_the_one_that_the_gate_saw(scene: Scene) -> None:
    await evolve(scene.night())
    [promoted] = scene.told(Promoted)
    births = {birth.candidate: birth for bred in scene.told(Bred) for birth in bred.births}
    born = births[promoted.candidate]
    assert parse(skill_at(scene).encode()).body == born.body
    assert (promoted.operator, promoted.mutation_prompt) == (born.operator, born.mutation_prompt)
    assert skill_at(scene).startswith(SKILL[: SKILL.index("# Letters")])
    assert KEEP in skill_at(scene)


async def test_the_sidecar_carries_mutation_prompts_with_their_record(scene: Scene) -> None:
    await evolve(scene.night())
    text = git(scene.root, "show", f"HEAD:{PATHS.sidecar}")
    sidecar = read_sidecar(text.encode(), file="x")
    prompts = sidecar.mutation_prompts
    assert prompts[0].confirmed >= 1
    assert len({prompt.text for prompt in prompts}) == len(prompts) <= promote.MOST_PROMPTS
    scene.inherited, scene.facts = sidecar, MemoryJournal()
    search, _ = await begin(scene.night())
    units = [unit.mutation_prompt for unit in search.population.units]
    kept = min(len(prompts), 6)
    assert units[:kept] == list(prompts[:kept]), "the next night starts from them"


async def test_what_a_promotion_brought_is_measured_on_draws_that_no_look_has_used(scene: Scene) -> None:
    scene.ask.actor = LetterActor(slip=0.1)
    await evolve(scene.night())
    [look] = [fact for fact in scene.told(LookTaken) if fact.decision == "accept"]
    fresh = {fact.version: fact.results for fact in scene.told(Measurement) if fact.purpose == "fresh"}
    assert fresh.keys() == {look.candidate, look.incumbent}
    for results in fresh.values():
        assert sorted({result.repeat for result in results}) == [1000, 1001]
        assert len(results) == 2 * 12
    for results in (look.results, look.incumbent_results):
        assert {result.repeat for result in results} == set(range(look.repeats))
    [gained] = scene.told(PromotionGain)
    after, before = (mean_scores(fresh[version]) for version in (look.candidate, look.incumbent))
    plain = sum(after[case] - before[case] for case in after) / 12
    assert plain - 0.15 < gained.gain.estimate <= plain, "less the luck of having been chosen by these cases"
    assert gained.holdout_score == pytest.approx(sum(after.values()) / 12)


async def test_after_a_promotion_the_new_incumbent_is_drawn_anew_for_the_next_look(scene: Scene) -> None:
    scene.suite = letters_suite(MANY, MANY)
    scene.generations = 10
    await evolve(scene.night())
    looks = scene.told(LookTaken)
    accepted = [look for look in looks if look.decision == "accept"]
    assert accepted
    assert len(looks) > 1, "the second look is what this test is about"
    winner = accepted[0].candidate
    assert looks[1].incumbent == winner
    text = next(birth.body for bred in scene.told(Bred) for birth in bred.births if birth.candidate == winner)
    held_out = {case.input for case in scene.suite.cases if case.id.startswith("holdout")}
    repeats = {
        prompt.repeat
        for prompt in scene.ask.prompts(Role.ACTOR)
        if read_case(prompt)[0] == text and read_case(prompt)[1] in held_out
    }
    first = accepted[0].repeats
    assert repeats == {*range(first), *range(200, 200 + looks[1].repeats), 1000, 1001}


async def test_a_known_good_case_that_breaks_vetoes(scene: Scene) -> None:
    class Forgetful(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            skill, asked = read_case(prompt)
            return "?" if asked.startswith("a") and has_learned(skill) else super().__call__(prompt)

    scene.ask.actor = Forgetful()
    stopped = await evolve(scene.night())
    vetoed = [look for look in scene.told(LookTaken) if "known-good" in look.sentence]
    assert vetoed
    for look in vetoed:
        assert look.decision == "reject"
        assert look.certified == ("known-good-00-a",)
        assert "known-good-00-a" in look.sentence
    assert not scene.told(Promoted)
    assert skill_at(scene) == SKILL
    assert (stopped.gain.low, stopped.gain.high) == (0.0, 0.0)


async def test_a_flaky_known_good_case_does_not_veto(scene: Scene) -> None:
    class Flaky(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            skill, asked = read_case(prompt)
            if asked.startswith("a"):
                return "?" if has_learned(skill) or prompt.repeat == 2 else "A"
            return super().__call__(prompt)

    scene.ask.actor = Flaky()
    await evolve(scene.night())
    [look] = [fact for fact in scene.told(LookTaken) if fact.decision == "accept"]
    assert look.certified == ()


async def test_a_candidate_that_a_look_found_hopeless_is_never_looked_at_again(scene: Scene) -> None:
    class Brief(LetterImprover):
        def __call__(self, prompt: Prompt) -> str | Failed:
            return "" if has_learned(prompt.messages[-1].content) else super().__call__(prompt)

    scene.suite = letters_suite(train=MANY, holdout="ab" * 30, gate=GateRule(shares=(0.25,) * 4))
    scene.generations, scene.ask.improver = 8, Brief(most=20)
    await evolve(scene.night())
    [crowned] = [fact.candidate for fact in scene.told(Confirmed) if fact.crowned]
    [look] = scene.told(LookTaken)
    assert (look.candidate, look.decision) == (crowned, "reject")
    [skipped] = scene.told(LookSkipped)
    assert skipped.generation > look.generation, "it led to the end, and nobody asked again"


async def test_each_new_champion_may_be_looked_at_once(scene: Scene) -> None:
    scene.suite = letters_suite(train=MANY, holdout="ab" * 6, gate=GateRule(alpha=0.4, shares=(0.25,) * 4))
    scene.generations = 8
    await evolve(scene.night())
    looks = scene.told(LookTaken)
    assert len(looks) > 1
    assert {look.decision for look in looks} == {"reject"}
    assert len({look.candidate for look in looks}) == len(looks)
    assert sum(look.share for look in looks) <= 1.0 + 1e-9


async def test_cases_of_one_cluster_count_as_one(scene: Scene) -> None:
    cases = [replace(each, cluster=f"cluster {n % 2}") for n, each in enumerate(scene.suite.cases)]
    scene.suite = replace(scene.suite, cases=tuple(cases))
    await evolve(scene.night())
    looks = scene.told(LookTaken)
    assert max(look.better for look in looks) >= 9
    assert all(look.p >= 0.25 for look in looks), "two clusters can flip in four ways"
    assert not scene.told(Promoted)


async def test_lost_measurements_are_no_zeros(scene: Scene) -> None:
    class Losing(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            skill, asked = read_case(prompt)
            if "holdout-03" in asked and has_learned(skill):
                return Failed(Blame.MODEL, "rate limit")
            return super().__call__(prompt)

    scene.ask.actor = Losing()
    await evolve(scene.night())
    [look] = [fact for fact in scene.told(LookTaken) if fact.decision == "accept"]
    assert look.better + look.worse + look.ties == 11, "12 cases, one of them lost"
    assert look.worse == 0
    [gained] = scene.told(PromotionGain)
    assert "11 held-out cases" in gained.gain.basis


async def test_too_many_lost_measurements_leave_the_look_undecided(scene: Scene) -> None:
    class Losing(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            skill, asked = read_case(prompt)
            if "(holdout-0" in asked and has_learned(skill):
                return Failed(Blame.MODEL, "rate limit")
            return super().__call__(prompt)

    scene.ask.actor = Losing()
    await evolve(scene.night())
    looks = scene.told(LookTaken)
    assert looks
    assert {look.decision for look in looks} == {"undecided"}
    assert not scene.told(Promoted)
    assert skill_at(scene) == SKILL


@pytest.mark.parametrize("edited", [PATHS.skill, PATHS.sidecar], ids=["skill", "sidecar"])
async def test_an_owners_edit_during_the_night_is_not_overwritten(scene: Scene, edited: Path) -> None:
    class Interrupted(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            file = scene.root / edited
            if prompt.repeat == 1000 and git(scene.root, "log", "-1", "--format=%s") == "Add the skill":
                file.write_text("# By hand\n")
                git(scene.root, "add", "--", str(edited))
                git(scene.root, "commit", "-q", "-m", "Edit by hand")
            return super().__call__(prompt)

    scene.ask.actor = Interrupted()
    with pytest.raises(RepoError, match="changed on main") as caught:
        await evolve(scene.night())
    assert (scene.root / edited).read_text() == "# By hand\n"
    assert git(scene.root, "log", "-1", "--format=%s") == "Edit by hand"
    assert git(scene.root, "status", "--porcelain") == ""
    assert "refs/rsi/champions" in caught.value.hint
    [planned] = scene.told(PromotionPlanned)
    kept = [fact for fact in scene.told(ChampionKept) if fact.candidate == planned.candidate]
    assert has_learned(skill_at(scene, kept[0].ref))
    assert git(scene.root, "rev-parse", kept[0].ref) == kept[0].commit


async def test_an_owners_commit_of_other_files_is_kept_below_the_promotion(scene: Scene) -> None:
    class Interrupted(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            if prompt.repeat == 1000 and not (scene.root / "other.txt").exists():
                (scene.root / "other.txt").write_text("mine\n")
                git(scene.root, "add", "other.txt")
                git(scene.root, "commit", "-q", "-m", "Other work")
            return super().__call__(prompt)

    scene.ask.actor = Interrupted()
    await evolve(scene.night())
    [promoted] = scene.told(Promoted)
    assert git(scene.root, "log", "-1", "--format=%s", promoted.parent_commit) == "Other work"
    assert git(scene.root, "show", "HEAD:other.txt") == "mine"


async def test_two_promotions_of_one_night_stand_on_each_other(scene: Scene) -> None:
    scene.suite = letters_suite(MANY, MANY)
    scene.generations = 12
    stopped = await evolve(scene.night())
    promoted = scene.told(Promoted)
    assert len(promoted) == 2
    assert promoted[1].parent_commit == promoted[0].commit
    births = {birth.candidate: birth for bred in scene.told(Bred) for birth in bred.births}
    for fact in promoted:
        assert fact.mutation_prompt == births[fact.candidate].mutation_prompt
    gains = scene.told(PromotionGain)
    assert stopped.gain.estimate == pytest.approx(sum(gained.gain.estimate for gained in gains))


@functools.cache
def callers() -> dict[str, set[tuple[str, str]]]:
    """For each function or method that the package calls: the files and functions which do."""
    root = Path(rsi_cli.__file__).parent
    found: dict[str, set[tuple[str, str]]] = {}
    for file in sorted(root.rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    found.setdefault(name, set()).add((file.relative_to(root).as_posix(), function.name))
    return found


def test_one_function_commits_and_it_takes_the_gates_acceptance() -> None:
    assert callers()["promote"] == {("evolution/promote.py", "_promote")}
    assert callers()["_promote"] == {("evolution/promote.py", "_commit"), ("evolution/promote.py", "make")}
    assert callers()["_commit"] == {("evolution/promote.py", "look_and_promote")}
    accepted = inspect.signature(promote._commit).parameters["accepted"]
    assert accepted.annotation == "Accept"


async def test_a_fact_that_says_accept_is_not_enough(scene: Scene) -> None:
    """A look is weighed again from its draws: whoever edits the word in a journal gets no commit."""
    scene.suite = letters_suite(holdout="ab" * 6)
    await evolve(scene.night())
    facts = scene.facts.events()
    at = next(number for number, fact in enumerate(facts) if isinstance(fact, LookTaken))
    look = facts[at]
    assert isinstance(look, LookTaken)
    assert look.decision == "reject"
    scene.facts = MemoryJournal()
    for fact in (*facts[:at], replace(look, decision="accept", sentence="Promoted: trust me.", p=0.0)):
        scene.facts.append(fact)
    scene.ask = ScriptedAsk()
    await evolve(scene.night())
    assert not scene.told(Promoted)
    assert skill_at(scene) == SKILL
    with pytest.raises(BugError, match="different cases"):
        decision_of(scene.night(), replace(look, incumbent_results=()))


async def test_a_broken_case_that_the_incumbent_cannot_certify_keeps_the_door_shut(
    scene: Scene,
) -> None:
    class Outage(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            skill, asked = read_case(prompt)
            if asked.startswith("a") and has_learned(skill):
                return "?"
            if asked.startswith("a") and prompt.repeat > 0:
                return Failed(Blame.MODEL, "rate limit")
            return super().__call__(prompt)

    scene.ask.actor = Outage()
    await evolve(scene.night())
    doubted = [look for look in scene.told(LookTaken) if look.uncertain]
    assert doubted
    assert {(look.decision, look.certified, look.uncertain) for look in doubted} == {
        ("undecided", (), ("known-good-00-a",))
    }
    assert not scene.told(Promoted)


async def test_a_finalist_that_could_hardly_be_measured_again_does_not_lead(scene: Scene) -> None:
    class OutageAtNoon(LetterActor):
        def __call__(self, prompt: Prompt) -> str | Failed:
            _, asked = read_case(prompt)
            gone = prompt.repeat == 1 and asked[0] not in "cde"
            return Failed(Blame.MODEL, "rate limit") if gone else super().__call__(prompt)

    scene.ask.actor, scene.ask.improver = OutageAtNoon(), LetterImprover(most=1)
    stopped = await evolve(scene.night())
    again = [fact for fact in scene.told(Confirmed) if fact.fresh]
    assert again, "a lead beyond doubt would need no second draw"
    assert not any(fact.crowned for fact in again)
    assert stopped.because != "no train case fails any more"
