"""A night that hardly improves any more searches in another way and says so, or ends where asked to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import pytest

from rsi_cli.evolution.velocity import Mechanism
from rsi_cli.ledger.events import GenerationPlanned, LookTaken
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.runs import Runs
from rsi_cli.suite.model import GateRule
from tests.fakes.openai_server import Body, Deed, Fail, OpenAIServer, Say
from tests.fakes.plain import SKILL, WORDS, plain_files
from tests.fakes.refusals import refused
from tests.fakes.workshop import Outcome, Workshop

PLAIN = "skills/plain"
STOP = ("--on-plateau", "stop")
FIRST_TEXT = SKILL.split("---\n", 2)[2].strip()
WHY = r"(?:no gain stood out from noise|gains come at) .*"


def never(_messages: Sequence[dict[str, str]], _body: Body) -> str:
    """An actor that no skill helps."""
    return "nothing"


def once(messages: Sequence[dict[str, str]], _body: Body) -> str:
    """An actor that any other skill than the first helps, all alike: held-out cases, few train ones."""
    said = messages[-1]["content"]  # the mail alone: a skill may quote others
    helped = "holdout box" in said or re.search(r"Mail [036] in the train box", said)
    if not helped or messages[0]["content"].strip() == FIRST_TEXT:
        return "nothing"
    return next(label for label, word in WORDS.items() if f"the {word}." in said)


class Stage:
    """The plain skill, the embedded improver, and an actor over HTTP that does as it is told."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.server: OpenAIServer

    def evolve(self, *more: str, generations: int = 6) -> Outcome:
        return self.shop.rsi(*self.night(*more, generations=generations))

    def night(self, *more: str, generations: int = 6) -> tuple[str, ...]:
        models = ("--model", "openai/x", "--improver-model", "offline/apprentice")
        shape = ("--seed", "5", "--population", "4", "--generations", str(generations))
        return ("evolve", PLAIN, *models, "--api-base", self.server.base_url, *shape, *more)

    def facts(self) -> tuple[list[GenerationPlanned], list[LookTaken]]:
        """The turns and looks of the newest run, oldest first."""
        runs = Runs(Repo.at(self.shop.root).state_dir)
        events = runs.events(runs.ids()[0])
        turns = [event for event in events if isinstance(event, GenerationPlanned)]
        return turns, [event for event in events if isinstance(event, LookTaken)]


Lit = Callable[..., Stage]


@pytest.fixture
def stage(shop: Workshop) -> Iterator[Lit]:
    """Begin with an actor and, if wanted, a script of failures."""
    shop.fill(plain_files(train=12))
    opened: list[OpenAIServer] = []

    def light(actor: Callable[..., str], script: Callable[[int, Body], Deed] | None = None) -> Stage:
        lit = Stage(shop)
        lit.server = OpenAIServer(answer=actor, script=script or ()).__enter__()
        opened.append(lit.server)
        return lit

    yield light
    for server in opened:
        server.__exit__()


def said_changes(err: str) -> list[str]:
    """The lines that say why and how the search is changed."""
    words = "|".join(re.escape(mechanism.words) for mechanism in Mechanism)
    return [line for line in err.splitlines() if re.fullmatch(rf"{WHY}\. (?:{words})", line, re.IGNORECASE)]


def test_a_night_that_gains_nothing_changes_how_it_searches_and_says_so(stage: Lit) -> None:
    lit = stage(never)
    outcome = lit.evolve()
    assert outcome.code == 0, outcome.err
    turns, _ = lit.facts()
    changes = [turn for turn in turns if turn.change]
    assert changes, "a third of the night went by without a gain"
    said = said_changes(outcome.err)
    assert [line.split(". ")[1] for line in said] == [Mechanism(turn.change).words for turn in changes]
    assert [line.split(". ")[0].lower() for line in said] == [turn.why for turn in changes]
    [account] = [line for line in outcome.out.splitlines() if line.startswith("  changed ")]
    times = "1 time" if len(changes) == 1 else f"{len(changes)} times"
    assert account == f"  changed    how it searches, {times}"


def test_a_night_without_a_plateau_does_not_speak_of_changes(stage: Lit) -> None:
    outcome = stage(never).evolve(generations=2)
    assert said_changes(outcome.err) == []
    assert "changed" not in outcome.out


def test_where_the_owner_asked_for_it_the_first_signal_ends_the_night(stage: Lit) -> None:
    lit = stage(never)
    usual = lit.evolve("--json").document
    first = next(turn for turn in lit.facts()[0] if turn.change)
    night = lit.evolve(*STOP, "--json")
    assert night.code == 0, night.err
    assert night.document["stopped_because"] == f"a plateau was reached ({first.why})"
    assert night.document["generations"] == first.generation - 1 < usual["generations"]
    assert f"search ends: a plateau was reached ({first.why})" in night.err.splitlines()
    assert said_changes(night.err) == []


def test_the_last_look_is_taken_with_all_that_is_left_of_the_error(stage: Lit) -> None:
    lit = stage(once)
    night = lit.evolve(*STOP, "--json", generations=12)
    assert night.code == 0, night.err
    turns, looks = lit.facts()
    assert night.document["stopped_because"].startswith("a plateau was reached (")
    assert 1 < night.document["generations"] < 12
    assert [look.generation for look in looks] == [turns[-1].generation], "one look, and it closes the night"
    assert looks[0].share == turns[-1].share == pytest.approx(sum(GateRule().shares))
    assert [promotion["operator"] for promotion in night.document["promotions"]]
    assert night.document["gain"]["low"] > 0


def test_what_was_asked_for_goes_on_with_the_run(stage: Lit) -> None:
    breaks = True

    def script(number: int, _body: Body) -> Deed:
        return Fail(401, "bad key") if breaks and number >= 70 else Say()

    lit = stage(never, script)
    cut = lit.evolve(*STOP)
    assert cut.code == 4
    assert "--on-plateau stop" in cut.err.rpartition("go on with: ")[2]
    other = refused(lit.shop, *lit.night("--resume"))
    assert other.code == 2
    assert "on_plateau (was stop, is change)" in other.message
    breaks = False
    resumed = lit.evolve(*STOP, "--resume", "--json").document
    whole = lit.evolve(*STOP, "--json", "--no-cache").document
    keys = ("stopped_because", "generations", "candidates")
    assert [resumed[key] for key in keys] == [whole[key] for key in keys]
    assert resumed["stopped_because"].startswith("a plateau was reached (")
