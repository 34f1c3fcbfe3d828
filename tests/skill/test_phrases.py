from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.skill.phrases import holds_phrase, one_line, rough_tokens


@pytest.mark.parametrize(
    ("text", "phrase", "there"),
    [
        ("As an AI, I cannot.", "as an AI", True),
        ("as\n   an\tAI", "as an AI", True),
        ("as an **AI** model", "as an AI", True),
        ("as an A\u200bI model", "as an AI", True),
        ("as an A\u00adI", "as an AI", True),
        ("AS AN ＡＩ", "as an ai", True),
        ("it was an aide", "as an AI", False),
        ("as an AIs", "as an AI", False),
        ("start", "art", False),
        ("(art)", "art", True),
        ("art's", "art", True),
        ("Straße", "STRASSE", True),
        ("never **shout**!", "**", True),
        ("never shout!!", "!!", True),
        ("a.b", "a b", False),
        ("", "a", False),
    ],
)
def test_a_phrase_stands_in_a_text_or_not(text: str, phrase: str, *, there: bool) -> None:
    assert holds_phrase(text, phrase) is there


@given(
    phrase=st.text(alphabet="ab .!*é", min_size=1, max_size=8).filter(str.strip),
    before=st.sampled_from(["", "x ", "\n", "- "]),
    after=st.sampled_from(["", " x", "\n", "."]),
)
def test_whatever_is_written_into_a_text_is_found_there(phrase: str, before: str, after: str) -> None:
    assert holds_phrase(before + phrase.upper().replace(" ", "\n\n") + after, phrase)


def test_white_space_runs_are_one_blank() -> None:
    assert one_line("  a\n\n b\t") == "a b"


def test_tokens_are_a_quarter_of_the_bytes_rounded_up() -> None:
    assert [rough_tokens(text) for text in ("", "a", "abcd", "abcde", "éé")] == [0, 1, 1, 2, 1]
