from __future__ import annotations

from types import SimpleNamespace

import pytest

from rsi_cli.models.answers import Response, judged
from rsi_cli.models.call import Call, Completion, Kind, Refused
from rsi_cli.nouns import Message, Role
from rsi_cli.suite.model import ModelChoice

CALL = Call(
    role=Role.ACTOR,
    choice=ModelChoice(name="openai/x"),
    messages=(Message("user", "twelve bytes"),),
    seed=3,
    repeat=0,
    template="t@1",
)


def _response(
    text: str | None = "hi",
    finish: str | None = "stop",
    *,
    tokens: tuple[int, int] | None = (30, 20),
    choices: int = 1,
    cost: float | None = None,
) -> Response:
    choice = SimpleNamespace(finish_reason=finish, message=SimpleNamespace(content=text))
    usage = None if tokens is None else SimpleNamespace(prompt_tokens=tokens[0], completion_tokens=tokens[1])
    return SimpleNamespace(choices=[choice] * choices, usage=usage, _hidden_params={"response_cost": cost})


def test_a_plain_answer_is_a_completion() -> None:
    assert judged(_response(), CALL, None, 0.5) == Completion(
        text="hi", finish_reason="stop", input_tokens=30, output_tokens=20, usd=None, seconds=0.5
    )


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (_response(choices=0), "retry"),
        (_response(None), "retry"),
        (_response(None, "length"), "useless"),
        (_response(" \n", "length"), "useless"),
        (_response("half", "content_filter"), "useless"),
        (_response(None, "content_filter"), "useless"),
    ],
)
def test_a_reply_without_an_answer_is_refused_and_charged(response: Response, kind: Kind) -> None:
    outcome = judged(response, CALL, (1.0, 2.0), 0.5)
    assert isinstance(outcome, Refused)
    assert outcome.kind == kind
    assert outcome.status == 200
    assert outcome.usage
    assert (outcome.usage.calls, outcome.usage.input_tokens, outcome.usage.output_tokens) == (1, 30, 20)
    assert outcome.usage.usd == pytest.approx(70e-6)


@pytest.mark.parametrize("finish", ["stop", None])
def test_an_empty_text_that_ended_by_itself_is_an_answer(finish: str | None) -> None:
    outcome = judged(_response("", finish), CALL, None, 0.5)
    assert isinstance(outcome, Completion)
    assert (outcome.text, outcome.finish_reason) == ("", "stop")


@pytest.mark.parametrize("tokens", [None, (0, 0)])
def test_tokens_that_are_not_told_are_guessed(tokens: tuple[int, int] | None) -> None:
    outcome = judged(_response("five bytes", tokens=tokens), CALL, (1.0, 1.0), 0.5)
    assert isinstance(outcome, Completion)
    assert (outcome.input_tokens, outcome.output_tokens) == (3, 3)
    assert outcome.usd == pytest.approx(6e-6)


def test_litellms_own_sum_knows_of_discounts_and_goes_first() -> None:
    outcome = judged(_response(cost=0.125), CALL, (1.0, 1.0), 0.5)
    assert isinstance(outcome, Completion)
    assert outcome.usd == 0.125
