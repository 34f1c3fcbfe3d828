"""An improver that says what is there already, in whatever spelling, brings nothing to measure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from rsi_cli.prompts.delimit import block
from rsi_cli.skill.document import parse
from tests.fakes.openai_server import Body, OpenAIServer, apprentice
from tests.fakes.workshop import SKILL, Outcome, Workshop, suite_text

OURS = SKILL.replace("Sort each mail", "À la carte: sort each mail")
BODY = parse(OURS.encode()).text_for_models
NEW = BODY + '\n- If the mail mentions "parcel", answer `delivery`.\n'
MODELS = ("--model", "openai/actor", "--improver-model", "openai/improver", "--judge-model", "openai/actor")
CALLS = 900
TRAIN, HOLDOUT, KNOWN_GOOD = 24, 24, 1
STEADY = 2 * TRAIN  # at most: draws of the committed version against itself

SPELLINGS: dict[str, Callable[[str], str]] = {
    "the same": lambda text: text,
    "blanks at the ends of lines": lambda text: text.replace("\n", "  \n"),
    "more blank lines": lambda text: "\n\n" + text.replace("\n\n", "\n\n\n") + "\n\n",
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "other bullets": lambda text: text.replace("- If", "* If"),
    "signs that nobody sees": lambda text: text.replace("Sort", "So\u200brt").replace("mail", "ma\u00adil"),
    "other wrapping": lambda text: text.replace("one of these", "one\nof these"),
}


def night(shop: Workshop, reply: Callable[[int], str]) -> tuple[Outcome, list[str], int]:
    """A night whose improver gives these texts; its outcome, the skills measured, improver calls."""
    shop.fill({"skills/mail/SKILL.md": OURS, "evals/mail.yaml": suite_text(train=TRAIN, holdout=HOLDOUT)})
    replies = 0

    def answer(messages: list[dict[str, str]], body: Body) -> str:
        nonlocal replies
        if body["model"] != "improver":
            return apprentice(messages, body)
        replies += 1
        if "<skill>" not in messages[-1]["content"]:
            return block("mutation_prompt", f"Think again, {replies}.")
        return block("skill", reply(replies))

    with OpenAIServer(answer=answer) as server:
        where = ("--api-base", server.base_url, "--seed", "5", "--no-cache", "--json")
        outcome = shop.rsi("evolve", "skills/mail", "--max-calls", str(CALLS), *where, *MODELS)
        asked = [seen.body["messages"] for seen in server.requests if seen.body["model"] == "actor"]
    return outcome, [messages[0]["content"] for messages in asked], replies


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_is_committed_already_is_never_measured(shop: Workshop, spelling: str) -> None:
    outcome, measured, replies = night(shop, lambda _: SPELLINGS[spelling](BODY))
    assert outcome.code == 0, outcome.err
    document = outcome.document
    assert (document["candidates"], document["gate_looks"], document["promotions"]) == (0, 0, [])
    assert document["gain"]["estimate"] == 0.0
    assert set(measured) == {BODY}
    assert len(measured) <= TRAIN + HOLDOUT + KNOWN_GOOD + STEADY
    assert "nothing new to say" in document["stopped_because"]
    assert 0 < replies < CALLS / 4, "the night ends soon"
    assert shop.git("log", "-1", "--format=%s") == "Fill", "the owner's own commit is the newest"


def test_every_spelling_in_turn_is_no_candidate_either(shop: Workshop) -> None:
    spellings = list(SPELLINGS.values())
    outcome, measured, _ = night(shop, lambda n: spellings[n % len(spellings)](BODY))
    assert (outcome.code, outcome.document["candidates"], set(measured)) == (0, 0, {BODY})


def test_what_a_sibling_said_is_measured_once(shop: Workshop) -> None:
    spellings = list(SPELLINGS.values())
    outcome, measured, replies = night(shop, lambda n: spellings[n % len(spellings)](NEW))
    assert outcome.code == 0, outcome.err
    assert outcome.document["candidates"] == 1
    assert replies > 1
    assert len(set(measured)) == 2
    assert "nothing new to say" in outcome.document["stopped_because"]


def test_a_word_that_differs_is_a_candidate(shop: Workshop) -> None:
    outcome, measured, _ = night(shop, lambda n: NEW if n % 2 else BODY.replace("invoice", "INVOICE"))
    assert outcome.document["candidates"] == 2
    assert len(set(measured)) == 3
