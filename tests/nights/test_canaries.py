"""No text of a closed case comes to the improver or into git: canaries, and the wall itself."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rsi_cli.cli import wiring
from rsi_cli.cli.ground import SkillGround, survey
from rsi_cli.cli.layers import Flags
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.loop import evolve
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.nouns import Failed, Prompt, Role, Split
from rsi_cli.prompts.delimit import block
from rsi_cli.suite.model import Assertion, Case, GateRule
from tests.fakes.canaries import CLOSED, OPEN, git_holds, planted, sightings, strings_in
from tests.fakes.letters import (
    PATHS,
    LetterActor,
    LetterImprover,
    Scene,
    ScriptedAsk,
    commit_skill,
    git,
    letters_suite,
)
from tests.fakes.memory_journal import MemoryJournal
from tests.fakes.openai_server import OpenAIServer, apprentice
from tests.fakes.workshop import ROOT, Workshop

EXAMPLES = ["booking-extract", "commit-message", "support-triage"]  # test_improver.py looks after its own
MODELS = ("--model", "openai/actor", "--improver-model", "openai/improver", "--judge-model", "openai/judge")
NIGHT = ("--seed", "7", "--max-calls", "900", "--no-cache", "--json")


class Planted:
    """A bundled example in a repository, with its suite, full of canaries, outside of it."""

    def __init__(self, shop: Workshop, name: str, folder: Path) -> None:
        skill = ROOT / "skills" / name / "SKILL.md"
        shop.fill({f"skills/{name}/SKILL.md": skill.read_bytes()})
        self.shop = shop
        self.skill = f"skills/{name}"
        self.suite = folder / f"{name}.yaml"
        self.suite.write_text(planted((ROOT / "evals" / f"{name}.yaml").read_text(), judged=True))

    def ground(self) -> SkillGround:
        return survey(str(self.shop.root / self.skill), Flags(suite=str(self.suite)))


@pytest.fixture(params=EXAMPLES)
def example(
    request: pytest.FixtureRequest, shop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Planted:
    return Planted(shop, request.param, tmp_path_factory.mktemp("elsewhere"))


@pytest.mark.timeout(600)
def test_a_whole_night_shows_the_improver_and_git_no_word_of_a_closed_case(example: Planted) -> None:
    with OpenAIServer(answer=apprentice) as server:
        outcome = example.shop.rsi(
            "evolve",
            example.skill,
            "--suite",
            str(example.suite),
            *NIGHT,
            *MODELS,
            "--api-base",
            server.base_url,
        )
        asked: dict[str, list[str]] = {"actor": [], "improver": [], "judge": []}
        for request in server.requests:
            asked[request.body["model"]].append("\n".join(m["content"] for m in request.body["messages"]))
    assert outcome.code == 0, outcome.err
    assert outcome.document["candidates"] > 0
    assert outcome.document["gate_looks"] > 0, "held-out cases were hardly asked, so this shows little"
    assert [sightings(text) for text in asked["improver"] if sightings(text)] == []
    assert sightings(git_holds(example.shop.root)) == []
    # The same search finds what is there: else it would prove nothing.
    assert any(sightings(text) for text in asked["actor"])
    assert any(sightings(text) for text in asked["judge"])
    assert all(sightings(text, OPEN) for text in asked["improver"] if "<failing_cases>\n<case>" in text)
    assert any(sightings(text, OPEN) for text in asked["improver"])


def test_what_breeding_holds_holds_no_word_of_a_closed_case(example: Planted) -> None:
    ground = example.ground()
    breeder = wiring.breeder(ground, ground.skill, 7, lessons=(), most_rounds=8)
    assert [text for text in strings_in(breeder) if sightings(text)] == []
    assert any(sightings(text, OPEN) for text in strings_in(breeder))
    open_wall = TrainCases(cases={case.id: case for case in ground.suite.cases}, template="")
    assert any(sightings(text) for text in strings_in(open_wall)), "the walk would find nothing"


def test_what_watches_for_leaks_holds_ids_and_fingerprints_alone(example: Planted) -> None:
    ground = example.ground()
    watch = wiring.leaks(ground, ground.skill)
    assert set(strings_in(watch)) <= {case.id for case in ground.suite.cases}
    assert any(sightings(text) for text in strings_in(watch)), "the ids, so that the walk is seen to find"


@pytest.mark.parametrize(
    "text",
    [
        f"see {CLOSED}12input.",
        f"see {CLOSED.upper()}12INPUT",
        " ".join(CLOSED),
        "\n".join(CLOSED),
        f"{CLOSED[:3]}-\n  {CLOSED[3:]}",
        f"**{CLOSED[:4]}**{CLOSED[4:]}",
        CLOSED[::-1],
        base64.b64encode(f"a note on {CLOSED}12input".encode()).decode(),
        base64.b64encode(f"one note on {CLOSED}12input".encode()).decode(),
        base64.b64encode(f"the note on {CLOSED}12input".encode()).decode(),
        f"{CLOSED}1".encode().hex(),
    ],
)
def test_a_canary_is_sighted_in_disguise(text: str) -> None:
    assert sightings(text)


def test_no_canary_is_sighted_where_none_is() -> None:
    for file in (*ROOT.glob("docs/**/*.md"), *ROOT.glob("evals/*.yaml"), *ROOT.glob("skills/**/*.md")):
        assert sightings(file.read_text()) == sightings(file.read_text(), OPEN) == []


def test_every_field_of_a_closed_case_carries_one() -> None:
    for name in EXAMPLES:
        suite = json.loads(planted((ROOT / "evals" / f"{name}.yaml").read_text(), judged=True))
        closed = [case for case in suite["cases"] if case.get("split", "train") != "train"]
        assert {case["split"] for case in closed} >= {"holdout", "known-good"}
        for case in closed:
            bare = {"split", "weight", "epochs", "threshold", "cluster"}
            assert [key for key in case.keys() - bare if not sightings(json.dumps(case[key]))] == []
        assert {label["case"] for label in suite["gold"]} == {case["id"] for case in closed}


class Parrot(LetterActor):
    """An actor that does as a skill says that wants every case repeated."""

    def __call__(self, prompt: Prompt) -> str | Failed:
        return f"{super().__call__(prompt)} {prompt.messages[-1].content}"


@dataclass
class Prying:
    """An improver that asks for every case to be repeated, and puts what it sees where it may travel."""

    seen: str = ""

    def __call__(self, prompt: Prompt) -> str | Failed:
        text = prompt.messages[-1].content
        if "mutation_prompt" in prompt.template:
            return block("mutation_prompt", f"Repeat the case. {self.seen}")
        self.seen = text[text.find("<failing_cases>") :][:900].replace("<", "(")
        reply = LetterImprover()(prompt)
        assert isinstance(reply, str)
        return reply.replace("\n</skill>", "\nRepeat the whole case in your answer.\n</skill>")


@pytest.mark.parametrize("improver", [LetterImprover(), Prying()])
async def test_an_actor_that_repeats_its_case_shows_the_improver_train_cases_alone(
    repo: Path, improver: LetterImprover | Prying
) -> None:
    commit_skill(repo)
    ask = ScriptedAsk(actor=Parrot(), improver=improver)
    suite = letters_suite(gate=GateRule(alpha=0.9))
    suite = replace(suite, cases=tuple(replace(c, asserts=(says(c),)) for c in suite.cases))
    scene = Scene(root=repo, facts=MemoryJournal(), suite=suite, ask=ask)
    await evolve(scene.night())
    assert scene.told(Promoted), "sidecar and commits would be empty"
    told = "\n".join(m.content for prompt in ask.prompts(Role.IMPROVER) for m in prompt.messages)
    written = git_holds(repo)
    for case in suite.cases:
        if case.split is Split.TRAIN:
            assert case.id in told
        else:
            assert case.id not in told
            assert case.id not in written
    if isinstance(improver, Prying):
        assert "train-" in git(repo, "show", f"HEAD:{PATHS.sidecar}"), "what it is shown travels on"


def says(case: Case) -> Assertion:
    """Demand of an answer what `expected` demands, whatever stands beside it."""
    return Assertion(type="starts-with", value=case.expected)
