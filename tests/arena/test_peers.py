"""The real peers in the arena: what is ours about them; and that the packages, if here, keep its rules."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from benchmarks.arena.contestant import Desk, Meter, Outcome
from benchmarks.arena.peers.capo import Capo
from benchmarks.arena.peers.checked import checked
from benchmarks.arena.peers.evoprompt import EvoPrompt
from benchmarks.arena.peers.gepa_peer import Gepa
from benchmarks.arena.peers.installed import GEPA, PROMPTOLUTION, Package
from benchmarks.arena.peers.menu import PEERS
from benchmarks.arena.peers.meta_prompts import Rewrite, answered, differing, filled, population_size
from benchmarks.arena.peers.promptolution_run import mean_of_seed, original
from benchmarks.arena.world import Shown
from benchmarks.arena.worlds import drawn

CROSSING = "Merge the two.\nPrompt 1: <mother>\nPrompt 2: <father>\n\nAnswer so:\n<prompt>new prompt</prompt>"
Peer = Gepa | Capo | EvoPrompt


def desk(landscape: str = "mixed", budget: int = 300, seed: int = 3) -> Desk:
    return Desk(drawn(landscape, seed, cases=20), Meter(budget))


def here(*peers: Peer) -> list[object]:
    """Peers as parameters; skipped, with the reason, where the package is not installed."""
    return [
        pytest.param(
            peer,
            id=peer.name,
            marks=pytest.mark.skipif(bool(peer.package.missing()), reason=str(peer.package.missing())),
        )
        for peer in peers
    ]


with_gepa = pytest.mark.skipif(bool(GEPA.missing()), reason=str(GEPA.missing()))
with_promptolution = pytest.mark.skipif(bool(PROMPTOLUTION.missing()), reason=str(PROMPTOLUTION.missing()))


@dataclass
class Recording(Desk):
    """A desk that notes what the improver was shown."""

    def __post_init__(self) -> None:
        self.shown: list[Shown] = []

    def improve(self, parent: str, shown: Sequence[Shown] = (), guidance: str = "") -> str:
        self.shown += shown
        return super().improve(parent, shown, guidance)


@dataclass
class Broken(Desk):
    """A desk whose improver is out of order."""

    def cross(self, mother: str, father: str, shown: Sequence[Shown] = ()) -> str:  # noqa: ARG002 - the desk's
        raise RuntimeError("out of order")


# ---------------------------------------------------------------------------------------------- prompts


def test_the_parents_are_read_out_of_a_prompt_as_they_were_written() -> None:
    prompt = CROSSING.replace("<mother>", "# One\n\n- a (b)\n- c").replace("<father>", "Prompt 9: *d*\n")
    assert filled(CROSSING, ("mother", "father"), prompt) == {
        "mother": "# One\n\n- a (b)\n- c",
        "father": "Prompt 9: *d*\n",
    }


def test_white_space_at_the_ends_of_a_prompt_does_not_count() -> None:
    prompt = CROSSING.replace("<mother>", "a").replace("<father>", "b")
    assert filled(f"\n{CROSSING}\n", ("mother", "father"), prompt) == {"mother": "a", "father": "b"}


def test_another_templates_prompt_is_not_mistaken() -> None:
    assert filled(CROSSING, ("mother", "father"), "Rephrase this: a") is None


def test_a_reply_comes_from_the_template_that_was_used_in_the_tags_that_are_looked_for() -> None:
    rewrites = [
        Rewrite(CROSSING, ("mother", "father"), lambda texts: texts["mother"] + texts["father"]),
        Rewrite("Rephrase: <instruction>", ("instruction",), lambda texts: texts["instruction"].upper()),
    ]
    assert answered(rewrites, "Rephrase: be brief") == "<prompt>BE BRIEF</prompt>"
    with pytest.raises(ValueError, match="no template"):
        answered(rewrites, "Summarise: be brief")


def test_the_different_parts_of_two_texts_are_the_lines_that_one_alone_has() -> None:
    assert differing("head\na\nb", "head\nb\nc") == "a\nc"
    assert differing("head\na", "head\na") == ""


# ---------------------------------------------------------------------------------------------- budgets


@pytest.mark.parametrize(
    ("budget", "fixed", "per_text", "size"),
    [(1000, 0, 31, 10), (400, 0, 31, 6), (400, 128, 31, 4), (10, 0, 31, 4), (300, 0, 25, 6)],
)
def test_a_population_costs_half_of_the_budget_at_most_unless_it_were_too_small(
    budget: int, fixed: int, per_text: int, size: int
) -> None:
    assert population_size(budget, fixed, per_text) == size


def test_a_check_keeps_its_calls_from_the_search_and_spends_them_at_the_end() -> None:
    table = desk(budget=100)
    left = []

    def search() -> Outcome:
        left.append(table.meter.left)
        return Outcome(shipped_text=table.improve(table.seed_text), claimed_gain=0.9)

    checked(table, search)
    assert left == [60]
    assert (table.meter.limit, table.meter.actor, table.meter.improver) == (100, 40, 1)


def test_a_check_ships_only_what_is_better_on_held_out_cases_and_claims_what_it_measured_there() -> None:
    worse_or_alike, better = 0, 0
    for seed in range(12):
        table = desk(seed=seed)
        child = table.world.improve(table.seed_text, (), seed)
        outcome = checked(table, lambda child=child: Outcome(shipped_text=child, claimed_gain=0.9))  # type: ignore[misc]
        passed = [
            sum(table.world.answer(text, task, 0) == "right" for task in table.holdout)
            for text in (child, table.seed_text)
        ]
        gain = (passed[0] - passed[1]) / 20
        if gain > 0:
            better += 1
            assert outcome.shipped_text == child
            assert outcome.claimed_gain == pytest.approx(gain)
        else:
            worse_or_alike += 1
            assert (outcome.shipped_text, outcome.claimed_gain) == (table.seed_text, 0.0)
    assert better
    assert worse_or_alike


def test_a_check_costs_nothing_where_the_search_found_nothing() -> None:
    table = desk()
    checked(table, lambda: Outcome(shipped_text=table.seed_text))
    assert table.meter.calls == 0


# ---------------------------------------------------------------------------------------------- results


def test_the_seeds_score_counts_no_other_text_and_it_with_examples_only_if_never_bare() -> None:
    with_examples = {
        ("Be brief.\n\nInput:\nx9\nOutput:\nright\n\nInput:", "x1", "right"): 0.0,
        ("Be brief.\n\nInput:\nx8\nOutput:\nright\n\nInput:", "x2", "right"): 1.0,
        ("Be brief. And kind.", "x1", "right"): 0.0,
    }
    assert mean_of_seed(with_examples, "Be brief.\n") == 0.5
    assert mean_of_seed({**with_examples, ("Be brief.", "x1", "right"): 1.0}, "Be brief.\n") == 1.0


def test_the_seed_text_without_its_last_line_end_is_the_seed_text() -> None:
    table = desk()
    assert original(table, table.seed_text.strip()) == table.seed_text
    assert original(table, "another") == "another"


def test_a_package_that_is_not_here_or_another_version_is_named_with_what_to_do() -> None:
    absent = Package("a-package-that-nobody-published", "1.0").missing()
    assert absent
    assert "pip install" in absent
    assert "tested with 0.0.1" in (Package("pytest", "0.0.1").missing() or "")


# --------------------------------------------------------------------------------------------- packages


@pytest.mark.parametrize("peer", here(*PEERS))
def test_a_peer_stays_within_its_budget_and_does_the_same_again(peer: Peer) -> None:
    tables = [desk(), desk()]
    first, second = (peer.run(table, seed=7) for table in tables)
    assert first == second
    assert tables[0].measured == tables[1].measured
    assert 250 <= tables[0].meter.calls <= 300
    assert first.candidates > 3


@pytest.mark.parametrize("peer", here(*PEERS))
def test_a_peer_that_can_pay_for_nothing_ships_the_seed_and_claims_nothing(peer: Peer) -> None:
    table = desk(budget=5)
    outcome = peer.run(table, seed=1)
    assert outcome.shipped_text == table.seed_text
    assert not outcome.claimed_gain


@with_gepa
def test_gepa_shows_the_improver_train_cases_alone() -> None:
    table = Recording(desk().world, Meter(300))
    Gepa().run(table, seed=1)
    assert {each.task.split for each in table.shown} == {"train"}
    assert {each.passed for each in table.shown} == {True, False}


@with_gepa
def test_gepa_claims_the_difference_of_two_means_over_its_validation_set() -> None:
    table = desk("null", budget=400)
    outcome = Gepa().run(table, seed=1)
    assert outcome.claimed_gain is not None
    assert outcome.claimed_gain > 0  # in pure noise
    assert outcome.claimed_gain * 20 == pytest.approx(round(outcome.claimed_gain * 20))
    assert table.measured[outcome.shipped_text] >= 20


@with_promptolution
@pytest.mark.parametrize(
    "peer", [Capo(), EvoPrompt(), EvoPrompt(differential=True)], ids=lambda peer: peer.name
)
def test_promptolution_never_measures_on_held_out_cases_while_it_searches(peer: Capo | EvoPrompt) -> None:
    table = desk()
    peer.run(table, seed=2)
    assert {name for _, name in table._draws} <= {task.name for task in table.train}


@with_promptolution
def test_an_error_that_promptolution_would_only_log_comes_out() -> None:
    with pytest.raises(RuntimeError, match="out of order"):
        EvoPrompt().run(Broken(desk().world, Meter(300)), seed=2)


@with_promptolution
def test_promptolutions_seed_leaves_the_generators_of_the_process_alone() -> None:
    random.seed(5)
    before = random.getstate()
    Capo().run(desk(), seed=2)
    assert random.getstate() == before
