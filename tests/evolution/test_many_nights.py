"""Many nights on the same held-out cases: what they spent is remembered, here and in every clone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rsi_cli.errors import RepoError
from rsi_cli.evolution.loop import evolve
from rsi_cli.ledger import rollback
from rsi_cli.ledger.events import Event, LookTaken
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.tags import read_tags, write_tag
from rsi_cli.ledger.looks import skill_mark, told
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import CaseId, Failed, Prompt, RunId, Split
from rsi_cli.skill.sidecar import Sidecar, read_sidecar
from rsi_cli.suite.model import Case, GateRule, Suite
from rsi_cli.trust.past import past_looks
from rsi_cli.trust.wealth import Allowance, tonight
from tests.fakes.letters import (
    PATHS,
    RULE,
    LetterActor,
    LetterImprover,
    NoisyActor,
    Scene,
    ScriptedAsk,
    commit_skill,
    git,
    letters_suite,
    read_case,
)

ALPHA = GateRule().alpha
FILES = (PATHS.skill, PATHS.sidecar)
NIGHTS = 10


def allowance(root: Path, suite: Suite, files: tuple[Path, Path] = FILES) -> Allowance:
    """What a night that begins now in that repository may spend."""
    looks = past_looks(told(Repo.at(root), files))
    return tonight(looks, [case.id for case in suite.cases_of(Split.HOLDOUT)], suite.gate)


def promoted(house: House) -> list[int]:
    """Numbers of the looks whose promotion is in force."""
    return [look.number for look in past_looks(told(Repo.at(house.root), FILES)) if look.promoted]


def clone_of(root: Path, target: Path) -> Path:
    """What somebody else gets: commits and tags, and no journal."""
    git(root, "clone", "-q", str(root), str(target))
    assert not (target / ".git/rsi").exists()
    return target


@dataclass
class House:
    """A repository in which one night follows the other."""

    root: Path
    suite: Suite = field(default_factory=letters_suite)
    nights: int = 0

    def run_id(self, number: int) -> RunId:
        return RunId(f"20261120-173005-{number:04x}")

    @contextmanager
    def scene(self, number: int, ask: ScriptedAsk, alpha: float) -> Iterator[Scene]:
        with closing(Runs(Repo.at(self.root).state_dir).open(self.run_id(number))) as journal:
            sidecar = self.root / PATHS.sidecar
            yield Scene(
                root=self.root,
                facts=journal,
                suite=self.suite,
                ask=ask,
                seed=number,
                skill=(self.root / PATHS.skill).read_text(),
                alpha=alpha,
                inherited=read_sidecar(sidecar.read_bytes(), file="x") if sidecar.exists() else Sidecar(),
            )

    async def night(self, ask: ScriptedAsk) -> tuple[float, list[LookTaken]]:
        """Let one more night run; what it could spend, and its looks."""
        self.nights += 1
        alpha = allowance(self.root, self.suite).alpha
        with self.scene(self.nights, ask, alpha) as scene:
            scene.generations = 3
            await evolve(scene.night())
            return alpha, scene.told(LookTaken)


@pytest.fixture
def house(repo: Path) -> House:
    commit_skill(repo)
    return House(repo)


@dataclass(frozen=True)
class ByHeart(LetterActor):
    """Learns train cases; on held-out cases every version is right by the toss of a coin."""

    seed: int = 0

    def __call__(self, prompt: Prompt) -> str | Failed:
        held_out = "holdout" in read_case(prompt)[1]
        return NoisyActor(self.seed)(prompt) if held_out else super().__call__(prompt)


def noise(seed: int) -> ScriptedAsk:
    return ScriptedAsk(actor=ByHeart(seed=seed))


class Killed(BaseException):
    """The process is gone."""


@dataclass(frozen=True)
class Mortal(LetterActor):
    """Dies of the first draw that a candidate makes on a held-out case."""

    def __call__(self, prompt: Prompt) -> str | Failed:
        skill, asked = read_case(prompt)
        if "holdout" in asked and len(RULE.findall(skill)) > 2:
            raise Killed
        return super().__call__(prompt)


async def test_ten_nights_of_noise_share_what_one_was_allowed_and_a_clone_knows_it(
    house: House, tmp_path: Path
) -> None:
    left, spent = ALPHA, 0.0
    for number in range(NIGHTS):
        alpha, looks = await house.night(noise(200 + number))
        assert alpha == pytest.approx(left / 2), "half of what is left"
        assert not [look for look in looks if look.decision == "accept"], "choose seeds of mere noise"
        spent += alpha * sum(look.share for look in looks)
        left = ALPHA - spent
    assert left < ALPHA / 10, "nights that never looked would show nothing"
    here = allowance(house.root, house.suite)
    assert here.left == pytest.approx(left)
    there = allowance(clone_of(house.root, tmp_path / "clone"), house.suite)
    assert (there.nights, there.used, there.fresh) == (here.nights, here.used, here.fresh)
    assert there.alpha == pytest.approx(here.alpha, rel=1e-4)
    assert there.left == pytest.approx(here.left, rel=1e-4)


async def test_journals_that_were_deleted_are_made_good_by_tags(house: House) -> None:
    await house.night(noise(1))
    await house.night(noise(2))
    before = allowance(house.root, house.suite)
    shutil.rmtree(house.root / ".git/rsi/runs")
    assert allowance(house.root, house.suite).alpha == pytest.approx(before.alpha, rel=1e-4)


async def test_a_pushed_branch_takes_the_memory_along(house: House, tmp_path: Path) -> None:
    git(house.root, "init", "-q", "--bare", str(tmp_path / "shared.git"))
    git(house.root, "remote", "add", "origin", str(tmp_path / "shared.git"))
    for seed in (1, 2):
        await house.night(noise(seed))
        git(house.root, "push", "-q", "--follow-tags", "origin", "main")
    git(tmp_path, "clone", "-q", str(tmp_path / "shared.git"), "clone")
    there = allowance(tmp_path / "clone", house.suite)
    assert there.alpha == pytest.approx(allowance(house.root, house.suite).alpha, rel=1e-4)
    assert there.nights == 2


async def test_tags_are_plain_and_tell_nothing_of_cases(house: House) -> None:
    await house.night(noise(1))
    tags = read_tags(Repo.at(house.root), "looks")
    assert tags
    assert all(name.startswith(f"{skill_mark(str(PATHS.skill))}/20261120-") for name in tags)
    said = "\n".join([*tags, *tags.values()])
    assert not [case.id for case in house.suite.cases if case.id in said]
    assert git(house.root, "status", "--porcelain") == ""


async def test_a_promotion_opens_the_accounts_and_its_rollback_closes_them(
    house: House, tmp_path: Path
) -> None:
    await house.night(noise(1))
    alpha, looks = await house.night(ScriptedAsk())
    assert "accept" in [look.decision for look in looks], "a night without a promotion would show nothing"
    opened = allowance(house.root, house.suite)
    assert opened.alpha > alpha
    assert allowance(clone_of(house.root, tmp_path / "a"), house.suite).alpha == pytest.approx(opened.alpha)
    rollback.apply(rollback.plan(Repo.at(house.root), FILES))
    closed = allowance(house.root, house.suite)
    spent = alpha * sum(look.share for look in looks)
    assert closed.left == pytest.approx(2 * alpha - spent), "as if the promotion had been a rejection"
    assert allowance(clone_of(house.root, tmp_path / "b"), house.suite).alpha == pytest.approx(
        closed.alpha, rel=1e-4
    )
    # Whoever brings the version back does not bring back the error that finding it has cost.
    git(house.root, "checkout", "-q", "HEAD^", "--", *map(str, FILES))
    git(house.root, "commit", "-q", "-m", "Again")
    assert allowance(house.root, house.suite).alpha == pytest.approx(closed.alpha)


@pytest.mark.parametrize(
    "undo", [("revert", "--no-edit", "HEAD"), ("checkout", "-q", "HEAD^", "--", str(PATHS.skill))]
)
async def test_a_promotion_that_plain_git_takes_back_closes_them_too(
    house: House, tmp_path: Path, undo: tuple[str, ...]
) -> None:
    before, _ = await house.night(ScriptedAsk())
    assert promoted(house)
    assert allowance(house.root, house.suite).alpha == pytest.approx(before)
    git(house.root, *undo)
    git(house.root, "commit", "-q", "--allow-empty", "-m", "Back")
    assert promoted(house) == []
    closed = allowance(house.root, house.suite)
    assert closed.alpha < before
    there = allowance(clone_of(house.root, tmp_path / "clone"), house.suite)
    assert there.alpha == pytest.approx(closed.alpha, rel=1e-4)


async def test_a_rollback_behind_one_promotion_leaves_the_one_before_it(house: House) -> None:
    many = "cdefghijklmnopqrstuvwxyz"
    house.suite = letters_suite(many, many, gate=GateRule(alpha=0.4))  # looks come early, so there are some
    alpha = allowance(house.root, house.suite).alpha
    with house.scene(1, ScriptedAsk(improver=LetterImprover(most=3)), alpha) as scene:
        scene.generations = 16
        await evolve(scene.night())
        made = [look.look for look in scene.told(LookTaken) if look.decision == "accept"]
    assert len(made) > 1, "a night with one promotion would show nothing"
    assert promoted(house) == made
    rollback.apply(rollback.plan(Repo.at(house.root), FILES))
    assert promoted(house) == made[:-1]
    git(house.root, "tag", "--delete", *git(house.root, "tag", "--list").split())
    shutil.rmtree(house.root / ".git/rsi/runs")
    assert promoted(house) == made[:-1], "commits alone tell the same"
    for left in range(len(made) - 2, -1, -1):
        rollback.apply(rollback.plan(Repo.at(house.root), FILES))
        assert promoted(house) == made[:left]


async def test_a_promotion_that_was_thrown_away_opens_nothing(house: House) -> None:
    begun = git(house.root, "rev-parse", "HEAD")
    _, looks = await house.night(ScriptedAsk())
    assert "accept" in [look.decision for look in looks]
    git(house.root, "reset", "-q", "--hard", begun)
    assert allowance(house.root, house.suite).alpha < ALPHA / 2


async def test_killed_inside_a_look_its_share_is_gone_and_resumed_it_is_not_paid_twice(house: House) -> None:
    fresh = allowance(house.root, house.suite).alpha
    with house.scene(1, ScriptedAsk(actor=Mortal()), fresh) as scene:
        with pytest.raises(Killed):
            await evolve(scene.night())
        assert scene.told(LookTaken) == []
    [pending] = past_looks(told(Repo.at(house.root), FILES))
    assert (pending.number, pending.decision, pending.promoted) == (0, "", False)
    assert len(pending.case_ids) == 12
    after = allowance(house.root, house.suite)
    assert after.left == pytest.approx(ALPHA - pending.alpha)
    assert pending.alpha > 0
    with house.scene(1, ScriptedAsk(), after.alpha) as scene:
        await evolve(scene.night())
        looks = scene.told(LookTaken)
        assert scene.night().rule.alpha == fresh, "what a run may spend is settled when it begins"
    known = past_looks(told(Repo.at(house.root), FILES))
    assert [look.alpha for look in known] == [pytest.approx(fresh * look.share) for look in looks]
    assert known[0].alpha == pending.alpha


async def test_another_skill_on_the_same_cases_has_accounts_of_its_own(house: House) -> None:
    await house.night(noise(1))
    other = Path("skills/other/SKILL.md")
    assert allowance(house.root, house.suite).alpha < ALPHA / 2
    assert allowance(house.root, house.suite, (other, other.with_suffix(".rsi.yaml"))).alpha == ALPHA / 2


async def test_new_held_out_cases_bring_accounts(house: House) -> None:
    await house.night(noise(1))
    before = allowance(house.root, house.suite)
    new = [replace(case, id=CaseId(f"new-{case.id}")) for case in house.suite.cases_of(Split.HOLDOUT)][:6]
    half: tuple[Case, ...] = (*house.suite.cases_of(Split.TRAIN), *house.suite.cases_of(Split.HOLDOUT)[6:])
    mixed = allowance(house.root, replace(house.suite, cases=(*half, *new)))
    assert mixed.fresh == 6
    assert mixed.alpha == pytest.approx((before.alpha + ALPHA / 2) / 2)


async def test_a_line_that_cannot_be_read_counts_against_every_case(house: House) -> None:
    repo, folder = Repo.at(house.root), f"looks/{skill_mark(str(PATHS.skill))}"
    await house.night(noise(1))
    before = allowance(house.root, house.suite)
    write_tag(repo, f"{folder}/{house.run_id(1)}/0", repo.head(), "look/7 from=the future")
    assert allowance(house.root, house.suite) == before, "the journal knows that look better"
    for name, text in (
        ("20261121-000000-0000/0", "look/1 run=20261121"),
        ("20261122-000000-0000/1", "what?"),
    ):
        write_tag(repo, f"{folder}/{name}", repo.head(), text)
        after = allowance(house.root, house.suite)
        assert after.alpha == pytest.approx(before.alpha / 2), text
        before = after


async def test_a_journal_that_cannot_be_read_counts_unless_tags_know_its_looks(house: House) -> None:
    await house.night(noise(1))
    before = allowance(house.root, house.suite)
    journal = house.root / f".git/rsi/runs/{house.run_id(1)}/journal.sqlite"
    journal.write_bytes(b"not a database, and long enough to be taken for a header" * 9)
    for rest in journal.parent.glob("journal.sqlite-*"):
        rest.unlink()
    assert allowance(house.root, house.suite).alpha == pytest.approx(before.alpha, rel=1e-4)
    git(house.root, "tag", "--delete", *git(house.root, "tag", "--list").split())
    assert allowance(house.root, house.suite).alpha == pytest.approx(ALPHA / 4)


async def test_a_tag_that_git_refuses_ends_no_night_and_the_next_look_makes_it_good(house: House) -> None:
    folder = house.root / ".git/refs/tags/rsi/looks" / skill_mark(str(PATHS.skill))
    folder.mkdir(parents=True)
    blocked = folder / house.run_id(1)
    blocked.write_text(git(house.root, "rev-parse", "HEAD") + "\n")  # a tag where a folder is needed
    ask = noise(1)
    _, looks = await house.night(ask)
    assert len(looks) == len(ask.watcher.warnings) > 0
    assert all("clones may not know" in warning for warning in ask.watcher.warnings)


async def test_a_tag_that_a_hook_refuses_is_told_of_in_one_clean_line(house: House) -> None:
    hook = house.root / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\n[ $1 = prepared ] && grep -q refs/tags/ || exit 0\n"
        "printf 'tags are \\033[31mprotected\\033[0m\\r\\n\\n' >&2; exit 1\n"
    )
    hook.chmod(0o755)
    ask = noise(1)
    _, looks = await house.night(ask)
    assert len(ask.watcher.warnings) == len(looks) > 0
    for warning in ask.watcher.warnings:
        assert warning.endswith(
            ": git update-ref failed: tags are protected; fatal: ref updates aborted by hook"
        )
    hook.unlink()
    assert told(Repo.at(house.root), FILES).made, "the journal remembers"


def events_of(house: House, number: int) -> tuple[Event, ...]:
    return Runs(Repo.at(house.root).state_dir).events(house.run_id(number))


async def test_only_facts_that_are_asked_for_are_read(house: House) -> None:
    await house.night(noise(1))
    runs = Runs(Repo.at(house.root).state_dir)
    looks = runs.events(house.run_id(1), LookTaken)
    assert looks == tuple(fact for fact in events_of(house, 1) if isinstance(fact, LookTaken)) != ()
    with pytest.raises(RepoError):
        runs.events(RunId("nowhere"), LookTaken)
