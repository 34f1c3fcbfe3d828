from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rsi_cli.graders.exam import Unmeasurable
from rsi_cli.graders.javascript import WHITE_SPACE
from rsi_cli.graders.pattern import found


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a$", "a\n", False),  # Python's $ would match before the last line end
        ("^b", "a\nb", False),
        ("(?m)^b$", "a\nb\nc", True),
        ("^.$", "\u2028", False),
        ("(?s)^.$", "\n", True),
        ("(?i)ÉTÉ", "été", True),
        (r"^\d$", "٣", False),
        (r"^\w$", "é", False),
        (r"^\W$", "é", True),
        (r"^\s$", "\ufeff", True),
        (r"^\s$", "\x1c", False),
        (r"^\S$", "\x1c", True),
        (r"\bcaf\b", "café", True),
        (r"a\Bb", "ab", True),
        (r"^[\s\S]$", "\x85", True),
        (r"^[^\d]$", "٣", True),
        (r"^[\w-]+$", "a-b_1", True),
        (r"^[\W]$", "]", True),
        (r"^[\W]$", "_", False),
        ("^[^]$", "\n", True),
        ("a[]", "a", False),
        (r"(?<year>\d{4})-\k<year>", "2026-2026", True),
        (r"(\d)\1", "11", True),
        (r"\/path\/", "/path/", True),
        (r"^x{i}$", "x{i}", True),
        (r"^a{2}$", "aa", True),
        (r"^a{2,}b{0,1}$", "aaa", True),
        ("^{}$", "{}", True),
        (r"\u00e9\x41", "éA", True),
        (r"\cJ", "\n", True),
        ("[[]", "[", True),
        ("(?<=a+)b", "aab", True),
        ("(?:a|b)+?c", "abc", True),
    ],
)
def test_patterns_mean_what_they_mean_in_javascript(pattern: str, text: str, *, matches: bool) -> None:
    assert found(pattern, text) is matches


def test_a_pattern_that_runs_away_is_stopped() -> None:
    with pytest.raises(Unmeasurable, match="ran for more than 1 s"):
        found("(a|aa)+$", "a" * 60 + "b")


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", "a{3,1}", "\\", r"(?<n>a)\k<m>", "a{99999999999999}"])
def test_an_invalid_pattern_is_named(pattern: str) -> None:
    with pytest.raises(Unmeasurable, match="is no valid pattern"):
        found(pattern, "a")


@settings(deadline=None)
@given(st.characters())
def test_a_class_and_its_opposite_share_every_character_between_them(char: str) -> None:
    for one, other in (("d", "D"), ("w", "W"), ("s", "S")):
        assert found(rf"^\{one}$", char) is not found(rf"^\{other}$", char)
        assert found(rf"^[\{one}]$", char) is found(rf"^\{one}$", char)
        assert found(rf"^[^\{one}]$", char) is found(rf"^[\{other}]$", char)


@pytest.mark.parametrize("char", [c for c in WHITE_SPACE if c != "-"])
def test_all_white_space_of_javascript_is_white_space(char: str) -> None:
    assert found(r"^\s$", char)
    assert not found(r"^\S$", char)


@settings(deadline=None)
@given(st.text(), st.text(max_size=50))
def test_no_pattern_raises_anything_else(pattern: str, text: str) -> None:
    try:
        assert found(pattern, text) in {True, False}
    except Unmeasurable as error:
        assert str(error)  # noqa: PT017 - either is fine; the point is that nothing else escapes
