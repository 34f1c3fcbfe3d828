"""Suite texts in, suites or mistakes out."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from rsi_cli.errors import InputError
from rsi_cli.suite.load import parse_suite
from rsi_cli.suite.model import Suite

Mistakes = Callable[[str], list[str]]
Read = Callable[[str], Suite]


@pytest.fixture
def read() -> Read:
    """Read a suite text that has no mistakes."""
    return lambda text: parse_suite(dedent(text), file="s.yaml", name="s")


@pytest.fixture
def mistakes() -> Mistakes:
    """The mistakes of a suite text as people see them, `line:col  where  what`, in the order given."""

    def found(text: str) -> list[str]:
        with pytest.raises(InputError) as caught:
            parse_suite(dedent(text), file="s.yaml", name="s")
        assert caught.value.hint
        return [str(problem).removeprefix("s.yaml:") for problem in caught.value.problems]

    return found
