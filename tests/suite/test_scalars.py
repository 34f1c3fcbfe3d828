from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.suite.nodes import Scalar
from rsi_cli.suite.scalars import Ambiguous, atom, atom_as_written, rewritten


def plain(text: str) -> Scalar:
    return Scalar(text, plain=True, line=1, col=1)


@pytest.mark.parametrize(
    "text", ["yes", "No", "on", "OFF", "True", "FALSE", "~", "Null", "", "012", "-0o7", "0x1F", "0b1"]
)
@pytest.mark.parametrize("sign", ["", "+"])
def test_what_yaml_versions_read_differently_is_ambiguous(text: str, sign: str) -> None:
    if sign and not text[:1].isdigit():
        return
    assert isinstance(atom(plain(sign + text)), Ambiguous)


@pytest.mark.parametrize("text", ["1_000", "+5", ".5", "5.", ".inf", "-.INF", ".nan", "1e999", "9" * 41])
def test_numbers_that_json_would_not_write_are_ambiguous(text: str) -> None:
    assert isinstance(atom(plain(text)), Ambiguous)


@pytest.mark.parametrize(
    "text", ["1:30", "12:30:00", "2026-11-20", "v1.2", "1.2.3", "y", "n", "none", "1,000", "0xZZ", "١٢"]
)
def test_times_dates_and_the_like_are_text(text: str) -> None:
    assert atom(plain(text)) == text


@pytest.mark.parametrize(
    ("text", "value"), [("42", 42), ("-1.5e3", -1500.0), ("1.50", 1.5), ("true", True), ("null", None)]
)
def test_what_json_would_write_has_its_type(text: str, value: object) -> None:
    assert atom(plain(text)) == value


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("no", 'quote it ("no") or write false'),
        ("On", 'quote it ("On") or write true'),
        ("012", 'quote it ("012") or write 12'),
        ("0x1F", 'quote it ("0x1F") or write 31'),
        ("-0o17", 'quote it ("-0o17") or write -15'),
        ("1_000", 'quote it ("1_000") or write 1000'),
        (".5", 'quote it (".5") or write 0.5'),
        (".nan", 'quote it (".nan")'),
        ("", 'write "" or write null'),
    ],
)
def test_an_ambiguous_scalar_comes_with_its_way_out(text: str, advice: str) -> None:
    assert atom(plain(text)) == Ambiguous(advice)


@pytest.mark.parametrize("text", ["no", "012", "1.50", "True", "1e3", "+5", "1:30", "-0", "1_0"])
def test_alone_a_scalar_keeps_its_text(text: str) -> None:
    assert atom_as_written(plain(text)) == text


@given(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
)
def test_every_json_scalar_is_read_as_json_reads_it(value: float | None) -> None:
    text = json.dumps(value)
    assert atom(plain(text)) == value
    assert atom_as_written(plain(text)) == value


@given(st.text(max_size=12))
def test_a_quoted_scalar_is_always_its_text(text: str) -> None:
    scalar = Scalar(text, plain=False, line=1, col=1)
    assert atom(scalar) == text
    assert atom_as_written(scalar) == text


@given(st.text("0123456789_.+-xob:eEnaf~yt", max_size=10))
def test_advice_is_never_ambiguous_itself(text: str) -> None:
    better = rewritten(text)
    assert better is None or not isinstance(atom(plain(better)), Ambiguous)
