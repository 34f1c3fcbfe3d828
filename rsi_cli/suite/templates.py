"""The templates of a suite: its `prompt`, and the texts of assertions.

A broken one would fail every case of a night, so each is tried while the suite is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rsi_cli.errors import InputError
from rsi_cli.nouns import Json
from rsi_cli.prompts.render import is_template, render_user_text
from rsi_cli.suite.kinds import JsonSchema, Text
from rsi_cli.suite.model import Assertion, Case
from rsi_cli.suite.nodes import Node, Trail, shown

DEFAULT_PROMPT = "{{ input }}"

_UNUSED = "{% if false %}", "{% endif %}"  # what stands between is compiled, and never run


@dataclass(frozen=True, slots=True)
class Template:
    """A text that may hold `{{ name }}`; whether the names exist shows when it is rendered for a case."""

    text: Text

    def read(self, node: Node, at: Trail) -> str | None:
        """The template, unrendered."""
        text = self.text.read(node, at)
        if text is None or (fault := syntax_fault(text)) is None:
            return text
        at.problem(node, f"not a valid template: {fault}")
        return None

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return self.text.schema()


def syntax_fault(text: str) -> str | None:
    """Why `text` is no template; None where it is one, or holds no markup at all."""
    if not is_template(text):
        return None
    try:
        render_user_text(text.join(_UNUSED), {})
    except InputError as error:
        reason = str(error.__cause__ or error).splitlines()[0].rstrip(".")
        return f"{shown(reason)}; {error.hint}"
    return None


def render_fault(template: str, variables: Mapping[str, Json]) -> str | None:
    """Why a valid template cannot be rendered with these; None where it can."""
    try:
        render_user_text(template, variables)
    except InputError as error:
        return f"{error.message}; {error.hint}"
    return None


def task_text(case: Case, template: str) -> str:
    """Render what the user asks of the actor. template: the suite's `prompt`."""
    return render_user_text(template, {**case.vars, "input": case.input})


def texts_of(assertion: Assertion) -> Iterator[str]:
    """The texts in an assertion that are rendered before it is applied."""
    for part in assertion.parts:
        yield from texts_of(part)
    values = assertion.value if isinstance(assertion.value, list) else [assertion.value]
    yield from (value for value in values if isinstance(value, str) and is_template(value))
