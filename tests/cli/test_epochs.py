"""`epochs` in a night: how often the gate may draw a case; where that means nothing, it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rsi_cli.ledger.events import LookTaken
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.runs import Runs
from tests.fakes.workshop import Workshop

COLD = (
    "epochs 3 (--epochs) is not used: at temperature 0 a repeat tells nothing new, "
    "so one draw of a case decides."
)
NIGHT = ("--seed", "3", "--max-calls", "900", "--json")


def edit(shop: Workshop, **changes: object) -> None:
    """The owner writes these into the suite."""
    path = shop.root / "evals/mail.yaml"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def plan(shop: Workshop, skill: str, *flags: str) -> Any:  # noqa: ANN401 - a JSON document
    outcome = shop.rsi("evolve", skill, "--dry-run", "--json", *flags)
    assert outcome.code == 0, outcome.err
    return outcome.document


def test_epochs_are_the_most_draws_of_a_look(shop: Workshop) -> None:
    skill = shop.mail()
    plain, twice = plan(shop, skill), plan(shop, skill, "--epochs", "2")
    once = plan(shop, skill, "--epochs", "1")
    looks = [document["calls_at_most"]["look"] for document in (plain, twice, once)]
    assert (looks[0] - looks[1], looks[1] - looks[2]) == (4 * 24, 2 * 24)
    assert plain["smallest_detectable_gain"] < twice["smallest_detectable_gain"]
    edit(shop, epochs=2)
    assert plan(shop, skill) == twice


@pytest.mark.parametrize(("epochs", "allowed"), [("1", {1}), ("2", {1, 2}), ("3", {1, 2, 3})])
def test_a_night_draws_no_more_often_than_epochs_say(shop: Workshop, epochs: str, allowed: set[int]) -> None:
    outcome = shop.rsi("evolve", shop.mail(), *NIGHT, "--epochs", epochs)
    assert outcome.code == 0, outcome.err
    events = Runs(Repo.at(shop.root).state_dir).events(outcome.document["run"])
    [found] = [event for event in events if isinstance(event, NoiseFound)]
    assert set(found.stages) == allowed, "the owner's word, whatever the noise is"
    looks = [event for event in events if isinstance(event, LookTaken)]
    assert looks
    assert all(set(look.stages) <= allowed and look.repeats in allowed for look in looks)


def test_a_run_that_goes_on_keeps_its_epochs(shop: Workshop) -> None:
    skill = shop.mail()
    cut = shop.rsi("evolve", skill, "--seed", "3", "--max-calls", "20", "--epochs", "2", "--json")
    assert cut.code == 6, "the budget ended before the baseline"
    changed = shop.rsi("evolve", skill, *NIGHT, "--resume", "--epochs", "3")
    assert changed.code == 2
    assert "gate.repeats (was (1, 2), is (1, 2, 3))" in changed.document["error"]["message"]
    assert shop.rsi("evolve", skill, *NIGHT, "--resume", "--epochs", "2").code == 0


@pytest.mark.parametrize(
    ("changes", "flags", "said"),
    [
        (
            {"gate": {"repeats": [1, 2]}, "epochs": 3},
            (),
            "epochs 3 (evals/mail.yaml) is not used: `gate.repeats` (evals/mail.yaml) comes first.",
        ),
        (
            {"models": {"actor": {"name": "offline/apprentice", "temperature": 0}}},
            ("--epochs", "3"),
            COLD,
        ),
        (
            {"defaults": {"epochs": 2}},
            (),
            "Cases' own `epochs` count for `rsi eval` alone: a look draws all held-out cases alike.",
        ),
    ],
)
def test_epochs_that_change_nothing_are_warned_of(
    shop: Workshop, changes: dict[str, object], flags: tuple[str, ...], said: str
) -> None:
    skill = shop.mail()
    edit(shop, **changes)
    warnings = plan(shop, skill, *flags)["warnings"]
    assert [warning.replace(f"{shop.root}/", "") for warning in warnings if "epochs" in warning] == [said]
    err = shop.rsi("evolve", skill, *NIGHT, "--fresh", *flags).err.replace(f"{shop.root}/", "")
    assert err.count(f"warning: {said}") == 1


@pytest.mark.parametrize("flags", [(), ("--epochs", "4"), ("--epochs", "1")])
def test_nothing_is_said_of_epochs_that_are_followed(shop: Workshop, flags: tuple[str, ...]) -> None:
    assert not [warning for warning in plan(shop, shop.mail(), *flags)["warnings"] if "epochs" in warning]


def test_the_noise_has_its_own_line_in_the_plan_and_its_own_key_in_the_account(shop: Workshop) -> None:
    skill = shop.mail()
    calls = plan(shop, skill, "--max-calls", "900")["calls_at_most"]
    assert (calls["baseline"], calls["noise"]) == (49, 18), "two in a hundred of 900 calls"
    assert plan(shop, skill, "--max-calls", "90")["calls_at_most"]["noise"] == 0
    text = shop.rsi("evolve", skill, "--dry-run", "--max-calls", "900").out
    assert "  noise           18" in text.splitlines()
    outcome = shop.rsi("evolve", skill, *NIGHT)
    floor = outcome.document["noise_floor"]
    assert floor.keys() == {"within", "low", "high", "cases", "flipped"}
    assert floor["cases"] == 18
    assert 0 <= floor["low"] <= floor["within"] <= floor["high"] <= 1
    lines = outcome.err.splitlines()
    at = next(n for n, line in enumerate(lines) if "on 18 train cases that alone" in line)
    assert lines[at + 1].startswith("  so with 24 held-out cases, gains under ")
    assert at > max(n for n, line in enumerate(lines) if line.startswith("baseline"))
    status = shop.rsi("status", "--json").document
    assert status["noise_floor"] == floor
    assert "  noise      Against itself" in shop.rsi("status").out


def test_a_night_at_temperature_0_has_no_noise_floor(shop: Workshop) -> None:
    skill = shop.mail()
    edit(shop, models={"actor": {"name": "offline/apprentice", "temperature": 0}})
    document = shop.rsi("evolve", skill, *NIGHT).document
    assert document["noise_floor"] is None
    assert plan(shop, skill)["calls_at_most"]["noise"] == 0
