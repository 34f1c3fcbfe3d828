"""Turn templates into the words that a model reads.

Our own templates are files in this folder, `<name>.md.j2`; each begins with a comment that says its purpose,
its variables and the reply it asks for. A variable that is missing is our bug. Inside a template, data goes
through the filter `block`: `{{ answer | block("answer") }}` (see `delimit`).

What the user wrote (a suite's `prompt:`, a rubric, a grader's value) is rendered in a sandbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from rsi_cli.errors import BugError, InputError
from rsi_cli.nouns import Json
from rsi_cli.prompts.delimit import block

if TYPE_CHECKING:
    from jinja2 import Template

_HASH_LENGTH = 12
_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Rendered:
    """Words ready to be sent. template: "name@hash" of the words' source, for `Prompt.template`."""

    text: str
    template: str


def render(name: str, /, **variables: object) -> Rendered:
    """Fill in our template `<name>.md.j2`. Raises BugError if it is missing, broken or lacks a variable."""
    from jinja2 import TemplateError

    try:
        template, mark = _ours(name)
        return Rendered(template.render(variables), mark)
    except TemplateError as error:
        raise BugError(f"template {name}.md.j2: {error}") from error


def mark_of(name: str) -> str:
    """Name the source of our template `<name>.md.j2` as "name@hash". Raises BugError if it is missing."""
    return _ours(name)[1]


def render_user_text(template: str, variables: Mapping[str, Json]) -> str:
    """Fill in a template that the user wrote. Text without any markup comes back unchanged.

    Values are put in as they are: markup inside a value is never rendered.
    Raises InputError if the template is broken, names an unknown variable or does what the sandbox forbids.
    """
    if not is_template(template):
        return template
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

    try:
        return _theirs(template).render(variables)
    except TemplateSyntaxError as error:
        hint = "close every {{ … }} and {% … %}; write {{ '{{' }} where braces are meant"
        raise InputError(f"{_shown(template)} is no valid template: {error.message}", hint=hint) from error
    except UndefinedError as error:
        known = ", ".join(sorted(variables)) or "none"
        hint = f"variables that exist here: {known}; give a default with {{{{ name | default('…') }}}}"
        raise InputError(f"{_shown(template)}: {error.message}", hint=hint) from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        hint = "templates may print variables, filter them, test and loop; nothing else"
        raise InputError(f"{_shown(template)}: {error}", hint=hint) from error


def is_template(text: str) -> bool:
    """Say whether `render_user_text` would do anything to this text."""
    return "{{" in text or "{%" in text or "{#" in text


@lru_cache(maxsize=64)
def _ours(name: str) -> tuple[Template, str]:
    """Compile one of our templates, once per process."""
    from jinja2 import Environment, StrictUndefined

    file = resources.files("rsi_cli.prompts").joinpath(f"{name}.md.j2")
    if not file.is_file():
        raise BugError(f"there is no template {name}.md.j2")
    source = file.read_bytes()
    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is a prompt, no HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["block"] = _block_filter
    mark = f"{name}@{hashlib.sha256(source).hexdigest()[:_HASH_LENGTH]}"
    return environment.from_string(source.decode("utf-8").replace("\r\n", "\n")), mark


@lru_cache(maxsize=512)
def _theirs(template: str) -> Template:
    """Compile a user's template, in a sandbox that can neither change its values nor reach our objects."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )
    return environment.from_string(template)


def _block_filter(text: str, tag: str) -> str:
    # str(): an undefined variable complains here rather than inside a regular expression.
    return block(tag, str(text))


def _shown(template: str) -> str:
    line = " ".join(template.split())
    return f"'{line[:_SHOWN_LENGTH]}…'" if len(line) > _SHOWN_LENGTH else f"'{line}'"
