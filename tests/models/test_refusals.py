from __future__ import annotations

from dataclasses import replace

import pytest

from rsi_cli.models.call import Call, Kind
from rsi_cli.models.refusals import refusal, retry_after_s, timed_out
from rsi_cli.nouns import Message, Role, Usage
from rsi_cli.suite.model import ModelChoice

CALL = Call(
    role=Role.ACTOR,
    choice=ModelChoice(name="openai/x", temperature=0.5),
    messages=(Message("user", "hello"),),
    seed=3,
    repeat=0,
    template="t@1",
)


class SomeError(Exception):
    """Looks like litellm's errors as far as anyone may rely on."""

    def __init__(
        self, status: int | None, message: str = "no", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status_code = status
        self.litellm_response_headers = headers or {}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, "bad key", "fatal"),
        (402, "pay", "fatal"),
        (403, "not yours", "fatal"),
        (404, "no such model", "fatal"),
        (429, "insufficient_quota", "fatal"),
        (400, "Your credit balance is too low to access the API", "fatal"),
        (400, "LLM Provider NOT provided. Pass in the LLM provider", "fatal"),
        (400, "The model `x` does not exist", "fatal"),
        (500, "Missing credentials. Please pass an `api_key`", "fatal"),
        (429, "You exceeded your current quota; retry in 20 s", "wait"),
        (429, "slow", "wait"),
        (409, "conflict", "retry"),
        (500, "oops", "retry"),
        (529, "overloaded", "retry"),
        (None, "'NoneType' object is not subscriptable", "retry"),
        (400, "this model's maximum context length is 10 tokens", "useless"),
        (400, "content policy", "useless"),
        (413, "too big", "useless"),
        (422, "no", "useless"),
    ],
)
def test_the_status_tells_what_to_do(status: int | None, message: str, kind: Kind) -> None:
    assert refusal(SomeError(status, message), CALL).kind == kind


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_refusal_for_good_has_a_next_step(status: int) -> None:
    assert refusal(SomeError(status), CALL).hint


def test_a_missing_key_is_named() -> None:
    assert refusal(SomeError(401), CALL, ("OPENAI_API_KEY",)).hint == "set OPENAI_API_KEY in the environment"


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_heard_with_every_status(status: int) -> None:
    assert refusal(SomeError(status, headers={"Retry-After": "7"}), CALL).retry_after_s == 7.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:02:00 GMT"}, 20.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
    ],
)
def test_retry_after_is_read_in_each_of_its_spellings(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, now=100.0) == seconds


def test_a_timeout_may_be_billed() -> None:
    assert refusal(SomeError(408), CALL) == timed_out(CALL)
    assert timed_out(CALL).usage is None


def test_nobody_listening_is_told_from_a_connection_that_broke() -> None:
    error = SomeError(500, "Connection error.")
    assert refusal(error, CALL).reached
    error.__cause__ = OSError("wrapped")
    error.__cause__.__context__ = ConnectionRefusedError(111, "refused")
    refused = refusal(error, CALL)
    assert not refused.reached
    assert refused.kind == "retry"
    assert "nobody answers" in refused.hint


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("Unsupported parameter: 'seed' is not supported with this model.", {"seed"}),
        ("openai does not support parameters: ['seed', 'temperature']", {"seed", "temperature"}),
        ("'temperature' does not support 0.5 with this model. Unsupported value", {"temperature"}),
        ("O-series models don't support temperature=0.5. Only temperature=1 is supported", {"temperature"}),
        ("Unrecognized request argument supplied: seed", {"seed"}),
    ],
)
def test_an_unwanted_parameter_is_named(message: str, names: set[str]) -> None:
    assert refusal(SomeError(400, message), CALL).unsupported == names


def test_a_parameter_that_was_not_sent_cannot_be_unwanted() -> None:
    bare = replace(CALL, seed=None)
    refused = refusal(SomeError(400, "Unsupported parameter: 'seed'"), bare)
    assert refused.unsupported == frozenset()
    assert refused.kind == "useless"


def test_what_never_left_this_machine_is_no_call() -> None:
    class UnsupportedParamsError(SomeError):
        pass

    refused = refusal(UnsupportedParamsError(400, "does not support parameters: ['seed']"), CALL)
    assert refused.usage == Usage()
    assert refused.status is None


def test_a_message_is_one_short_line_without_class_names() -> None:
    error = SomeError(
        500,
        "litellm.InternalServerError: InternalServerError: OpenAIException - oops\n\n  again " + "x" * 900,
    )
    message = refusal(error, CALL).message
    assert message.startswith("oops again xxx")
    assert len(message) == 300


def test_a_key_that_a_provider_quotes_does_not_reach_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "plain-words-as-key")
    quoted = "plain-words-as-key, sk-abcdefghijklmnop1234, https://x/y?key=AIzaSyA-12345, Bearer abc.def.gh"
    message = refusal(SomeError(401, quoted), CALL).message
    assert message == "[secret], [secret], https://x/y?key=[secret], Bearer [secret]"
