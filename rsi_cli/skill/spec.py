"""The rules of the Agent Skills format, and of plain Markdown skills as far as they apply.

A finding is an error where agents would not load the skill, a warning where they would load it badly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rsi_cli.errors import InputError
from rsi_cli.nouns import Json
from rsi_cli.skill.document import Skill
from rsi_cli.skill.lines import split_lines
from rsi_cli.skill.markers import almost_markers, locked_regions

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KNOWN = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
_MAX_NAME, _MAX_DESCRIPTION, _MAX_COMPATIBILITY = 64, 1024, 500
_MAX_LINES, _MAX_TOKENS = 500, 5000
_CHARS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule. line: of the file, from 1."""

    severity: Literal["error", "warning"]
    line: int
    message: str


def check(skill: Skill, *, folder: str | None = None) -> tuple[Finding, ...]:
    """Say what is wrong with a skill, by line.

    folder: the name of the folder of a folder skill; None for a plain Markdown file, of which only readable
    front matter, balanced regions and a sane size are asked.
    """
    findings = [*_front(skill, folder), *_regions(skill), *_size(skill)]
    return tuple(sorted(findings, key=lambda finding: finding.line))


def _front(skill: Skill, folder: str | None) -> Iterator[Finding]:
    try:
        values = skill.front
    except InputError as error:
        yield from (Finding("error", p.line, f"{p.where}: {p.what}") for p in error.problems)
        return
    if folder is None:
        return
    if not skill.front_matter:
        yield Finding("error", 1, "a skill folder needs front matter with name and description")
        return
    yield from _name(skill, values.get("name"), folder)
    yield from _description(skill, values.get("description"))
    yield from _optional(skill, values)


def _name(skill: Skill, name: Json, folder: str) -> Iterator[Finding]:
    line = _line_of(skill, "name")
    if not isinstance(name, str) or not name:
        yield Finding("error", line, "`name` is missing or no text")
        return
    if len(name) > _MAX_NAME:
        yield Finding("error", line, f"`name` has {len(name)} characters; at most {_MAX_NAME} are allowed")
    if not _NAME.fullmatch(name):
        yield Finding(
            "error", line, f"`name` is {name!r}; only a-z, 0-9 and single hyphens inside are allowed"
        )
    if name != folder:
        yield Finding("error", line, f"`name` is {name!r}, but the folder is {folder!r}; they must be equal")


def _description(skill: Skill, description: Json) -> Iterator[Finding]:
    line = _line_of(skill, "description")
    if not isinstance(description, str) or not description.strip():
        yield Finding("error", line, "`description` is missing; agents choose a skill by it")
    elif len(description) > _MAX_DESCRIPTION:
        length = len(description)
        yield Finding(
            "error", line, f"`description` has {length} characters; at most {_MAX_DESCRIPTION} are allowed"
        )


def _optional(skill: Skill, values: Mapping[str, Json]) -> Iterator[Finding]:
    compatibility = values.get("compatibility", "")
    if not isinstance(compatibility, str) or len(compatibility) > _MAX_COMPATIBILITY:
        what = f"`compatibility` must be text of at most {_MAX_COMPATIBILITY} characters"
        yield Finding("error", _line_of(skill, "compatibility"), what)
    metadata = values.get("metadata", {})
    if not isinstance(metadata, Mapping):
        yield Finding("error", _line_of(skill, "metadata"), "`metadata` must be `key: value` lines")
    elif odd := [key for key, value in metadata.items() if not isinstance(value, str)]:
        what = f"`metadata` values should be text; put these in quotes: {', '.join(odd)}"
        yield Finding("warning", _line_of(skill, "metadata"), what)
    for key in ("license", "allowed-tools"):
        if not isinstance(values.get(key, ""), str):
            yield Finding("warning", _line_of(skill, key), f"`{key}` should be one line of text")
    for key in values:
        if key not in _KNOWN:
            yield Finding("warning", _line_of(skill, key), f"`{key}` is no key of the Agent Skills format")


def _line_of(skill: Skill, key: str) -> int:
    """The line that `key` of the front matter is on; 1 where it is missing."""
    start = re.compile(rf"""["']?{re.escape(key)}["']?\s*:""")
    lines = split_lines(skill.front_matter)
    return next((i for i, line in enumerate(lines, start=1) if start.match(line)), 1)


def _regions(skill: Skill) -> Iterator[Finding]:
    try:
        locked_regions(skill)
    except InputError as error:
        yield from (Finding("error", p.line, f"{p.where}: {p.what}") for p in error.problems)
    for line, text in almost_markers(skill):
        yield Finding("warning", line, f"{text!r} locks nothing; the marker is `<!-- rsi:keep -->`")


def _size(skill: Skill) -> Iterator[Finding]:
    lines = len(split_lines(skill.body))
    tokens = len(skill.text_for_models) // _CHARS_PER_TOKEN
    if lines >= _MAX_LINES:
        yield Finding(
            "warning", skill.body_line, f"the body has {lines} lines; agents expect fewer than {_MAX_LINES}"
        )
    if tokens > _MAX_TOKENS:
        what = f"the body has about {tokens} tokens; agents expect at most {_MAX_TOKENS}"
        yield Finding("warning", skill.body_line, what)
